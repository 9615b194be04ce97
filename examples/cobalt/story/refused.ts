import * as print from "./print.ts";

/** Prints what somebody is told who may not do this. */
export async function refused(who: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    print.refused(who, (error as Error).message);
    return;
  }
  throw new Error("It was to be refused.");
}
