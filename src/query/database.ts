import type {
  CloseOptions,
  Engine,
  NamedLockOptions,
  Runner,
  SourceStats,
} from "../connect/source.ts";
import { AmbientRunner, WatchingRunner } from "../connect/transaction/inside.ts";
import { watchHandle } from "../connect/transaction/leaks.ts";
import {
  enterSettings,
  SettingsRunner,
  transactionFor,
  transactionOf,
} from "../connect/transaction/local-settings.ts";
import {
  beginTransaction,
  stopErrors,
  type OpenTransaction,
} from "../connect/transaction/open-transaction.ts";
import type { TransactionOptions } from "../connect/transaction/run-transaction.ts";
import type { TransactionRunner } from "../connect/transaction/transaction.ts";
import { framesAbove } from "../core/caller.ts";
import { createStop, unlessStopped } from "../core/stop.ts";
import type { AnySchema } from "../schema/schema.ts";
import type { TableInfo } from "../schema/table.ts";
import type { Actor, AsOptions, ScopeValues } from "./actor.ts";
import { trailCode } from "./audit/load-trail.ts";
import type { AuditOptions } from "./audit/trail.ts";
import { BegunTransaction, type BeginTransactionOptions } from "./begun.ts";
import { Executor, Transaction, transactionOn } from "./client.ts";
import { databaseScope, scopeOn, scopeWith, scopeWithout } from "./context.ts";
import type { CheckedStatements } from "./checked/statements.ts";
import { PlanCache } from "./plan.ts";
import type { Scope } from "./run.ts";
import type { RepeatWatch } from "./watch/repeats.ts";
import { watchTable, type Watcher } from "./watch/watchers.ts";

export interface DatabaseStats extends SourceStats {
  /** Queries whose SQL and decoder are kept: one for each shape, whatever the values. */
  readonly plans: number;
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
   * @param checked What `query()` may run. Default: nothing.
   */
  static of<S extends AnySchema>(
    engine: Engine,
    schema: S | undefined,
    kind: DatabaseKind = "plain",
    repeats?: RepeatWatch,
    checked?: CheckedStatements,
  ): Database<S> {
    const plans = new PlanCache(engine, schema, repeats, checked);
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
    const around = transactionOf(own);
    if (around !== undefined)
      return new Transaction<S>(scopeOn(scope, around), around).transaction(work, options);
    const run = (runner: TransactionRunner): Promise<Result> => work(transactionOn(scope, runner));
    return transactionFor(own, this.#engine, options, run);
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
    trailCode().startTrail(this.scope, options);
  }

  /** Lets somebody take part in the writes of a table, by whichever client of this database. */
  "~watch"(table: TableInfo, watcher: Watcher): void {
    watchTable(this.scope, table, watcher);
  }

  /** For those who want to know which tables and rows are written: see `followWrites`. */
  get "~plans"(): PlanCache {
    return this.scope.plans;
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
