/** What the client will bring. Types only: nothing here runs. */
import type {
  AnyTable,
  Condition,
  Database as RealDatabase,
  Executor as RealExecutor,
  Expression,
  OrderTerm,
  KeyOf,
  PendingWrite,
  RowOf,
  TableQuery as RealTableQuery,
  UpdateSet,
  WriteSummary,
} from "plinth";
import type { Flat, NameOf } from "../../../src/schema/table.ts";
import type { CheckedWith, IsSoft, Loaded, Schema, With } from "./schema.ts";

export interface Page<Row> {
  readonly items: Row[];
  /** Counted from 1. */
  readonly page: number;
  readonly pages: number;
  readonly total: number;
}

export interface KeysetPage<Row> {
  readonly items: Row[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  /** For `after`; null on the last page. */
  readonly nextCursor: string | null;
  /** For `before`; null on the first page. */
  readonly previousCursor: string | null;
}

interface KeysetOptions {
  readonly size: number;
  readonly after?: string | null;
  readonly before?: string | null;
}

type Term = Expression<unknown, string> | OrderTerm;

/** How the database will run a query. */
export interface Explanation {
  /** As a readable tree. */
  readonly text: string;
  /** As the database gives it. */
  readonly raw: unknown;
}

/** `unknown` for a table whose rows may be hidden, so that a method may be called; else a sentence. */
type SoftOnly<T extends AnyTable> =
  IsSoft<T> extends true ? unknown : `'${NameOf<T>}' has no softDelete()`;

/** A read of whole rows, with what `with` loads. */
export interface TableQuery<S extends Schema, T extends AnyTable, Row = RowOf<T>>
  extends
    PromiseLike<Row[]>,
    Pick<RealTableQuery<T>, "count" | "crossJoin" | "innerJoin" | "leftJoin" | "rightJoin"> {
  where(condition: Condition): this;
  orderBy(...terms: readonly [Term, ...Term[]]): this;
  limit(rowCount: number): this;
  offset(rowCount: number): this;
  first(): Promise<Row | undefined>;
  one(): Promise<Row>;
  find(key: KeyOf<T>): Promise<Row | undefined>;
  with<const W extends With<S, T>>(
    relations: W extends CheckedWith<S, T, W> ? W : CheckedWith<S, T, W>,
  ): TableQuery<S, T, Loaded<S, T, { with: W }>>;
  /** The rows after a cursor, or before one. The key completes an order that leaves rows equal. */
  keyset(order: readonly [Term, ...Term[]], options: KeysetOptions): PromiseLike<KeysetPage<Row>>;
  /** The page with this number, counted from 1, and how many there are. */
  page(number: number, options: { readonly size: number }): PromiseLike<Page<Row>>;
  /** The rows one by one, read as they are asked for. Leaving the loop frees the connection. */
  stream(options?: { readonly batch?: number }): AsyncIterable<Row>;
  explain(options?: { readonly analyze?: boolean }): Promise<Explanation>;
  withDeleted(this: SoftOnly<T>): TableQuery<S, T, Row>;
  onlyDeleted(this: SoftOnly<T>): TableQuery<S, T, Row>;
}

/** A delete or a restore that doesn't know its rows yet, and can't be awaited. */
interface RowsToChoose<T extends AnyTable> {
  where(condition: Condition): PendingWrite<T, WriteSummary>;
  all(): PendingWrite<T, WriteSummary>;
  then(notAwaitable: "finish it first"): never;
}

export interface Delete<T extends AnyTable> extends RowsToChoose<T> {
  /** Deletes the rows of a table that else hides them. */
  hard(this: SoftOnly<T>): RowsToChoose<T>;
}

type Keyed<T extends AnyTable, Key extends keyof RowOf<T>> = Flat<
  Pick<RowOf<T>, Key> & Omit<UpdateSet<T>, Key>
>;

/** Runs queries: a database, or a transaction. */
export interface Executor<S extends Schema = Schema> extends Pick<
  RealExecutor,
  "execute" | "insert" | "select" | "update"
> {
  from<T extends AnyTable>(table: T): TableQuery<S, T>;
  delete<T extends AnyTable>(table: T): Delete<T>;
  /** Shows hidden rows again. */
  restore<T extends AnyTable>(
    table: IsSoft<T> extends true ? T : `'${NameOf<T>}' has no softDelete()`,
  ): RowsToChoose<T>;
  /** Different values for each row, in as few statements as there can be. */
  updateMany<T extends AnyTable, const Key extends keyof RowOf<T> & string>(
    table: T,
    rows: readonly Keyed<T, NoInfer<Key>>[],
    options: { readonly key: Key | readonly Key[] },
  ): PendingWrite<T, WriteSummary>;
  transaction<Result>(
    work: (tx: Transaction<S>) => Promise<Result>,
    options?: Parameters<RealDatabase["transaction"]>[1] & { readonly retries?: number },
  ): Promise<Result>;
}

export interface Transaction<S extends Schema = Schema> extends Executor<S> {
  /** Runs once the transaction is committed, and not when it isn't. */
  afterCommit(work: () => Promise<void> | void): void;
}

export interface Database<S extends Schema = Schema>
  extends Executor<S>, Pick<RealDatabase, "can" | "close" | "server" | "stats"> {
  [Symbol.asyncDispose](): Promise<void>;
}

export declare function connect<S extends Schema>(
  url: string,
  options: { readonly schema: S },
): Promise<Database<S>>;
