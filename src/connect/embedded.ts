/**
 * The connections of a database in this process: one writer and, beside it, readers.
 *
 * Outside transactions everything runs on the writer's connection, whose cache then stays warm. A transaction holds that
 * connection from BEGIN to COMMIT, so that no two ever interleave; meanwhile other writers queue and other readers use
 * connections of their own, which see the state before the transaction.
 */

import { nextTurn, type Clock } from "../core/clock.ts";
import { closedError, SelfWaitError, TimeoutError } from "../core/error.ts";
import { isPromise, type MaybePromise } from "../core/maybe-promise.ts";
import type { QueryDialect, PoolSettings } from "../dialect/dialect.ts";
import type {
  Cells,
  Connection,
  Driver,
  DriverStatement,
  NamedResult,
  RowCursor,
  WriteResult,
} from "../dialect/driver.ts";
import { holderOf, saidOf, type Held } from "./pool/holders.ts";
import type {
  CloseOptions,
  ConnectionSource,
  Lease,
  OpenStream,
  SourceStats,
  StreamRequest,
} from "./source.ts";
import { beginText, streamInTransaction } from "./open-stream.ts";
import { isInsideOf } from "./transaction/transaction.ts";

interface Waiter {
  readonly start: () => void;
}

/**
 * The pauses while another process writes. They grow, but not by much: who asks seldom finds nobody gone, where eight processes
 * write without a rest. With 50 ms one of those waited for 5 s, with 5 ms none for more than 1.5 s, and all wrote twice as much.
 */
const FIRST_PAUSE_MS = 1;
const LONGEST_PAUSE_MS = 5;

const TRACE_PAUSE_MS = 5;

/**
 * An embedded database answers before anybody else has had a turn, so a loop that awaits one answer after the other would keep
 * timers and sockets waiting for its end. An answer is held back for a turn when they had none for this long.
 */
const TURN_MS = 8;
/** Only every so many answers look at the clock. */
const ANSWERS_PER_LOOK = 16;

/** How many connections are kept for those who read beside the writer; a rush of them must not keep its files open. */
const MAX_IDLE_READERS = 8;

export interface EmbeddedOptions {
  readonly dialect: QueryDialect;
  readonly driver: Driver;
  readonly first: Connection;
  readonly settings: PoolSettings;
  readonly clock: Clock;
  readonly random: () => number;
}

export class EmbeddedSource implements ConnectionSource {
  readonly #options: EmbeddedOptions;
  readonly #writer: Connection;
  #isWriterHeld = false;
  /** The transaction that holds it. */
  #holder: Held | undefined;
  #tracedMs = -Infinity;
  #closing: Promise<void> | undefined;
  readonly #queue: Waiter[] = [];
  /** For reads while the writer is held; opened when first needed. */
  #reader: Connection | undefined;
  readonly #idleReaders: Connection[] = [];
  #leasedReaders = 0;
  #answers = 0;
  #turnedMs = 0;

  constructor(options: EmbeddedOptions) {
    this.#options = options;
    this.#writer = options.first;
  }

  rows(statement: DriverStatement, parameters: readonly unknown[]): MaybePromise<readonly Cells[]> {
    return this.#run(statement, (connection) => connection.rows(statement, parameters));
  }

  row(statement: DriverStatement, parameters: readonly unknown[]): MaybePromise<Cells | undefined> {
    return this.#run(statement, (connection) => connection.row(statement, parameters));
  }

  write(statement: DriverStatement, parameters: readonly unknown[]): MaybePromise<WriteResult> {
    return this.#run(statement, (connection) => connection.write(statement, parameters));
  }

  named(statement: DriverStatement, parameters: readonly unknown[]): MaybePromise<NamedResult> {
    return this.#wait((writer) => writer.named(statement, parameters));
  }

  script(text: string): MaybePromise<void> {
    return this.#wait((writer) => writer.script(text));
  }

  /** What runs in this process is alone anyway. */
  async alone<Result>(
    isWrite: boolean,
    work: (connection: Connection) => MaybePromise<Result>,
  ): Promise<Result> {
    return this.#run({ isWrite }, work);
  }

