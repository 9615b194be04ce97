/** Rows by their keys, as writes of related rows need them. */

import type { Condition } from "../../../ast/expression.ts";
import type { SelectionRecord, SelectStatement } from "../../../ast/statement.ts";
import { NotFoundError } from "../../../core/error.ts";
import { tableOf, type AnyTableColumn, type TableInfo } from "../../../schema/table.ts";
import { keyCondition } from "../../read/key.ts";
import { runRows, type Scope } from "../../run.ts";
import { emptyStatement, LOCKED } from "../../statement.ts";
import { insertWork } from "../../write/insert.ts";
import { keySpeller } from "../../write/key-text.ts";
import { havingValues } from "../../write/keyed-rows.ts";
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

/** Keys as `find` takes them, by their columns. Each is looked at: one of another table's form is refused. */
function keyValues(table: TableInfo, keys: readonly unknown[]): Values[] {
  const [column, ...others] = table.primaryKey;
  return keys.map((key) => {
    keyCondition(table, key);
    return others.length === 0 ? { [column!.key]: key } : (key as Values);
  });
}

/** The rows that have one of these keys. */
export function withKeys(table: TableInfo, keys: readonly unknown[]): Condition {
  return havingValues(table.primaryKey, keyValues(table, keys));
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
  const wanted = new Set(keyValues(table, keys).map(keySpeller(table.primaryKey)));
  if (rows.length < wanted.size)
    throw new NotFoundError(table.table, "A row that was to be connected isn't there.");
  return rows;
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
