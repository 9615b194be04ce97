/** What the URL of a PGlite database says. */

import { ConfigError } from "../../../core/error.ts";
import type { PoolSettings } from "../../../dialect/dialect.ts";
import { readOptions } from "../../../core/url.ts";

export interface PgliteSettings {
  /** Where the database lives; undefined is in memory. */
  readonly folder: string | undefined;
  /** The file of what a database in memory begins with, as `Connection.image` gave it. */
  readonly image: string | undefined;
  /** Those of PostgreSQL's own that the database may create, by their names in SQL. */
  readonly extensions: readonly string[];
  readonly pool: PoolSettings;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new ConfigError("The URL has a % that doesn't begin a percent-encoding.", {
      hint: "Write % as %25.",
    });
  }
}

/** `pglite:`, `pglite::memory:`, `pglite:data/app`, `pglite:/var/app`, `pglite://data/app`. */
function parseFolder(url: string): string | undefined {
  const [path = ""] = url.slice(url.indexOf(":") + 1).split("?");
  const folder = decoded(path.startsWith("//") ? path.slice(2) : path);
  return folder === "" || folder === ":memory:" ? undefined : folder;
}

export function parseSettings(url: string): PgliteSettings {
  const options = readOptions(url);
  const extensions = options.text("extensions")?.split(",") ?? [];
  const image = options.text("image");
  const pool: PoolSettings = {
    maxConnections: 1,
    sharedConnections: 0,
    acquireTimeoutMs: options.duration("acquire_timeout") ?? 5_000,
    idleTimeoutMs: Infinity,
    maxLifetimeMs: Infinity,
    reconnectTimeoutMs: 0,
    probeAfterMs: Infinity,
  };
  options.refuseOthers("PGlite");
  return {
    folder: parseFolder(url),
    image,
    extensions: extensions.map((name) => name.trim()).filter((name) => name !== ""),
    pool,
  };
}
