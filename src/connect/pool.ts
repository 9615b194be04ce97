/**
 * The connections to a server. Transactions lease one each. Queries outside transactions share a few, on which they are
 * pipelined; where those are held up by a slow query, they too lease one.
 */

import { Pool, TimeoutError as TarnTimeoutError } from "tarn";
import type { Clock } from "../core/clock.ts";
import { closedError, DbError, TimeoutError } from "../core/error.ts";
import type { MaybePromise } from "../core/maybe-promise.ts";
import type { Dialect, PoolSettings } from "../dialect/dialect.ts";
import type {
  Cells,
  Connection,
  Driver,
  DriverStatement,
  NamedResult,
  WriteResult,
} from "../dialect/driver.ts";
import type { ConnectionSource, Lease, SourceStats } from "./source.ts";

/** A shared connection whose oldest query runs longer than this is passed by. */
const HELD_UP_MS = 20;

/** A server that has no connection left isn't asked for one with every query. */
const RETRY_OPENING_MS = 1_000;

export interface PoolOptions {
  readonly dialect: Dialect;
  readonly driver: Driver;
  readonly first: Connection;
  readonly settings: PoolSettings;
  readonly clock: Clock;
}

/** A connection for queries of many callers at once. */
class SharedSlot {
  connection: Connection | undefined;
  opening: Promise<void> | undefined;
  pendingCount = 0;
  /** Those among them that may wait for a lock. */
  pendingWriteCount = 0;
  /** Since when something has been under way without a pause in which an answer came. */
  busySinceMs = 0;
  /** Before this time it isn't opened in the background again. */
  retryAtMs = 0;

  get isOpen(): boolean {
    return this.connection?.isAlive === true;
  }
}

export class PooledSource implements ConnectionSource {
  readonly #options: PoolOptions;
  readonly #pool: Pool<Connection>;
  readonly #slots: readonly SharedSlot[];
  readonly #leases = new Set<Connection>();
  #isClosed = false;

  constructor(options: PoolOptions) {
    const { driver, first, settings } = options;
    this.#options = options;
    this.#slots = Array.from({ length: settings.sharedConnections }, () => new SharedSlot());
    // The connection that asked for the server's version is used further.
    const [slot] = this.#slots;
    let spare: Connection | undefined = slot === undefined ? first : undefined;
    if (slot !== undefined) slot.connection = first;
    this.#pool = new Pool<Connection>({
      create: async () => {
        const connection = spare ?? (await driver.open("write"));
        spare = undefined;
        return connection;
      },
      validate: (connection) => connection.isAlive,
      destroy: async (connection) => {
        await connection.close();
      },
      min: 0,
      max: settings.maxConnections,
      acquireTimeoutMillis: settings.acquireTimeoutMs,
      createTimeoutMillis: settings.acquireTimeoutMs,
      idleTimeoutMillis: settings.idleTimeoutMs,
      reapIntervalMillis: 1_000,
      propagateCreateError: true,
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
    return this.#leased((connection) => connection.named(statement, parameters));
  }

  script(text: string): Promise<void> {
    return this.#leased((connection) => connection.script(text));
  }

  alone<Result>(
    _isWrite: boolean,
    work: (connection: Connection) => MaybePromise<Result>,
  ): Promise<Result> {
    return this.#leased(work);
  }

  async begin(text: string): Promise<Lease> {
    const connection = await this.#acquire();
    const begun = connection.script(text);
    // The error comes to whoever awaits it; until then it must not count as unhandled.
    if (begun instanceof Promise) begun.catch(() => {});
    return { connection, begun, release: (isBroken) => this.#release(connection, isBroken) };
  }

  forget(): void {
    for (const slot of this.#slots) slot.connection?.forget();
  }

  stats(): SourceStats {
    const shared = this.#slots.filter((slot) => slot.isOpen).length;
    return {
      open: shared + this.#pool.numUsed() + this.#pool.numFree(),
      leased: this.#pool.numUsed(),
      waiting: this.#pool.numPendingAcquires(),
    };
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#closePool();
    await Promise.all(
      this.#slots.map(async (slot) => {
        // One that is being opened closes itself.
        await slot.opening?.catch(() => {});
        await slot.connection?.close();
      }),
    );
  }

