/** Rows and results of queries in a cache, which writes make void. */

import { transactionOf } from "../../connect/transaction/local-settings.ts";
import { ConfigError, InvalidValueError } from "../../core/error.ts";
import type { Executor } from "../../query/client.ts";
import type { Database } from "../../query/database.ts";
import { scopeOn } from "../../query/context.ts";
import { followWrites } from "../../query/follow/followers.ts";
import { keyNamer } from "../../query/follow/row-name.ts";
import { storedName } from "../../query/follow/tables.ts";
import type { Touched } from "../../query/follow/touched.ts";
import { keyCondition } from "../../query/read/key.ts";
import type { RootRow } from "../../query/relations/types.ts";
import { runRow, type Scope } from "../../query/run.ts";
import type { AnySchema } from "../../schema/schema.ts";
import {
  infoOf,
  type AnyTable,
  type KeyOf,
  type RowOf,
  type TableInfo,
} from "../../schema/table.ts";
import type { Cache } from "../../services/cache/cache.ts";
import type { CacheStats } from "../../services/cache/metrics.ts";
import { outboxOf, scopeOf } from "../attach.ts";
import { CachingRunner, type CachingOptions } from "./caching-runner.ts";
import { findRows } from "./find-rows.ts";
import { Invalidation } from "./invalidation.ts";
import { tagsOfRow } from "./tags.ts";

export interface RowCacheOptions {
  /**
   * Whether what is to be made void is written down in the transaction of the write, so that a program that ends between the
   * two only delays it. Needs an outbox, and makes a transaction of each write. Default true.
   */
  readonly durable?: boolean;
}

export interface CachedOptions {
  /** How long results are kept, in milliseconds. Default: the cache's. */
  readonly ttlMs?: number;
  /** The results stand and fall with them, too: `cache.invalidateTags` makes void all that have one. */
  readonly tags?: readonly string[];
}

/** A query whose reads may be answered by a cache: of the builder, with relations, or checked SQL. */
export interface Cacheable {
  /** The same, on another scope. */
  "~on"(place: (scope: Scope) => Scope): this;
}

export interface RowCache<S extends AnySchema = AnySchema> extends AsyncDisposable {
  /** The row with this primary key, or undefined; as `db.from(table).find(key)`. */
  find<T extends AnyTable>(table: T, key: KeyOf<T>): Promise<RootRow<S, T, RowOf<T>> | undefined>;
  /** The rows with these keys, in their order, undefined for those that aren't there. One query reads what isn't cached. */
  findMany<T extends AnyTable>(
    table: T,
    keys: readonly KeyOf<T>[],
  ): Promise<(RootRow<S, T, RowOf<T>> | undefined)[]>;
  /**
   * The same query, whose results are kept until one of the tables is written that it reads. Its rows, `first()`, `one()`,
   * `count()`, pages and relations come from the cache; streams and locking reads don't. Limits of time stand inside:
   * `rows.cached(query.timeout(100))`; a limit behind it asks the database.
   *
   * @throws {UnsupportedError} from the awaited query, where it isn't known which tables it reads.
   * @example
   * const admins = await rows.cached(db.from(users).where(eq(users.role, "admin")), { ttlMs: 60_000 });
   */
  cached<Query extends Cacheable>(query: Query, options?: CachedOptions): Query;
  /**
   * Makes rows void, and the queries of their table; without keys all rows. For what is written by other than Plinth, such as
   * SQL by hand. In a transaction it is done after its commit.
   *
   * @throws {ConnectionError | TimeoutError} when the store is away, and so keeps what it had.
   * @throws {InvalidValueError} for a key that is undefined or null.
   */
  invalidate<T extends AnyTable>(table: T, ...keys: KeyOf<T>[]): Promise<void>;
  /**
   * The same cache for another client of the database: one with scopes, or that acts for somebody. On a transaction its reads
   * are the transaction's, and nothing is kept.
   */
  on(client: Executor<S>): RowCache<S>;
  /** Counts of the cache in this process, since it was made. */
  stats(): CacheStats;
  /**
   * Follows the writes of this process no more, before its store is closed: from then on nothing is to be read from it here.
   * Never throws.
   */
  close(): Promise<void>;
}

/** What all clients of one share. */
interface Shared {
  readonly db: Database;
  readonly cache: Cache;
  readonly invalidation: Invalidation;
  readonly unfollow: () => void;
}

function keyValues({ primaryKey }: TableInfo, key: unknown): readonly unknown[] {
  if (primaryKey.length === 1) return [key];
  return primaryKey.map((column) => (Object(key) as Record<string, unknown>)[column.key]);
}

