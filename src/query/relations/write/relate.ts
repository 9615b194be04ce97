import type { TableInfo } from "../../../schema/table.ts";
import type { Scope } from "../../run.ts";
import { inTransaction } from "../../write/atomic.ts";
import { pointedAt, writeParents, writeRest } from "./apply.ts";
import { changesOf } from "./changes.ts";
import { readKeyed, updateRows, withKeys } from "./rows.ts";

/** Changes what a row is related to, in one transaction. */
export async function relate(
  scope: Scope,
  table: TableInfo,
  key: unknown,
  given: unknown,
): Promise<void> {
  const changes = changesOf(scope, table, given, "change");
  if (changes.length === 0) return;
  await inTransaction(scope, async (inner) => {
    const [row] = await readKeyed(inner, table, [key], pointedAt(changes));
    const parents = await writeParents(inner, changes);
    if (Object.keys(parents).length > 0)
      await updateRows(inner, table, parents, withKeys(table, [key]));
    await writeRest(inner, row!, changes);
  });
}
