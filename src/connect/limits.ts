/** How long one query may take, and the signal that calls it off. A query without limits never comes here. */

import { systemClock } from "../core/clock.ts";
import { CancelledError, InvalidValueError, TimeoutError, type DbError } from "../core/error.ts";
import { isPromise, type MaybePromise } from "../core/maybe-promise.ts";
import { atMost, LONGEST_MS } from "../core/stop.ts";
import type { QueryDialect } from "../dialect/dialect.ts";
import type {
  Cells,
  Connection,
  DriverStatement,
  NamedResult,
  WriteResult,
} from "../dialect/driver.ts";
import { breathe } from "./open-stream.ts";
import type { OpenStream, Runner, StreamRequest } from "./source.ts";

export interface Limits {
  /** Calls the query off. */
  readonly signal?: AbortSignal | undefined;
  /** From when it is run until it is answered, waiting for a connection included, in milliseconds. */
  readonly timeoutMs?: number | undefined;
}

/** @throws {InvalidValueError} for what is no signal, or no time. */
function checkLimits({ signal, timeoutMs }: Limits): Limits {
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new InvalidValueError("The signal of a query is no AbortSignal.", {
      hint: "Pass the signal of an AbortController.",
    });
  }
  if (timeoutMs !== undefined && !(typeof timeoutMs === "number" && timeoutMs > 0)) {
    throw new InvalidValueError("The timeout of a query is a number of milliseconds above 0.");
  }
  return { signal, timeoutMs };
}

/** Limits that have begun to count. */
class Watch {
  readonly #limits: Limits;
  readonly #timer: NodeJS.Timeout | undefined;
  /** Resolves when a limit is reached. */
  readonly over: Promise<void>;
  isOver = false;
  #tell!: () => void;

  constructor(limits: Limits, deadlineMs: number | undefined) {
    this.#limits = limits;
    this.over = new Promise((resolve) => {
      this.#tell = () => {
        this.isOver = true;
        resolve();
      };
    });
    const { signal } = limits;
    if (deadlineMs !== undefined) {
      const leftMs = Math.min(deadlineMs - systemClock.monotonicMs(), LONGEST_MS);
      if (leftMs <= 0) this.#tell();
      else this.#timer = setTimeout(this.#tell, leftMs);
    }
    if (signal?.aborted === true) this.#tell();
    else signal?.addEventListener("abort", this.#tell, { once: true });
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#limits.signal?.removeEventListener("abort", this.#tell);
  }

  /** @param outcome What became of the statement, as a sentence's end. */
  reason(outcome: string): DbError {
    const { signal, timeoutMs } = this.#limits;
    if (signal?.aborted === true) {
      return new CancelledError(`The query was cancelled by its signal; ${outcome}.`, {
        cause: signal.reason,
      });
    }
    return new TimeoutError(
      "E_TIMEOUT",
      `The query took longer than its timeout of ${timeoutMs} ms; ${outcome}.`,
    );
  }
}

/** A cancelled statement is cancelled again when it goes on: the first request may have overtaken it. */
const AGAIN_MS = 250;
/** A server that doesn't end a cancelled statement in this time is not waited for. */
const GRACE_MS = 5_000;

/** How many rows an embedded database reads before its limits are looked at. */
const ROWS_AT_ONCE = 100;

const NOTHING_DONE = "nothing was executed";
const LEFT = "the rest of its rows is not read";
const UNDONE = "the server ended the statement, which undoes it";
const UNKNOWN =
  "the server does not answer, so its connection is closed, and whether a write took hold is not known";

/** Runs the statements of one query within its limits, each on a connection that is its own meanwhile. */
export class LimitedRunner implements Runner {
  readonly beneath: Runner;
  readonly #dialect: QueryDialect;
  readonly #limits: Limits;
  readonly #deadlineMs: number | undefined;

  /** @param deadlineMs By the monotonic clock, where the time has begun to count already. */
  constructor(inner: Runner, dialect: QueryDialect, limits: Limits, deadlineMs?: number) {
    this.beneath = inner;
    this.#dialect = dialect;
    this.#limits = limits;
    this.#deadlineMs = deadlineMs;
  }

