/** Upserts whose rows meet one another, where a server updates no row twice in one statement. */

import { Expression } from "../../ast/expression.ts";
import type { ConflictClause } from "../../ast/statement.ts";
import type { AnyTableColumn } from "../../schema/table.ts";
import { keySpeller } from "./key-text.ts";

type AnyRow = Readonly<Record<string, unknown>>;

/** Whether the row brings the key itself: NULL meets nothing, and what the database makes is not known here. */
function bringsKey(key: readonly AnyTableColumn[], row: AnyRow): boolean {
  return key.every((column) => {
    const value = row[column.key];
    return value !== undefined && value !== null && !(value instanceof Expression);
  });
}

/** The rows in their order, in parts that have each key of the conflict once. */
export function distinctParts<Row extends AnyRow>(
  { set, target, update }: ConflictClause,
  rows: readonly Row[],
): (readonly Row[])[] {
  const key = target as readonly AnyTableColumn[];
  if (key.length === 0 || (update.length === 0 && set === undefined)) return [rows];
  const spell = keySpeller(key);
  const parts: (readonly Row[])[] = [];
  const met = new Set<string>();
  let start = 0;
  for (const [index, row] of rows.entries()) {
    if (!bringsKey(key, row)) continue;
    const text = spell(row);
    if (met.has(text)) {
      parts.push(rows.slice(start, index));
      start = index;
      met.clear();
    }
    met.add(text);
  }
  parts.push(start === 0 ? rows : rows.slice(start));
  return parts;
}
