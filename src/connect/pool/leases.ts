/** The connections of which each belongs to one transaction, or one query, at a time. */

import type { Clock } from "../../core/clock.ts";
import { closedError, DbError, TimeoutError, type Holder } from "../../core/error.ts";
import type { MaybePromise } from "../../core/maybe-promise.ts";
import { atMost } from "../../core/stop.ts";
import type { QueryDialect, PoolSettings } from "../../dialect/dialect.ts";
import type { Connection } from "../../dialect/driver.ts";
import { holderOf, saidOf, Traces, withoutData, type Held, type Trace } from "./holders.ts";
import { answers, TRUSTED_IDLE_MS } from "./watch.ts";

export interface LeasesOptions {
  readonly dialect: QueryDialect;
  readonly settings: PoolSettings;
  readonly clock: Clock;
  readonly open: () => Promise<Connection>;
  /** Whether a connection came from before a failover, or is too old. */
  readonly isStale: (connection: Connection) => boolean;
}

interface Idle {
  readonly connection: Connection;
  readonly sinceMs: number;
}

interface Waiter {
  readonly trace: Trace | undefined;
  readonly serve: (connection: Connection) => void;
  readonly refuse: (error: unknown) => void;
}

export class Leases {
  readonly #options: LeasesOptions;
  readonly #traces: Traces;
  readonly #held = new Map<Connection, Held>();
  /** The one that was used last is the last. */
  #idle: Idle[] = [];
  /** In the order in which they came. */
  readonly #waiting: Waiter[] = [];
  /** Connections that are being opened, or asked whether they still answer. */
  #preparingCount = 0;
  #isClosed = false;
  /** Is called when one that was held, or prepared, is so no more. */
  #onReturned: (() => void) | undefined;

  constructor(options: LeasesOptions) {
    this.#options = options;
    this.#traces = new Traces(options.clock, options.settings.maxConnections);
  }

  get usedCount(): number {
    return this.#held.size;
  }

  get idleCount(): number {
    return this.#idle.length;
  }

  get waitingCount(): number {
    return this.#waiting.length;
  }

  /** Those that somebody holds. */
  get heldConnections(): Iterable<Connection> {
    return this.#held.keys();
  }

  /**
   * One that is idle comes without a promise. Waiters are served in the order in which they came.
   *
   * @param signal Whoever gives up leaves the queue at once.
   */
  acquire(signal?: AbortSignal): MaybePromise<Connection> {
    if (this.#isClosed) return Promise.reject(closedError());
    const trace = this.#traces.take(this.acquire);
    const connection = this.#takeIdle();
    if (connection === undefined) return this.#wait(trace, signal);
    this.#hold(connection, trace);
    return connection;
  }

  release(connection: Connection, isBroken: boolean): void {
    this.#held.delete(connection);
    connection.last = undefined;
    if (isBroken || !connection.isAlive) void this.#end(connection);
    else this.#add(connection);
    this.#serve();
    this.#onReturned?.();
  }

  #add(connection: Connection): void {
    this.#idle.push({ connection, sinceMs: this.#options.clock.monotonicMs() });
  }

