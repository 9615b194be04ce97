import type { AnyExpression, Condition } from "../../ast/expression.ts";
import type { OrderTerm, SelectStatement } from "../../ast/statement.ts";
import { LimitedRunner } from "../../connect/limits.ts";
import { BuildError, NotFoundError } from "../../core/error.ts";
import type { MaybePromise } from "../../core/maybe-promise.ts";
import type { PlanNode } from "../../dialect/server/explain.ts";
import type { AnySchema } from "../../schema/schema.ts";
import type { AnyTable, KeyOf, TableInfo } from "../../schema/table.ts";
import { scopeFor, scopeOn } from "../context.ts";
import { inOrder } from "../order.ts";
import type { LockOptions } from "../read/select.ts";
import { explain, type ExplainOptions } from "../read/explain.ts";
import { toSql, type SqlText } from "../read/sql-text.ts";
import { streamRows, type StreamOptions } from "../read/stream.ts";
import { KeysetRead, type KeysetOptions } from "../pages/keyset.ts";
import { PageRead, type PageOptions, type PageSource } from "../pages/page.ts";
import { runBeside, type RowsBeside, type Scope } from "../run.ts";
import { Runnable, started } from "../runnable.ts";
import { rowsOf, type Row as RawRow } from "./level.ts";
import { attach } from "./load.ts";
import { loadRow, loadRows, rootLevel } from "./root.ts";
import { branchesOf, type Branch } from "./tree.ts";
import type { Asked, CheckedWith, LoadedRow } from "./types.ts";

type Terms = readonly [OrderTerm | AnyExpression, ...(OrderTerm | AnyExpression)[]];

/** The read of whole rows to which relations are loaded. */
export interface RootQuery<T extends AnyTable> {
  readonly statement: SelectStatement;
  readonly "~scope": Scope;
  where(condition: Condition): RootQuery<T>;
  orderBy(...terms: Terms): RootQuery<T>;
  limit(rowCount: number): RootQuery<T>;
  offset(rowCount: number): RootQuery<T>;
  forUpdate(options?: LockOptions): RootQuery<T>;
  forShare(options?: LockOptions): RootQuery<T>;
  comment(text: string): RootQuery<T>;
  plan(choice: "auto" | "custom"): RootQuery<T>;
  signal(signal: AbortSignal): RootQuery<T>;
  timeout(timeoutMs: number): RootQuery<T>;
  count(): Promise<number>;
  "~on"(place: (scope: Scope) => Scope): RootQuery<T>;
  "~first"(): SelectStatement;
  "~find"(key: KeyOf<T>): SelectStatement;
}

/**
 * A read of whole rows of one table, with what belongs to them. Every method returns a new query; nothing runs before it is
 * awaited. Conditions, order and limits are of the table's own rows: what narrows related rows stands in `with`.
 */
export class RelatedQuery<T extends AnyTable, S extends AnySchema, Row> extends Runnable<Row[]> {
  readonly #root: RootQuery<T>;
  readonly #branches: readonly Branch[];

  constructor(root: RootQuery<T>, branches: readonly Branch[]) {
    super();
    this.#root = root;
    this.#branches = branches;
  }

  #of(root: RootQuery<T>): this {
    // There is no subclass.
    return new RelatedQuery<T, S, Row>(root, this.#branches) as this;
  }

