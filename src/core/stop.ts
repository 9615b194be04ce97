/**
 * Ending work before it is done, because its time is over or somebody says so. A time is over when what came in it has had
 * its turn: of a process that stood still, timers come before the answers that are there already.
 */

import { InvalidValueError, type DbError } from "./error.ts";

export interface StopOptions {
  /** How long all of it may take, in milliseconds. Default: as long as it takes. */
  readonly timeoutMs?: number | undefined;
  /** Ends it when it is aborted. */
  readonly signal?: AbortSignal | undefined;
}

/** One signal for a deadline and a caller's signal. */
export interface Stop {
  readonly signal: AbortSignal;
  /** Lets go of the timer and of the caller's signal. */
  end(): void;
}

/** setTimeout takes no longer time. */
export const LONGEST_MS: number = 2 ** 31 - 1;

/** @returns How long what runs may take to end: a timer that is told more ends at once. */
export function checkStopMs(timeoutMs: number): number {
  if (timeoutMs >= 0) return Math.min(timeoutMs, LONGEST_MS);
  throw new InvalidValueError("timeoutMs is not a number of milliseconds from 0.", {
    hint: "Pass Infinity to wait for as long as it takes.",
  });
}

function isDuration(value: unknown): boolean {
  return typeof value === "number" && value > 0 && value <= LONGEST_MS;
}

/**
 * Undefined where nothing limits the work, so that it costs nothing then.
 *
 * @param toError What is thrown when the time is over, or where none is given, when the signal is aborted.
 */
export function createStop(
  { timeoutMs, signal }: StopOptions,
  toError: (timeoutMs?: number) => DbError,
): Stop | undefined {
  if (timeoutMs === undefined && signal === undefined) return undefined;
  if (timeoutMs !== undefined && !isDuration(timeoutMs)) {
    throw new InvalidValueError("timeoutMs is not a number of milliseconds above 0.", {
      hint: "Leave it out where there is no limit.",
    });
  }
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new InvalidValueError("The signal is no AbortSignal.", {
      hint: "Pass the signal of an AbortController.",
    });
  }
  const controller = new AbortController();
  const abort = (): void => controller.abort(toError());
  if (signal?.aborted === true) abort();
  signal?.addEventListener("abort", abort, { once: true });
  let turn: NodeJS.Immediate | undefined;
  const over = (): void => controller.abort(toError(timeoutMs));
  const timer =
    timeoutMs === undefined
      ? undefined
      : setTimeout(() => {
          turn = setImmediate(over);
        }, timeoutMs);
  return {
    signal: controller.signal,
    end: () => {
      clearTimeout(timer);
      clearImmediate(turn);
      signal?.removeEventListener("abort", abort);
    },
  };
}

/**
 * What the work gives, unless the signal comes first: then its reason is thrown, and the work goes on unobserved.
 *
 * @param discard Gets what comes too late.
 */
export function unlessStopped<Result>(
  signal: AbortSignal | undefined,
  work: Promise<Result>,
  discard?: (late: Result) => void,
): Promise<Result> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    // oxlint-disable-next-line typescript/prefer-promise-reject-errors
    const stop = (): void => reject(signal.reason);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
    work.then(
      (result) => {
        signal.removeEventListener("abort", stop);
        if (signal.aborted) discard?.(result);
        resolve(result);
      },
      (error: unknown) => {
        signal.removeEventListener("abort", stop);
        // oxlint-disable-next-line typescript/prefer-promise-reject-errors
        reject(error);
      },
    );
  });
}

/** What the work gives, or what `late` does when it isn't done in time; it then goes on unobserved. */
async function unlessLate<Result, Late>(
  timeoutMs: number,
  work: Promise<Result>,
  late: () => Late,
  keepsAlive = true,
): Promise<Result | Late> {
  let timer: NodeJS.Timeout | undefined;
  const timeIsUp = new Promise<void>((resolve) => {
    timer = setTimeout(() => setImmediate(resolve), Math.min(timeoutMs, LONGEST_MS));
    if (!keepsAlive) timer.unref();
  });
  try {
    return await Promise.race([work, timeIsUp.then(late)]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * @param toError What is thrown when the work isn't done in time.
 * @param keepsAlive Whether a process that has nothing else to do waits for that.
 */
export function withinMs<Result>(
  timeoutMs: number,
  work: Promise<Result>,
  toError: () => Error,
  keepsAlive = true,
): Promise<Result> {
  const late = (): never => {
    throw toError();
  };
  return unlessLate(timeoutMs, work, late, keepsAlive);
}

/** What the work gives, or undefined when it isn't done in time. */
export function atMost<Result>(
  timeoutMs: number,
  work: Promise<Result>,
): Promise<Result | undefined> {
  return unlessLate(timeoutMs, work, () => undefined);
}
