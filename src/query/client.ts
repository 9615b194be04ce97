import type { RawStatement } from "../ast/statement.ts";
import type { Limits } from "../connect/limits.ts";
import type {
  CloseOptions,
  Connected,
  Engine,
  NamedLockOptions,
  Runner,
  SourceStats,
} from "../connect/source.ts";
import { AmbientRunner, transactionBehind, WatchingRunner } from "../connect/transaction/inside.ts";
import {
  checkSettings,
  enterSettings,
  runnerWith,
  SettingsRunner,
} from "../connect/transaction/local-settings.ts";
import { watchHandle } from "../connect/transaction/leaks.ts";
import {
  beginTransaction,
  stopErrors,
  type OpenTransaction,
} from "../connect/transaction/open-transaction.ts";
import { runTransaction, type TransactionOptions } from "../connect/transaction/run-transaction.ts";
import type { TransactionRunner } from "../connect/transaction/transaction.ts";
import { framesAbove } from "../core/caller.ts";
import { InvalidValueError } from "../core/error.ts";
import { createStop, unlessStopped, type Stop } from "../core/stop.ts";
import { renderChange, type BeginOptions } from "../dialect/dialect.ts";
import type { Relation, RelationKind } from "../schema/relation.ts";
import type { AnySchema } from "../schema/schema.ts";
import {
  infoOf,
  type AnyMaterializedView,
  type AnyTable,
  type ColumnsOf,
  type RowOf,
  type IfSoft,
  type KeyOf,
  type TableInfo,
  type WritableTable,
} from "../schema/table.ts";
import { queryTable, recursiveTable, type QueryTable, type SameMembers } from "./read/derived.ts";
import { checkActor, type Actor, type AsOptions, type ScopeValues } from "./actor.ts";
import {
  databaseScope,
  scopeFor,
  scopeInside,
  scopeOn,
  scopeWith,
  scopeWithout,
} from "./context.ts";
import { InsertBuilder } from "./write/insert-builder.ts";
import { PlanCache } from "./plan.ts";
import type { RepeatWatch } from "./watch/repeats.ts";
import { limitScope, type Scope } from "./run.ts";
import { relate } from "./relations/write/relate.ts";
import type { RelatedChanges } from "./relations/write/types.ts";
import { SelectBuilder, type SelectQuery } from "./read/select.ts";
import { tableQuery, type TableQuery } from "./read/table-query.ts";
import { loadRows } from "./relations/load-rows.ts";
import type { CheckedInput, LoadInput, WithLoaded } from "./relations/types.ts";
import { Sql } from "./sql.ts";
import { namedDecoder, streamRows, type StreamOptions } from "./read/stream.ts";
import type { Query, ResultOf, Selection, WriteSummary } from "./types.ts";
import { recordEvent, startTrail, type AuditEvent, type AuditOptions } from "./audit/trail.ts";
import { watchTable, type Watcher } from "./watch/watchers.ts";
import { DeleteBuilder } from "./write/delete.ts";
import { archive, purge, type ArchiveOptions, type PurgeOptions } from "./write/purge.ts";
import { RestoreBuilder } from "./write/soft-delete.ts";
import { UpdateBuilder } from "./write/update.ts";
import { tableOfWrite } from "./write/write.ts";
import {
  updateMany,
  type ManyUpdate,
  type UpdateManyKey,
  type UpdateManyOptions,
  type UpdateManyRow,
} from "./write/update-many.ts";

/** What a statement written as SQL gave. */
export interface ExecuteResult<Row> {
  /** By the names that the statement gives its columns. */
  readonly rows: Row[];
  readonly affectedRows: number;
}

export interface DatabaseStats extends SourceStats {
  /** Queries whose SQL and decoder are kept: one for each shape, whatever the values. */
  readonly plans: number;
}

function rawStatement(statement: unknown, method: string): RawStatement {
  if (statement instanceof Sql) return { kind: "raw", fragment: statement };
  throw new InvalidValueError(
    `${method}() takes a statement of sql\`…\`, so that its values are bound.`,
  );
}

/**
 * Runs queries: a database, or a transaction. A function that takes an `Executor` works with either, whatever its schema;
 * one that takes an `Executor<typeof schema>` knows its relations.
 */
export abstract class Executor<S extends AnySchema = AnySchema> implements Connected {
  readonly "~engine": Engine;
  readonly "~runner": Runner;
  protected readonly scope: Scope;

