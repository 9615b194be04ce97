import type { Executor } from "plinth";
import { createUser } from "../src/main/queries/users.ts";
import type { User } from "../src/main/schemas/user.schema.ts";

/** Ada with a hundred credits, Bob and Cleo with none. */
export async function people(db: Executor): Promise<{ ada: User; bob: User; cleo: User }> {
  const make = (name: string, credits = 0): Promise<User> =>
    createUser(db, { name, email: `${name.toLowerCase()}@example.com`, credits });
  return { ada: await make("Ada", 100), bob: await make("Bob"), cleo: await make("Cleo") };
}
