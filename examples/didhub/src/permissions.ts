import { and, eq, type Executor, type RowOf } from "plinth";
import type { Actor } from "./audit.ts";
import { Refusal } from "./refusal.ts";
import { systems } from "./schema/systems.ts";
import { users } from "./schema/users.ts";

type User = RowOf<typeof users>;

/** The account of whoever acts, if it may do anything at all. */
export async function requireApproved(db: Executor, actor: Actor): Promise<User> {
  const user = actor.userId === null ? undefined : await db.from(users).find(actor.userId);
  if (user === undefined) throw new Refusal("forbidden", "Sign in first.");
  if (!user.isApproved) throw new Refusal("forbidden", "The account waits for its approval.");
  return user;
}

export async function requireAdmin(db: Executor, actor: Actor): Promise<User> {
  const user = await requireApproved(db, actor);
  if (!user.isAdmin) throw new Refusal("forbidden", "Only administrators may do this.");
  return user;
}

/** A system is changed by its owner, and by administrators. */
export async function requireSystem(
  db: Executor,
  actor: Actor,
  systemId: number,
): Promise<RowOf<typeof systems>> {
  const user = await requireApproved(db, actor);
  const system = await db
    .from(systems)
    .where(and(eq(systems.id, systemId), user.isAdmin ? undefined : eq(systems.userId, user.id)))
    .first();
  // Whether somebody else has such a system is nobody's business.
  if (system === undefined) throw new Refusal("not found", "There is no such system.");
  return system;
}