  constructor(scope: Scope) {
    this.scope = scope;
    this["~engine"] = scope.plans.engine;
    this["~runner"] = scope.runner;
  }

  /** Who acts, as `as()` said; undefined where nobody did. */
  get actor(): Actor | undefined {
    return this.scope.context?.actor;
  }

  /**
   * The same client, for somebody who acts: soft deletes and audit trails write down who it was. It costs nothing to make
   * one for each request. Its transactions and what is nested in them act for the same, unless `tx.as()` says otherwise.
   *
   * @param options.settings Settings of the server for its statements, which policies of row-level security read by
   * `current_setting('app.tenant_id', true)`. Each statement outside of a transaction then is one, so that nobody else gets
   * them with the connection, behind a pooler neither. PostgreSQL only.
   * @example
   * const own = db.as({ id: session.userId, ip: request.ip, userAgent: request.headers["user-agent"] });
   * await own.delete(posts).where(eq(posts.id, id));
   */
  abstract as(actor: Actor, options?: AsOptions): Executor<S>;

  /**
   * The same client, which sees and writes only rows of its own in tables with `.scope(name)`: those with these values.
   * Values that it was given before stay, unless these are others for the same name.
   *
   * @example
   * const own = db.scoped({ tenant: session.tenantId });
   */
  abstract scoped(values: ScopeValues): Executor<S>;

  /** The same client without these scopes: it sees the rows of all, and its inserts bring the values themselves. */
  abstract without(...scopes: readonly [string, ...string[]]): Executor<S>;

  protected acting(actor: Actor, { settings }: AsOptions): Scope {
    const scope = scopeFor(this.scope, { actor: checkActor(actor) });
    if (settings === undefined) return scope;
    const { engine } = scope.plans;
    return scopeOn(scope, runnerWith(scope.runner, engine, checkSettings(engine, settings)));
  }

  /** Reads whole rows of a table. */
  from<T extends AnyTable>(table: T): TableQuery<T, S> {
    this.scope.plans.repeats?.enter();
    return tableQuery(this.scope, table);
  }

  /** Reads what the selection says: columns, expressions, whole tables, nested as you like. */
  select<S extends Selection>(selection: S): SelectBuilder<S> {
    this.scope.plans.repeats?.enter();
    return new SelectBuilder(this.scope, selection);
  }

  /**
   * A query that stands before those that read it, under a name: a table for `from` and joins, as with `.as(name)`.
   */
  with<const Name extends string, S extends Selection, Nullable extends string>(
    name: Name,
    query: SelectQuery<S, string, Nullable>,
  ): QueryTable<Name, S, Nullable> {
    return queryTable(query.statement, name, "with") as unknown as QueryTable<Name, S, Nullable>;
  }

  /**
   * A table whose rows are those of the first query, and those that the second makes of the rows found so far, until it
   * makes none: trees and paths.
   *
   * @param makeNext Gets the table of the rows found so far.
   * @param options.distinct Gives equal rows once, which ends circles. Default false.
   */
  withRecursive<
    const Name extends string,
    S extends Selection,
    Nullable extends string,
    Other extends object,
  >(
    name: Name,
    first: SelectQuery<S, string, Nullable>,
    makeNext: (
      self: QueryTable<Name, S, Nullable>,
    ) => Query<Other> & SameMembers<ResultOf<S, Nullable>, Other>,
    options: { readonly distinct?: boolean } = {},
  ): QueryTable<Name, S, Nullable> {
    const table = recursiveTable(
      name,
      first.statement,
      options.distinct === true ? "union" : "union all",
      (self) => makeNext(self as unknown as QueryTable<Name, S, Nullable>).statement,
    );
    return table as unknown as QueryTable<Name, S, Nullable>;
  }

  /**
   * Loads what belongs to rows in hand, with one query: what `with` does for rows that are still to be read.
   *
   * @param rows With the columns that the relation goes by. They stay as they are.
   * @param relation Of the schema, as in `schema.relations.users.posts`.
   * @param options What `with` takes for the relation.
   * @returns The rows, each with its related ones.
   * @throws {InvalidValueError} for rows without those columns, and for a relation whose condition is about the rows themselves.
   * @example
   * const withPosts = await db.load(users, schema.relations.users.posts, { limit: 3 });
   */
  async load<
    Row extends Partial<RowOf<Owner>>,
    Owner extends AnyTable,
    Target extends AnyTable,
    Kind extends RelationKind,
    Name extends string,
    const Options extends LoadInput<S, Target, Kind> = LoadInput<S, Target, Kind>,
  >(
    rows: readonly Row[],
    relation: Relation<Owner, Target, Kind, Name>,
    options?: CheckedInput<S, Target, Kind, Options>,
  ): Promise<WithLoaded<S, Row, Owner, Target, Kind, Name, Options>[]> {
    const loaded = await loadRows(this.scope, rows, relation, options);
    return loaded as WithLoaded<S, Row, Owner, Target, Kind, Name, Options>[];
  }