  /** A transaction that doesn't end is not waited for forever: its connection is closed, which rolls it back. */
  async #closePool(): Promise<void> {
    const { acquireTimeoutMs } = this.#options.settings;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, acquireTimeoutMs);
    });
    await Promise.race([this.#pool.destroy(), late]);
    clearTimeout(timer);
    await Promise.all([...this.#leases].map(async (connection) => connection.close()));
  }

  #use<Result>(
    { isWrite }: DriverStatement,
    work: (connection: Connection) => MaybePromise<Result>,
  ): Promise<Result> {
    if (this.#isClosed) return Promise.reject(closedError());
    const slot = this.#pickSlot();
    if (slot === undefined) return this.#leased(work);
    if (slot.isOpen) return this.#runOn(slot, isWrite, work);
    return this.#openSlot(slot).then(
      () => this.#runOn(slot, isWrite, work),
      (error: unknown) => {
        // A server that has no connection left still answers on those that there are.
        const open = this.#slots.find((other) => other.isOpen && !this.#mayWaitForLease(other));
        if (open === undefined) throw error;
        return this.#runOn(open, isWrite, work);
      },
    );
  }

  /**
   * The open slot with the least to do. When all have something to do, the next one is opened in the background; only
   * when none is open, or all are held up, it is waited for. Undefined when all slots are open and held up.
   */
  #pickSlot(): SharedSlot | undefined {
    let best: SharedSlot | undefined;
    let next: SharedSlot | undefined;
    let nowMs: number | undefined;
    for (const slot of this.#slots) {
      if (!slot.isOpen) {
        next ??= slot;
        continue;
      }
      if (slot.pendingCount === 0) return slot;
      if (this.#mayWaitForLease(slot)) continue;
      nowMs ??= this.#options.clock.monotonicMs();
      if (nowMs - slot.busySinceMs > HELD_UP_MS) continue;
      if (best === undefined || slot.pendingCount < best.pendingCount) best = slot;
    }
    if (best === undefined) return next;
    if (next !== undefined && next.opening === undefined && nowMs! >= next.retryAtMs)
      // Who runs on another one doesn't care; the next to need it is told.
      this.#openSlot(next).catch(() => {});
    return best;
  }

  /**
   * Whether a write under way may wait for a lock of a transaction, which may itself wait for what would be sent behind
   * the write: the two would wait for one another, and no server sees that.
   */
  #mayWaitForLease(slot: SharedSlot): boolean {
    return slot.pendingWriteCount > 0 && this.#pool.numUsed() > 0;
  }

  #openSlot(slot: SharedSlot): Promise<void> {
    slot.opening ??= (async () => {
      try {
        const connection = await this.#options.driver.open("write");
        if (this.#isClosed) {
          await connection.close();
          throw closedError();
        }
        slot.connection = connection;
      } catch (error) {
        slot.retryAtMs = this.#options.clock.monotonicMs() + RETRY_OPENING_MS;
        throw error;
      } finally {
        slot.opening = undefined;
      }
    })();
    return slot.opening;
  }

  #runOn<Result>(
    slot: SharedSlot,
    isWrite: boolean,
    work: (connection: Connection) => MaybePromise<Result>,
  ): Promise<Result> {
    const { clock } = this.#options;
    if (slot.pendingCount++ === 0) slot.busySinceMs = clock.monotonicMs();
    if (isWrite) slot.pendingWriteCount++;
    const done = (): void => {
      slot.pendingCount--;
      if (isWrite) slot.pendingWriteCount--;
      slot.busySinceMs = clock.monotonicMs();
    };
    let result: MaybePromise<Result>;
    try {
      result = work(slot.connection!);
    } catch (error) {
      done();
      return Promise.reject(error);
    }
    if (!(result instanceof Promise)) {
      done();
      return Promise.resolve(result);
    }
    result.then(done, done);
    return result;
  }

  async #leased<Result>(work: (connection: Connection) => MaybePromise<Result>): Promise<Result> {
    const connection = await this.#acquire();
    let isBroken = false;
    try {
      return await work(connection);
    } catch (error) {
      isBroken = !connection.isAlive;
      throw error;
    } finally {
      this.#release(connection, isBroken);
    }
  }

  async #acquire(): Promise<Connection> {
    if (this.#isClosed) throw closedError();
    try {
      const connection = await this.#pool.acquire().promise;
      this.#leases.add(connection);
      return connection;
    } catch (error) {
      if (this.#isClosed) throw closedError();
      if (error instanceof TarnTimeoutError) throw this.#waitedTooLong();
      throw error instanceof DbError ? error : this.#options.dialect.toDbError(error);
    }
  }

  #release(connection: Connection, isBroken: boolean): void {
    // tarn asks isAlive before it hands a connection out again, and closes what isn't.
    if (isBroken) void connection.close();
    this.#leases.delete(connection);
    this.#pool.release(connection);
  }

  #waitedTooLong(): TimeoutError {
    const { acquireTimeoutMs, maxConnections } = this.#options.settings;
    return new TimeoutError(
      "E_POOL_TIMEOUT",
      `None of the ${maxConnections} connections came free within ${acquireTimeoutMs} ms; nothing was executed.`,
      {
        hint:
          "Inside db.transaction() use its tx, not db. Keep transactions short, or raise max_connections in the URL, " +
          "such as ?max_connections=20.",
      },
    );
  }
}
