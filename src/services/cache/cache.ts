/** What was loaded once, kept for a while: never older than what somebody made void. */

import { systemClock, type Clock } from "../../core/clock.ts";
import { InvalidValueError } from "../../core/error.ts";
import { checkDuration } from "../kv/check.ts";
import { encodeKey, partsOfNamespace, type Parts } from "../kv/key.ts";
import type { Store } from "../kv/store.ts";
import { decodeValue, encodeValue } from "./body.ts";
import { jsonCodec, type AnyCodec } from "./codec.ts";
import type { CacheStats } from "./metrics.ts";
import { Loader, type Job } from "./loader.ts";
import { Metrics } from "./metrics.ts";
import { Shelf, type Key } from "./shelf.ts";

export interface CacheOptions<Value = unknown> {
  /** What the keys begin with, such as `"app:cache"`. Nothing else may stand below it. */
  readonly namespace: string;
  /** How long a value is kept, in milliseconds. */
  readonly ttlMs: number;
  /** By which part of its time, at most, a value ends earlier: so that those of one moment don't end in one. Default 0.1. */
  readonly jitter?: number;
  /** How long it is kept that there is nothing, which a loader says by `undefined`. 0: not at all. Default 10 s, at most `ttlMs`. */
  readonly negativeTtlMs?: number;
  /** For how long after its time a value is given out, while one reader loads it anew in the background. Default 0. */
  readonly staleMs?: number;
  /**
   * For how long other processes wait for the one that loads; one that takes longer isn't waited for. 0: each process loads
   * for itself. Default 2 s.
   */
  readonly leaseMs?: number;
  /** How long one step of a read may wait for the store, before the loader is asked: there are two. Default 40 ms. */
  readonly timeoutMs?: number;
  /** How values are kept. Default: JSON, with dates, bigints and bytes as they were. */
  readonly codec?: AnyCodec<Value>;
}

export interface CacheEntryOptions {
  /** Default: the cache's. */
  readonly ttlMs?: number;
  /** The value stands and falls with them: `invalidateTags` makes void all that have one. */
  readonly tags?: readonly string[];
  /** What it stands and falls with, too, where there is nothing: what may bring it. */
  readonly tagsOfNothing?: readonly string[];
}

/** One of several values that are asked for together. */
export interface CacheEntry extends CacheEntryOptions {
  readonly key: Parts;
}

export interface Cache<Value = unknown> {
  readonly namespace: string;
  /** The value; undefined where there is none, and where the store is away. Everybody gets an object of their own. */
  get(key: Parts): Promise<Value | undefined>;
  /**
   * The value, or what the loader gives, which is kept: once, however many ask for it at once, here and in other processes.
   * Where the store is away the loader answers, after twice `timeoutMs` at the latest, and its own time.
   *
   * @param load Reads from the database, outside of any transaction and not from a replica. `undefined`: there is nothing.
   * @throws What the loader throws, which isn't kept.
   * @throws {InvalidValueError} when the codec can't keep what it gives.
   */
  getOrLoad<Loaded extends Value | undefined>(
    key: Parts,
    load: () => Loaded | Promise<Loaded>,
    options?: CacheEntryOptions,
  ): Promise<Loaded>;
  /**
   * The values of several keys, in their order. Those that aren't there are loaded together, by one call: also those that
   * somebody else is loading.
   *
   * @param load Is given the numbers of those that it is to load, from 0, and gives as many in the same order.
   * @throws As `getOrLoad`; `InvalidValueError` also for another number of values than was asked for.
   * @example
   * const users = await cache.getOrLoadMany(
   *   ids.map((id) => ({ key: ["user", id] })),
   *   (missing) => loadUsers(missing.map((index) => ids[index])),
   * );
   */
  getOrLoadMany<Loaded extends Value | undefined>(
    entries: readonly CacheEntry[],
    load: (missing: readonly number[]) => Promise<readonly Loaded[]> | readonly Loaded[],
  ): Promise<Loaded[]>;
  /**
   * Keeps a value that the program knows to be the newest. After a change to the database `delete` is safer: of two who
   * write at once the later may `set` the older.
   *
   * @throws {ConnectionError | TimeoutError} when the store is away, and so keeps what it had.
   */
  set(key: Parts, value: Value | undefined, options?: CacheEntryOptions): Promise<void>;
  /**
   * Makes values void, and what is being loaded for them: to be called after the commit of what changed.
   *
   * @throws {ConnectionError | TimeoutError} when the store is away, and so keeps what it had.
   */
  delete(...keys: Parts[]): Promise<void>;
  /** As `delete`, for all values that have one of the tags, in one step. */
  invalidateTags(...tags: string[]): Promise<void>;
  /** Deletes all of the namespace, by walking through it. @returns How many entries there were. */
  clear(): Promise<number>;
  /** Counts of this cache in this process, since it was made. */
  stats(): CacheStats;
}

