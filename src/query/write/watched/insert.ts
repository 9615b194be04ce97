/** Inserts of tables that are watched. */

import type { SelectionRecord } from "../../../ast/statement.ts";
import type { MaybePromise } from "../../../core/maybe-promise.ts";
import type { Scope } from "../../run.ts";
import type { WriteSummary } from "../../types.ts";
import type { AnyRow, TableWatch } from "../../watch/watchers.ts";
import type { WriteWork } from "../write.ts";
import { keyOf, outcomeOf, readingOf, watched, type Read } from "./reading.ts";

type Outcome = WriteSummary | unknown[];

/** Tells of rows that were inserted. */
export async function tellInserted(
  scope: Scope,
  watch: TableWatch,
  rows: readonly Read[],
): Promise<void> {
  const written = rows.map(({ row }) => ({
    key: keyOf(watch.table, row),
    before: undefined,
    after: watch.wantsRows("insert") ? row : undefined,
  }));
  await watch.after(scope, "insert", written);
}

/** Runs a plain insert, inside of the transaction. */
async function insert(
  scope: Scope,
  watch: TableWatch,
  work: WriteWork,
  returning: SelectionRecord | undefined,
  comment: string | undefined,
): Promise<Outcome> {
  if (!watch.follows("insert") && returning === undefined) return work.summarize(scope, comment);
  const { selection, split } = readingOf(watch, "insert", returning);
  const found = (await work.readRows(scope, selection, comment)).map(split);
  await tellInserted(scope, watch, found);
  return outcomeOf(returning, found);
}

/** @param make The plain insert of rows. */
export function watchedInsert(
  scope: Scope,
  watch: TableWatch,
  rows: readonly AnyRow[],
  make: (rows: readonly AnyRow[]) => WriteWork,
  returning: SelectionRecord | undefined,
  comment: string | undefined,
): Promise<Outcome> {
  return watched(scope, watch, async (inner) => {
    const given = rows.length === 0 ? rows : await watch.beforeInsert(inner, rows);
    return insert(inner, watch, make(given), returning, comment);
  });
}

/** An insert from a query, in both ways. */
export interface QueryInsert {
  readonly work: WriteWork;
  makeOfRows(rows: readonly AnyRow[]): WriteWork;
  readRows(scope: Scope): MaybePromise<unknown[]>;
}

/**
 * An insert from a query. Where somebody may change the rows, or the database doesn't give back what it inserted, the
 * query's rows are read first.
 */
export function watchedQuery(
  scope: Scope,
  watch: TableWatch,
  { makeOfRows, readRows, work }: QueryInsert,
  returning: SelectionRecord | undefined,
  comment: string | undefined,
): Promise<Outcome> {
  const { insertReturning } = scope.plans.engine.dialect.can;
  return watched(scope, watch, async (inner) => {
    if (!watch.precedes("insert") && insertReturning)
      return insert(inner, watch, work, returning, comment);
    const rows = (await readRows(inner)) as AnyRow[];
    const given = rows.length === 0 ? rows : await watch.beforeInsert(inner, rows);
    return insert(inner, watch, makeOfRows(given), returning, comment);
  });
}
