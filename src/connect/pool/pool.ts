/**
 * The connections to a server. Transactions lease one each. Queries outside transactions share a few, on which they are
 * pipelined; where those are held up by a slow query, they too lease one.
 */

import type { Clock } from "../../core/clock.ts";
import { closedError, ConnectionError, DbError } from "../../core/error.ts";
import { chain, isPromise, type MaybePromise } from "../../core/maybe-promise.ts";
import type { QueryDialect, PoolSettings } from "../../dialect/dialect.ts";
import type {
  Cells,
  Connection,
  Driver,
  DriverStatement,
  NamedResult,
  WriteResult,
} from "../../dialect/driver.ts";
import { Leases } from "./leases.ts";
import { reopen } from "./reconnect.ts";
import { SharedConnections, type Failure, type Work } from "./shared.ts";
import type {
  CloseOptions,
  ConnectionSource,
  Lease,
  OpenStream,
  SourceStats,
  StreamRequest,
} from "../source.ts";
import { Watch } from "./watch.ts";
import { beginText, streamInTransaction } from "../open-stream.ts";

/** A server that is read-only on purpose isn't connected to anew with every write that it refuses. */
const FAILOVER_PAUSE_MS = 1_000;

export interface PoolOptions {
  readonly dialect: QueryDialect;
  readonly driver: Driver;
  readonly first: Connection;
  readonly settings: PoolSettings;
  readonly clock: Clock;
  readonly random?: () => number;
}

interface Born {
  readonly generation: number;
  readonly staleAtMs: number;
}

export class PooledSource implements ConnectionSource {
  readonly #options: PoolOptions;
  readonly #leases: Leases;
  readonly #shared: SharedConnections;
  readonly #watch: Watch;
  readonly #born = new WeakMap<Connection, Born>();
  /** Goes up when the server was replaced; connections of older ones are not used again. */
  #generation = 0;
  #outdatedAtMs = -Infinity;
  /** Leases for one statement each. Whatever they wait for, it is nothing that is sent after them. */
  #singleCount = 0;
  #closing: Promise<void> | undefined;

