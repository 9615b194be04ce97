import { eq, inArray, sql } from "plinth";
import type { Db } from "../database.ts";
import { guilds } from "../schema/guilds.ts";
import { users } from "../schema/users.ts";

// An update that changes nothing holds its rows until the transaction ends, on every database; SQLite has no locks of rows.

/** Whoever changes what is between the same people waits here for who does so already. False where one of them is unknown. */
export async function holdUsers(tx: Db, ids: readonly string[]): Promise<boolean> {
  const { affectedRows } = await tx
    .update(users)
    .set({ updatedAt: sql<Date>`${users.updatedAt}` })
    .where(inArray(users.id, ids));
  return affectedRows === new Set(ids).size;
}

/** The same for what a guild has. */
export async function holdGuild(tx: Db, id: string): Promise<boolean> {
  const { affectedRows } = await tx
    .update(guilds)
    .set({ updatedAt: sql<Date>`${guilds.updatedAt}` })
    .where(eq(guilds.id, id));
  return affectedRows > 0;
}
