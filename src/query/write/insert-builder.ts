import type { AnyTable, ColumnsOf, NewRowOf, TableInfo } from "../../schema/table.ts";
import { insertWork, InsertWrite, queryWork } from "./insert.ts";
import { StreamedInsert, streamWork, type RowStream } from "./insert-stream.ts";
import type { Scope } from "../run.ts";
import type { InsertRow, OneOrMany, Query, WriteSummary } from "../types.ts";
import { Unfinished } from "../unfinished.ts";
import { PendingWrite, tableOfWrite } from "./write.ts";

export class InsertBuilder<T extends AnyTable> extends Unfinished {
  readonly #scope: Scope;
  readonly #table: TableInfo;

  constructor(scope: Scope, table: T) {
    super();
    this.#scope = scope;
    this.#table = tableOfWrite(table);
  }

  /**
   * The rows to insert. Columns that are left out take their default. Many rows are sent in few statements, all or none.
   *
   * @throws {InvalidValueError} for a value that is `undefined`; leave the key out, or pass null.
   */
  values(rows: OneOrMany<InsertRow<T>>): InsertWrite<T> {
    return new InsertWrite(
      insertWork(this.#scope, this.#table, Array.isArray(rows) ? rows : [rows], undefined),
    );
  }

  /**
   * Rows that come one after the other, such as those of a file or of another query, of which about five hundred are in
   * memory at a time. All are written in one transaction, which is open until the last has come, or none.
   *
   * @example
   * await db.insert(events).stream(readEvents(file));
   */
  stream(rows: RowStream<InsertRow<T>>): StreamedInsert<T> {
    return new StreamedInsert(streamWork(this.#scope, this.#table, rows, undefined));
  }

  /**
   * The rows of a query, whose members are columns. Columns that it doesn't have take the database's default.
   *
   * @example
   * await db.insert(archive).select(db.select({ id: users.id, name: users.name }).from(users));
   */
  select<Row extends NewRowOf<T>>(
    query: OnlyColumns<Row, ColumnsOf<T>> & Query<Row>,
  ): PendingWrite<T, WriteSummary> {
    return new PendingWrite(queryWork(this.#scope, this.#table, query.statement));
  }
}

/** `unknown` for a query whose members are all columns; else a sentence that the compiler prints. */
type OnlyColumns<Row, Columns> = [keyof Row] extends [keyof Columns]
  ? unknown
  : "a query whose members are columns of the table";
