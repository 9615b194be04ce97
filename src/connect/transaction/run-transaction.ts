import { ConflictError, InvalidValueError } from "../../core/error.ts";
import { isPromise } from "../../core/maybe-promise.ts";
import { pauseMs } from "../../core/retry.ts";
import { createStop, unlessStopped, type StopOptions } from "../../core/stop.ts";
import type { BeginOptions } from "../../dialect/dialect.ts";
import { beginTransaction, stopErrors } from "./open-transaction.ts";
import type { Engine } from "../source.ts";
import { enterTransaction, leaveTransaction, type TransactionRunner } from "./transaction.ts";

/**
 * `timeoutMs` and `signal` bound all of it: the wait for a connection, the work, and trying again. What is under way is
 * ended on the server then, and all is rolled back. Once COMMIT is sent they count no more.
 */
export interface TransactionOptions extends BeginOptions, StopOptions {
  /**
   * How often the whole callback is run again, in a new transaction, when another one was in the way: a deadlock, a
   * serialization failure, a lock that didn't come free. Default 5, so six times at most; 0 runs it once.
   */
  readonly retries?: number | undefined;
}

const DEFAULT_RETRIES = 5;

type Work<Result> = (runner: TransactionRunner) => Promise<Result>;

/**
 * Runs `work` in a transaction: committed when it returns, rolled back when it throws, and run again where another
 * transaction was in the way.
 *
 * @throws what `work` throws, after ROLLBACK.
 * @throws {CommitUnknownError} when the connection broke while COMMIT was under way.
 * @throws {CancelledError} when the signal is aborted.
 * @throws {TimeoutError} `E_TIMEOUT` after `timeoutMs`; its stack leads to whoever began the transaction.
 */
export function runTransaction<Result>(
  engine: Engine,
  options: TransactionOptions,
  work: Work<Result>,
): Promise<Result> {
  const isLimited = options.signal !== undefined || options.timeoutMs !== undefined;
  return isLimited ? runLimited(engine, options, work) : runAttempts(engine, options, work);
}

async function runLimited<Result>(
  engine: Engine,
  options: TransactionOptions,
  work: Work<Result>,
): Promise<Result> {
  const stop = createStop(options, stopErrors(options, runTransaction));
  try {
    return await runAttempts(engine, options, work, stop?.signal);
  } finally {
    stop?.end();
  }
}

async function runAttempts<Result>(
  engine: Engine,
  options: TransactionOptions,
  work: Work<Result>,
  signal?: AbortSignal,
): Promise<Result> {
  const { retries = DEFAULT_RETRIES } = options;
  if (!Number.isSafeInteger(retries) || retries < 0) {
    throw new InvalidValueError("retries is not a whole number from 0.");
  }
  const { clock, dialect, isTracked, random } = engine;
  for (let attempt = 1; ; attempt++) {
    signal?.throwIfAborted();
    const begun = beginTransaction(engine, options, attempt, signal);
    const open = isPromise(begun)
      ? await unlessStopped(signal, begun, (late) => void late.rollBack())
      : begun;
    // The callback never runs before `transaction` has returned, whatever the database.
    if (open === begun) await Promise.resolve();
    try {
      if (isTracked) enterTransaction(open.runner);
      const result = await unlessStopped(signal, work(open.runner));
      // A context takes time to make, and COMMIT alone needs none.
      if (isTracked && open.runner.hasMoreToDo) leaveTransaction(open.runner);
      const committed = open.commit(signal);
      if (committed !== undefined) await committed;
      return result;
    } catch (cause) {
      const isLast = attempt > retries;
      await open.rollBack(signal?.aborted, isLast);
      const error = dialect.toDbError(cause);
      if (!open.isConflict(error)) throw error;
      if (isLast) throw givenUp(error, attempt, open.deadlockStatements);
    }
    await unlessStopped(signal, clock.sleep(pauseMs(attempt, random)));
  }
}

function givenUp(error: unknown, attempts: number, statements: readonly string[]): unknown {
  if (!(error instanceof ConflictError)) return error;
  if (attempts === 1 && statements.length === 0) return error;
  const advice =
    attempts === 1
      ? "Run the whole transaction again."
      : `It was run ${attempts} times. Keep it short, write rows in one order everywhere, or raise its retries.`;
  const told =
    statements.length === 0 ? "" : ` The statements of the deadlock: ${statements.join(" | ")}`;
  return new ConflictError(error.code, { hint: advice + told, statements, cause: error });
}
