import { MissingPackageError } from "./error.ts";

/**
 * Loads an optional package.
 *
 * @param load A function with the literal `import()`, so that bundlers see it and it runs only here.
 * @throws {MissingPackageError} with the command that installs it.
 */
export async function loadOptional<Module>(
  packageName: string,
  purpose: string,
  load: () => Promise<Module>,
): Promise<Module> {
  try {
    return await load();
  } catch (cause) {
    const code: unknown = cause instanceof Error ? Reflect.get(cause, "code") : undefined;
    if (code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND") {
      throw new MissingPackageError(packageName, purpose, cause);
    }
    throw cause;
  }
}
