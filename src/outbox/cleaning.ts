/** What is old is deleted in small statements, so that nobody waits for them. */

import type { Expression } from "../ast/expression.ts";
import type { Database } from "../query/database.ts";
import { lt, lte } from "../query/expression.ts";
import { ago } from "./instants.ts";
import { plinthInbox, plinthOutbox } from "./tables.ts";

/** About how many rows are one statement. */
const BATCH = 500;
/** A hundred years. What is to be kept for longer is kept so long: databases have no dates before their first. */
const LONGEST_MS = 36_500 * 86_400_000;

/** @param at The column that tells how old a row is. */
async function deleteOld(
  db: Database,
  table: typeof plinthInbox | typeof plinthOutbox,
  at: Expression<Date | null, string>,
  keepMs: number,
): Promise<void> {
  const ageMs = Math.min(keepMs, LONGEST_MS);
  for (;;) {
    const [last] = await db
      .select({ at })
      .from(table)
      .where(lt(at, ago(ageMs)))
      .orderBy(at)
      .limit(1)
      .offset(BATCH - 1);
    const until = last?.at;
    await db.delete(table).where(until ? lte(at, until) : lt(at, ago(ageMs)));
    if (!until) return;
  }
}

export async function cleanOld(
  db: Database,
  { keepDeadMs, keepDoneMs }: { readonly keepDeadMs: number; readonly keepDoneMs: number },
): Promise<void> {
  await deleteOld(db, plinthOutbox, plinthOutbox.deadAt, keepDeadMs);
  await deleteOld(db, plinthInbox, plinthInbox.at, keepDoneMs);
}
