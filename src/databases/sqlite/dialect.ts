import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { ConfigError } from "../../core/error.ts";
import type { ServerInfo } from "../../dialect/capabilities.ts";
import type { Dialect, OpenDatabase, PoolSettings } from "../../dialect/dialect.ts";
import { parseVersion, readOptions } from "../../dialect/url.ts";
import { sqliteCapabilities } from "./capabilities.ts";
import { refuseSchema, sqliteDdl } from "./ddl.ts";
import { setUpScript, SqliteConnection, type SqliteSettings } from "./driver-node.ts";
import { isBusy, toDbError } from "./errors.ts";
import { sqliteExplain } from "./explain.ts";
import { lockOpener } from "./named-lock.ts";
import { sqliteMigration } from "./rewrite.ts";
import { sqliteQuery } from "./query.ts";
import { sqliteTypes } from "./types.ts";
import { SQLITE_LEXIS } from "./lexis.ts";
import { sqliteMigrations } from "./migrations.ts";

export function sqliteDialect(server: ServerInfo): Dialect {
  return {
    name: "SQLite",
    server,
    can: sqliteCapabilities(server),
    spelling: {
      quote: '"',
      placeholder: () => "?",
      textLiteral: (text) => `'${text.replaceAll("'", "''")}'`,
      schemaPrefix: refuseSchema,
      bytesLiteral: (hex) => `x'${hex}'`,
    },
    lexis: SQLITE_LEXIS,
    migrations: sqliteMigrations,
    query: sqliteQuery,
    ddl: sqliteDdl,
    migration: sqliteMigration,
    types: sqliteTypes,
    explain: sqliteExplain,
    // A deferred transaction that reads and then writes fails at once when another has written meanwhile, whatever the
    // timeout; so a writer takes the lock at its beginning.
    begin: ({ readOnly }) => (readOnly === true ? "begin" : "begin immediate"),
    readOnlySwitch: { on: "pragma query_only = on", off: "pragma query_only = off" },
    toDbError,
    isBusy,
    isInterrupted: () => false,
    isConflict: isBusy,
    isConnectionLost: () => false,
  };
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

export const openSqlite: OpenDatabase = ({ url, createDatabase }) => {
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
  const isMemory = settings.file === ":memory:";
  if (createDatabase === true && !isMemory) mkdirSync(dirname(settings.file), { recursive: true });
  const server: ServerInfo = {
    product: "sqlite",
    version: parseVersion(process.versions.sqlite ?? ""),
  };
  return {
    dialect: sqliteDialect(server),
    driver: {
      open: (purpose) => new SqliteConnection(settings, settings.isReadOnly || purpose === "read"),
      canReadBeside: !isMemory && settings.locking === "normal",
      openLock: lockOpener(settings.file),
    },
    first: openFirst(settings),
    settings: pool,
    setUp: setUpScript(settings),
  };
};

function openFirst(settings: SqliteSettings): SqliteConnection {
  try {
    return new SqliteConnection(settings, settings.isReadOnly);
  } catch (error) {
    throw toDbError(error);
  }
}
