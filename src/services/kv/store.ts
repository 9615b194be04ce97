/**
 * The contract of a store: values under keys, with expiry, and procedures that nobody interrupts. Time is the store's own:
 * a program's clock may be wrong, and several programs' clocks differ.
 */

import type { DbError } from "../../core/error.ts";
import type { Key, Parts } from "./key.ts";

/** What is kept: a text or bytes. */
export type Datum = string | Uint8Array;

export interface SetOptions {
  /** How long it is kept, in milliseconds, at most 100 years. Default: until it is deleted. */
  readonly ttlMs?: number | undefined;
  /** Writes only where there is nothing yet, or only where there is something. */
  readonly only?: "absent" | "present" | undefined;
}

export interface IncrementOptions {
  /** A whole number, also below 0. Default 1. */
  readonly by?: number | undefined;
  /** How long a counter lives that begins here; later increments leave its end alone. Default: until it is deleted. */
  readonly ttlMs?: number | undefined;
}

/** What the store does with what it was given. */
export interface StorePolicy {
  /** Whether it may drop what hasn't expired, when its memory is full. */
  readonly evicts: boolean;
  /** As the store calls it, such as `allkeys-lru`. */
  readonly name: string;
}

/**
 * A key-value store: in memory, in an SQLite file, or Redis and Valkey.
 *
 * Every method throws `ConnectionError` when the store can't be reached, `TimeoutError` when it doesn't answer in time,
 * and `InvalidValueError` for what it can't keep, before anything is sent.
 */
export interface Store extends AsyncDisposable {
  /** The text under a key; undefined where there is none, or no longer. */
  get(key: Key): Promise<string | undefined>;
  getBytes(key: Key): Promise<Uint8Array | undefined>;
  /** The texts under keys, in their order. Not one moment's on a cluster. */
  getMany(keys: readonly Key[]): Promise<(string | undefined)[]>;
  /** @returns Whether it was written: always, unless `only` kept it from that. */
  set(key: Key, value: Datum, options?: SetOptions): Promise<boolean>;
  /** @returns How many there were. */
  delete(...keys: Key[]): Promise<number>;
  /** The text under a key, which is deleted with it: of many who take at once, one gets it. */
  take(key: Key): Promise<string | undefined>;
  /**
   * Adds to a counter, which begins at 0.
   *
   * @throws {InvalidValueError} when the key holds something else than a whole number.
   */
  increment(key: Key, options?: IncrementOptions): Promise<number>;
  /** @returns Whether there is such a key. */
  expire(key: Key, ttlMs: number | "never"): Promise<boolean>;
  /** How many milliseconds a key has left; Infinity where it doesn't expire, undefined where there is none. */
  ttlMs(key: Key): Promise<number | undefined>;
  /**
   * The keys below a namespace, as parts: `list("session")` gives `["session", "42"]`. Whatever is there all the while
   * comes; what comes or goes meanwhile may, and may come twice.
   */
  list(namespace: Parts): AsyncIterable<string[]>;
  /** Deletes all keys below a namespace. @returns How many there were. */
  clear(namespace: Parts): Promise<number>;
  /**
   * Runs a procedure: as a whole, or not at all, and nothing else meanwhile.
   *
   * @param keys All that it touches. More than one: the first, and companions of it, so that a cluster has them in one place.
   */
  run<Result extends Reply>(
    procedure: Procedure<Result>,
    keys: readonly Key[],
    args?: readonly Argument[],
  ): Promise<Result>;
  /**
   * Hears what procedures publish under a key, from now on. One connection serves all listeners; it is made anew when it
   * breaks, and `gap` tells of it.
   */
  listen(key: Key, listener: Listener): Listening;
  /** What the store does when it is full. */
  policy(): Promise<StorePolicy>;
  /** The same store, whose calls wait at most so long. */
  within(timeoutMs: number): Store;
  /** Ends its connections, also for those that `within` gave. What is under way fails. */
  close(): Promise<void>;
}

