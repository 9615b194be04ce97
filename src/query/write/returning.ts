/**
 * Rows that a write gives back, for databases without RETURNING: read by their keys in the same transaction, under locks
 * where the keys had to be read first.
 */

import { Expression } from "../../ast/expression.ts";
import { LIFT_ALL } from "../../ast/scoping.ts";
import type {
  DeleteStatement,
  InsertStatement,
  SelectionRecord,
  UpdateStatement,
} from "../../ast/statement.ts";
import { UnsupportedError } from "../../core/error.ts";
import type { TableInfo } from "../../schema/table.ts";
import { inTransaction } from "./atomic.ts";
import {
  havingValues,
  inParts,
  keySelection,
  lockMet,
  selectKeyed,
  type Key,
} from "./keyed-rows.ts";
import { keySpeller } from "./key-text.ts";
import { runWrite, type Scope } from "../run.ts";

function requireKey(scope: Scope, table: TableInfo): void {
  if (table.primaryKey.length > 0) return;
  throw new UnsupportedError({
    dialect: scope.plans.engine.dialect.name,
    feature: `returning() for "${table.table}", which has no primary key`,
    instead: "Give the table a primary key, or read the rows with a query of their own.",
  });
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
    const keys = await lockMet(inner, table, statement, keySelection(table));
    if (keys.length === 0) return [];
    for (const part of inParts(inner, table.primaryKey, keys))
      await runWrite(inner, { ...statement, where: havingValues(table.primaryKey, part) });
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
    const keys = await lockMet(inner, table, statement, keySelection(table));
    if (keys.length === 0) return [];
    const rows = await selectKeyed(inner, table, returning, keys);
    for (const part of inParts(inner, table.primaryKey, keys)) {
      const where = havingValues(table.primaryKey, part);
      await runWrite(inner, { ...statement, joins: [], where, lifts: LIFT_ALL });
    }
    return rows;
  });
}

/**
 * Rows that bring their keys are read by them. Else there is one insert for each row, as only then the key that the server
 * counted up is known to be the row's.
 *
 * @param statements The rows in parts that the server takes.
 */
export async function readBackInserted(
  scope: Scope,
  statements: readonly InsertStatement[],
  returning: SelectionRecord,
): Promise<unknown[]> {
  const [{ conflict, into }] = statements as [InsertStatement];
  const table = into as TableInfo;
  requireKey(scope, table);
  if (conflict !== undefined) {
    throw new UnsupportedError({
      dialect: scope.plans.engine.dialect.name,
      feature: "returning() of an insert with onConflict()",
      instead: "Read the rows by the key of the conflict.",
    });
  }
  const isKeyed = statements.every(({ rows }) => rows.every((row) => hasKey(table, row)));
  return inTransaction(scope, async (inner) => {
    if (isKeyed) {
      for (const statement of statements) await runWrite(inner, statement);
      const rows = statements.flatMap((statement) => statement.rows);
      return selectInOrder(inner, table, returning, rows);
    }
    const stored: unknown[] = [];
    for (const statement of statements) {
      for (const row of statement.rows) {
        const columns = statement.columns.filter((column) => row[column.key] !== undefined);
        const { insertId } = await runWrite(inner, {
          ...statement,
          columns,
          rows: [row],
          cells: undefined,
        });
        const key = keyOfRow(scope, table, row, insertId);
        stored.push(...(await selectKeyed(inner, table, returning, [key])));
      }
    }
    return stored;
  });
}

function hasKey(table: TableInfo, row: Key): boolean {
  return table.primaryKey.every(({ key }) => {
    const value = row[key];
    return value !== undefined && value !== null && !(value instanceof Expression);
  });
}

/** The rows with these keys, in their order. */
async function selectInOrder(
  scope: Scope,
  table: TableInfo,
  returning: SelectionRecord,
  keys: readonly Key[],
): Promise<unknown[]> {
  const selection: SelectionRecord = {
    keys: ["key", "row"],
    values: [keySelection(table), returning],
    source: undefined,
  };
  const spell = keySpeller(table.primaryKey);
  const found = (await selectKeyed(scope, table, selection, keys)) as Keyed[];
  const rows = new Map(found.map(({ key, row }) => [spell(key), row]));
  const ordered: unknown[] = [];
  for (const key of keys) {
    const text = spell(key);
    // A key that the server keeps in another spelling is asked for by itself.
    if (rows.has(text)) ordered.push(rows.get(text));
    else ordered.push(...(await selectKeyed(scope, table, returning, [key])));
  }
  return ordered;
}

interface Keyed {
  readonly key: Key;
  readonly row: unknown;
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