class ClientRowCache<S extends AnySchema> implements RowCache<S> {
  readonly #shared: Shared;
  readonly #client: Executor<S>;

  constructor(shared: Shared, client: Executor<S>) {
    this.#shared = shared;
    this.#client = client;
  }

  #caching(scope: Scope, options: CachingOptions): Scope {
    const { plans, runner } = scope;
    const { cache, db } = this.#shared;
    if (plans.engine !== db["~engine"])
      throw new InvalidValueError("The query is of another database than the row cache.");
    return scopeOn(scope, new CachingRunner(runner, plans.engine.dialect, cache, options));
  }

  #nameOf(info: TableInfo): string {
    return storedName(this.#client["~engine"].names, info);
  }

  async find<T extends AnyTable>(
    table: T,
    key: KeyOf<T>,
  ): Promise<RootRow<S, T, RowOf<T>> | undefined> {
    const query = this.#client.from(table);
    const statement = query["~find"](key);
    const info = infoOf(table);
    const row = tagsOfRow(this.#nameOf(info), info, keyValues(info, key));
    const found = await runRow(this.#caching(query["~scope"], { row }), statement);
    return found as RootRow<S, T, RowOf<T>> | undefined;
  }

  async findMany<T extends AnyTable>(
    table: T,
    keys: readonly KeyOf<T>[],
  ): Promise<(RootRow<S, T, RowOf<T>> | undefined)[]> {
    const query = this.#client.from(table);
    const info = infoOf(table);
    const place = { cache: this.#shared.cache, scope: query["~scope"], info };
    const wanted = keys.map((key) => ({
      statement: query["~find"](key),
      values: keyValues(info, key),
      row: tagsOfRow(this.#nameOf(info), info, keyValues(info, key)),
    }));
    return (await findRows(place, wanted)) as (RootRow<S, T, RowOf<T>> | undefined)[];
  }

  cached<Query extends Cacheable>(query: Query, options: CachedOptions = {}): Query {
    return query["~on"]((scope) => this.#caching(scope, options));
  }

  async invalidate<T extends AnyTable>(table: T, ...keys: KeyOf<T>[]): Promise<void> {
    const info = infoOf(table);
    for (const key of keys) keyCondition(info, key);
    const nameOf = keyNamer(info);
    const isAll = keys.length === 0 || nameOf === undefined;
    const rows = isAll ? undefined : keys.map((key) => nameOf(keyValues(info, key)));
    const touched: Touched[] = [{ table: this.#nameOf(info), rows }];
    const around = transactionOf(this.#client["~runner"]);
    if (around === undefined) await this.#shared.invalidation.invalidate(touched);
    else around.gather(this.#shared.invalidation, ...touched);
  }

  on(client: Executor<S>): RowCache<S> {
    if (client["~engine"] !== this.#shared.db["~engine"])
      throw new InvalidValueError("The client is of another database than the row cache.");
    return new ClientRowCache(this.#shared, client);
  }

  stats(): CacheStats {
    return this.#shared.cache.stats();
  }

  async close(): Promise<void> {
    this.#shared.unfollow();
    await this.#shared.invalidation.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/**
 * A cache of rows by their keys, and of queries, which every write by Plinth makes void as soon as it is committed: by
 * whichever client of the database, in whichever process that has the store.
 *
 * @param cache Of the same store and namespace in all processes; of one database. What is kept in it are the driver's cells.
 * @throws {ConfigError} where it is to be durable, and the database has no outbox.
 * @example
 * const outbox = createOutbox(db).start();
 * const rows = createRowCache(db, createCache(store, { namespace: "app:rows", ttlMs: 60_000 }));
 * const user = await rows.find(users, id);
 */
export function createRowCache<S extends AnySchema>(
  db: Database<S>,
  cache: Cache,
  { durable = true }: RowCacheOptions = {},
): RowCache<S> {
  const outbox = durable ? outboxOf(scopeOf(db)) : undefined;
  if (durable && outbox === undefined) {
    throw new ConfigError(
      "A row cache that is durable needs an outbox, and the database has none.",
      {
        hint:
          "Make one before: createOutbox(db).start(), with outboxTables in the schema. Or say { durable: false }: a program " +
          "that ends between a commit and what follows it then leaves behind what is old, for as long as ttlMs.",
      },
    );
  }
  const invalidation = new Invalidation(cache, outbox);
  const unfollow = followWrites(db, invalidation);
  return new ClientRowCache({ db, cache, invalidation, unfollow }, db);
}
