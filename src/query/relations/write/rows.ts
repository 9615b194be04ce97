/** Rows by their keys, as writes of related rows need them. */

import {
  CompareNode,
  InListNode,
  LogicNode,
  ValueNode,
  type Condition,
} from "../../../ast/expression.ts";
import type { SelectionRecord, SelectStatement } from "../../../ast/statement.ts";
import { NotFoundError } from "../../../core/error.ts";
import { tableOf, type AnyTableColumn, type TableInfo } from "../../../schema/table.ts";
import { keyCondition } from "../../read/table-query.ts";
import { runRows, type Scope } from "../../run.ts";
import { emptyStatement, LOCKED } from "../../statement.ts";
import { insertWork } from "../../write/insert.ts";
import { UpdateBuilder } from "../../write/update.ts";
import { DeleteBuilder } from "../../write/delete.ts";
import { PendingWrite, ReturningWrite } from "../../write/write.ts";
import type { Values } from "./changes.ts";

export function columnsRecord(columns: readonly AnyTableColumn[]): SelectionRecord {
  const all = [...new Set(columns)];
  return { keys: all.map(({ key }) => key), values: all, source: undefined };
}

/** A select of these columns, as the client sees the table. */
export function selectOf(
  scope: Scope,
  table: TableInfo,
  columns: readonly AnyTableColumn[],
): SelectStatement {
  return emptyStatement(table, columnsRecord(columns), undefined, scope.context?.lifts);
}

/** The rows that have one of these keys. */
export function withKeys(table: TableInfo, keys: readonly unknown[]): Condition {
  const [column, ...others] = table.primaryKey;
  // Each is looked at, so that a key of another table's form is refused.
  const conditions = keys.map((key) => keyCondition(table, key));
  return column !== undefined && others.length === 0
    ? new InListNode(column, keys, column.type, false)
    : new LogicNode("or", conditions);
}

/** The rows whose columns have these values. */
export function withValues(columns: readonly AnyTableColumn[], values: Values): Condition {
  return new LogicNode(
    "and",
    columns.map(
      (column) => new CompareNode("=", column, new ValueNode(values[column.key], column.type)),
    ),
  );
}

/**
 * Reads columns of the rows with these keys, which stay as they are until the transaction ends.
 *
 * @throws {NotFoundError} unless all of them are there.
 */
export async function readKeyed(
  scope: Scope,
  table: TableInfo,
  keys: readonly unknown[],
  columns: readonly AnyTableColumn[],
): Promise<Values[]> {
  if (keys.length === 0) return [];
  const canLock = scope.plans.engine.dialect.can.rowLocks;
  const rows = (await runRows(scope, {
    ...selectOf(scope, table, [...table.primaryKey, ...columns]),
    where: withKeys(table, keys),
    lock: canLock ? LOCKED : undefined,
  })) as Values[];
  if (rows.length < new Set(keys.map((key) => JSON.stringify(keyText(key)))).size)
    throw new NotFoundError(table.table, "A row that was to be connected isn't there.");
  return rows;
}

/** Equal for equal keys. */
function keyText(key: unknown): unknown {
  if (typeof key === "bigint") return String(key);
  if (key instanceof Uint8Array) return Buffer.from(key).toString("hex");
  if (typeof key !== "object" || key === null || key instanceof Date) return key;
  return Object.entries(key)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => [name, keyText(value)]);
}

// The ordinary writes, so that all that tables ask for is kept: times, versions, soft deletes.

/** @returns The columns of the rows that were made, in their order. */
export async function insertRows(
  scope: Scope,
  table: TableInfo,
  rows: readonly Values[],
  columns: readonly AnyTableColumn[],
): Promise<readonly Values[]> {
  if (rows.length === 0) return [];
  const work = insertWork(scope, table, rows, { lifts: scope.context?.lifts });
  if (columns.length > 0) return new ReturningWrite<Values>(work, columnsRecord(columns));
  await new PendingWrite(work);
  return [];
}

export async function updateRows(
  scope: Scope,
  table: TableInfo,
  set: Values,
  where: Condition,
): Promise<void> {
  await new UpdateBuilder(scope, tableOf(table)).set(set).where(where);
}

export async function deleteRows(scope: Scope, table: TableInfo, where: Condition): Promise<void> {
  await DeleteBuilder.of(scope, tableOf(table)).where(where);
}
