/** What a store's URL and its options say. */

import { ConfigError } from "../../core/error.ts";
import { readOptions } from "../../core/url.ts";
import type { MemorySettings } from "./memory.ts";

const MEBIBYTE = 2 ** 20;
const GIBIBYTE = 2 ** 30;

/** A URL without what comes behind `?`. */
function placeOf(url: string): string {
  return url.split("?", 1)[0]!;
}

/** The URL's scheme, in lowercase, without its colon. */
export function schemeOf(url: string): string {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1];
  if (scheme !== undefined) return scheme.toLowerCase();
  // The text may hold a password, so it is not repeated.
  throw new ConfigError("The store's URL has no scheme.", {
    hint: "Write memory:, sqlite:store.db or redis://host.",
  });
}

/** `memory:?max_mib=64&eviction=lru` */
export function memorySettings(url: string): MemorySettings & { readonly prefix: string } {
  const options = readOptions(url);
  const settings = {
    maxBytes: (options.count("max_mib") ?? 256) * MEBIBYTE,
    eviction: options.choice("eviction", ["refuse", "lru"], "refuse"),
    prefix: options.text("prefix") ?? "",
  };
  options.refuseOthers("the store in memory");
  return settings;
}

export interface SqliteStoreSettings {
  readonly file: string;
  readonly maxBytes: number;
  readonly durability: "full" | "normal";
  /** How long a call waits for another process's. */
  readonly timeoutMs: number;
  readonly prefix: string;
}

/** `sqlite:store.db?max_mib=256&durability=full` */
export function sqliteSettings(url: string): SqliteStoreSettings {
  const options = readOptions(url);
  const path = placeOf(url).slice("sqlite:".length);
  const settings = {
    file: decoded(path.startsWith("//") ? path.slice(2) : path, decodeURI) ?? "",
    maxBytes: (options.count("max_mib") ?? GIBIBYTE / MEBIBYTE) * MEBIBYTE,
    durability: options.choice("durability", ["full", "normal"], "normal"),
    timeoutMs: options.duration("timeout") ?? 5_000,
    prefix: options.text("prefix") ?? "",
  };
  options.refuseOthers("the store in SQLite");
  if (settings.file === "" || settings.file === ":memory:") {
    throw new ConfigError("The store's URL names no file.", {
      hint: "Write sqlite:store.db, or memory: for a store in memory.",
    });
  }
  return settings;
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

export interface RedisSettings {
  /** Several of a cluster. */
  readonly addresses: readonly Address[];
  readonly isCluster: boolean;
  readonly isTls: boolean;
  /** The file of the authorities that are trusted; undefined: those that Node trusts. */
  readonly authorityFile: string | undefined;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly database: number | undefined;
  readonly connectTimeoutMs: number;
  readonly timeoutMs: number;
  readonly maxWaiting: number;
  readonly prefix: string;
}

/** What a scheme means: `redis`, `rediss`, `valkey`, `valkeys`, and each with `+cluster`. */
const REDIS_SCHEME = /^(?:redis|valkey)(s?)(\+cluster)?$/;

export function isRedisScheme(scheme: string): boolean {
  return REDIS_SCHEME.test(scheme);
}

function parseAddress(text: string): Address {
  const [, host = "", port = "6379"] = /^(\[[^\]]+\]|[^:[\]\s]+)(?::(\d{1,5}))?$/.exec(text) ?? [];
  if (host === "" || Number(port) > 65_535) {
    throw new ConfigError("The store's URL names no host that can be read.", {
      hint: "Write redis://host:6379, or redis+cluster://host1:6379,host2:6379.",
    });
  }
  return { host: host.replace(/^\[|\]$/g, ""), port: Number(port) };
}

function decoded(
  text: string | undefined,
  decode: (text: string) => string = decodeURIComponent,
): string | undefined {
  if (text === undefined || text === "") return undefined;
  try {
    return decode(text);
  } catch {
    throw new ConfigError("The store's URL has a % that doesn't begin a percent-encoding.", {
      hint: "Write % as %25.",
    });
  }
}

function parseDatabase(path: string, isCluster: boolean): number | undefined {
  if (path === "" || path === "/") return undefined;
  const database = /^\/(\d{1,4})$/.exec(path)?.[1];
  if (database === undefined || (isCluster && database !== "0")) {
    throw new ConfigError("What stands behind the host of the store's URL is no database of it.", {
      hint: "A server has numbered ones, redis://host/2; a cluster has one.",
    });
  }
  return Number(database);
}

/** `rediss://user:password@host:6380/2?timeout=500ms`, `redis+cluster://host1,host2` */
export function redisSettings(url: string): RedisSettings {
  const options = readOptions(url);
  const [, tls, cluster] = REDIS_SCHEME.exec(schemeOf(url))!;
  const isCluster = cluster !== undefined;
  const rest = placeOf(url).replace(/^[^:]*:(?:\/\/)?/, "");
  const [, account, hosts = "", path = ""] = /^(?:(.*)@)?([^/]*)(\/.*)?$/s.exec(rest) ?? [];
  const colon = account?.indexOf(":") ?? -1;
  const settings = {
    addresses: (hosts || "127.0.0.1").split(",").map(parseAddress),
    isCluster,
    isTls: tls === "s",
    authorityFile: options.text("ca"),
    user: decoded(colon === -1 ? account : account?.slice(0, colon)),
    password: colon === -1 ? undefined : decoded(account?.slice(colon + 1)),
    database: parseDatabase(path, isCluster),
    connectTimeoutMs: options.duration("connect_timeout") ?? 2_000,
    timeoutMs: options.duration("timeout") ?? 1_000,
    maxWaiting: options.count("max_waiting") ?? 10_000,
    prefix: options.text("prefix") ?? "",
  };
  options.refuseOthers("the store of Redis");
  if (settings.authorityFile !== undefined && !settings.isTls) {
    throw new ConfigError("The store's URL names an authority, and no TLS.", {
      hint: "Write rediss://.",
    });
  }
  if (!isCluster && settings.addresses.length > 1) {
    throw new ConfigError("The store's URL names several hosts.", {
      hint: "Write redis+cluster:// for those of a cluster.",
    });
  }
  return settings;
}
