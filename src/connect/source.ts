import type { Clock } from "../core/clock.ts";
import type { StopOptions } from "../core/stop.ts";
import type { MaybePromise } from "../core/maybe-promise.ts";
import type { QueryDialect } from "../dialect/dialect.ts";
import type { Connection, DriverStatement, RowCursor } from "../dialect/driver.ts";
import type { Names } from "../schema/naming.ts";
import type { Notices } from "./notices.ts";

/** What runs statements: a source of connections outside transactions, or one transaction. */
export interface Runner extends Pick<Connection, "named" | "row" | "rows" | "script" | "write"> {
  /** Where it only bounds or caches what another one runs: that one. */
  readonly beneath?: Runner;
  /** Runs `work` with a connection on which nothing else is under way until it ends. It calls the connection once. */
  alone<Result>(
    isWrite: boolean,
    work: (connection: Connection) => MaybePromise<Result>,
  ): Promise<Result>;
  /** Nothing is sent yet but what begins a transaction. */
  stream(request: StreamRequest): Promise<OpenStream>;
}

/** The runner beneath all that only bound or cache what it runs. */
export function innermostOf(runner: Runner): Runner {
  let innermost = runner;
  while (innermost.beneath !== undefined) innermost = innermost.beneath;
  return innermost;
}

/** A statement whose rows are read bit by bit. */
export interface OpenStream {
  readonly cursor: RowCursor;
  readonly connection: Connection;
  /** Whether other statements may be under way on the connection. */
  readonly isShared: boolean;
  /** Frees the cursor and its connection. Does nothing the second time. */
  end(isFailed: boolean): MaybePromise<void>;
}

export interface StreamRequest {
  readonly statement: DriverStatement;
  readonly parameters: readonly unknown[];
  /** Whether it is SQL by hand, whose columns aren't known beforehand. */
  readonly isRaw: boolean;
}

/** A connection for one transaction. */
export interface Lease {
  readonly connection: Connection;
  /**
   * BEGIN, which may still be under way: it fails with the first statement. Reads may be sent behind it; a write waits,
   * as it would stand alone if BEGIN failed.
   */
  readonly begun: MaybePromise<void>;
  /** Gives the connection back. A broken one, or one in an unknown state, is closed instead. */
  release(isBroken: boolean): void;
}

export interface SourceStats {
  /** Connections that are open. */
  readonly open: number;
  /** Connections that a transaction, or a query of its own, holds. */
  readonly leased: number;
  /** Open connections that have nothing to do. */
  readonly idle: number;
  /** Those who wait for one. */
  readonly waiting: number;
}

export interface CloseOptions {
  /**
   * How long to wait for the transactions and queries under way, in milliseconds; what is later is cut, which rolls it
   * back. Default: `acquire_timeout` of the URL.
   */
  readonly timeoutMs?: number;
}

export interface ConnectionSource extends Runner {
  /** The source that this one stands before, so that what goes through it is seen. */
  readonly behind?: ConnectionSource;
  /**
   * Waiters are served in the order in which they came.
   *
   * @param text The SQL that begins the transaction.
   * @param signal Whoever waits leaves the queue when it is aborted.
   * @throws {TimeoutError} `E_POOL_TIMEOUT` when no connection came free in time. Nothing was sent.
   */
  begin(text: string, isReadOnly: boolean, signal?: AbortSignal): MaybePromise<Lease>;
  /**
   * Has what `ask` asks at once, outside of transactions, sent over one connection: for small reads that belong together.
   * Absent where that is no matter.
   */
  together?<Result>(ask: () => Result): Result;
  /** Drops the statements that connections keep prepared. */
  forget(): void;
  stats(): SourceStats;
  /** Waits for what is under way, refuses new work, ends all connections. Never throws. */
  close(options?: CloseOptions): Promise<void>;
}

export interface NamedLockOptions extends StopOptions {
  /** How long to wait for the lock, in milliseconds. Default 30_000. */
  readonly timeoutMs?: number | undefined;
}

export type WithLock = <Result>(
  name: string,
  work: () => Promise<Result>,
  options: NamedLockOptions,
) => Promise<Result>;

/** A connected database, below the queries. */
export interface Engine {
  readonly dialect: QueryDialect;
  readonly names: Names;
  readonly source: ConnectionSource;
  readonly clock: Clock;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Whether code inside a transaction's callback knows that it is there: `transactionInside` finds it. */
  readonly isTracked: boolean;
  readonly withLock: WithLock;
  /** Words to other processes; undefined where the server sends none. */
  readonly notices?: Notices | undefined;
  /** What the cursors of pages are signed with; of several the first signs, and each is taken. */
  readonly cursorSecrets: readonly string[];
}

/**
 * What a database and a transaction have for the parts beside the queries, such as migrations. The names tell that they
 * aren't for applications.
 */
export interface Connected {
  readonly "~engine": Engine;
  readonly "~runner": Runner;
}