  constructor(options: PoolOptions) {
    const { clock, dialect, driver, first, settings } = options;
    this.#options = options;
    this.#register(first);
    const isStale = (connection: Connection): boolean => this.#isStale(connection);
    this.#shared = new SharedConnections({
      count: settings.sharedConnections,
      first,
      clock,
      idleTimeoutMs: settings.idleTimeoutMs,
      open: () => this.#open(),
      isStale,
      hasLeases: () => this.#leases.usedCount > this.#singleCount,
      onFailure: (failure) => this.#recover(failure),
    });
    let spare = settings.sharedConnections === 0 ? first : undefined;
    const open = async (): Promise<Connection> => {
      const connection = spare ?? (await this.#open());
      spare = undefined;
      return connection;
    };
    this.#leases = new Leases({ dialect, settings, clock, open, isStale });
    this.#watch = new Watch({
      driver,
      clock,
      probeAfterMs: settings.probeAfterMs,
      connections: () => [...this.#shared.connections, ...this.#leases.heldConnections],
      onSweep: () => {
        this.#shared.sweep();
        this.#leases.sweep();
      },
    });
  }

  rows(statement: DriverStatement, parameters: readonly unknown[]): Promise<readonly Cells[]> {
    return this.#use(statement, (connection) => connection.rows(statement, parameters));
  }

  row(statement: DriverStatement, parameters: readonly unknown[]): Promise<Cells | undefined> {
    return this.#use(statement, (connection) => connection.row(statement, parameters));
  }

  write(statement: DriverStatement, parameters: readonly unknown[]): Promise<WriteResult> {
    return this.#use(statement, (connection) => connection.write(statement, parameters));
  }

  named(statement: DriverStatement, parameters: readonly unknown[]): Promise<NamedResult> {
    return this.#leased(statement.isWrite, (connection) => connection.named(statement, parameters));
  }

  script(text: string): Promise<void> {
    return this.#leased(true, (connection) => connection.script(text));
  }

  alone<Result>(isWrite: boolean, work: Work<Result>): Promise<Result> {
    return this.#leased(isWrite, work);
  }

  together<Result>(ask: () => Result): Result {
    return this.#shared.together(ask);
  }

  stream(request: StreamRequest): Promise<OpenStream> {
    const text = beginText(this.#options.dialect, request);
    return streamInTransaction(
      request,
      () => this.begin(text, true),
      () => this.#isClosed,
    );
  }

  begin(text: string, isReadOnly = false, signal?: AbortSignal): MaybePromise<Lease> {
    return chain(this.#leases.acquire(signal), (connection) =>
      this.#begin(connection, text, isReadOnly),
    );
  }

  #begin(connection: Connection, text: string, isReadOnly: boolean): Lease {
    const begun = connection.script(text);
    // The error comes to whoever awaits it; until then it must not count as unhandled.
    if (isPromise(begun)) begun.catch(() => {});
    const release = (isBroken: boolean): void => {
      if (!isReadOnly && connection.hasRefusedWrite) this.#outdate();
      if (!connection.isAlive) this.#distrust();
      this.#leases.release(connection, isBroken);
    };
    return { connection, begun, release };
  }

  forget(): void {
    this.#shared.forget();
  }

  stats(): SourceStats {
    const { idleCount, usedCount, waitingCount } = this.#leases;
    return {
      open: this.#shared.openCount + usedCount + idleCount,
      leased: usedCount,
      idle: this.#shared.idleCount + idleCount,
      waiting: waitingCount,
    };
  }

  close(options: CloseOptions = {}): Promise<void> {
    const { timeoutMs = this.#options.settings.acquireTimeoutMs } = options;
    return (this.#closing ??= this.#close(timeoutMs));
  }

  async #close(timeoutMs: number): Promise<void> {
    await Promise.all([this.#leases.close(timeoutMs), this.#shared.close(timeoutMs)]);
    this.#watch.stop();
  }

  get #isClosed(): boolean {
    return this.#closing !== undefined;
  }

  #open(): Promise<Connection> {
    const { clock, driver, random = Math.random, settings } = this.#options;
    const open = async (): Promise<Connection> => driver.open("write");
    return reopen(open, {
      clock,
      random,
      patienceMs: settings.reconnectTimeoutMs,
      isClosed: () => this.#isClosed,
    }).then((connection) => {
      this.#register(connection);
      return connection;
    });
  }

  #register(connection: Connection): void {
    const { clock, random = Math.random, settings } = this.#options;
    // Those that were made together are not replaced together.
    const lifetimeMs = settings.maxLifetimeMs * (0.9 + random() / 5);
    const staleAtMs = clock.monotonicMs() + lifetimeMs;
    this.#born.set(connection, { generation: this.#generation, staleAtMs });
  }

  #isStale(connection: Connection): boolean {
    const born = this.#born.get(connection)!;
    return (
      born.generation !== this.#generation || this.#options.clock.monotonicMs() > born.staleAtMs
    );
  }

  /** Leaves the server that takes no writes any more: at its address there may be another one now. */
  #outdate(): void {
    const nowMs = this.#options.clock.monotonicMs();
    if (nowMs - this.#outdatedAtMs < FAILOVER_PAUSE_MS) return;
    this.#outdatedAtMs = nowMs;
    this.#generation++;
    this.#shared.sweep();
  }

  /** What took one connection may have taken those that are idle as well, and they can't know it yet. */
  #distrust(): void {
    this.#leases.retireIdle();
    this.#shared.retireIdle();
  }

  #use<Result>({ isWrite }: DriverStatement, work: Work<Result>): Promise<Result> {
    if (this.#isClosed) return Promise.reject(closedError());
    const slot = this.#shared.pick();
    if (slot === undefined) {
      return this.#leased(isWrite, (connection) => this.#single(connection, work));
    }
    if (slot.isOpen) return this.#shared.run(slot, isWrite, work);
    return this.#shared.open(slot).then(
      () => this.#shared.run(slot, isWrite, work),
      (error: unknown) => {
        const open = this.#shared.pickOpen();
        if (open === undefined) throw error;
        return this.#shared.run(open, isWrite, work);
      },
    );
  }

  async #single<Result>(connection: Connection, work: Work<Result>): Promise<Result> {
    this.#singleCount++;
    try {
      return await work(connection);
    } finally {
      this.#singleCount--;
    }
  }

  async #leased<Result>(isWrite: boolean, work: Work<Result>): Promise<Result> {
    const connection = await this.#leases.acquire();
    let failure: Failure<Result>;
    try {
      const result = await work(connection);
      this.#leases.release(connection, false);
      return result;
    } catch (error) {
      this.#leases.release(connection, !connection.isAlive);
      failure = { error, connection, isWrite, work };
    }
    return this.#recover(failure);
  }

  /**
   * What failed because its connection was lost is done once more, where it can't be done twice by that: reads, and what
   * was never sent.
   */
  async #recover<Result>({ error, connection, isWrite, work }: Failure<Result>): Promise<Result> {
    if (isWrite && connection.hasRefusedWrite) this.#outdate();
    if (connection.isAlive || this.#isClosed) throw error;
    this.#distrust();
    const { dialect } = this.#options;
    const known = dialect.toDbError(error);
    if (!(known instanceof DbError) || !dialect.isConnectionLost(known)) throw error;
    const mayHaveRun = !(known instanceof ConnectionError) || known.mayHaveRun;
    if (isWrite && mayHaveRun) throw error;
    const next = await this.#leases.acquire();
    try {
      return await work(next);
    } finally {
      this.#leases.release(next, !next.isAlive);
    }
  }
}