const NEGATIVE_TTL_MS = 10_000;

function checkPart(part: number): number {
  if (part >= 0 && part < 1) return part;
  throw new InvalidValueError("jitter is not a number from 0 to below 1.");
}

function checkOptional(name: string, ms: number): number {
  return ms === 0 ? 0 : checkDuration(name, ms);
}

function checkTags(tags: readonly string[]): readonly string[] {
  if (tags.every((tag) => typeof tag === "string" && tag !== "")) return [...new Set(tags)];
  throw new InvalidValueError("A tag is a text that isn't empty.");
}

const NO_TAGS: readonly string[] = [];

function tagsOf({ tags = NO_TAGS, tagsOfNothing = NO_TAGS }: CacheEntryOptions): readonly string[] {
  return tagsOfNothing.length === 0 ? tags : [...tags, ...tagsOfNothing];
}

class StoreCache<Value> implements Cache<Value> {
  readonly namespace: string;
  readonly #namespace: readonly string[];
  readonly #codec: AnyCodec;
  readonly #ttlMs: number;
  readonly #negativeTtlMs: number;
  readonly #jitter: number;
  readonly #metrics: Metrics;
  readonly #shelf: Shelf;
  readonly #loader: Loader;

  constructor(store: Store, options: CacheOptions<Value>, clock: Clock) {
    const {
      namespace,
      ttlMs,
      jitter = 0.1,
      staleMs = 0,
      leaseMs = 2_000,
      timeoutMs = 40,
    } = options;
    this.namespace = namespace;
    this.#namespace = partsOfNamespace(namespace);
    // The values are those of this cache's type; the shelf doesn't care.
    this.#codec = (options.codec ?? jsonCodec) as AnyCodec;
    this.#ttlMs = checkDuration("ttlMs", ttlMs);
    this.#negativeTtlMs = checkOptional(
      "negativeTtlMs",
      options.negativeTtlMs ?? Math.min(NEGATIVE_TTL_MS, ttlMs),
    );
    this.#jitter = checkPart(jitter);
    this.#metrics = new Metrics(namespace);
    const settings = {
      namespace: this.#namespace,
      codec: this.#codec,
      staleMs: checkOptional("staleMs", staleMs),
      leaseMs: checkOptional("leaseMs", leaseMs),
      timeoutMs: checkDuration("timeoutMs", timeoutMs),
    };
    this.#shelf = new Shelf(store, settings, this.#metrics, clock);
    this.#loader = new Loader(this.#shelf, settings, this.#metrics, clock);
  }

  #key(key: Parts): Key {
    return typeof key === "string" ? [...this.#namespace, key] : [...this.#namespace, ...key];
  }

  /** A part of it by chance less, so that what was filled in one moment isn't over in one. */
  #jittered(ttlMs: number): number {
    return Math.ceil(ttlMs * (1 - this.#jitter * Math.random()));
  }

  #ttl(value: unknown, ttlMs: number | undefined): number {
    const whole = ttlMs === undefined ? this.#ttlMs : checkDuration("ttlMs", ttlMs);
    return value === undefined ? Math.min(whole, this.#negativeTtlMs) : whole;
  }

  async get(key: Parts): Promise<Value | undefined> {
    const look = await this.#shelf.look(this.#key(key));
    switch (look.state) {
      case "away":
        this.#metrics.count("bypass");
        return undefined;
      case "missing":
        this.#metrics.count("miss");
        return undefined;
      default:
        this.#metrics.count(look.state === "fresh" ? "hit" : "staleHit");
        return look.value as Value | undefined;
    }
  }

  #job(key: Parts, load: () => Promise<unknown>, options: CacheEntryOptions): Job {
    const { tagsOfNothing = NO_TAGS, ttlMs } = options;
    const place = this.#key(key);
    return {
      key: place,
      name: encodeKey("", place),
      load,
      tags: checkTags(tagsOf(options)),
      tagsOfNothing,
      longestMs: this.#ttl(null, ttlMs),
      encode: (value: unknown) => encodeValue(this.#codec, value),
      decode: (payload: string | Uint8Array | undefined) => decodeValue(this.#codec, payload),
      ttlMs: (value: unknown) => this.#jittered(this.#ttl(value, ttlMs)),
    };
  }

  async getOrLoad<Loaded extends Value | undefined>(
    key: Parts,
    load: () => Loaded | Promise<Loaded>,
    options: CacheEntryOptions = {},
  ): Promise<Loaded> {
    const look = await this.#shelf.look(this.#key(key), tagsOf(options));
    if (look.state === "fresh") {
      this.#metrics.count("hit");
      return look.value as Loaded;
    }
    const job = this.#job(key, async () => await load(), options);
    return (await this.#loader.answer(job, look)) as Loaded;
  }

  async getOrLoadMany<Loaded extends Value | undefined>(
    entries: readonly CacheEntry[],
    load: (missing: readonly number[]) => Promise<readonly Loaded[]> | readonly Loaded[],
  ): Promise<Loaded[]> {
    const alone = async (): Promise<never> => {
      throw new TypeError("What is loaded with others isn't loaded alone.");
    };
    const jobs = entries.map((entry) => this.#job(entry.key, alone, entry));
    const values = await this.#loader.answerMany(jobs, async (missing) => await load(missing));
    return values as Loaded[];
  }

  async set(
    key: Parts,
    value: Value | undefined,
    { tags = [], ttlMs }: CacheEntryOptions = {},
  ): Promise<void> {
    const place = this.#key(key);
    const whole = this.#ttl(value, ttlMs);
    if (whole === 0) return await this.delete(key);
    const payload = encodeValue(this.#codec, value);
    this.#loader.detach([place]);
    await this.#shelf.write(place, payload, checkTags(tags), this.#jittered(whole));
  }

  async delete(...keys: Parts[]): Promise<void> {
    const places = keys.map((key) => this.#key(key));
    this.#loader.detach(places);
    await this.#shelf.remove(places);
  }

  async invalidateTags(...tags: string[]): Promise<void> {
    const checked = checkTags(tags);
    this.#loader.detachTags(checked);
    await this.#shelf.removeTags(checked);
  }

  async clear(): Promise<number> {
    this.#loader.detachAll();
    return await this.#shelf.removeAll();
  }

  stats(): CacheStats {
    return this.#metrics.read();
  }
}

/**
 * A cache before a database, in a store that programs share: also when it is away, nothing is wrong but slower.
 *
 * @example
 * const cache = createCache(store, { namespace: "app:cache", ttlMs: 60_000 });
 * const user = await cache.getOrLoad(["user", id], () => db.query.users.findFirst({ where: { id } }));
 * await cache.delete(["user", id]);
 */
export function createCache<Value = unknown>(
  store: Store,
  options: CacheOptions<Value>,
): Cache<Value> {
  return new StoreCache(store, options, systemClock);
}
