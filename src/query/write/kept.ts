/** The columns that every update keeps by itself: the time of the last one, and how many there were. */

import { CallNode, ValueNode } from "../../ast/expression.ts";
import type { AnyColumn, Assignment } from "../../ast/statement.ts";
import { InvalidValueError } from "../../core/error.ts";
import type { AnyTableColumn, TableInfo } from "../../schema/table.ts";

/** The row's next version. */
export function counted(table: TableInfo): Assignment[] {
  return table.kept
    .filter(({ spec }) => spec.keeps === "version")
    .map((column) => ({
      column,
      value: new CallNode("add", [column, new ValueNode(1, column.type)], column.type),
    }));
}

/** The columns of the time of the update that it doesn't set itself. */
export function timesLeft(table: TableInfo, set: readonly AnyColumn[]): readonly AnyTableColumn[] {
  return table.kept.filter(
    (column) => column.spec.keeps === "time" && !set.some((other) => other === column),
  );
}

const NONE: readonly never[] = [];

/** What an update sets besides what it is told. */
export function kept(table: TableInfo, set: readonly Assignment[]): readonly Assignment[] {
  if (table.kept.length === 0) return NONE;
  const times = timesLeft(
    table,
    set.map(({ column }) => column),
  ).map((column) => ({ column, value: new CallNode("now", [], column.type) }));
  return [...times, ...counted(table)];
}

/** The version of a row is counted, never set: two writers could both take it for theirs. */
export function refuseVersion({ key, spec }: AnyTableColumn): void {
  if (spec.keeps !== "version") return;
  throw new InvalidValueError(`Column "${key}" is counted up by every update, and is not set.`, {
    hint: `Leave it out; name the version that was read by .version(row.${key}).`,
  });
}