  insert<T extends WritableTable>(table: T): InsertBuilder<T, S> {
    return new InsertBuilder(this.scope, table);
  }

  update<T extends WritableTable>(table: T): UpdateBuilder<T> {
    return new UpdateBuilder(this.scope, table);
  }

  /**
   * Updates many rows, each to values of its own, in few statements and all or none. A row brings its key and what it
   * sets; what it leaves out stays as it is.
   *
   * @returns Tells how many rows were met, and how many of the keys no row has.
   * @throws {InvalidValueError} when two rows have one key.
   * @example
   * await db.updateMany(products, [{ id: 1, price: "9.90" }, { id: 2, price: "12.00", stock: 0 }]);
   */
  updateMany<
    T extends WritableTable,
    const Key extends keyof ColumnsOf<T> & string = UpdateManyKey<T>,
  >(
    table: T,
    rows: readonly UpdateManyRow<T, NoInfer<Key>>[],
    options: UpdateManyOptions<Key> = {},
  ): ManyUpdate {
    return updateMany(this.scope, table, rows, options);
  }

  /**
   * Changes what a row is related to, in one transaction: rows that belong to it, and what it belongs to, by the names of
   * relations.
   *
   * @param key The row's primary key, as `find` takes it.
   * @throws {BuildError} `E_UNKNOWN_RELATION`
   * @throws {NotFoundError} when the row, or one to connect, isn't there.
   * @throws {InvalidValueError} for a row that can't be without what it is to be disconnected from.
   * @example
   * await db.relate(posts, post.id, { tags: { connect: [1, 2], disconnect: [3] }, editor: { disconnect: true } });
   */
  async relate<T extends WritableTable>(
    table: T,
    key: KeyOf<T>,
    related: RelatedChanges<S, T>,
  ): Promise<void> {
    await relate(this.scope, tableOfWrite(table), key, related);
  }

  /** Deletes rows; where the table has `softDelete()` it marks them, and `.hard()` deletes them for good. */
  delete<T extends WritableTable>(table: T): DeleteBuilder<T> {
    return DeleteBuilder.of(this.scope, table);
  }

  /** Brings soft-deleted rows back. */
  restore<T extends WritableTable>(table: IfSoft<T>): RestoreBuilder<T> {
    return new RestoreBuilder(this.scope, table as T);
  }

  /**
   * Writes an event that changes no row into the audit trail, for whom the client acts: a login that failed, an export.
   * In a transaction it is a part of it; what must stay whatever becomes of the transaction is told by `db`.
   *
   * @throws {ConfigError} where `connect` was told of no audit trail.
   * @example
   * await db.as({ ip: request.ip }).audit({ action: "login.failed", details: { name } });
   */
  audit<T extends AnyTable>(event: AuditEvent<T>): Promise<void> {
    return recordEvent(this.scope, event);
  }

  /**
   * Deletes for good what was soft-deleted long ago, the oldest first. Each batch is a transaction of its own.
   *
   * @example
   * await db.purge(users, { olderThan: { days: 90 } });
   */
  purge<T extends WritableTable>(table: IfSoft<T>, options: PurgeOptions): Promise<WriteSummary> {
    return purge(this.scope, table as T, options);
  }

  /**
   * Moves what was soft-deleted long ago into another table, the oldest first. Each batch is copied and deleted in one
   * transaction, so that no row is lost or there twice, whenever it ends. Rows that others point at stay: archive those
   * first.
   *
   * @example
   * await db.archive(messages, { into: oldMessages, olderThan: { days: 365 } });
   */
  archive<T extends WritableTable>(
    table: IfSoft<T>,
    options: ArchiveOptions,
  ): Promise<WriteSummary> {
    return archive(this.scope, table as T, options);
  }

