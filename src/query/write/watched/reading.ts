/** What is read of rows that are written: for those who watch, and for whoever wants them back. */

import type { SelectionRecord } from "../../../ast/statement.ts";
import { UnsupportedError } from "../../../core/error.ts";
import type { AnyTableColumn, TableInfo } from "../../../schema/table.ts";
import { tableSelection } from "../../read/selection.ts";
import type { Scope } from "../../run.ts";
import type { WriteSummary } from "../../types.ts";
import type { AnyRow, TableWatch, WriteAction } from "../../watch/watchers.ts";
import { inTransaction } from "../atomic.ts";
import { keySelection } from "../keyed-rows.ts";

/** One row as it is read. */
export interface Read {
  /** The whole row where somebody wants it, else its key. */
  readonly row: AnyRow;
  /** What the write gives back of it. */
  readonly given: unknown;
}

export interface Reading {
  readonly selection: SelectionRecord;
  split(found: unknown): Read;
}

export function readingOf(
  watch: TableWatch,
  action: WriteAction,
  returning: SelectionRecord | undefined,
): Reading {
  const { table } = watch;
  const own = watch.wantsRows(action) ? tableSelection(table) : keySelection(table);
  if (returning === undefined || returning === own)
    return { selection: own, split: (found) => ({ row: found as AnyRow, given: found }) };
  return {
    selection: { keys: ["row", "given"], values: [own, returning], source: undefined },
    split: (found) => found as Read,
  };
}

export function keyOf({ primaryKey }: TableInfo, row: AnyRow): AnyRow {
  return Object.fromEntries(primaryKey.map(({ key }) => [key, row[key]]));
}

/** What a write gives that reads what it wrote. */
export function outcomeOf(
  returning: SelectionRecord | undefined,
  rows: readonly Read[],
): WriteSummary | unknown[] {
  return returning === undefined ? { affectedRows: rows.length } : rows.map(({ given }) => given);
}

/** A watched write is one transaction with what those who watch it do. */
export function watched<Result>(
  scope: Scope,
  watch: TableWatch,
  work: (inner: Scope) => Promise<Result>,
): Promise<Result> {
  return inTransaction(watch.enter(scope), work);
}

/** A row is told by its key, before and after. */
export function refuseMovedKey(table: TableInfo, set: readonly { column: unknown }[]): void {
  const moved: AnyTableColumn | undefined = table.primaryKey.find((key) =>
    set.some(({ column }) => column === key),
  );
  if (moved === undefined) return;
  throw new UnsupportedError({
    dialect: "Plinth",
    feature: `an update of the primary key ("${moved.key}") of "${table.table}", which hooks or an audit trail watch`,
    instead: "Insert a row with the new key, and delete the old one.",
  });
}
