import type { SetOperator } from "../../ast/derived.ts";
import {
  Expression,
  isNamedAlike,
  type AnyExpression,
  type Condition,
  type ValueNode,
} from "../../ast/expression.ts";
import type {
  JoinClause,
  JoinKind,
  LockClause,
  OrderTerm,
  SelectionRecord,
  SelectStatement,
} from "../../ast/statement.ts";
import type { Limits } from "../../connect/limits.ts";
import { BuildError, InvalidValueError, NotFoundError } from "../../core/error.ts";
import type { MaybePromise } from "../../core/maybe-promise.ts";
import type { PlanNode } from "../../dialect/server/explain.ts";
import { sourceOf, type AnyTable, type IfSoft, type NameOf } from "../../schema/table.ts";
import {
  columnsOfQuery,
  inputsOf,
  queryTable,
  setTable,
  type QueryTable,
  type SameMembers,
  type SetColumns,
} from "./derived.ts";
import { and, isEmptyCondition, type OneColumn } from "../expression.ts";
import { KeysetRead, type KeysetOptions } from "../pages/keyset.ts";
import { PageRead, type PageOptions } from "../pages/page.ts";
import { liftDeleted, liftScopes } from "../lifts.ts";
import { limitScope, readRow, readRows, runBeside, type Scope } from "../run.ts";
import { ownThen, Runnable, started } from "../runnable.ts";
import { toSelection } from "./selection.ts";
import { countOf } from "./count.ts";
import { explain, type ExplainOptions } from "./explain.ts";
import { toSql, type SqlText } from "./sql-text.ts";
import { streamRows, type StreamOptions } from "./stream.ts";
import { emptyStatement, rowCount } from "../statement.ts";
import { inOrder } from "../order.ts";
import type { Query, ResultOf, Selection, SelectionInput } from "../types.ts";
import { Unfinished } from "../unfinished.ts";

const ONE = rowCount(1);

function countValue(name: string, value: number): ValueNode<number> {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new InvalidValueError(`${name}() takes a whole number, 0 or more.`);
  }
  return rowCount(value);
}

/**
 * A read. Every method returns a new query, so one may be shared as a starting point. Nothing runs before it is awaited;
 * awaiting it gives its rows, and awaiting it again reads again.
 */
export class SelectQuery<
  S extends Selection,
  From extends string,
  Nullable extends string = never,
  Row = ResultOf<S, Nullable>,
