import type { Executor } from "plinth";
import type { Actor } from "../src/audit.ts";
import { users } from "../src/schema/users.ts";
import { createSystem } from "../src/systems.ts";

export interface People {
  readonly admin: Actor & { readonly userId: number };
  readonly owner: Actor & { readonly userId: number };
  readonly neighbour: Actor & { readonly userId: number };
  /** The owner's. */
  readonly systemId: number;
}

/** An administrator, the owner of a system, and somebody who has none. All of them are approved. */
export async function people(db: Executor): Promise<People> {
  const made = await db
    .insert(users)
    .values(
      ["admin", "owner", "neighbour"].map((username) => ({
        username,
        passwordHash: "none",
        isAdmin: username === "admin",
        isApproved: true,
      })),
    )
    .returning({ id: users.id, username: users.username });
  const ids = new Map(made.map(({ id, username }) => [username, id]));
  const actor = (username: string) => ({ userId: ids.get(username) ?? 0 });
  const owner = actor("owner");
  const { id: systemId } = await createSystem(db, owner, { name: "Lighthouse" });
  return { admin: actor("admin"), owner, neighbour: actor("neighbour"), systemId };
}
