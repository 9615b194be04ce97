/** Rows by their primary keys: which ones a condition meets, and reading them again. */

import {
  CompareNode,
  InListNode,
  LogicNode,
  ValueNode,
  type Condition,
} from "../../ast/expression.ts";
import { LIFT_ALL } from "../../ast/scoping.ts";
import type { SelectionRecord, UpdateStatement } from "../../ast/statement.ts";
import type { AnyTableColumn, TableInfo } from "../../schema/table.ts";
import { runRows, type Scope } from "../run.ts";
import { emptyStatement, LOCKED } from "../statement.ts";
import { chunksOf } from "./chunks.ts";
import { keySpeller } from "./key-text.ts";

export type Key = Readonly<Record<string, unknown>>;

/** Which rows a write meets. */
export type Met = Pick<UpdateStatement, "joins" | "lifts" | "where">;

export function keySelection({ primaryKey }: TableInfo): SelectionRecord {
  return { keys: primaryKey.map(({ key }) => key), values: primaryKey, source: undefined };
}

/** The rows that have these values in the columns. */
export function havingValues(
  columns: readonly AnyTableColumn[],
  values: readonly Key[],
): Condition {
  const [first, ...others] = columns;
  if (others.length === 0) {
    return new InListNode(
      first!,
      values.map((key) => key[first!.key]),
      first!.type,
      false,
    );
  }
  const conditions = values.map(
    (key) =>
      new LogicNode(
        "and",
        columns.map(
          (column) => new CompareNode("=", column, new ValueNode(key[column.key], column.type)),
        ),
      ),
  );
  return new LogicNode("or", conditions);
}

/** In parts that one statement takes: a list of single values is one value, whatever its length. */
export function inParts<Item extends Key>(
  scope: Scope,
  columns: readonly AnyTableColumn[],
  keys: readonly Item[],
): readonly (readonly Item[])[] {
  if (columns.length === 1) return [keys];
  return chunksOf(keys, columns.length, scope.plans.engine.dialect.can);
}

/** The rows that a write is about to meet, locked until the transaction ends. What one meets several times it is once. */
export async function lockMet<Row extends Key>(
  scope: Scope,
  table: TableInfo,
  { joins, lifts, where }: Met,
  selection: SelectionRecord,
  keyOf: (row: Row) => Key = (row) => row,
): Promise<Row[]> {
  const lock = scope.plans.engine.dialect.can.rowLocks ? { ...LOCKED, of: table } : undefined;
  const statement = { ...emptyStatement(table, selection), joins, where, lock, lifts };
  const rows = (await runRows(scope, statement)) as Row[];
  if (joins.length === 0) return rows;
  const spell = keySpeller(table.primaryKey);
  return [...new Map(rows.map((row) => [spell(keyOf(row)), row])).values()];
}

/**
 * With locks, which are held already: without, a transaction that has read before would be given the past. The write may
 * have taken the rows out of what queries see.
 */
export async function selectKeyed(
  scope: Scope,
  table: TableInfo,
  selection: SelectionRecord,
  keys: readonly Key[],
): Promise<unknown[]> {
  const lock = scope.plans.engine.dialect.can.rowLocks ? LOCKED : undefined;
  const found: unknown[] = [];
  for (const part of inParts(scope, table.primaryKey, keys)) {
    const where = havingValues(table.primaryKey, part);
    const statement = { ...emptyStatement(table, selection), where, lock, lifts: LIFT_ALL };
    found.push(...(await runRows(scope, statement)));
  }
  return found;
}
