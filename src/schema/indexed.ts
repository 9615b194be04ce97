import type { TableExtra } from "./constraints.ts";
import type { AnyTableColumn, TableInfo } from "./table.ts";

/** Whether an index of all rows is declared that goes by this column first. */
export function isIndexed({ extras, primaryKey }: TableInfo, column: AnyTableColumn): boolean {
  const ordered = extras.find((extra) => extra.kind === "primaryKey");
  const [first] = ordered?.columns ?? primaryKey;
  if (first === column || column.spec.unique !== false) return true;
  return extras.some((extra) => firstOf(extra) === column);
}

function firstOf(extra: TableExtra): unknown {
  if (extra.kind === "unique") return extra.isOfLive ? undefined : extra.columns[0];
  if (extra.kind !== "index") return undefined;
  const { condition, isOfLive, method = "btree", terms } = extra.parts;
  const isOfAll = condition === undefined && isOfLive !== true;
  return isOfAll && method === "btree" ? terms[0]!.expression : undefined;
}
