import { DbError } from "plinth";
import { Refusal } from "../src/refusal.ts";
import * as print from "./print.ts";

/** Prints what somebody is told who may not do this, or the code of what the database refuses. */
export async function tellRefusal(who: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof Refusal) print.refused(who, error.message);
    else if (error instanceof DbError) print.refused(who, error.code);
    else throw error;
    return;
  }
  throw new Error("This should have been refused.");
}
