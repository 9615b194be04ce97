import type { AnySchema } from "../../schema/schema.ts";
import { liftDeleted, liftScopes, type Lifts } from "../lifts.ts";
import type { AnyTable, ColumnsOf, NewRowOf, IfSoft, TableInfo } from "../../schema/table.ts";
import { insertWork } from "./insert.ts";
import { queryWork } from "./insert-query.ts";
import { InsertWrite } from "./insert-write.ts";
import { StreamedInsert, streamWork, type RowStream } from "./insert-stream.ts";
import type { Scope } from "../run.ts";
import type { InsertRow, OneOrMany, Query, WriteSummary } from "../types.ts";
import { Unfinished } from "../unfinished.ts";
import { PendingWrite, tableOfWrite } from "./write.ts";

export class InsertBuilder<T extends AnyTable, S extends AnySchema = AnySchema> extends Unfinished {
  readonly #scope: Scope;
  readonly #target: T;
  readonly #table: TableInfo;
  readonly #lifts: Lifts;

  constructor(scope: Scope, table: T, lifts: Lifts = scope.context?.lifts) {
    super();
    this.#scope = scope;
    this.#target = table;
    this.#table = tableOfWrite(table);
    this.#lifts = lifts;
  }

  /** Lets `onConflict(…).update(…)` also meet rows that are soft-deleted, which stay so unless it sets that. */
  withDeleted(this: IfSoft<T, InsertBuilder<T, S>>): InsertBuilder<T, S>;
  withDeleted(): InsertBuilder<T, S> {
    const lifts = liftDeleted(this.#lifts, this.#table, "with");
    return new InsertBuilder(this.#scope, this.#target, lifts);
  }

  /** Writes rows that these scopes leave out. Each row brings their values. */
  without(...scopes: readonly [string, ...string[]]): InsertBuilder<T, S> {
    return new InsertBuilder(this.#scope, this.#target, liftScopes(this.#lifts, scopes));
  }

  /**
   * The rows to insert. Columns that are left out take their default. Many rows are sent in few statements, all or none.
   *
   * @throws {InvalidValueError} for a value that is `undefined`; leave the key out, or pass null.
   */
  values(rows: OneOrMany<InsertRow<T>>): InsertWrite<T, S> {
    const list = Array.isArray(rows) ? rows : [rows];
    return new InsertWrite(insertWork(this.#scope, this.#table, list, { lifts: this.#lifts }));
  }

  /**
   * Rows that come one after the other, such as those of a file or of another query, of which about five hundred are in
   * memory at a time. All are written in one transaction, which is open until the last has come, or none.
   *
   * @example
   * await db.insert(events).stream(readEvents(file));
   */
  stream(rows: RowStream<InsertRow<T>>): StreamedInsert<T> {
    return new StreamedInsert(streamWork(this.#scope, this.#table, rows, { lifts: this.#lifts }));
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
    return new PendingWrite(queryWork(this.#scope, this.#table, query.statement, this.#lifts));
  }
}

/** `unknown` for a query whose members are all columns; else a sentence that the compiler prints. */
type OnlyColumns<Row, Columns> = [keyof Row] extends [keyof Columns]
  ? unknown
  : "a query whose members are columns of the table";
