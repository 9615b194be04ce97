/** A store in this process: every call is a piece of plain code that nobody interrupts. */

import { InvalidValueError } from "../../core/error.ts";
import { isPromise, type MaybePromise } from "../../core/maybe-promise.ts";
import { checkDatum, checkStep, checkTimeout, checkTtl, notANumberError } from "./check.ts";
import {
  decodeKey,
  encodeKey,
  encodeStart,
  keysBelow,
  type Key,
  type Parts,
  type StoredKey,
} from "./key.ts";
import type {
  Argument,
  Datum,
  IncrementOptions,
  Keyspace,
  Listener,
  Listening,
  Procedure,
  Reply,
  SetOptions,
  Store,
  StorePolicy,
} from "./store.ts";

/** What a piece of work does: reads one thing, reads several as of one moment, writes, or makes room. */
export type Access = "look" | "read" | "write" | "free";

/** Where the data is. */
export interface Engine {
  /** @param timeoutMs How long it may wait for others. Default: as the store was opened. */
  work<Result>(
    access: Access,
    work: (space: Keyspace) => Result,
    timeoutMs: number | undefined,
  ): MaybePromise<Result>;
  /** Where nobody has to be waited for: what `work` is made of. */
  readonly steps?: EngineSteps;
  /** The stored keys that begin so, some at a time. */
  keys(start: string): AsyncIterable<readonly string[]>;
  listen(name: string, listener: Listener): Listening;
  readonly policy: StorePolicy;
  close(): Promise<void>;
}

/** A piece of work by hand, of plain code in between. */
export interface EngineSteps {
  begin(access: Access): Keyspace;
  /** Once it is done. */
  end(): void;
}

const COUNT = /^-?(?:0|[1-9]\d{0,18})$/;

function increment(space: Keyspace, key: string, by: number, ttlMs: number | undefined): number {
  const text = space.get(key);
  if (text !== undefined && !COUNT.test(text)) throw notANumberError();
  const count = Number(text ?? 0) + by;
  if (!Number.isSafeInteger(count)) {
    throw new InvalidValueError("The counter would leave the numbers that are exact.", {
      code: "E_OUT_OF_RANGE",
    });
  }
  const leftMs = space.ttlMs(key) ?? Infinity;
  space.set(key, count, leftMs === Infinity ? ttlMs : leftMs);
  return count;
}

/** What is of another kind is no text: as MGET of Redis has it. */
function textOf(space: Keyspace, key: string): string | undefined {
  try {
    return space.get(key);
  } catch (error) {
    if (error instanceof InvalidValueError) return undefined;
    throw error;
  }
}

/** What is there or thrown at once as a promise, without a further one around a promise that comes. */
function promised<Result>(begin: () => MaybePromise<Result>): Promise<Result> {
  try {
    const result = begin();
    return isPromise(result) ? result : Promise.resolve(result);
  } catch (error) {
    // oxlint-disable-next-line typescript/prefer-promise-reject-errors
    return Promise.reject(error);
  }
}

function accessOf({ isReadOnly, frees }: Procedure): Access {
  return isReadOnly === true ? "read" : frees === true ? "free" : "write";
}

/** Of a store in this process's memory. */
export interface Immediate {
  /** What gives the stored keys below a namespace; `partOf` gives the last part of one. */
  keysBelow(namespace: Parts, partOf: (subject: string) => string): (subject: string) => StoredKey;
  /** What runs a procedure. It throws what the store would reject with. */
  runs<Result extends Reply>(
    procedure: Procedure<Result>,
  ): (keys: StoredKey, args: readonly Argument[]) => Result;
}

export class LocalStore implements Store {
  readonly #engine: Engine;
  readonly #prefix: string;
  readonly #timeoutMs: number | undefined;

  /** @param prefix As `encodePrefix` gives it. */
  constructor(engine: Engine, prefix: string, timeoutMs?: number) {
    this.#engine = engine;
    this.#prefix = prefix;
    this.#timeoutMs = timeoutMs;
  }

  /** What runs procedures on a store at once, without a promise; undefined where somebody has to be waited for. */
  static immediate(store: Store): Immediate | undefined {
    // Also what looks like one, as a proxy, is somebody else's.
    const steps = #engine in store ? store.#engine.steps : undefined;
    if (steps === undefined) return undefined;
    const prefix = (store as LocalStore).#prefix;
    return {
      keysBelow: (namespace, partOf) => keysBelow(encodeStart(prefix, namespace), partOf),
      runs(procedure) {
        const access = accessOf(procedure);
        return (keys, args) => {
          const space = steps.begin(access);
          const result = procedure.local(space, keys, args);
          steps.end();
          return result;
        };
      },
    };
  }

