/** Inserts of rows that come one after the other, of which few are in memory at a time. */

import { UnsupportedError } from "../../core/error.ts";
import type { AnyTable, NameOf, TableInfo } from "../../schema/table.ts";
import type { Column } from "../../schema/column.ts";
import { inTransaction } from "./atomic.ts";
import { MAX_CHUNK_ROWS, MAX_CHUNK_SIZE, sizeOfRow } from "./chunks.ts";
import { ConflictBuilder } from "./conflict.ts";
import { insertWork, type AnyRow, type InsertOptions } from "./insert.ts";
import type { Lifts } from "../lifts.ts";
import { refuseMoves } from "./scope-values.ts";
import type { Scope } from "../run.ts";
import type { WriteSummary } from "../types.ts";
import { CompleteWrite, INSERT, runWork, type WriteWork } from "./write.ts";

/** Rows that are made or read while they are written. */
export type RowStream<Row> = AsyncIterable<Row> | Iterable<Row>;

/** An insert of rows that come one after the other. It runs once, when it is awaited. */
export class StreamedInsert<T extends AnyTable> extends CompleteWrite<WriteSummary> {
  /**
   * What happens when a row with the same key exists.
   *
   * @param columns The unique or primary key that is meant; none means any key.
   */
  onConflict(
    ...columns: readonly Column<NameOf<T>, unknown>[]
  ): ConflictBuilder<T, CompleteWrite<WriteSummary>> {
    const { table } = this.work;
    const { lifts, rows } = this.work as StreamWork;
    return new ConflictBuilder(table, columns, (conflict) => {
      const { comment, once, scope } = this.work;
      refuseMoves(scope, table, conflict.set ?? [], lifts);
      const work = streamWork(scope, table, rows, { conflict, lifts }, once);
      return new StreamedInsert({ ...work, comment });
    });
  }
}

export interface StreamWork extends WriteWork {
  readonly rows: RowStream<AnyRow>;
  readonly lifts: Lifts;
}

/** Rows in lists, the next of which is read only when the one before is written. */
async function* listsOf(rows: RowStream<AnyRow>): AsyncGenerator<AnyRow[]> {
  let list: AnyRow[] = [];
  let size = 0;
  for await (const row of rows) {
    list.push(row);
    size += sizeOfRow(row);
    if (list.length < MAX_CHUNK_ROWS && size < MAX_CHUNK_SIZE) continue;
    yield list;
    list = [];
    size = 0;
  }
  if (list.length > 0) yield list;
}

export function streamWork(
  scope: Scope,
  table: TableInfo,
  rows: RowStream<AnyRow>,
  { conflict, lifts }: InsertOptions,
  once = { isStarted: false },
): StreamWork {
  const refuse = (feature: string): never => {
    throw new UnsupportedError({
      dialect: "Plinth",
      feature: `${feature} of an insert whose rows come one after the other`,
      instead: "Insert a list of them with values().",
    });
  };
  const summarize: WriteWork["summarize"] = (within, comment) =>
    inTransaction(within, async (inner) => {
      let affectedRows = 0;
      for await (const list of listsOf(rows)) {
        const work = insertWork(inner, table, list, { conflict, lifts });
        const outcome = (await runWork(work, inner, undefined, comment)) as WriteSummary;
        affectedRows += outcome.affectedRows;
      }
      return { affectedRows };
    });
  return {
    once,
    scope,
    table,
    lifts,
    rows,
    comment: undefined,
    actions: INSERT,
    isOfOne: false,
    statement: () => refuse("toSql()"),
    readRows: () => refuse("returning()"),
    summarize,
    watched: (within, _watch, _returning, comment) => summarize(within, comment),
  };
}
