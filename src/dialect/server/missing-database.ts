import { ConnectionError } from "../../core/error.ts";

/**
 * Opens a database; one that isn't there is made first, where that is wanted.
 *
 * @param make Makes it. That another process was faster is no error.
 */
export async function openOrMake<First>(
  open: () => Promise<First>,
  make: (() => Promise<void>) | undefined,
): Promise<First> {
  try {
    return await open();
  } catch (error) {
    const isMissing = error instanceof ConnectionError && error.code === "E_MISSING_DATABASE";
    if (!isMissing || make === undefined) throw error;
  }
  await make();
  return open();
}