  /** Loads further relations; one that is named again is loaded as it is said last. */
  with<const W extends Asked<S, T>>(
    relations: W extends CheckedWith<S, T, W> ? W : CheckedWith<S, T, W>,
  ): RelatedQuery<T, S, LoadedRow<S, T, Omit<Row, keyof W>, W>> {
    const { plans } = this.#root["~scope"];
    const added = branchesOf(plans.schema, this.#root.statement.from as TableInfo, relations);
    const names = new Set(added.map(({ relation }) => relation.name));
    const kept = this.#branches.filter(({ relation }) => !names.has(relation.name));
    return new RelatedQuery(this.#root, [...kept, ...added]);
  }

  /** As `where` of a query without relations. */
  where(condition: Condition): this {
    return this.#of(this.#root.where(condition));
  }

  /** As `orderBy` of a query without relations. */
  orderBy(...terms: Terms): this {
    return this.#of(this.#root.orderBy(...terms));
  }

  /** How many of the table's own rows. */
  limit(rowCount: number): this {
    return this.#of(this.#root.limit(rowCount));
  }

  offset(rowCount: number): this {
    return this.#of(this.#root.offset(rowCount));
  }

  /** Locks the table's own rows, not the related ones. */
  forUpdate(options: LockOptions = {}): this {
    return this.#of(this.#root.forUpdate(options));
  }

  /** Locks the table's own rows, not the related ones. */
  forShare(options: LockOptions = {}): this {
    return this.#of(this.#root.forShare(options));
  }

  /** As `comment` of a query without relations. */
  comment(text: string): this {
    return this.#of(this.#root.comment(text));
  }

  /** As `plan` of a query without relations. */
  plan(choice: "auto" | "custom"): this {
    return this.#of(this.#root.plan(choice));
  }

  /** Calls the read off when the signal is aborted, whichever of its queries runs. */
  signal(signal: AbortSignal): this {
    return this.#of(this.#root.signal(signal));
  }

  /** @param timeoutMs For all its queries together, in milliseconds, above 0. */
  timeout(timeoutMs: number): this {
    return this.#of(this.#root.timeout(timeoutMs));
  }

  /** The same query on another scope: for caches. */
  "~on"(place: (scope: Scope) => Scope): this {
    return this.#of(this.#root["~on"](place));
  }

  protected override answer(): MaybePromise<Row[]> {
    const { statement } = this.#root;
    return this.#together((scope) => loadRows(scope, statement, this.#branches)) as MaybePromise<
      Row[]
    >;
  }

  /** The first row, or undefined. */
  first(): Promise<Row | undefined> {
    return started(() => {
      const statement = this.#root["~first"]();
      return this.#together((scope) => loadRow(scope, statement, this.#branches)) as MaybePromise<
        Row | undefined
      >;
    });
  }

  /**
   * The first row.
   *
   * @throws {NotFoundError} when there is none.
   */
  async one(): Promise<Row> {
    const row = await this.first();
    if (row === undefined) throw new NotFoundError(this.#root.statement.from.table);
    return row;
  }

  /**
   * The row with this primary key, or undefined.
   *
   * @param key The key's value, or an object with all columns of a composite key.
   */
  find(key: KeyOf<T>): Promise<Row | undefined> {
    return started(() => {
      const statement = this.#root["~find"](key);
      return this.#together((scope) => loadRow(scope, statement, this.#branches)) as MaybePromise<
        Row | undefined
      >;
    });
  }

  /** How many rows the table has for the conditions; what is related doesn't matter. */
  count(): Promise<number> {
    return this.#root.count();
  }

  /** As `page` of a query without relations: a page of the table's own rows, with what belongs to them. */
  page(page: number, options: PageOptions): PageRead<Row> {
    return new PageRead(this.#pages(this.#root.statement), page, options);
  }

  /** As `keyset` of a query without relations. The order is of the table's own rows, which have no limit. */
  keyset(order: readonly (OrderTerm | AnyExpression)[], options: KeysetOptions): KeysetRead<Row> {
    return new KeysetRead(this.#pages(inOrder(this.#root.statement, order)), options);
  }

  #pages(statement: SelectStatement): PageSource {
    const read: PageSource["read"] = async (_, own) =>
      this.#together((scope) => this.#readBeside(scope, own));
    return { scope: this.#root["~scope"], statement, read };
  }

  async #readBeside(scope: Scope, given: SelectStatement): Promise<RowsBeside> {
    if (given.from !== this.#root.statement.from) {
      throw new BuildError(
        "E_UNFINISHED",
        "keyset() of rows with relations takes no limit and no offset.",
        {
          hint: "Give keyset() the size alone.",
        },
      );
    }
    const { level, statement } = rootLevel(given, this.#branches);
    const { beside, rows } = await runBeside(scope, statement);
    const raws = rows as RawRow[];
    await attach(scope, level, raws);
    return { rows: rowsOf(level, raws), beside };
  }

  /** The SQL and the values of the query of the table's own rows, and of the single rows that are joined to them. */
  toSql(): SqlText {
    return toSql(this.#root["~scope"], rootLevel(this.#root.statement, this.#branches).statement);
  }

  /** How the database goes about that query. */
  explain(options: ExplainOptions = {}): Promise<PlanNode> {
    const { statement } = rootLevel(this.#root.statement, this.#branches);
    return explain(this.#root["~scope"], statement, options);
  }

  /** Reads the rows bit by bit, and what is related to each bit with it: `batch` rows are one query of each relation. */
  stream(options: StreamOptions = {}): AsyncIterable<Row> {
    return { [Symbol.asyncIterator]: () => this.#bits(options) };
  }

  async *#bits(options: StreamOptions): AsyncGenerator<Row, void, undefined> {
    const scope = this.#scope();
    const { level, statement } = rootLevel(this.#root.statement, this.#branches);
    const size = options.batch ?? DEFAULT_BATCH;
    let raws: RawRow[] = [];
    const give = async (): Promise<Row[]> => {
      const own = raws;
      raws = [];
      await attach(scope, level, own);
      return rowsOf(level, own) as Row[];
    };
    for await (const raw of streamRows(scope, statement, options)) {
      if (raws.push(raw as RawRow) >= size) yield* await give();
    }
    if (raws.length > 0) yield* await give();
  }

  /** In the queries of what is related the same scopes stand as in that of the rows, but for those of one table. */
  #scope(): Scope {
    const { statement, "~scope": scope } = this.#root;
    if (statement.lifts === undefined || statement.lifts === scope.context?.lifts) return scope;
    return scopeFor(scope, { lifts: statement.lifts.filter(({ source }) => source === undefined) });
  }

  /** A limit of time, or a signal, is for all queries of the read together. */
  #together<Result>(work: (scope: Scope) => MaybePromise<Result>): MaybePromise<Result> {
    const scope = this.#scope();
    const { runner } = scope;
    if (!(runner instanceof LimitedRunner)) return work(scope);
    return runner.together(async (limit) => work(scopeOn(scope, limit(runner.beneath))));
  }
}

const DEFAULT_BATCH = 500;