  /** Has those replaced that are idle now. */
  retireIdle(): void {
    for (const { connection } of this.#idle.splice(0)) void this.#end(connection);
  }

  /** Ends those that were idle for too long. */
  sweep(): void {
    const sinceMs = this.#options.clock.monotonicMs() - this.#options.settings.idleTimeoutMs;
    while (this.#idle.length > 0 && this.#idle[0]!.sinceMs <= sinceMs)
      void this.#end(this.#idle.shift()!.connection);
  }

  /** Waits for those who hold one, then ends all; what is late is cut, which rolls it back. */
  async close(timeoutMs: number): Promise<void> {
    this.#isClosed = true;
    for (const { refuse } of this.#waiting.splice(0)) refuse(closedError());
    await atMost(timeoutMs, this.#drain());
    for (const connection of this.#held.keys()) connection.cut();
  }

  async #drain(): Promise<void> {
    for (;;) {
      await Promise.all(this.#idle.splice(0).map(({ connection }) => this.#end(connection)));
      if (this.#held.size + this.#preparingCount + this.#idle.length === 0) return;
      if (this.#idle.length === 0)
        await new Promise<void>((resolve) => (this.#onReturned = resolve));
    }
  }

  #hold(connection: Connection, trace: Trace | undefined): void {
    this.#held.set(connection, { sinceMs: this.#options.clock.monotonicMs(), trace });
  }

  /** Nobody waits for the end of a connection that isn't used any more, or could do anything about its error. */
  async #end(connection: Connection): Promise<void> {
    try {
      await connection.close();
    } catch {
      connection.cut();
    }
  }

  /** One that surely answers; those that surely don't are ended on the way. */
  #takeIdle(): Connection | undefined {
    for (let last = this.#idle.at(-1); last !== undefined; last = this.#idle.at(-1)) {
      const { connection, sinceMs } = last;
      const isOver = !connection.isAlive || this.#options.isStale(connection);
      if (!isOver && this.#options.clock.monotonicMs() - sinceMs >= TRUSTED_IDLE_MS)
        return undefined;
      this.#idle.pop();
      if (!isOver) return connection;
      void this.#end(connection);
    }
    return undefined;
  }

  #wait(trace: Trace | undefined, signal: AbortSignal | undefined): Promise<Connection> {
    const waiting = new Promise<Connection>((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", giveUp);
      };
      const waiter: Waiter = {
        trace,
        serve: (connection) => {
          end();
          resolve(connection);
        },
        refuse: (error) => {
          end();
          // oxlint-disable-next-line typescript/prefer-promise-reject-errors
          reject(error);
        },
      };
      const leave = (error: unknown): void => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        waiter.refuse(error);
      };
      const giveUp = (): void => leave(signal!.reason);
      const timer = setTimeout(
        () => leave(this.#waitedTooLong()),
        this.#options.settings.acquireTimeoutMs,
      );
      signal?.addEventListener("abort", giveUp, { once: true });
      this.#waiting.push(waiter);
    });
    this.#serve();
    return waiting;
  }

  /** Serves those who wait, and prepares as many connections for the others as there may be. */
  #serve(): void {
    while (this.#waiting.length > 0) {
      const connection = this.#takeIdle();
      if (connection === undefined) break;
      const waiter = this.#waiting.shift()!;
      this.#hold(connection, waiter.trace);
      waiter.serve(connection);
    }
    while (this.#preparingCount < this.#waiting.length && this.#mayPrepare) this.#prepare();
  }

  /** One that was idle for long, or else a new one where there is room for it. */
  get #mayPrepare(): boolean {
    const { maxConnections } = this.#options.settings;
    return this.#idle.length > 0 || this.#held.size + this.#preparingCount < maxConnections;
  }

  /** Has a connection that was idle for long answer, or opens one. */
  #prepare(): void {
    const doubted = this.#idle.pop()?.connection;
    this.#preparingCount++;
    const prepared = doubted === undefined ? this.#options.open() : answering(doubted);
    const settle = (note: () => void): void => {
      this.#preparingCount--;
      note();
      if (!this.#isClosed) this.#serve();
      this.#onReturned?.();
    };
    prepared.then(
      // Where one didn't answer another one takes its place.
      (connection) => settle(() => connection && this.#add(connection)),
      (error: unknown) => settle(() => this.#refuseFirst(error)),
    );
  }

  /** The others are tried again. */
  #refuseFirst(error: unknown): void {
    const { dialect } = this.#options;
    this.#waiting.shift()?.refuse(error instanceof DbError ? error : dialect.toDbError(error));
  }

  /** The longest first. */
  #holders(): Holder[] {
    const nowMs = this.#options.clock.monotonicMs();
    const { quote } = this.#options.dialect.spelling;
    return [...this.#held]
      .map(([{ last }, held]) => holderOf(held, nowMs, last && withoutData(last.text, quote)))
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

async function answering(connection: Connection): Promise<Connection | undefined> {
  return (await answers(connection)) ? connection : undefined;
}