  /**
   * Reads the rows of a materialized view anew. Only PostgreSQL has such views.
   *
   * @param options.concurrently Whether others may read the view meanwhile, which takes longer and needs a unique index of
   * plain columns on it. Default false.
   */
  async refresh(
    view: AnyMaterializedView,
    options: { readonly concurrently?: boolean } = {},
  ): Promise<void> {
    const { schema, table, view: spec } = infoOf(view);
    if (spec?.isMaterialized !== true)
      throw new InvalidValueError(`refresh() takes a materialized view, and "${table}" is none.`);
    const { dialect, names } = this["~engine"];
    const isConcurrent = options.concurrently === true;
    const name = names.table(table);
    const [text] = renderChange(dialect, { kind: "refreshView", schema, name, isConcurrent });
    try {
      await this["~runner"].script(text!);
    } catch (error) {
      throw dialect.toDbError(error);
    }
  }

  /**
   * Runs a statement written as SQL, with its values bound.
   *
   * @param limits A signal that calls it off, and a time after which it is ended, as `signal()` and `timeout()` of a
   * query do.
   * @example
   * const { rows } = await db.execute(sql<{ total: number }>`select count(*) as total from ${users}`);
   */
  async execute<Row>(statement: Sql<Row>, limits: Limits = {}): Promise<ExecuteResult<Row>> {
    const values: unknown[] = [];
    const plan = this.scope.plans.planOf(rawStatement(statement, "execute"), values);
    const bound = plan.bind(values, this.scope.context);
    const { runner } = this.#within(limits);
    try {
      const { names, rows, affectedRows } = await runner.named(plan.statement, bound);
      return { rows: rows.map(namedDecoder(names)) as Row[], affectedRows };
    } catch (error) {
      throw plan.toDbError(error);
    }
  }

  /**
   * Reads the rows of a statement written as SQL bit by bit, as `stream()` of a query does. Statements that write are
   * refused by the database.
   *
   * @example
   * for await (const row of db.stream(sql<{ id: number }>`select id from ${users}`)) console.log(row.id);
   */
  stream<Row>(statement: Sql<Row>, options: Limits & StreamOptions = {}): AsyncIterable<Row> {
    const raw = rawStatement(statement, "stream");
    return streamRows(this.#within(options), raw, options) as AsyncIterable<Row>;
  }

  #within({ signal, timeoutMs }: Limits): Scope {
    if (signal === undefined && timeoutMs === undefined) return this.scope;
    return limitScope(this.scope, { signal, timeoutMs });
  }

  /**
   * Runs `work` in a transaction: committed when it returns, rolled back when it throws. Inside another transaction it is
   * a savepoint, which is rolled back alone.
   *
   * @param work Gets the transaction, which has ended once `work` returns: using it later throws. It is run again from its
   * start when another transaction was in the way, so it builds its queries inside and does nothing else that may not be
   * done twice.
   * @throws what `work` throws, after ROLLBACK.
   * @throws {ConflictError} when another transaction was in the way each time.
   * @throws {TimeoutError} `E_TIMEOUT` after `timeoutMs`, `E_POOL_TIMEOUT` when no connection came free.
   * @throws {CancelledError} when the signal is aborted.
   * @throws {CommitUnknownError} when the connection broke while COMMIT was under way. It is not run again.
   */
  abstract transaction<Result>(
    work: (tx: Transaction<S>) => Promise<Result>,
    options?: TransactionOptions,
  ): Promise<Result>;
}

/** One transaction, on one connection. */
export class Transaction<S extends AnySchema = AnySchema> extends Executor<S> {
  readonly #runner: TransactionRunner;

  constructor(scope: Scope, runner: TransactionRunner) {
    super(scope);
    this.#runner = runner;
  }

