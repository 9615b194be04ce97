import { framesAbove } from "../../core/caller.ts";
import { systemClock } from "../../core/clock.ts";
import {
  AfterCommitError,
  CancelledError,
  CommitUnknownError,
  ConflictError,
  ConnectionError,
  DbError,
  InvalidValueError,
  TimeoutError,
  TransactionClosedError,
} from "../../core/error.ts";
import { isPromise, type MaybePromise } from "../../core/maybe-promise.ts";
import { unlessStopped, withinMs, type StopOptions } from "../../core/stop.ts";
import { ISOLATION_LEVELS, type BeginOptions, type QueryDialect } from "../../dialect/dialect.ts";
import type { Connection } from "../../dialect/driver.ts";
import type { Engine, Lease } from "../source.ts";
import {
  openAround,
  TransactionRunner,
  type Follower,
  type TransactionFacts,
} from "./transaction.ts";

/** How long the server may take to tell of a deadlock. */
const DEADLOCK_REPORT_MS = 1_000;
/** How long a stopped transaction may take to end what is under way and to roll back. Then its connection is closed. */
const ROLLBACK_GRACE_MS = 1_000;
/** A request to end a statement may overtake the statement, and is repeated then. */
const CANCEL_AGAIN_MS = 200;
/** How long a COMMIT may take that is under way when the time is over. Then its outcome is unknown. */
const COMMIT_GRACE_MS = 5_000;

/** One transaction, from BEGIN to its end, on a connection of its own. */
export class OpenTransaction {
  readonly runner: TransactionRunner;
  readonly #lease: Lease;
  readonly #dialect: QueryDialect;
  /** Whether COMMIT or ROLLBACK is under way, or done. */
  #isEnding = false;
  #undone: Promise<void> | undefined;
  /** The error by which another transaction that was in the way told so. */
  #conflict: unknown;
  /** Of a deadlock that is not tried again, where the server tells them. */
  deadlockStatements: readonly string[] = [];

  constructor(lease: Lease, dialect: QueryDialect, facts: TransactionFacts) {
    this.#lease = lease;
    this.#dialect = dialect;
    this.runner = new TransactionRunner(lease, facts);
  }

  get isEnding(): boolean {
    return this.#isEnding;
  }

  /** Whether the error is that of another transaction in the way, so that all may succeed when it is run again. */
  isConflict(error: unknown): boolean {
    if (this.#conflict === undefined || !(error instanceof DbError)) return false;
    return error.code === (this.#dialect.toDbError(this.#conflict) as DbError).code;
  }

  /**
   * Waits for nested transactions, commits, gives the connection back, and does what was to follow the commit.
   *
   * @param signal Stops it until COMMIT is sent.
   * @returns undefined where all is done, as a promise costs as much as a small statement of SQLite.
   * @throws why it isn't committed; it is rolled back then.
   * @throws {CommitUnknownError} when the connection broke while COMMIT was under way.
   * @throws {AfterCommitError} when it is committed, and what was to follow failed.
   */
  commit(signal?: AbortSignal): Promise<void> | undefined {
    if (this.#isEnding) throw new TransactionClosedError();
    const settling = this.#settle();
    return settling === undefined ? this.#commit(signal) : this.#commitSettled(settling, signal);
  }

  async #commitSettled(settling: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
    try {
      await unlessStopped(signal, settling);
    } catch (error) {
      await this.rollBack(signal?.aborted);
      throw this.#dialect.toDbError(error);
    }
    // Somebody rolled back meanwhile.
    if (this.#isEnding) throw new TransactionClosedError();
    await this.#commit(signal);
  }

  /** Undefined where it is done at once, as in a database of this process. */
  #commit(signal: AbortSignal | undefined): Promise<void> | undefined {
    this.#isEnding = true;
    this.runner.close();
    try {
      const committed = this.#lease.connection.script("commit");
      if (isPromise(committed)) {
        const outcome = signal === undefined ? committed : answered(signal, committed);
        return outcome.then(
          () => this.#committed(),
          (cause: unknown) => this.#notCommitted(cause),
        );
      }
    } catch (cause) {
      return this.#notCommitted(cause);
    }
    return this.#committed();
  }

  #committed(): Promise<void> | undefined {
    this.#lease.release(false);
    const { followers, settlers } = this.runner;
    return followers === undefined && settlers === undefined ? undefined : this.#follow();
  }

  async #follow(): Promise<void> {
    await this.#tellSettled(true);
    const { followers } = this.runner;
    if (followers !== undefined) await doAll(followers);
  }