  /** On a reader of its own, so that it hinders no writer. Where the writer's connection is the only one, on that. */
  async stream(request: StreamRequest): Promise<OpenStream> {
    const { dialect, driver } = this.#options;
    if (driver.canReadBeside)
      return streamInTransaction(
        request,
        () => this.#beginReader(beginText(dialect, request)),
        () => this.#closing !== undefined,
      );
    const { statement, parameters, isRaw } = request;
    const connection = this.#writer;
    const cursor = await this.#run({ isWrite: true }, () =>
      isRaw ? this.#readAll(request) : connection.cursor(statement, parameters, false),
    );
    return { cursor, connection, isShared: false, end: () => cursor.close() };
  }

  /** SQL by hand is kept from writing, which the only connection can't be for longer. */
  #readAll({ statement, parameters }: StreamRequest): RowCursor {
    const { readOnlySwitch } = this.#options.dialect;
    if (readOnlySwitch !== undefined) runAtOnce(this.#writer, readOnlySwitch.on);
    try {
      const cursor = this.#writer.cursor(statement, parameters, true) as RowCursor;
      const rows = [...(cursor.next(Infinity) as readonly Cells[])];
      return { names: cursor.names, next: (count) => rows.splice(0, count), close: () => {} };
    } finally {
      if (readOnlySwitch !== undefined) runAtOnce(this.#writer, readOnlySwitch.off);
    }
  }

  begin(text: string, isReadOnly: boolean, signal?: AbortSignal): MaybePromise<Lease> {
    return isReadOnly && this.#options.driver.canReadBeside
      ? this.#beginReader(text)
      : this.#beginWriter(text, isReadOnly, signal);
  }

  #beginReader(text: string): MaybePromise<Lease> {
    this.refuseClosed();
    const connection = this.#idleReaders.pop() ?? this.#open();
    runAtOnce(connection, text);
    this.#leasedReaders++;
    return {
      connection,
      begun: undefined,
      release: (isBroken) => {
        this.#leasedReaders--;
        const isSpare = this.#idleReaders.length >= MAX_IDLE_READERS;
        if (isBroken || isSpare || this.#closing !== undefined) void connection.close();
        else this.#idleReaders.push(connection);
      },
    };
  }

  #beginWriter(text: string, isReadOnly: boolean, signal?: AbortSignal): MaybePromise<Lease> {
    this.refuseClosed();
    const nowMs = this.#nowMs();
    const trace = this.#trace(nowMs);
    if (!this.#isWriterHeld) {
      try {
        runAtOnce(this.#writer, text);
        this.#isWriterHeld = true;
        const lease = this.#writerLease(isReadOnly, { sinceMs: nowMs, trace });
        return ++this.#answers % ANSWERS_PER_LOOK === 0 ? this.#inTurn(lease) : lease;
      } catch (error) {
        if (!this.#options.dialect.isBusy(error)) throw error;
      }
    }
    return this.#beginInTurn(text, isReadOnly, trace, signal);
  }

  async #beginInTurn(
    text: string,
    isReadOnly: boolean,
    trace: Error | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Lease> {
    await this.#hold(signal);
    try {
      await this.#patiently(() => {
        signal?.throwIfAborted();
        return this.#writer.script(text);
      });
      return this.#writerLease(isReadOnly, { sinceMs: this.#nowMs(), trace });
    } catch (error) {
      this.#releaseWriter();
      throw error;
    }
  }

  /**
   * Remembers who begins. A stack costs more than the rest of a small transaction, so of those that follow one another
   * closely most have none; whoever holds the writer for long enough to be asked about has one, but for rare bad luck.
   */
  #trace(nowMs: number): Error | undefined {
    if (nowMs - this.#tracedMs < TRACE_PAUSE_MS) return undefined;
    this.#tracedMs = nowMs;
    return new Error("held here");
  }

  #nowMs(): number {
    return this.#options.clock.monotonicMs();
  }

  /** Where the writer's connection is the only one, a transaction that only reads is kept from writing. */
  #writerLease(isReadOnly: boolean, holder: Held): Lease {
    const { readOnlySwitch } = this.#options.dialect;
    this.#holder = holder;
    if (isReadOnly && readOnlySwitch !== undefined) runAtOnce(this.#writer, readOnlySwitch.on);
    return {
      connection: this.#writer,
      begun: undefined,
      release: () => {
        if (isReadOnly && readOnlySwitch !== undefined && this.#writer.isAlive)
          runAtOnce(this.#writer, readOnlySwitch.off);
        this.#holder = undefined;
        this.#releaseWriter();
      },
    };
  }

  forget(): void {
    for (const connection of [this.#writer, this.#reader, ...this.#idleReaders])
      connection?.forget();
  }

  stats(): SourceStats {
    const readers =
      this.#idleReaders.length + this.#leasedReaders + (this.#reader === undefined ? 0 : 1);
    return {
      open: this.#writer.isAlive ? 1 + readers : 0,
      leased: this.#leasedReaders + (this.#isWriterHeld ? 1 : 0),
      idle: this.#writer.isAlive ? readers - this.#leasedReaders + (this.#isWriterHeld ? 0 : 1) : 0,
      waiting: this.#queue.length,
    };
  }

  close(options: CloseOptions = {}): Promise<void> {
    const { timeoutMs = this.#options.settings.acquireTimeoutMs } = options;
    return (this.#closing ??= this.#close(timeoutMs));
  }

  async #close(timeoutMs: number): Promise<void> {
    // Behind those who wait already, whose work was accepted. A transaction that doesn't end is not waited for forever.
    if (this.#isWriterHeld) await this.#queueUp(timeoutMs).catch(() => {});
    const connections = [this.#reader, ...this.#idleReaders.splice(0), this.#writer];
    for (const connection of connections) await connection?.close();
  }

  /** Runs a statement where it can run at once, else in its turn. */
  #run<Result>(
    statement: Pick<DriverStatement, "isWrite">,
    work: (connection: Connection) => MaybePromise<Result>,
  ): MaybePromise<Result> {
    const connection = this.#connectionFor(statement);
    if (connection === undefined) return this.#wait(work);
    try {
      const answer = work(connection);
      return ++this.#answers % ANSWERS_PER_LOOK === 0 ? this.#inTurn(answer) : answer;
    } catch (error) {
      return this.#retry(error, work);
    }
  }

  /** What was done stays in its order: only the answer waits. */
  #inTurn<Result>(answer: MaybePromise<Result>): MaybePromise<Result> {
    const nowMs = this.#nowMs();
    if (nowMs - this.#turnedMs < TURN_MS) return answer;
    this.#turnedMs = nowMs;
    return nextTurn().then(() => answer);
  }

  /** Where a statement can run at once; undefined when it has to wait for the writer. */
  #connectionFor(statement: Pick<DriverStatement, "isWrite">): Connection | undefined {
    this.refuseClosed();
    if (!this.#isWriterHeld) return this.#writer;
    if (statement.isWrite || !this.#options.driver.canReadBeside) return undefined;
    return (this.#reader ??= this.#open());
  }

  #open(): Connection {
    // An embedded driver opens at once.
    return this.#options.driver.open("read") as Connection;
  }

  refuseClosed(): void {
    if (this.#closing !== undefined) throw closedError();
  }

  /** Takes the writer, waits for its turn first. */
  #hold(signal?: AbortSignal): Promise<void> {
    this.refuseClosed();
    if (this.#isWriterHeld) {
      this.#refuseSelfWait();
      return this.#queueUp(this.#options.settings.acquireTimeoutMs, signal);
    }
    this.#isWriterHeld = true;
    return Promise.resolve();
  }

  /** The writer comes free when the transaction ends, which waits for what is asked inside of it. */
  #refuseSelfWait(): void {
    if (isInsideOf(this.#writer)) throw new SelfWaitError();
  }

  #queueUp(timeoutMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, fail) => {
      const leave = (error: unknown): void => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", giveUp);
        const place = this.#queue.indexOf(waiter);
        if (place >= 0) this.#queue.splice(place, 1);
        // oxlint-disable-next-line typescript/prefer-promise-reject-errors
        fail(error);
      };
      const giveUp = (): void => leave(signal!.reason);
      const timer = setTimeout(() => leave(this.#waitedTooLong(timeoutMs)), timeoutMs);
      signal?.addEventListener("abort", giveUp, { once: true });
      const start = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", giveUp);
        resolve();
      };
      const waiter: Waiter = { start };
      this.#queue.push(waiter);
    });
  }

  #releaseWriter(): void {
    const next = this.#queue.shift();
    if (next === undefined) {
      this.#isWriterHeld = false;
      return;
    }
    next.start();
  }

  /** Runs something on the writer, in its turn, patiently. */
  async #wait<Result>(work: (writer: Connection) => MaybePromise<Result>): Promise<Result> {
    await this.#hold();
    try {
      return await this.#patiently(() => work(this.#writer));
    } finally {
      this.#releaseWriter();
    }
  }

  /** A busy statement has done nothing and is tried again; any other error is the caller's. */
  #retry<Result>(
    error: unknown,
    work: (writer: Connection) => MaybePromise<Result>,
  ): Promise<Result> {
    if (!this.#options.dialect.isBusy(error)) throw error;
    return this.#wait(work);
  }

  /** Tries until another process lets go of its lock, without stopping the event loop. */
  async #patiently<Result>(work: () => MaybePromise<Result>): Promise<Result> {
    const { clock, dialect, random, settings } = this.#options;
    const deadlineMs = clock.monotonicMs() + settings.acquireTimeoutMs;
    let pauseMs = FIRST_PAUSE_MS;
    for (;;) {
      try {
        const result = work();
        return isPromise(result) ? await result : result;
      } catch (error) {
        if (!dialect.isBusy(error) || clock.monotonicMs() >= deadlineMs) throw error;
      }
      await clock.sleep(pauseMs * (0.5 + random() / 2));
      pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
    }
  }

  #waitedTooLong(timeoutMs: number): TimeoutError {
    const holders = this.#holder === undefined ? [] : [holderOf(this.#holder, this.#nowMs())];
    return new TimeoutError(
      "E_POOL_TIMEOUT",
      `The writer did not come free within ${timeoutMs} ms; nothing was executed.`,
      {
        holders,
        hint:
          `${saidOf(holders)}Inside db.transaction() use its tx, not db. Keep transactions short, or raise ` +
          "acquire_timeout in the URL.",
      },
    );
  }

  /** Runs what a database needs before its first use. */
  setUp(script: string): Promise<void> {
    return this.#wait((writer) => writer.script(script));
  }
}

/** An embedded database answers at once. */
function runAtOnce(connection: Connection, text: string): void {
  if (isPromise(connection.script(text))) throw new TypeError("The driver is not an embedded one.");
}
