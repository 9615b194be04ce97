/** Which store a URL means. */

import { systemClock } from "../../core/clock.ts";
import { ConfigError, InvalidValueError } from "../../core/error.ts";
import { checkTimeout } from "./check.ts";
import { encodePrefix } from "./key.ts";
import { LocalStore } from "./local-store.ts";
import { MemoryEngine } from "./memory.ts";
import type { AnyRedisClient } from "./redis/client.ts";
import {
  isRedisScheme,
  memorySettings,
  redisSettings,
  schemeOf,
  sqliteSettings,
} from "./settings.ts";
import type { Store } from "./store.ts";

export interface StoreOptions {
  /**
   * What every key begins with: `"app"` makes `app:session:42`. Default: the URL's `prefix`, or nothing: `session:42`.
   */
  readonly prefix?: string;
  /**
   * Returns before the server was reached, and then tries for as long as the store is open. What is asked meanwhile waits
   * within its time. Default false: a server that can't be reached is an error of `openStore`.
   */
  readonly lazy?: boolean;
}

/** The variables that may hold the URL, in this order. */
const VARIABLES = ["STORE_URL", "REDIS_URL", "VALKEY_URL"];

function urlOfEnvironment(): string {
  const url = VARIABLES.map((name) => process.env[name]).find((text) => text);
  if (url !== undefined) return url;
  throw new ConfigError(`${VARIABLES.join(", ")} aren't set, and openStore() got no URL.`, {
    hint: 'Set STORE_URL=redis://host, or call openStore("memory:").',
  });
}

/**
 * Opens a store: `memory:` in this process, `sqlite:store.db` in a file that the processes of a machine share,
 * `redis://host` for Redis and Valkey (also `rediss://` by TLS, `valkey://`), `redis+cluster://host1,host2` for a cluster of
 * theirs. Options stand behind `?`; the guide to the store lists them.
 *
 * @param url Default: what `STORE_URL`, `REDIS_URL` or `VALKEY_URL` hold.
 * @throws {ConnectionError} when the server can't be reached within `connect_timeout`, which is 2 s.
 * @throws {MissingPackageError} when it is Redis, and the package `redis` isn't installed.
 * @example
 * await using store = await openStore("redis://127.0.0.1:6379?prefix=app");
 * await store.set(["session", userId], token, { ttlMs: 3_600_000 });
 */
export async function openStore(
  url: string = urlOfEnvironment(),
  { prefix, lazy = false }: StoreOptions = {},
): Promise<Store> {
  const scheme = schemeOf(url);
  if (scheme === "memory") {
    const settings = memorySettings(url);
    const engine = new MemoryEngine(settings, systemClock);
    return new LocalStore(engine, encodePrefix(prefix ?? settings.prefix));
  }
  if (scheme === "sqlite") {
    const settings = sqliteSettings(url);
    const { SqliteEngine } = await import("./sqlite/sqlite.ts");
    const engine = await SqliteEngine.open(settings, systemClock);
    return new LocalStore(engine, encodePrefix(prefix ?? settings.prefix));
  }
  if (isRedisScheme(scheme)) {
    const settings = redisSettings(url);
    const { openRedisStore } = await import("./redis/driver-redis.ts");
    return await openRedisStore(settings, encodePrefix(prefix ?? settings.prefix), lazy);
  }
  throw new ConfigError(`Stores of the scheme "${scheme}:" aren't known.`, {
    hint: "Write memory:, sqlite:store.db or redis://host.",
  });
}

export interface StoreOfOptions {
  /** What every key begins with. Default: nothing. */
  readonly prefix?: string;
  /** How long a call may take, in milliseconds. Default 1,000. */
  readonly timeoutMs?: number;
}

/**
 * A store on a client of node-redis that the program has already, made by `createClient` or `createCluster`. The program
 * connects it and closes it; closing the store leaves it open.
 */
export async function storeOf(
  client: AnyRedisClient,
  { prefix, timeoutMs = 1_000 }: StoreOfOptions = {},
): Promise<Store> {
  if (typeof client?.sendCommand !== "function") {
    throw new InvalidValueError("That is no client of node-redis.", {
      hint: "Pass what createClient() or createCluster() of the package redis gives.",
    });
  }
  const { redisStoreOf } = await import("./redis/driver-redis.ts");
  const settings = { timeoutMs: checkTimeout(timeoutMs), maxWaiting: 10_000 };
  return redisStoreOf(client, encodePrefix(prefix), settings);
}
