import type { Limits } from "../connect/limits.ts";
import type { Connected, Engine, Runner } from "../connect/source.ts";
import { checkSettings, runnerWith } from "../connect/transaction/local-settings.ts";
import type { TransactionOptions } from "../connect/transaction/run-transaction.ts";
import type { TransactionRunner } from "../connect/transaction/transaction.ts";
import { ConfigError, InvalidValueError } from "../core/error.ts";
import type { BeginOptions } from "../dialect/dialect.ts";
import type { Relation, RelationKind } from "../schema/relation.ts";
import type { AnySchema } from "../schema/schema.ts";
import type {
  AnyMaterializedView,
  AnyTable,
  ColumnsOf,
  RowOf,
  IfSoft,
  KeyOf,
  WritableTable,
} from "../schema/table.ts";
import { queryTable, recursiveTable, type QueryTable, type SameMembers } from "./read/derived.ts";
import { checkActor, type Actor, type AsOptions, type ScopeValues } from "./actor.ts";
import { scopeFor, scopeInside, scopeOn, scopeWith, scopeWithout } from "./context.ts";
import { InsertBuilder } from "./write/insert-builder.ts";
import { CheckedQuery } from "./checked/query.ts";
import type { Checked, CheckedRow, CheckedSql, ParamsOf } from "./checked/types.ts";
import type { DurableWork } from "./durable.ts";
import type { Scope } from "./run.ts";
import { loadedRelations, neededRelations } from "./relations/load-code.ts";
import type { RelatedChanges } from "./relations/write/types.ts";
import { executeSql, streamSql, type ExecuteResult } from "./read/execute-sql.ts";
import { SelectBuilder, type SelectQuery } from "./read/select.ts";
import { tableQuery, type TableQuery } from "./read/table-query.ts";
import type { CheckedInput, LoadInput, WithLoaded } from "./relations/types.ts";
import type { Sql } from "./sql.ts";
import type { StreamOptions } from "./read/stream.ts";
import type { Query, ResultOf, Selection, WriteSummary } from "./types.ts";
import { trailCode } from "./audit/load-trail.ts";
import type { AuditEvent } from "./audit/trail.ts";
import { DeleteBuilder } from "./write/delete.ts";
import type { ArchiveOptions, PurgeOptions } from "./write/purge.ts";
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
    const { loadRows } = loadedRelations() ?? (await neededRelations());
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
    const { relate } = loadedRelations() ?? (await neededRelations());
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
  async audit<T extends AnyTable>(event: AuditEvent<T>): Promise<void> {
    await trailCode().recordEvent(this.scope, event);
  }

  /**
   * Deletes for good what was soft-deleted long ago, the oldest first. Each batch is a transaction of its own.
   *
   * @example
   * await db.purge(users, { olderThan: { days: 90 } });
   */
  async purge<T extends WritableTable>(
    table: IfSoft<T>,
    options: PurgeOptions,
  ): Promise<WriteSummary> {
    const { purge } = await import("./write/purge.ts");
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
  async archive<T extends WritableTable>(
    table: IfSoft<T>,
    options: ArchiveOptions,
  ): Promise<WriteSummary> {
    const { archive } = await import("./write/purge.ts");
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
    const { refreshView } = await import("./write/refresh.ts");
    return refreshView(this.scope, view, options);
  }

  /**
   * SQL by hand that `plinth check` has checked: its text types its parameters and its rows. Nothing runs before it is
   * awaited.
   *
   * Soft deletes and scopes aren't put into it, and hooks and audit trails don't hear of it: what it says is what runs.
   *
   * @param query One literal text, ``named("…")`…` ``, or a statement of a `.sql` file, as `queries.findUser`.
   * @param params By name for `:name`; a list for `$1`, and for `?`, which PostgreSQL doesn't take. What stands in `in (:ids)`
   * takes an array of any length.
   * @throws {BuildError} `E_UNCHECKED`, from the awaited query, for what wasn't checked as it is or for this database.
   * @throws {InvalidValueError} for values that are missing, too many, or not what the database takes. Nothing was sent.
   * @example
   * const rows = await db.query("select id, email from users where username = :name", { name });
   * const user = await db.query(queries.findUser, { id }).first();
   */
  query<const Input extends CheckedSql>(
    query: Checked<Input>,
    ...params: ParamsOf<Input>
  ): CheckedQuery<CheckedRow<Input>> {
    this.scope.plans.repeats?.enter();
    return new CheckedQuery(this.scope, query as CheckedSql, params[0]);
  }

  /**
   * Runs a statement written as SQL, with its values bound.
   *
   * @param limits A signal that calls it off, and a time after which it is ended, as `signal()` and `timeout()` of a
   * query do.
   * @example
   * const { rows } = await db.execute(sql<{ total: number }>`select count(*) as total from ${users}`);
   */
  execute<Row>(statement: Sql<Row>, limits: Limits = {}): Promise<ExecuteResult<Row>> {
    return executeSql(this.scope, statement, limits);
  }

  /**
   * Reads the rows of a statement written as SQL bit by bit, as `stream()` of a query does. Statements that write are
   * refused by the database.
   *
   * @example
   * for await (const row of db.stream(sql<{ id: number }>`select id from ${users}`)) console.log(row.id);
   */
  stream<Row>(statement: Sql<Row>, options: Limits & StreamOptions = {}): AsyncIterable<Row> {
    return streamSql(this.scope, statement, options);
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
  afterCommit(work: () => unknown): void;
  /**
   * Leaves something to the outbox of the database: written as a part of the transaction, right before COMMIT, and done
   * after it at least once, whatever becomes of this process.
   *
   * @returns the id by which a handler knows the entry.
   * @throws {ConfigError} where the database has no outbox.
   * @throws {InvalidValueError} for a payload that isn't plain data.
   * @example
   * tx.afterCommit({ durable: true, topic: "mail.welcome", payload: { userId: user.id } });
   */
  afterCommit(work: DurableWork): string;
  afterCommit(work: DurableWork | (() => unknown)): string | void {
    if (typeof work === "function") return this.#runner.afterCommit(work);
    const { durable } = this.scope.plans;
    if (durable !== undefined) return durable.record(this.#runner, work.topic, work.payload);
    throw new ConfigError("The database has no outbox, which keeps what is durable.", {
      hint: 'Make one beside it: createOutbox(db, { handlers }), of "plinth/outbox".',
    });
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
export function transactionOn<S extends AnySchema>(
  scope: Scope,
  runner: TransactionRunner,
): Transaction<S> {
  return new Transaction(scopeInside(scope, runner), runner);
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
