/** What the URL of an SQLite database says. */

import { ConfigError } from "../../../core/error.ts";
import type { PoolSettings } from "../../../dialect/dialect.ts";
import { readOptions } from "../../../core/url.ts";
import type { SqliteSettings } from "./driver-node.ts";

export const MEMORY = ":memory:";

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new ConfigError("The URL has a % that doesn't begin a percent-encoding.", {
      hint: "Write % as %25.",
    });
  }
}

/** `sqlite:app.db`, `sqlite:/var/app.db`, `sqlite://data/app.db`, `sqlite::memory:`. */
function parseFile(url: string): string {
  const [path = ""] = url.slice(url.indexOf(":") + 1).split("?");
  const file = decoded(path.startsWith("//") ? path.slice(2) : path);
  if (file === "") {
    throw new ConfigError("The URL names no file.", {
      hint: "Write sqlite:app.db for a file, or sqlite::memory: for a database that lives in memory.",
    });
  }
  return file;
}

export interface SqliteUrl {
  readonly settings: SqliteSettings;
  readonly pool: PoolSettings;
}

export function parseSettings(url: string): SqliteUrl {
  const options = readOptions(url);
  const settings: SqliteSettings = {
    file: parseFile(url),
    isReadOnly: options.choice("mode", ["rw", "ro"], "rw") === "ro",
    durability: options.choice("durability", ["full", "normal"], "full"),
    locking: options.choice("locking", ["normal", "exclusive"], "normal"),
    cacheKib: options.count("cache_kib"),
  };
  const pool: PoolSettings = {
    maxConnections: 4,
    sharedConnections: 0,
    acquireTimeoutMs: options.duration("acquire_timeout") ?? 5_000,
    idleTimeoutMs: Infinity,
    maxLifetimeMs: Infinity,
    reconnectTimeoutMs: 0,
    probeAfterMs: Infinity,
  };
  options.refuseOthers("SQLite");
  return { settings, pool };
}
