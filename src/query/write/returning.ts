/**
 * Rows that a write gives back, for databases without RETURNING: read by their keys in the same transaction, under locks
 * where the keys had to be read first.
 */

import {
  CompareNode,
  Expression,
  InListNode,
  LogicNode,
  ValueNode,
  type Condition,
} from "../../ast/expression.ts";
import type {
  DeleteStatement,
  InsertStatement,
  SelectionRecord,
  SelectStatement,
  UpdateStatement,
} from "../../ast/statement.ts";
import { UnsupportedError } from "../../core/error.ts";
import type { TableInfo } from "../../schema/table.ts";
import { inTransaction } from "./atomic.ts";
import { runRows, runWrite, type Scope } from "../run.ts";
import { emptyStatement, LOCKED } from "../statement.ts";

type Key = Readonly<Record<string, unknown>>;

function requireKey(scope: Scope, table: TableInfo): void {
  if (table.primaryKey.length > 0) return;
  throw new UnsupportedError({
    dialect: scope.plans.engine.dialect.name,
    feature: `returning() for "${table.table}", which has no primary key`,
    instead: "Give the table a primary key, or read the rows with a query of their own.",
  });
}

function keySelection(table: TableInfo): SelectionRecord {
  return {
    keys: table.primaryKey.map((column) => column.key),
    values: table.primaryKey,
    source: undefined,
  };
}

/** The rows with these keys. */
function keyedBy(table: TableInfo, keys: readonly Key[]): Condition {
  const [first, ...others] = table.primaryKey;
  if (others.length === 0) {
    const values = keys.map((key) => key[first!.key]);
    return new InListNode(first!, values, first!.type, false);
  }
  const conditions = keys.map(
    (key) =>
      new LogicNode(
        "and",
        table.primaryKey.map(
          (column) => new CompareNode("=", column, new ValueNode(key[column.key], column.type)),
        ),
      ),
  );
  return new LogicNode("or", conditions);
}

async function lockKeys(
  scope: Scope,
  table: TableInfo,
  { joins, where }: Pick<UpdateStatement, "joins" | "where">,
): Promise<Key[]> {
  const statement: SelectStatement = {
    ...emptyStatement(table, keySelection(table)),
    // Of several matches each would give the key again.
    distinct: joins.length > 0,
    joins,
    where,
    lock: LOCKED,
  };
  return (await runRows(scope, statement)) as Key[];
}

/** With locks, which are held already: without, a transaction that has read before would be given the past. */
function selectKeyed(
  scope: Scope,
  table: TableInfo,
  selection: SelectionRecord,
  keys: readonly Key[],
) {
  const where = keyedBy(table, keys);
  return runRows(scope, { ...emptyStatement(table, selection), where, lock: LOCKED });
}

export async function readBackUpdated(
  scope: Scope,
  statement: UpdateStatement,
  returning: SelectionRecord,
): Promise<unknown[]> {
  const table = statement.table as TableInfo;
  requireKey(scope, table);
  const moved = statement.set.find(({ column }) => table.primaryKey.some((key) => key === column));
  if (moved !== undefined) {
    throw new UnsupportedError({
      dialect: scope.plans.engine.dialect.name,
      feature: `returning() of an update that sets the primary key ("${moved.column.key}")`,
      instead: "Read the rows with a query of their own.",
    });
  }
  return inTransaction(scope, async (inner) => {
    const keys = await lockKeys(inner, table, statement);
    if (keys.length === 0) return [];
    await runWrite(inner, { ...statement, where: keyedBy(table, keys) });
    return selectKeyed(inner, table, returning, keys);
  });
}

export async function readBackDeleted(
  scope: Scope,
  statement: DeleteStatement,
  returning: SelectionRecord,
): Promise<unknown[]> {
  const table = statement.from as TableInfo;
  requireKey(scope, table);
  return inTransaction(scope, async (inner) => {
    const keys = await lockKeys(inner, table, statement);
    if (keys.length === 0) return [];
    const rows = await selectKeyed(inner, table, returning, keys);
    await runWrite(inner, { ...statement, joins: [], where: keyedBy(table, keys) });
    return rows;
  });
}

/** One insert for each row, as only then the key that the server counted up is known to be the row's. */
export async function readBackInserted(
  scope: Scope,
  statement: InsertStatement,
  returning: SelectionRecord,
): Promise<unknown[]> {
  const table = statement.into as TableInfo;
  requireKey(scope, table);
  if (statement.conflict !== undefined) {
    throw new UnsupportedError({
      dialect: scope.plans.engine.dialect.name,
      feature: "returning() of an insert with onConflict()",
      instead: "Read the rows by the key of the conflict.",
    });
  }
  return inTransaction(scope, async (inner) => {
    const stored: unknown[] = [];
    for (const row of statement.rows) {
      const columns = statement.columns.filter((column) => row[column.key] !== undefined);
      const { insertId } = await runWrite(inner, { ...statement, columns, rows: [row] });
      const key = keyOfRow(scope, table, row, insertId);
      stored.push(...(await selectKeyed(inner, table, returning, [key])));
    }
    return stored;
  });
}

function keyOfRow(
  scope: Scope,
  table: TableInfo,
  row: Key,
  insertId: number | bigint | undefined,
): Key {
  const entries = table.primaryKey.map((column) => {
    const given = row[column.key];
    if (given !== undefined && !(given instanceof Expression)) return [column.key, given] as const;
    if (!column.spec.isAutoIncrement || insertId === undefined) {
      throw new UnsupportedError({
        dialect: scope.plans.engine.dialect.name,
        feature: `returning() of an insert whose key "${column.key}" the database makes`,
        instead: "Make the key in the program: $default(uuidv7).",
      });
    }
    const isBigint = column.type.kind === "bigint" && column.type.mode === "bigint";
    return [column.key, isBigint ? BigInt(insertId) : Number(insertId)] as const;
  });
  return Object.fromEntries(entries);
}