  #work<Result>(access: Access, work: (space: Keyspace) => Result): MaybePromise<Result> {
    return this.#engine.work(access, work, this.#timeoutMs);
  }

  get(key: Key): Promise<string | undefined> {
    return promised(() => {
      const stored = encodeKey(this.#prefix, key);
      return this.#work("look", (space) => space.get(stored));
    });
  }

  getBytes(key: Key): Promise<Uint8Array | undefined> {
    return promised(() => {
      const stored = encodeKey(this.#prefix, key);
      return this.#work("look", (space) => space.getBytes(stored));
    });
  }

  getMany(keys: readonly Key[]): Promise<(string | undefined)[]> {
    return promised(() => {
      const stored = keys.map((key) => encodeKey(this.#prefix, key));
      return this.#work("read", (space) => stored.map((key) => textOf(space, key)));
    });
  }

  set(key: Key, value: Datum, { ttlMs, only }: SetOptions = {}): Promise<boolean> {
    return promised(() => {
      const stored = encodeKey(this.#prefix, key);
      const datum = checkDatum(value);
      const ttl = ttlMs === undefined ? undefined : checkTtl(ttlMs);
      return this.#work("write", (space) => {
        if (only !== undefined && space.has(stored) !== (only === "present")) return false;
        space.set(stored, datum, ttl);
        return true;
      });
    });
  }

  delete(...keys: Key[]): Promise<number> {
    return promised(() => {
      const stored = keys.map((key) => encodeKey(this.#prefix, key));
      return this.#work("free", (space) => stored.filter((key) => space.delete(key)).length);
    });
  }

  take(key: Key): Promise<string | undefined> {
    return promised(() => {
      const stored = encodeKey(this.#prefix, key);
      return this.#work("free", (space) => {
        const text = space.get(stored);
        if (text !== undefined) space.delete(stored);
        return text;
      });
    });
  }

  increment(key: Key, { by = 1, ttlMs }: IncrementOptions = {}): Promise<number> {
    return promised(() => {
      const stored = encodeKey(this.#prefix, key);
      const step = checkStep(by);
      const ttl = ttlMs === undefined ? undefined : checkTtl(ttlMs);
      return this.#work("write", (space) => increment(space, stored, step, ttl));
    });
  }

  expire(key: Key, ttlMs: number | "never"): Promise<boolean> {
    return promised(() => {
      const stored = encodeKey(this.#prefix, key);
      const ttl = ttlMs === "never" ? undefined : checkTtl(ttlMs);
      return this.#work("free", (space) => space.expire(stored, ttl));
    });
  }

  ttlMs(key: Key): Promise<number | undefined> {
    return promised(() => {
      const stored = encodeKey(this.#prefix, key);
      return this.#work("look", (space) => space.ttlMs(stored));
    });
  }

  async *list(namespace: Parts): AsyncGenerator<string[]> {
    for await (const batch of this.#engine.keys(encodeStart(this.#prefix, namespace))) {
      for (const stored of batch) yield decodeKey(this.#prefix, stored);
    }
  }

  async clear(namespace: Parts): Promise<number> {
    let count = 0;
    for await (const batch of this.#engine.keys(encodeStart(this.#prefix, namespace))) {
      count += await this.#work("free", (space) => batch.filter((key) => space.delete(key)).length);
    }
    return count;
  }

  run<Result extends Reply>(
    procedure: Procedure<Result>,
    keys: readonly Key[],
    args: readonly Argument[] = [],
  ): Promise<Result> {
    return promised(() => {
      const stored = keys.map((key) => encodeKey(this.#prefix, key));
      return this.#work(accessOf(procedure), (space) => procedure.local(space, stored, args));
    });
  }

  listen(key: Key, listener: Listener): Listening {
    return this.#engine.listen(encodeKey(this.#prefix, key), listener);
  }

  async policy(): Promise<StorePolicy> {
    return this.#engine.policy;
  }

  within(timeoutMs: number): Store {
    return new LocalStore(this.#engine, this.#prefix, checkTimeout(timeoutMs));
  }

  close(): Promise<void> {
    return this.#engine.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
