import { isPromise, type MaybePromise } from "../core/maybe-promise.ts";

/**
 * What runs when it is awaited, and not before. It is a promise to TypeScript, so that it may be returned where one is
 * wanted, and so that a linter tells of one that nobody awaits.
 */
export abstract class Runnable<Result> implements Promise<Result> {
  get [Symbol.toStringTag](): string {
    return this.constructor.name;
  }

  protected abstract answer(): MaybePromise<Result>;

  // oxlint-disable-next-line unicorn/no-thenable -- awaiting it runs it.
  then<Value = Result, Failure = never>(
    onFulfilled?: ((result: Result) => Value | PromiseLike<Value>) | null,
    onRejected?: ((reason: unknown) => Failure | PromiseLike<Failure>) | null,
  ): Promise<Value | Failure> {
    let result: MaybePromise<Result>;
    try {
      result = this.answer();
    } catch (error) {
      return failed(error).then(onFulfilled, onRejected);
    }
    if (isPromise(result)) return result.then(onFulfilled, onRejected);
    // As a promise of it would do, but for looking for a `then` in what is none.
    return typeof onFulfilled === "function"
      ? READY.then(onFulfilled.bind(undefined, result))
      : (Promise.resolve(result) as unknown as Promise<Value>);
  }

  catch<Failure = never>(
    onRejected?: ((reason: unknown) => Failure | PromiseLike<Failure>) | null,
  ): Promise<Result | Failure> {
    return this.then(undefined, onRejected);
  }

  finally(onSettled?: (() => void) | null): Promise<Result> {
    return started(() => this.answer()).finally(onSettled);
  }
}

/**
 * Gives a class that many awaits meet a `then` of its own: the engine looks for it anew with each of them, from prototype to
 * prototype.
 */
export function ownThen({ prototype }: { readonly prototype: object }): void {
  // oxlint-disable-next-line unicorn/no-thenable -- it is the one that it has.
  Object.defineProperty(prototype, "then", {
    value: Runnable.prototype.then,
    writable: true,
    configurable: true,
  });
}

/** A promise of what may be there at once; an error of building comes as a rejection too. */
export function started<Value>(run: () => MaybePromise<Value>): Promise<Value> {
  try {
    const value = run();
    return isPromise(value) ? value : Promise.resolve(value);
  } catch (error) {
    return failed(error);
  }
}

const READY = Promise.resolve();

function failed(error: unknown): Promise<never> {
  return Promise.reject(error).catch(rejectTraced);
}

/**
 * Throws what failed at once, with a stack that leads on to who awaits it: what runs inside of `then` has no caller, so
 * the stack that the error was made with ends in Plinth.
 */
function rejectTraced(error: unknown): never {
  if (error instanceof Error) {
    const { stack } = error;
    Error.captureStackTrace(error, rejectTraced);
    const awaiting =
      error.stack?.split("\n").filter((line) => /^\s+at (?!.*node:)/.test(line)) ?? [];
    error.stack = [stack, ...awaiting].join("\n");
  }
  throw error;
}
