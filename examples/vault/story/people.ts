import * as print from "./print.ts";

export const alice = { email: "alice@example.com", ocid: "alice", password: "wonderland" };
export const bob = { email: "bob@example.com", ocid: "bob", password: "builder" };

export async function refused(who: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    print.refused(who, (error as Error).message);
    return;
  }
  throw new Error("It was to be refused.");
}