/** What hears messages. None of its functions may throw. */
export interface Listener {
  /** In the order in which they were published. */
  message(text: string): void;
  /** Before this messages may have been lost: the connection was made anew. */
  gap(): void;
  /** Nothing more will come: the store was closed, or refuses. */
  end(error: DbError): void;
}

export interface Listening {
  /**
   * From here on nothing that is published is overheard. It waits for as long as the store can't be reached.
   *
   * @throws What `end` is told.
   */
  readonly ready: Promise<void>;
  stop(): void;
}

/** What a procedure is given. A number arrives as its decimal text in Lua. */
export type Argument = Datum | number;

/** What a procedure answers, in the words of Redis. Lua's numbers arrive as integers; `false` as null. */
export type Reply = null | number | Datum | readonly Reply[];

/**
 * A change that must happen as a whole, in two forms that mean the same: Lua for servers, a function for stores in this
 * process. The suite of the stores runs both.
 */
export interface Procedure<Result extends Reply = Reply> {
  /** For messages. */
  readonly name: string;
  /**
   * Has `KEYS`, `ARGV`, and `now`: the server's time in milliseconds, a whole number. Reads before it writes, as what
   * fails halfway isn't undone. Never `math.random`: it is the same in every run, so pass chance as an argument.
   */
  readonly lua: string;
  /** @param args As they were given; a number is a number. */
  readonly local: (space: Keyspace, keys: readonly string[], args: readonly Argument[]) => Result;
  /** The texts of the reply are bytes. Default: texts. */
  readonly isBinary?: boolean;
  /** Only reads: needs no lock. */
  readonly isReadOnly?: boolean;
  /** Frees memory, and so is wanted also when the store is full. */
  readonly frees?: boolean;
}

export interface MemberRange {
  /** Least and greatest score, both within. */
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  /** The greatest first. */
  readonly isReversed?: boolean | undefined;
  /** How many are passed over first. */
  readonly offset?: number | undefined;
  readonly limit?: number | undefined;
}

export type Fields = Readonly<Record<string, Datum>>;

/**
 * What the local form of a procedure works on; each method is a command of Redis. A key holds a datum, fields, or members
 * in the order of their scores; what has no fields or members left isn't there. Keys are the stored ones.
 */
export interface Keyspace {
  /** The store's time in milliseconds, a whole number, the same all through a procedure. It never goes back. */
  readonly nowMs: number;
  /** As text where bytes were kept that are none: with replacement characters. */
  get(key: string): string | undefined;
  getBytes(key: string): Uint8Array | undefined;
  /** `get` of a number in decimal; undefined for what is none. */
  number(key: string): number | undefined;
  /** @param ttlMs Undefined: until it is deleted; what it had before is over. */
  set(key: string, value: Datum | number, ttlMs?: number): void;
  has(key: string): boolean;
  delete(key: string): boolean;
  /** Infinity where it doesn't expire, undefined where there is no such key. */
  ttlMs(key: string): number | undefined;
  /** @param ttlMs At 0 or less it is over at once; undefined: it stays. */
  expire(key: string, ttlMs: number | undefined): boolean;

  field(key: string, name: string): string | undefined;
  /** As they were given: bytes are bytes. Without a prototype. */
  fields(key: string): Fields | undefined;
  /** Sets some and leaves the others; undefined removes one. Expiry stays as it is. */
  setFields(key: string, fields: Readonly<Record<string, Datum | number | undefined>>): void;

  score(key: string, member: string): number | undefined;
  /** @returns Whether it is new. */
  addMember(key: string, member: string, score: number): boolean;
  removeMember(key: string, member: string): boolean;
  /** Removes those with scores up to `max`, and returns how many. */
  removeMembers(key: string, max: number): number;
  countMembers(key: string, range?: Pick<MemberRange, "min" | "max">): number;
  /** Tells those who listen under a key, once the procedure is done. */
  publish(key: string, text: string): void;

  /** In the order of their scores, those of one score in the order of their UTF-8 bytes. */
  members(key: string, range?: MemberRange): (readonly [member: string, score: number])[];
  /** From one text up to another, which is left out, in the order of their UTF-8 bytes. For members that have one score. */
  membersBetween(key: string, from: string, to: string, limit: number): string[];
}
