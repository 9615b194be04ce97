/** Inserts whose rows' keys may be held by rows that the insert doesn't see: deleted ones, or those of others. */

import { UniqueViolationError } from "../../core/error.ts";
import type { ConflictClause } from "../../ast/statement.ts";
import type { TableInfo } from "../../schema/table.ts";
import { inTransaction } from "./atomic.ts";
import { adapted, type WriteWork } from "./write.ts";

function refuse(table: TableInfo, { target }: ConflictClause): never {
  throw new UniqueViolationError({
    schema: table.schema,
    table: table.table,
    columns: target.length === 0 ? undefined : target.map(({ key }) => key),
    constraint: undefined,
    hint:
      "The row that holds it is deleted, or another scope's, so it isn't updated: restore it first, let the insert meet " +
      "it by .withDeleted() or .without(…), or declare the key among live rows.",
    cause: undefined,
  });
}

/** An update that leaves such a row as it is would lose what was to be written, so all of it is undone. */
export function guardedWork<Work extends WriteWork & { readonly rows: readonly unknown[] }>(
  work: Work,
  conflict: ConflictClause,
): Work {
  const { rows, table } = work;
  const ways: Pick<WriteWork, "readRows" | "summarize"> = {
    summarize: (within, comment) =>
      inTransaction(within, async (inner) => {
        const summary = await work.summarize(inner, comment);
        return summary.affectedRows < rows.length ? refuse(table, conflict) : summary;
      }),
    readRows: (within, returning, comment) =>
      inTransaction(within, async (inner) => {
        const found = await work.readRows(inner, returning, comment);
        return found.length < rows.length ? refuse(table, conflict) : found;
      }),
  };
  return adapted(work, ways as Partial<Work>);
}
