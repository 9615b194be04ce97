/** Moving the values of encrypted columns to the current key. */

import {
  CompareNode,
  FragmentNode,
  LogicNode,
  ValueNode,
  type AnyExpression,
} from "../../ast/expression.ts";
import type { LogicalType } from "../../ast/logical-type.ts";
import { LIFT_ALL } from "../../ast/scoping.ts";
import { isSealed, STORED, type SealedType } from "../../ast/sealed.ts";
import type { SelectionRecord, UpdateStatement } from "../../ast/statement.ts";
import { BuildError, EncryptionError } from "../../core/error.ts";
import type { Cipher } from "../../dialect/values/type-map.ts";
import {
  infoOf,
  type AnyTableColumn,
  type TableInfo,
  type WritableTable,
} from "../../schema/table.ts";
import type { Executor } from "../client.ts";
import { KeysetRead } from "../pages/keyset.ts";
import { runBeside, runWrite, type Scope } from "../run.ts";
import { emptyStatement } from "../statement.ts";
import { inOrder } from "../order.ts";
import { inTransaction } from "./atomic.ts";

const BYTES: LogicalType = { kind: "bytes", length: undefined };

export interface ReencryptOptions {
  /** How many rows are read at a time, and written in one transaction. Default 500. */
  readonly batch?: number;
}

export interface ReencryptSummary {
  /** How many rows the table has. */
  readonly rows: number;
  /** How many of them had a value that wasn't by the current key. */
  readonly reencrypted: number;
}

type StoredRow = Readonly<Record<string, unknown>>;

function storedOf(column: AnyTableColumn): AnyExpression {
  return new FragmentNode(STORED, [column], BYTES);
}

function selectionOf(
  columns: readonly AnyTableColumn[],
  keys: readonly AnyTableColumn[],
): SelectionRecord {
  return {
    keys: [...keys, ...columns].map(({ key }) => key),
    values: [...keys, ...columns.map(storedOf)],
    source: undefined,
  };
}

/** Leaves a row as it is that was written meanwhile, which was by the current key. */
function updateOf(
  table: TableInfo,
  column: AnyTableColumn,
  row: StoredRow,
  value: unknown,
): UpdateStatement {
  const same = table.primaryKey.map(
    (own) => new CompareNode("=", own, new ValueNode(row[own.key], own.type)),
  );
  const before = new CompareNode("=", storedOf(column), new ValueNode(row[column.key], BYTES));
  return {
    kind: "update",
    table,
    joins: [],
    set: [{ column, value }],
    where: new LogicNode("and", [...same, before]),
    returning: undefined,
    lifts: LIFT_ALL,
  };
}

async function writeAnew(
  scope: Scope,
  table: TableInfo,
  columns: readonly AnyTableColumn[],
  rows: readonly StoredRow[],
  cipher: Cipher,
): Promise<number> {
  const isOld = (row: StoredRow, { key }: AnyTableColumn): boolean =>
    row[key] !== null && !cipher.isCurrent(row[key] as Uint8Array);
  const old = rows.filter((row) => columns.some((column) => isOld(row, column)));
  if (old.length === 0) return 0;
  await inTransaction(scope, async (inner) => {
    for (const row of old) {
      for (const column of columns) {
        if (!isOld(row, column)) continue;
        const value = cipher.open(column.type as SealedType)(row[column.key] as Uint8Array);
        await runWrite(inner, updateOf(table, column, row, value));
      }
    }
  });
  return old.length;
}

/**
 * Encrypts what other keys have encrypted by the current one, so that those can be taken away: all rows of the table, soft
 * deleted ones and those of every scope too, a batch at a time. Others may read and write meanwhile. Only the encrypted
 * columns change: no time of change, no version, no hook. Run again it goes through the rows, and writes what is left.
 *
 * @throws {EncryptionError} for a value that can't be read; what came before it is done.
 * @throws {UniqueViolationError} where rows that were written by different keys have one value in a `unique()` column.
 * @example
 * const { reencrypted } = await reencrypt(db, patients);
 */
export async function reencrypt<T extends WritableTable>(
  db: Executor,
  table: T,
  { batch = 500 }: ReencryptOptions = {},
): Promise<ReencryptSummary> {
  const info = infoOf(table);
  const columns = info.columns.filter(({ type }) => isSealed(type));
  if (columns.length === 0 || info.primaryKey.length === 0) {
    throw new BuildError(
      "E_UNKNOWN_COLUMN",
      `reencrypt() takes a table with a primary key and encrypted columns.`,
    );
  }
  const { cipher } = db["~engine"].dialect.types;
  if (cipher === undefined) throw new EncryptionError("no keys");
  const scope = db.from(table)["~scope"];
  const statement = emptyStatement(
    info,
    selectionOf(columns, info.primaryKey),
    undefined,
    LIFT_ALL,
  );
  const source = { scope, statement: inOrder(statement, info.primaryKey), read: runBeside };
  let [rows, reencrypted] = [0, 0];
  for await (const { items } of new KeysetRead<StoredRow>(source, { size: batch })) {
    rows += items.length;
    reencrypted += await writeAnew(scope, info, columns, items, cipher);
  }
  return { rows, reencrypted };
}
