/** The connections of which each belongs to one transaction, or one query, at a time. */

import { Pool, TimeoutError as TarnTimeoutError } from "tarn";
import type { Clock } from "../../core/clock.ts";
import { closedError, DbError, TimeoutError, type Holder } from "../../core/error.ts";
import { atMost } from "../../core/stop.ts";
import type { QueryDialect, PoolSettings } from "../../dialect/dialect.ts";
import type { Connection } from "../../dialect/driver.ts";
import { holderOf, saidOf, Traces, type Held } from "./holders.ts";
import { answers, TRUSTED_IDLE_MS } from "./watch.ts";

export interface LeasesOptions {
  readonly dialect: QueryDialect;
  readonly settings: PoolSettings;
  readonly clock: Clock;
  readonly open: () => Promise<Connection>;
  /** Whether a connection came from before a failover, or is too old. */
  readonly isStale: (connection: Connection) => boolean;
}

export class Leases {
  readonly #options: LeasesOptions;
  readonly #pool: Pool<Connection>;
  readonly #held = new Map<Connection, Held>();
  readonly #traces: Traces;
  readonly #idleSinceMs = new WeakMap<Connection, number>();
  /** Those that have been idle since before are replaced. */
  #distrustedMs = -Infinity;
  #isClosed = false;

  constructor(options: LeasesOptions) {
    const { clock, open, settings } = options;
    this.#options = options;
    this.#traces = new Traces(clock, settings.maxConnections);
    this.#pool = new Pool<Connection>({
      create: open,
      // tarn awaits what this gives, which its types leave out.
      validate: (connection) => this.#isFit(connection) as unknown as boolean,
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
    this.#pool.on("release", (connection: Connection) => {
      this.#idleSinceMs.set(connection, clock.monotonicMs());
    });
  }

  get usedCount(): number {
    return this.#pool.numUsed();
  }

  get idleCount(): number {
    return this.#pool.numFree();
  }

  get waitingCount(): number {
    return this.#pool.numPendingAcquires() + this.#pool.numPendingValidations();
  }

  /** Those that somebody holds. */
  get heldConnections(): Iterable<Connection> {
    return this.#held.keys();
  }

  /**
   * Waiters are served in the order in which they came.
   *
   * @param signal Whoever gives up leaves the queue at once.
   */
  async acquire(signal?: AbortSignal): Promise<Connection> {
    if (this.#isClosed) throw closedError();
    const trace = this.#traces.take(this.acquire);
    const asked = this.#pool.acquire();
    const leave = (): void => asked.abort();
    signal?.addEventListener("abort", leave, { once: true });
    try {
      const connection = await asked.promise;
      this.#held.set(connection, { sinceMs: this.#options.clock.monotonicMs(), trace });
      return connection;
    } catch (error) {
      if (this.#isClosed) throw closedError();
      signal?.throwIfAborted();
      if (error instanceof TarnTimeoutError) throw this.#waitedTooLong();
      throw error instanceof DbError ? error : this.#options.dialect.toDbError(error);
    } finally {
      signal?.removeEventListener("abort", leave);
    }
  }

  release(connection: Connection, isBroken: boolean): void {
    // tarn asks whether it is fit before it hands a connection out again, and closes what isn't.
    if (isBroken) void connection.close();
    this.#held.delete(connection);
    this.#pool.release(connection);
  }

  /** Has those replaced that are idle now. */
  distrustIdle(): void {
    this.#distrustedMs = this.#options.clock.monotonicMs();
  }

  /** Waits for those who hold one, then ends all; what is late is cut, which rolls it back. */
  async close(timeoutMs: number): Promise<void> {
    this.#isClosed = true;
    await atMost(timeoutMs, this.#pool.destroy());
    for (const connection of this.#held.keys()) connection.cut();
  }

  async #isFit(connection: Connection): Promise<boolean> {
    if (!connection.isAlive || this.#options.isStale(connection)) return false;
    const sinceMs = this.#idleSinceMs.get(connection);
    const nowMs = this.#options.clock.monotonicMs();
    if (sinceMs === undefined) return true;
    if (sinceMs <= this.#distrustedMs) return false;
    if (nowMs - sinceMs < TRUSTED_IDLE_MS) return true;
    return answers(connection);
  }

  /** The longest first. */
  #holders(): Holder[] {
    const nowMs = this.#options.clock.monotonicMs();
    return [...this.#held.values()]
      .map((held) => holderOf(held, nowMs))
      .toSorted((left, right) => right.heldMs - left.heldMs);
  }

  #waitedTooLong(): TimeoutError {
    const { acquireTimeoutMs, maxConnections } = this.#options.settings;
    const holders = this.#holders();
    return new TimeoutError(
      "E_POOL_TIMEOUT",
      `None of the ${maxConnections} connections came free within ${acquireTimeoutMs} ms; nothing was executed.`,
      {
        holders,
        hint:
          `${saidOf(holders)}Inside db.transaction() use its tx, not db. Keep transactions short, or raise ` +
          "max_connections in the URL, such as ?max_connections=20.",
      },
    );
  }
}
