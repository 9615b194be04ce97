/** Keys and indexes in which rows that are soft-deleted don't count. */

import { LogicNode, type AnyExpression } from "../ast/expression.ts";
import { ConfigError } from "../core/error.ts";
import type { IndexSpec } from "./index-spec.ts";
import { isLive } from "./soft-delete.ts";
import type { AnyTableColumn, TableInfo } from "./table.ts";

/** A unique key, and its name where it was given one. */
export interface LiveUnique {
  readonly name: string | undefined;
  readonly columns: readonly AnyTableColumn[];
}

/** The condition of live rows, of which a key or an index is to be. */
export function liveRows({ softDelete, table }: TableInfo): AnyExpression {
  if (softDelete !== undefined) return isLive(softDelete);
  throw new ConfigError(`A key of table "${table}" is among live rows, and all of its rows are.`, {
    code: "E_SCHEMA",
    hint: "Spread softDelete() among its columns, or leave out among.",
  });
}

export function liveUniques({ columns, extras }: TableInfo): LiveUnique[] {
  const single = columns.flatMap((column): LiveUnique[] => {
    const { liveUnique } = column.spec;
    if (liveUnique === undefined || liveUnique === false) return [];
    return [{ name: liveUnique === true ? undefined : liveUnique, columns: [column] }];
  });
  const declared = extras.filter((extra) => extra.kind === "unique" && extra.isOfLive);
  return [...single, ...(declared as LiveUnique[])];
}

/** Of an index, that of live rows included. */
export function indexCondition(
  { parts: { condition, isOfLive } }: IndexSpec,
  table: TableInfo,
): AnyExpression | undefined {
  if (isOfLive !== true) return condition;
  const rows = liveRows(table);
  return condition === undefined ? rows : new LogicNode("and", [condition, rows]);
}