  override as(actor: Actor, options: AsOptions = {}): Transaction<S> {
    return new Transaction(this.acting(actor, options), this.#runner);
  }

  override scoped(values: ScopeValues): Transaction<S> {
    return new Transaction(scopeWith(this.scope, values), this.#runner);
  }

  override without(...scopes: readonly [string, ...string[]]): Transaction<S> {
    return new Transaction(scopeWithout(this.scope, scopes), this.#runner);
  }

  /** Which run of the callback this is: 1, and one more each time that another transaction was in the way. */
  get attempt(): number {
    return this.#runner.facts.attempt;
  }

  /**
   * Does something once the transaction is committed, and its connection is free again: in the order in which it was
   * asked for, each awaited before the next. Not when it is rolled back, or the savepoint in which it was asked for.
   *
   * What fails doesn't keep the others from being done; `db.transaction` then rejects with `E_AFTER_COMMIT`.
   */
  afterCommit(work: () => unknown): void {
    this.#runner.afterCommit(work);
  }

  /**
   * A savepoint. It has the isolation and the deadline of the transaction around it. A conflict with another transaction
   * ends all of it, and all of it is run again.
   *
   * @param options May repeat those of the transaction around it. `retries` count there alone.
   * @throws {InvalidValueError} for options that a savepoint can't have.
   */
  override async transaction<Result>(
    work: (tx: Transaction<S>) => Promise<Result>,
    options: TransactionOptions = {},
  ): Promise<Result> {
    refuseOwnOptions(options, this.#runner.facts.options);
    return this.#runner.nest((inner) => work(transactionOn(this.scope, inner)));
  }
}

/** @param scope That of the client that began it. */
function transactionOn<S extends AnySchema>(
  scope: Scope,
  runner: TransactionRunner,
): Transaction<S> {
  return new Transaction(scopeInside(scope, runner), runner);
}

export type BeginTransactionOptions = Omit<TransactionOptions, "retries">;

/** A transaction that somebody ends by hand. */
export class BegunTransaction<S extends AnySchema = AnySchema> extends Transaction<S> {
  readonly #open: OpenTransaction;
  readonly #stop: Stop | undefined;

  constructor(scope: Scope, open: OpenTransaction, stop: Stop | undefined) {
    super(scopeInside(scope, open.runner), open.runner);
    this.#open = open;
    this.#stop = stop;
    stop?.signal.addEventListener("abort", () => void open.rollBack(true), { once: true });
  }

  /**
   * @throws {TransactionClosedError} when it has ended already.
   * @throws why it could not be committed; it is rolled back then.
   * @throws {CommitUnknownError} when the connection broke while COMMIT was under way.
   */
  async commit(): Promise<void> {
    const signal = this.#stop?.signal;
    signal?.throwIfAborted();
    this.#stop?.end();
    await this.#open.commit(signal);
  }

  /** Never throws; does nothing after the end. */
  async rollback(): Promise<void> {
    this.#stop?.end();
    await this.#open.rollBack();
  }

  /** Rolls back what isn't committed. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.rollback();
  }
}

function refuseOwnOptions(own: TransactionOptions, outer: BeginOptions): void {
  const { isolation, readOnly, signal, timeoutMs } = own;
  const isOther =
    (isolation !== undefined && isolation !== outer.isolation) ||
    (readOnly !== undefined && readOnly !== (outer.readOnly === true)) ||
    signal !== undefined ||
    timeoutMs !== undefined;
  if (!isOther) return;
  throw new InvalidValueError("A transaction inside another one is a savepoint of it.", {
    hint: "Give isolation, readOnly, timeoutMs and signal to the outermost one.",
  });
}

/**
 * What `db` does inside the callback of `db.transaction`: the same as outside, the same with a warning, or it takes part in
 * the transaction.
 */
export type DatabaseKind = "ambient" | "plain" | "watching";

function runnerOf({ source }: Engine, kind: DatabaseKind): Runner {
  if (kind === "ambient") return new AmbientRunner(source);
  return kind === "watching" ? new WatchingRunner(source) : source;
}

/** A connected database. */
export class Database<S extends AnySchema = AnySchema> extends Executor<S> {
  /** The tables that `connect` was told of. */
  readonly schema: S | undefined;
  readonly #engine: Engine;

  constructor(scope: Scope, schema: S | undefined) {
    super(scope);
    this.#engine = scope.plans.engine;
    this.schema = schema;
  }

  /**
   * @param kind Default `"plain"`.
   * @param repeats Who tells of queries that run for one key after the other. Default: nobody.
   */
  static of<S extends AnySchema>(
    engine: Engine,
    schema: S | undefined,
    kind: DatabaseKind = "plain",
    repeats?: RepeatWatch,
  ): Database<S> {
    const plans = new PlanCache(engine, schema, repeats);
    return new Database(databaseScope(plans, runnerOf(engine, kind)), schema);
  }

  override as(actor: Actor, options: AsOptions = {}): Database<S> {
    return new Database(this.acting(actor, options), this.schema);
  }

  override scoped(values: ScopeValues): Database<S> {
    return new Database(scopeWith(this.scope, values), this.schema);
  }

  override without(...scopes: readonly [string, ...string[]]): Database<S> {
    return new Database(scopeWithout(this.scope, scopes), this.schema);
  }

  override transaction<Result>(
    work: (tx: Transaction<S>) => Promise<Result>,
    options: TransactionOptions = {},
  ): Promise<Result> {
    const { scope } = this;
    const own = scope.runner;
    if (own instanceof WatchingRunner && own.isWarning) own.warn(this.transaction);
    const isSet = own instanceof SettingsRunner;
    const around = isSet ? own.around : transactionBehind(own);
    if (around !== undefined)
      return new Transaction<S>(scopeOn(scope, around), around).transaction(work, options);
    const run = (runner: TransactionRunner): Promise<Result> => work(transactionOn(scope, runner));
    return isSet ? own.transaction(options, run) : runTransaction(this.#engine, options, run);
  }

  /**
   * Begins a transaction that `commit()` or `rollback()` ends. It isn't run again when another one was in the way: where
   * the work can stand in a callback, `transaction()` is the better choice.
   *
   * @throws {TimeoutError} `E_TIMEOUT` after `timeoutMs`, `E_POOL_TIMEOUT` when no connection came free.
   * @throws {CancelledError} when the signal is aborted.
   * @example
   * await using tx = await db.begin();
   * await tx.insert(users).values({ name: "Ada" });
   * await tx.commit();
   */
  async begin(options: BeginTransactionOptions = {}): Promise<BegunTransaction<S>> {
    const frames = framesAbove(this.begin);
    const stop = createStop(options, stopErrors(options, this.begin));
    try {
      stop?.signal.throwIfAborted();
      const begun = Promise.resolve(beginTransaction(this.#engine, options, 1, stop?.signal));
      const open = await unlessStopped(stop?.signal, begun, (late) => void late.rollBack());
      await this.#enter(open);
      const handle = new BegunTransaction<S>(this.scope, open, stop);
      watchHandle(handle, open, frames);
      return handle;
    } catch (error) {
      stop?.end();
      throw error;
    }
  }

  /** Begins to write down what becomes of the tables' rows. */
  "~audit"(options: AuditOptions): void {
    startTrail(this.scope, options);
  }

  /** Lets somebody take part in the writes of a table, by whichever client of this database. */
  "~watch"(table: TableInfo, watcher: Watcher): void {
    watchTable(this.scope, table, watcher);
  }

  /** Gives a transaction the settings of the client, where it has some. */
  async #enter(open: OpenTransaction): Promise<void> {
    const { runner } = this.scope;
    if (!(runner instanceof SettingsRunner)) return;
    try {
      await enterSettings(this.#engine, open.runner, runner.settings);
    } catch (error) {
      await open.rollBack();
      throw this.#engine.dialect.toDbError(error);
    }
  }

  /** For what runs transactions of its own, such as migrations. */
  "~transaction"(runner: TransactionRunner): Transaction<S> {
    return transactionOn(this.scope, runner);
  }

  /**
   * Runs work while nobody else runs any under this name, in whatever process that uses the database. The lock is free when
   * the work ends, or its holder dies. It is not free for its own holder either: don't take one inside of itself.
   *
   * On a server all locks that are held hold one connection of the pool. Beside a file of SQLite it leaves an empty file for each name.
   *
   * @throws {TimeoutError} `E_TIMEOUT` when it didn't come free within `timeoutMs`, 30_000 by default. The work was not run.
   * @throws {CancelledError} when `signal` was aborted while it waited.
   * @throws {ConnectionError} `E_CONNECTION_LOST` when the lock was lost before the work ended.
   * @example
   * await db.withLock("monthly bill", () => sendBills(db), { timeoutMs: 1_000 });
   */
  withLock<Result>(
    name: string,
    work: () => Promise<Result>,
    options: NamedLockOptions = {},
  ): Promise<Result> {
    return this.#engine.withLock(name, work, options);
  }

  /** What the connected server is and can do. */
  get server(): Engine["dialect"]["server"] {
    return this.#engine.dialect.server;
  }

  get can(): Engine["dialect"]["can"] {
    return this.#engine.dialect.can;
  }

  /** Connections and plans now. */
  stats(): DatabaseStats {
    return { ...this.#engine.source.stats(), plans: this.scope.plans.size };
  }

  /**
   * Refuses new work (`E_CLOSED`), waits for the transactions and queries under way, and ends all connections. Never
   * throws; a second call does nothing.
   *
   * @param options.timeoutMs How long to wait; what is later is cut, which rolls it back. Default: `acquire_timeout`.
   */
  close(options: CloseOptions = {}): Promise<void> {
    return this.#engine.source.close(options);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