  async #notCommitted(cause: unknown): Promise<never> {
    const error = this.#dialect.toDbError(cause);
    if (!(error instanceof DbError) || !this.#dialect.isConnectionLost(error)) {
      await this.#undo(false);
      throw error;
    }
    this.#lease.release(true);
    // It was lost before anything was sent, so that nothing is committed for certain.
    if (error instanceof ConnectionError && !error.mayHaveRun) throw error;
    await this.#tellSettled(false);
    throw new CommitUnknownError({ cause: error });
  }

  /**
   * Never throws; does nothing after the end.
   *
   * @param isStopped Whether statements may be under way that nobody waits for any more: they are ended on the server.
   * @param isLast Whether a conflict is told to the caller, who wants to know more of it.
   */
  async rollBack(isStopped = false, isLast = false): Promise<void> {
    if (!this.#isEnding) {
      this.#isEnding = true;
      this.#undone = this.#undo(isStopped, isLast);
    }
    await this.#undone;
  }

  async #undo(isStopped: boolean, isLast = false): Promise<void> {
    this.runner.close();
    const { connection } = this.#lease;
    const { doom } = connection;
    if (doom !== undefined && this.#dialect.isConflict(doom)) this.#conflict = doom;
    let isBroken = !connection.isAlive;
    try {
      if (!isBroken) {
        await (isStopped
          ? withinMs(ROLLBACK_GRACE_MS, cancelled(connection), silent)
          : connection.script("rollback"));
        if (isLast && !isStopped) await this.#askAboutDeadlock(connection);
      }
    } catch {
      // Closing the connection rolls back too, and the first error is the one to tell.
      isBroken = true;
    }
    this.#lease.release(isBroken);
  }

  async #askAboutDeadlock(connection: Connection): Promise<void> {
    if (connection.deadlockStatements === undefined || this.#conflict === undefined) return;
    const known = this.#dialect.toDbError(this.#conflict);
    if (!(known instanceof ConflictError) || known.code !== "E_DEADLOCK") return;
    const told = Promise.resolve(connection.deadlockStatements());
    this.deadlockStatements = await withinMs(DEADLOCK_REPORT_MS, told, silent);
  }

  async #tellSettled(isCommitted: boolean): Promise<void> {
    for (const settle of this.runner.settlers ?? []) await settle(isCommitted);
  }

  /** Undefined where there is nothing to wait for. */
  #settle(): Promise<void> | undefined {
    const { runner } = this;
    const { begun } = runner;
    if (isPromise(begun)) return begun.then(() => this.#settleWork());
    return runner.hasNested || runner.hasGathered ? this.#settleWork() : undefined;
  }

  #settleWork(): Promise<void> {
    const { runner } = this;
    const settled = runner.settle();
    // What is nested may leave something, too.
    return runner.hasNested || runner.hasGathered
      ? settled.then(() => runner.endGathering())
      : settled;
  }
}

/** In their order, and each of them, whether or not others fail. */
async function doAll(followers: readonly Follower[]): Promise<void> {
  const errors: unknown[] = [];
  for (const follower of followers) {
    try {
      await follower();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw new AfterCommitError(errors);
}

async function cancelled(connection: Connection): Promise<void> {
  await connection.cancel();
  const rolledBack = Promise.resolve(connection.script("rollback"));
  let isAnswered = false;
  const noted = rolledBack.then(
    () => (isAnswered = true),
    () => (isAnswered = true),
  );
  for (;;) {
    await Promise.race([noted, systemClock.sleep(CANCEL_AGAIN_MS)]);
    if (isAnswered || !connection.isAlive) return rolledBack;
    await connection.cancel();
  }
}

function silent(): ConnectionError {
  return new ConnectionError("E_CONNECTION_LOST", "The server did not answer in time.");
}

/** Once COMMIT is sent nothing takes it back; but a server that stays silent isn't waited for beyond the deadline for long. */
async function answered(signal: AbortSignal, committed: Promise<void>): Promise<void> {
  try {
    await unlessStopped(signal, committed);
  } catch (error) {
    if (error !== signal.reason) throw error;
    await withinMs(COMMIT_GRACE_MS, committed, silent);
  }
}

/**
 * The errors of a transaction that is stopped. After its time only who began it can be told: what it waits for has no
 * stack that leads there.
 *
 * @param begun The function whose caller began it.
 */
export function stopErrors(
  { signal, timeoutMs }: StopOptions,
  begun: (...parameters: never[]) => unknown,
): (timeoutMs?: number) => DbError {
  const frames = timeoutMs === undefined ? "" : framesAbove(begun);
  return (allowedMs) => {
    if (allowedMs === undefined) {
      const message = "The transaction was cancelled by its signal, and was rolled back.";
      return new CancelledError(message, { cause: signal?.reason });
    }
    const error = new TimeoutError(
      "E_TIMEOUT",
      `The transaction was not done within ${allowedMs} ms, and was rolled back.`,
      { hint: "Its stack tells who began it. Keep it short, or raise its timeoutMs." },
    );
    error.stack = `${error.name}: ${error.message}\n${frames}`;
    return error;
  };
}

/**
 * @param attempt Counted from 1.
 * @param signal Ends the wait for a connection.
 * @throws {InvalidValueError} for an isolation that there isn't.
 */
export function beginTransaction(
  { dialect, source }: Engine,
  options: BeginOptions,
  attempt: number,
  signal?: AbortSignal,
): MaybePromise<OpenTransaction> {
  const { isolation } = options;
  if (isolation !== undefined && !ISOLATION_LEVELS.includes(isolation)) {
    throw new InvalidValueError("The isolation of a transaction is none that there is.", {
      hint: `Known are ${ISOLATION_LEVELS.join(", ")}.`,
    });
  }
  const facts = { attempt, options, source, around: openAround(), dialect };
  try {
    const lease = source.begin(dialect.begin(options), options.readOnly === true, signal);
    return isPromise(lease)
      ? leased(lease, dialect, facts)
      : new OpenTransaction(lease, dialect, facts);
  } catch (error) {
    throw dialect.toDbError(error);
  }
}

function leased(
  lease: Promise<Lease>,
  dialect: QueryDialect,
  facts: TransactionFacts,
): Promise<OpenTransaction> {
  return lease.then(
    (given) => new OpenTransaction(given, dialect, facts),
    (error: unknown) => {
      throw dialect.toDbError(error);
    },
  );
}