  /** The same runner with further limits, or with none before. */
  static of(runner: Runner, dialect: QueryDialect, limits: Limits): LimitedRunner {
    const checked = checkLimits(limits);
    if (!(runner instanceof LimitedRunner)) return new LimitedRunner(runner, dialect, checked);
    const { signal = runner.#limits.signal, timeoutMs = runner.#limits.timeoutMs } = checked;
    return new LimitedRunner(runner.beneath, dialect, { signal, timeoutMs });
  }

  /**
   * Runs several statements, whose time is one.
   *
   * @param work Makes a runner with these limits of the one that it begins.
   */
  together<Result>(
    work: (limit: (inner: Runner) => LimitedRunner) => Promise<Result>,
  ): Promise<Result> {
    const deadlineMs = this.#startDeadline();
    return this.#watched(deadlineMs, (_watch, begin) =>
      work((inner) => {
        begin();
        return new LimitedRunner(inner, this.#dialect, this.#limits, deadlineMs);
      }),
    );
  }

  rows(statement: DriverStatement, parameters: readonly unknown[]): Promise<readonly Cells[]> {
    // What runs in this process can only be left between its rows.
    if (this.#dialect.can.isEmbedded && !statement.isWrite)
      return this.#collect({ statement, parameters, isRaw: false });
    return this.alone(statement.isWrite, (connection) => connection.rows(statement, parameters));
  }

  async #collect(request: StreamRequest): Promise<readonly Cells[]> {
    const { cursor, end } = await this.stream(request);
    const found: Cells[] = [];
    try {
      for (;;) {
        const rows = await cursor.next(ROWS_AT_ONCE);
        found.push(...rows);
        if (rows.length < ROWS_AT_ONCE) return found;
        await breathe();
      }
    } finally {
      await end(true);
    }
  }

  row(statement: DriverStatement, parameters: readonly unknown[]): Promise<Cells | undefined> {
    return this.alone(statement.isWrite, (connection) => connection.row(statement, parameters));
  }

  write(statement: DriverStatement, parameters: readonly unknown[]): Promise<WriteResult> {
    return this.alone(true, (connection) => connection.write(statement, parameters));
  }

  named(statement: DriverStatement, parameters: readonly unknown[]): Promise<NamedResult> {
    return this.alone(true, (connection) => connection.named(statement, parameters));
  }

  script(text: string): Promise<void> {
    return this.alone(true, (connection) => connection.script(text));
  }

  alone<Result>(
    isWrite: boolean,
    work: (connection: Connection) => MaybePromise<Result>,
  ): Promise<Result> {
    return this.#watched(this.#startDeadline(), (watch, begin) =>
      this.beneath.alone(isWrite, (connection) => {
        begin();
        const result = work(connection);
        return isPromise(result) ? this.#follow(result, connection, watch) : result;
      }),
    );
  }

  /** The limits are of the whole: what its reader takes between the rows counts, too. */
  async stream(request: StreamRequest): Promise<OpenStream> {
    const deadlineMs = this.#startDeadline();
    const open = await this.#watched(deadlineMs, async (_watch, begin) => {
      const begun = await this.beneath.stream(request);
      try {
        begin();
      } catch (error) {
        await begun.end(true);
        throw error;
      }
      return begun;
    });
    return this.#limitStream(open, new Watch(this.#limits, deadlineMs));
  }

  #limitStream(open: OpenStream, watch: Watch): OpenStream {
    const { connection, cursor, isShared } = open;
    let isReading = false;
    const read = async (rowCount: number): Promise<readonly Cells[]> => {
      if (watch.isOver) throw watch.reason(LEFT);
      const next = (): MaybePromise<readonly Cells[]> => {
        const rows = cursor.next(rowCount);
        return isPromise(rows) ? this.#follow(rows, connection, watch) : rows;
      };
      isReading = true;
      try {
        return await (isShared ? connection.alone(next) : next());
      } finally {
        isReading = false;
      }
    };
    // A reader that doesn't come back holds nothing any longer.
    void watch.over.then(() => (isReading ? undefined : open.end(true)));
    return {
      connection,
      isShared,
      cursor: {
        get names() {
          return cursor.names;
        },
        next: read,
        close: () => cursor.close(),
      },
      end: (isFailed) => {
        watch.end();
        return open.end(isFailed);
      },
    };
  }

  /**
   * Whoever waits for a connection gives up at once; what was begun is answered first.
   *
   * @param run Calls its second argument when it begins, which throws where it is too late for that.
   */
  async #watched<Result>(
    deadlineMs: number | undefined,
    run: (watch: Watch, begin: () => void) => Promise<Result>,
  ): Promise<Result> {
    const watch = new Watch(this.#limits, deadlineMs);
    let isBegun = false;
    const begin = (): void => {
      if (watch.isOver) throw watch.reason(NOTHING_DONE);
      isBegun = true;
    };
    try {
      if (watch.isOver) throw watch.reason(NOTHING_DONE);
      const answer = run(watch, begin);
      const givenUp = watch.over.then(() => {
        if (!isBegun) throw watch.reason(NOTHING_DONE);
        return answer;
      });
      return await Promise.race([answer, givenUp]);
    } finally {
      watch.end();
    }
  }

  #startDeadline(): number | undefined {
    const { timeoutMs } = this.#limits;
    if (timeoutMs === undefined) return undefined;
    return this.#deadlineMs ?? systemClock.monotonicMs() + timeoutMs;
  }

  /** The answer of a statement that was sent. Ends when nothing that follows on the connection can be met any more. */
  async #follow<Result>(
    answer: Promise<Result>,
    connection: Connection,
    watch: Watch,
  ): Promise<Result> {
    let isAnswered = false;
    const note = (): void => {
      isAnswered = true;
    };
    const answered = answer.then(note, note);
    await Promise.race([answered, watch.over]);
    if (!isAnswered && (await atMost(GRACE_MS, endOnServer(connection, answered))) !== true) {
      connection.cut();
      throw watch.reason(UNKNOWN);
    }
    try {
      return await answer;
    } catch (error) {
      if (watch.isOver && this.#dialect.isInterrupted(error)) throw watch.reason(UNDONE);
      throw error;
    }
  }
}

/** @returns true once the statement has ended, and false where the server can't be told to end it. */
async function endOnServer(connection: Connection, answered: Promise<void>): Promise<boolean> {
  let isAnswered = false;
  const noted = answered.then(() => {
    isAnswered = true;
  });
  try {
    while (!isAnswered && connection.isAlive) {
      await connection.cancel();
      await atMost(AGAIN_MS, noted);
    }
    return true;
  } catch {
    return isAnswered;
  }
}
