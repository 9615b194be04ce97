/** What the services will bring. Types only: nothing here runs. */
import type { AnyTable, KeyOf, RowOf } from "plinth";
import type { Database, Executor } from "./client.ts";

type Pending<Value> = Promise<Value> | Value;

/** Keys and values beside the database: in memory, in a file of SQLite's, or in Redis and its kin. */
export interface Store {
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string, options?: { readonly ttlMs?: number }): Promise<void>;
  delete(key: string): Promise<boolean>;
  increment(
    key: string,
    options?: { readonly by?: number; readonly ttlMs?: number },
  ): Promise<number>;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export declare function openStore(url?: string): Promise<Store>;

export interface Cache<Value> {
  get(key: string): Promise<Value | undefined>;
  set(
    key: string,
    value: Value,
    options?: { readonly ttlMs?: number; readonly tags?: readonly string[] },
  ): Promise<void>;
  delete(key: string): Promise<boolean>;
  deleteTag(tag: string): Promise<void>;
  /** The value, or what `load` gives, which many that ask at once wait for together. */
  getOrLoad<Loaded>(
    key: string,
    load: () => Promise<unknown extends Value ? Loaded : Value>,
    options?: { readonly ttlMs?: number; readonly tags?: readonly string[] },
  ): Promise<unknown extends Value ? Loaded : Value>;
}

/** @typeParam Value What all its entries are; leave it out for a cache of whatever comes. */
export declare function createCache<Value = unknown>(
  store: Store,
  options: { readonly namespace: string; readonly ttlMs: number },
): Cache<Value>;

export interface LimitOutcome {
  readonly isAllowed: boolean;
  readonly remaining: number;
  readonly retryAfterMs: number;
  /** `RateLimit-*` and `Retry-After`, for a response. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface Limiter {
  take(key: string, cost?: number): Promise<LimitOutcome>;
  reset(key: string): Promise<void>;
}

export declare function createLimiter(
  store: Store,
  options: {
    readonly category: string;
    readonly max: number;
    readonly windowMs: number;
    readonly blockMs?: number;
    /** What happens when the store can't be reached. Default `"allow"`. */
    readonly onFailure?: "allow" | "refuse";
  },
): Limiter;

export interface OneTime<Value> {
  /** Keeps the value under a token that can't be guessed. */
  issue(value: Value): Promise<string>;
  /** The value, once. */
  consume(token: string): Promise<Value | undefined>;
}

export declare function createOneTime<Value = unknown>(
  store: Store,
  options: { readonly namespace: string; readonly ttlMs: number },
): OneTime<Value>;

export interface Session<Data> {
  readonly id: string;
  readonly userId: string;
  readonly data: Data;
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
}

export interface Sessions<Data> {
  create(
    userId: string,
    data: Data,
  ): Promise<{ readonly token: string; readonly session: Session<Data> }>;
  /** The session of a token that is valid; it counts as seen. */
  touch(token: string): Promise<Session<Data> | undefined>;
  /** A new token for an old one. An old one that comes again ends the session. */
  rotate(
    token: string,
  ): Promise<{ readonly token: string; readonly session: Session<Data> } | undefined>;
  list(userId: string): Promise<Session<Data>[]>;
  revoke(id: string): Promise<boolean>;
  revokeAll(userId: string): Promise<number>;
}

export declare function createSessions<Data = {}>(
  store: Store,
  options?: { readonly idleMs?: number; readonly maxAgeMs?: number },
): Sessions<Data>;

export interface Subscription {
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface PubSub<Channels> {
  publish<Channel extends keyof Channels & string>(
    channel: Channel,
    message: Channels[Channel],
  ): Promise<void>;
  subscribe<Channel extends keyof Channels & string>(
    channel: Channel,
    receive: (message: Channels[Channel]) => Pending<void>,
  ): Promise<Subscription>;
}

/** @typeParam Channels What is sent on which channel: ``{ global: Notice; [channel: `channel:${string}`]: Message }``. */
export declare function createPubSub<Channels = Record<string, unknown>>(
  store: Store,
): PubSub<Channels>;

export interface Queue<Jobs> {
  add<Name extends keyof Jobs & string>(
    name: Name,
    payload: Jobs[Name],
    options?: { readonly delayMs?: number; readonly uniqueKey?: string },
  ): Promise<{ readonly id: string }>;
  work<Name extends keyof Jobs & string>(
    name: Name,
    run: (payload: Jobs[Name], signal: AbortSignal) => Promise<void>,
    options?: { readonly concurrency?: number; readonly attempts?: number },
  ): Subscription;
}

/** @typeParam Jobs What each kind of job is given. */
export declare function createQueue<Jobs = Record<string, unknown>>(store: Store): Queue<Jobs>;

/** A queue in the database, in which a job is added with the rows of a transaction. */
export interface DatabaseQueue<Jobs> extends Queue<Jobs> {
  within(tx: Executor): Pick<Queue<Jobs>, "add">;
}

export declare function createDatabaseQueue<Jobs = Record<string, unknown>>(
  db: Database,
): DatabaseQueue<Jobs>;

export interface RowCache {
  find<T extends AnyTable>(table: T, key: KeyOf<T>): Promise<RowOf<T> | undefined>;
}

/** Rows by their keys, kept in the cache and dropped from it after the commit of what changes them. */
export declare function createRowCache(db: Database, cache: Cache<unknown>): RowCache;

export interface StoredFile {
  readonly id: string;
  readonly name: string;
  readonly mediaType: string;
  readonly byteCount: number;
}

export interface FileStore {
  put(
    content: AsyncIterable<Uint8Array> | Uint8Array,
    file: { readonly name: string; readonly mediaType?: string },
  ): Promise<StoredFile>;
  find(id: string): Promise<StoredFile | undefined>;
  read(id: string): AsyncIterable<Uint8Array>;
  delete(id: string): Promise<boolean>;
}

export declare function createFileStore(
  db: Database,
  options: { readonly root: string; readonly quotaBytes?: number },
): FileStore;