> extends Runnable<Row[]> {
  readonly statement: SelectStatement;
  protected readonly scope: Scope;

  constructor(scope: Scope, statement: SelectStatement) {
    super();
    this.scope = scope;
    this.statement = statement;
  }

  protected derive(statement: SelectStatement): this {
    // Every subclass is constructed alike.
    const Query = this.constructor as new (scope: Scope, statement: SelectStatement) => this;
    return new Query(this.scope, statement);
  }

  /**
   * Keeps the rows for which the condition is true. Several calls are combined with `and`.
   *
   * @throws {BuildError} `E_NO_CONDITION` for `undefined`; `and(undefined)` is a condition that says nothing.
   */
  where(condition: Condition): this {
    return this.derive({
      ...this.statement,
      where: combined(this.statement.where, condition, "where"),
    });
  }

  #join(kind: JoinKind, table: AnyTable, on: AnyExpression | undefined): SelectStatement {
    const source = sourceOf(table);
    const { from, joins } = this.statement;
    const isTaken = [from, ...joins.map((join) => join.source)].some((other) =>
      isNamedAlike(other, source),
    );
    if (isTaken) {
      throw new BuildError(
        "E_UNKNOWN_SOURCE",
        `"${source.alias ?? source.table}" is joined twice.`,
        {
          hint: 'Give one of them another name: const other = alias(table, "other").',
        },
      );
    }
    const join: JoinClause = { kind, source, inputs: inputsOf(table), on };
    return { ...this.statement, joins: [...joins, join] };
  }

  innerJoin<T extends AnyTable>(
    table: T,
    on: Condition,
  ): SelectQuery<S, From | NameOf<T>, Nullable> {
    return new SelectQuery(this.scope, this.#join("inner", table, joinCondition(on, "innerJoin")));
  }

  /** Keeps rows without a match; the table's columns are then null. */
  leftJoin<T extends AnyTable>(
    table: T,
    on: Condition,
  ): SelectQuery<S, From | NameOf<T>, Nullable | NameOf<T>> {
    return new SelectQuery(this.scope, this.#join("left", table, joinCondition(on, "leftJoin")));
  }

  /** Keeps the table's rows without a match; the columns of all tables before it are then null. */
  rightJoin<T extends AnyTable>(
    table: T,
    on: Condition,
  ): SelectQuery<S, From | NameOf<T>, Nullable | From> {
    return new SelectQuery(this.scope, this.#join("right", table, joinCondition(on, "rightJoin")));
  }

  /** Keeps the rows of both sides without a match. Refused on MySQL and MariaDB, which lack it. */
  fullJoin<T extends AnyTable>(
    table: T,
    on: Condition,
  ): SelectQuery<S, From | NameOf<T>, Nullable | From | NameOf<T>> {
    return new SelectQuery(this.scope, this.#join("full", table, joinCondition(on, "fullJoin")));
  }

  crossJoin<T extends AnyTable>(table: T): SelectQuery<S, From | NameOf<T>, Nullable> {
    return new SelectQuery(this.scope, this.#join("cross", table, undefined));
  }

  /** Also sees the rows of a joined table that are soft-deleted, or of the table that it begins with. */
  withDeleted<T extends AnyTable>(table: IfSoft<T>): this {
    return this.seeing(table as T, "with");
  }

  /** Sees of the table only the rows that are soft-deleted. */
  onlyDeleted<T extends AnyTable>(table: IfSoft<T>): this {
    return this.seeing(table as T, "only");
  }

  /** @param table Undefined: the one that it begins with. */
  protected seeing(table: AnyTable | undefined, mode: "only" | "with"): this {
    const { from, lifts } = this.statement;
    const source = table === undefined ? from : sourceOf(table);
    return this.derive({ ...this.statement, lifts: liftDeleted(lifts, source, mode) });
  }

  /** Sees the rows that these scopes of its tables leave out. Queries inside of it have their own. */
  without(...scopes: readonly [string, ...string[]]): this {
    return this.derive({ ...this.statement, lifts: liftScopes(this.statement.lifts, scopes) });
  }

  /** Gives equal rows once. */
  distinct(): this {
    return this.derive({ ...this.statement, distinct: true });
  }

  /**
   * Keeps one row of those that are equal in these, the first by the order, which begins with them. PostgreSQL only;
   * elsewhere number the rows with `over(rowNumber(), …)` and keep the first.
   */
  distinctOn(...expressions: readonly [AnyExpression, ...AnyExpression[]]): this {
    return this.derive({
      ...this.statement,
      distinctOn: [...this.statement.distinctOn, ...expressions],
    });
  }

  groupBy(...expressions: readonly [AnyExpression, ...AnyExpression[]]): this {
    return this.derive({ ...this.statement, groupBy: [...this.statement.groupBy, ...expressions] });
  }

  having(condition: Condition): this {
    return this.derive({
      ...this.statement,
      having: combined(this.statement.having, condition, "having"),
    });
  }

  /** Columns or `asc(…)` and `desc(…)`. NULLs are smallest. Several calls add up. Without it no order is promised. */
  orderBy(...terms: readonly [OrderTerm | AnyExpression, ...(OrderTerm | AnyExpression)[]]): this {
    return this.derive({ ...this.statement, orderBy: inOrder(this.statement, terms).orderBy });
  }

  limit(rowCount: number): this {
    return this.derive({ ...this.statement, limit: countValue("limit", rowCount) });
  }

  offset(rowCount: number): this {
    return this.derive({ ...this.statement, offset: countValue("offset", rowCount) });
  }

  /**
   * Locks the rows until the transaction ends, so that nobody else changes them. Refused on SQLite, whose writer holds the
   * whole database.
   *
   * @throws {TimeoutError} `E_TIMEOUT` with `noWait`, where another transaction holds one.
   */
  forUpdate(options: LockOptions = {}): this {
    return this.derive({ ...this.statement, lock: { strength: "update", busy: busyOf(options) } });
  }

  /** As `forUpdate`, but others may lock them in this way, too. */
  forShare(options: LockOptions = {}): this {
    return this.derive({ ...this.statement, lock: { strength: "share", busy: busyOf(options) } });
  }

  /**
   * Stands before the query's text, in the server's log and among its running statements. Each text is a statement of its
   * own to prepare, so it names the place in the program, not what is asked for.
   */
  comment(text: string): this {
    if (typeof text !== "string") throw new InvalidValueError("comment() takes a text.");
    return this.derive({ ...this.statement, comment: text });
  }

  /**
   * With `"custom"` the server plans the query for its values each time: for one whose best plan differs a lot from value
   * to value, as where most rows are `done` and few `open`. PostgreSQL otherwise comes to plan a query that is run often
   * once, for all values; the others plan each time anyway. `"auto"`, the default, leaves it to the server.
   */
  plan(choice: "auto" | "custom"): this {
    if (choice !== "auto" && choice !== "custom")
      throw new InvalidValueError('plan() takes "auto" or "custom".');
    return this.derive({ ...this.statement, plan: choice === "custom" ? choice : undefined });
  }

  /**
   * The values of the only column, as a list.
   *
   * @throws {BuildError} `E_UNKNOWN_COLUMN` when the query has several columns.
   */
  async list<Of = Row>(this: OneColumn<Of> & Query<Of>): Promise<Of[keyof Of][]> {
    const [key, ...others] = this.statement.selection.keys;
    if (key === undefined || others.length > 0) {
      throw new BuildError("E_UNKNOWN_COLUMN", "list() takes a query with one column.", {
        hint: "Select that column: db.select({ id: users.id }).from(users).",
      });
    }
    const rows = await this;
    return rows.map((row) => row[key as keyof Of]);
  }

  /**
   * Calls the read off when the signal is aborted, waiting for a connection included: the server ends the statement, on a
   * connection that is this query's own. An embedded database hears of it between two rows, or while it waits for its turn.
   *
   * @throws {CancelledError} `E_CANCELLED`, from the awaited read.
   */
  signal(signal: AbortSignal): this {
    return this.#limited({ signal });
  }

  /**
   * Ends the read as `signal` does when it takes longer, waiting for a connection included.
   *
   * @param timeoutMs In milliseconds, above 0.
   * @throws {TimeoutError} `E_TIMEOUT`, from the awaited read.
   */
  timeout(timeoutMs: number): this {
    return this.#limited({ timeoutMs });
  }

  #limited(limits: Limits): this {
    return this["~on"]((scope) => limitScope(scope, limits));
  }

  /** The same query on another scope: for caches. */
  "~on"(place: (scope: Scope) => Scope): this {
    const Query = this.constructor as new (scope: Scope, statement: SelectStatement) => this;
    return new Query(place(this.scope), this.statement);
  }

  /**
   * Reads the rows bit by bit, as they are asked for: a result of any size in bounded memory. The rows are those of the
   * moment when the first were read. Leaving the loop frees what the database holds for it.
   *
   * Outside of a transaction it has a connection of its own until its end, so a loop that stops without `break`, `return`
   * or an error keeps that.
   *
   * @example
   * for await (const user of db.from(users).stream({ batch: 500 })) console.log(user.name);
   */
  stream(options: StreamOptions = {}): AsyncIterable<Row> {
    return streamRows(this.scope, this.statement, options) as AsyncIterable<Row>;
  }

  protected override answer(): MaybePromise<Row[]> {
    return readRows(this.scope, this.statement) as MaybePromise<Row[]>;
  }

  /** The first row, or undefined. */
  first(): Promise<Row | undefined> {
    const statement = firstOf(this.statement);
    return started(() => readRow(this.scope, statement) as MaybePromise<Row | undefined>);
  }

  /**
   * The first row.
   *
   * @throws {NotFoundError} when there is none.
   */
  async one(): Promise<Row> {
    const row = await this.first();
    if (row === undefined) throw new NotFoundError(this.statement.from.table);
    return row;
  }

  /** How many rows the query has. The order and a lock don't matter; a limit and groups do. */
  count(): Promise<number> {
    return started(() => readRow(this.scope, countOf(this.statement))).then(
      (row) => (row as { count: number }).count,
    );
  }

  /**
   * A page by its number, from 1: its rows, how many there are in all and how many pages, as of one moment. What makes the
   * order complete, such as the primary key, is put behind it. Iterated it is that page and all that follow.
   *
   * Each page reads past the rows before it; for long lists, and those that change while they are read, there is `keyset`.
   *
   * @throws {InvalidValueError} for a number or a size that is no whole number, or less than 1.
   * @example
   * const { items, total, pages } = await db.from(users).orderBy(users.name).page(3, { size: 20 });
   */
  page(page: number, options: PageOptions): PageRead<Row> {
    const { scope, statement } = this;
    return new PageRead({ scope, statement, read: runBeside }, page, options);
  }

  /**
   * A page that goes on from a row: as fast on the thousandth as on the first where an index has the order, and no row
   * comes twice or is left out when others are written meanwhile. Iterated it is that page and all that follow.
   *
   * @param order Goes behind the query's own; what makes it complete, such as the primary key, is put behind both.
   * @throws {CursorError} `E_CURSOR`, from the awaited read, for a cursor that is damaged or of another query.
   * @throws {BuildError} `E_UNKNOWN_COLUMN` when nothing is known that tells the rows apart.
   * @example
   * const page = await db.from(users).keyset([desc(users.createdAt)], { after: cursor, size: 20 });
   * for await (const { items } of db.from(users).keyset([asc(users.id)], { size: 500 })) …
   */
  keyset(order: readonly (OrderTerm | AnyExpression)[], options: KeysetOptions): KeysetRead<Row> {
    const { scope, statement } = this;
    return new KeysetRead(
      { scope, statement: inOrder(statement, order), read: runBeside },
      options,
    );
  }

  /**
   * The query as a table, under a name, for `from` and joins of others.
   *
   * @example
   * const spent = db.select({ userId: orders.userId, total: sum(orders.total) })
   *   .from(orders).groupBy(orders.userId).as("spent");
   * const rows = await db.select({ name: users.name, total: spent.total })
   *   .from(users).leftJoin(spent, eq(spent.userId, users.id));
   */
  as<const Name extends string>(name: Name): QueryTable<Name, S, Nullable> {
    return queryTable(this.statement, name) as unknown as QueryTable<Name, S, Nullable>;
  }

  #put<Other>(
    operator: SetOperator,
    other: Query<Other>,
  ): SetQuery<SetColumns<ResultOf<S, Nullable>, Other>> {
    const table = setTable("rows", this.statement, operator, other.statement);
    const statement = emptyStatement(sourceOf(table), toSelection(table), inputsOf(table));
    return new SetQuery(this.scope, statement);
  }

  /** The rows of both queries, equal ones once. What follows, such as an order or a limit, is for the whole. */
  union<Other extends object>(
    other: Query<Other> & SameMembers<ResultOf<S, Nullable>, Other>,
  ): SetQuery<SetColumns<ResultOf<S, Nullable>, Other>> {
    return this.#put("union", other);
  }

  /** The rows of both queries. */
  unionAll<Other extends object>(
    other: Query<Other> & SameMembers<ResultOf<S, Nullable>, Other>,
  ): SetQuery<SetColumns<ResultOf<S, Nullable>, Other>> {
    return this.#put("union all", other);
  }

  /** The rows that are in both queries, equal ones once. */
  intersect<Other extends object>(
    other: Query<Other> & SameMembers<ResultOf<S, Nullable>, Other>,
  ): SetQuery<SetColumns<ResultOf<S, Nullable>, Other>> {
    return this.#put("intersect", other);
  }

  /** The rows that are not in the other query, equal ones once. */
  except<Other extends object>(
    other: Query<Other> & SameMembers<ResultOf<S, Nullable>, Other>,
  ): SetQuery<SetColumns<ResultOf<S, Nullable>, Other>> {
    return this.#put("except", other);
  }

  /**
   * How the database goes about the query, as a tree; `String(plan)` prints it.
   *
   * @param options.analyze Runs the query, and tells how many rows there were and how long it took.
   */
  explain(options: ExplainOptions = {}): Promise<PlanNode> {
    return explain(this.scope, this.statement, options);
  }

  /** The SQL and the values that the driver gets. */
  toSql(): SqlText {
    return toSql(this.scope, this.statement);
  }
}
ownThen(SelectQuery);

export interface LockOptions {
  /** Fails at once where another transaction holds a row, instead of waiting for it. */
  readonly noWait?: boolean;
  /** Leaves out rows that another transaction holds: for queues. */
  readonly skipLocked?: boolean;
}

function busyOf({ noWait = false, skipLocked = false }: LockOptions): LockClause["busy"] {
  if (noWait && skipLocked)
    throw new InvalidValueError("A lock either fails at once or skips what is locked.");
  if (noWait) return "fail";
  return skipLocked ? "skip" : "wait";
}

/** The first row is all that is read, unless the query has a limit of its own. */
export function firstOf(statement: SelectStatement): SelectStatement {
  return statement.limit === undefined ? { ...statement, limit: ONE } : statement;
}

/** @throws {BuildError} when the condition is missing, which would mean every row. */
export function combined(
  before: AnyExpression | undefined,
  condition: Condition,
  name: string,
): AnyExpression | undefined {
  if (!(condition instanceof Expression)) {
    throw new BuildError(
      "E_NO_CONDITION",
      `${name}() takes a condition, such as eq(users.id, 1), and got none.`,
      {
        hint: `Leave ${name}() out, or wrap what may be undefined in and(…), which skips it.`,
      },
    );
  }
  if (isEmptyCondition(condition)) return before;
  return before === undefined ? condition : and(before as Condition, condition);
}

/** @throws {BuildError} when the condition is missing or says nothing, as every pair would be joined. */
function joinCondition(on: Condition, name: string): AnyExpression {
  const condition = combined(undefined, on, name);
  if (condition !== undefined) return condition;
  throw new BuildError(
    "E_NO_CONDITION",
    `Every operand of the condition of ${name}() is left out.`,
    {
      hint: "crossJoin(…) joins every pair.",
    },
  );
}

/** Queries that are put together. */
export class SetQuery<S extends SelectionInput> extends SelectQuery<S, "rows"> {
  /** The columns of the whole, to order or to narrow it by. */
  get columns(): S {
    return columnsOfQuery(this.statement) as unknown as S;
  }
}

/** A selection that waits for its table. */
export class SelectBuilder<S extends Selection> extends Unfinished {
  readonly #scope: Scope;
  readonly #selection: SelectionRecord;

  constructor(scope: Scope, selection: S) {
    super();
    this.#scope = scope;
    this.#selection = toSelection(selection);
  }

  from<T extends AnyTable>(table: T): SelectQuery<S, NameOf<T>> {
    const { context } = this.#scope;
    return new SelectQuery(
      this.#scope,
      emptyStatement(sourceOf(table), this.#selection, inputsOf(table), context?.lifts),
    );
  }
}
