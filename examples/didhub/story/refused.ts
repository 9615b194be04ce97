import { Refusal } from "../src/refusal.ts";
import * as print from "./print.ts";

/** Prints what somebody is told who may not do this. */
export async function tellRefusal(who: string, work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    print.refused(who, error.message);
    return;
  }
  throw new Error("This should have been refused.");
}
