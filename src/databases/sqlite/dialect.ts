import { dirname } from "node:path";
import { fs } from "../../core/builtin.ts";
import { ConnectionError } from "../../core/error.ts";
import type { ServerInfo } from "../../dialect/capabilities.ts";
import type { OpenDatabase, OpenedDatabase, QueryDialect } from "../../dialect/dialect.ts";
import { parseVersion } from "../../core/url.ts";
import { sqliteCapabilities } from "./capabilities.ts";
import { refuseSchema } from "./refuse-schema.ts";
import { setUpScript, SqliteConnection, type SqliteSettings } from "./connection/driver-node.ts";
import { isBusy, toDbError } from "./errors.ts";
import { sqliteExplain } from "./query/explain.ts";
import { lockOpener } from "./connection/named-lock.ts";
import { sqliteQuery } from "./query/query.ts";
import { sqliteTypes } from "./types.ts";
import { SQLITE_LEXIS } from "./lexis.ts";
import { sqliteMigrations } from "./migrations.ts";
import { MEMORY, parseSettings } from "./connection/settings.ts";

export function sqliteQueryDialect(server: ServerInfo): QueryDialect {
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
    types: sqliteTypes,
    explain: sqliteExplain,
    introspect: async (introspection) =>
      (await import("./introspect/introspect.ts")).introspect(introspection),
    describe: async (context) => (await import("./describe/describe.ts")).openDescribe(context),
    // A deferred transaction that reads and then writes fails at once when another has written meanwhile, whatever the
    // timeout; so a writer takes the lock at its beginning.
    begin: ({ readOnly }) => (readOnly === true ? "begin" : "begin immediate"),
    namesIgnoreCase: true,
    readOnlySwitch: { on: "pragma query_only = on", off: "pragma query_only = off" },
    toDbError,
    isBusy,
    isInterrupted: () => false,
    isConflict: isBusy,
    isConnectionLost: () => false,
    async withChanges() {
      const { sqliteChanges } = await import("./changes.ts");
      return { ...this, ...sqliteChanges };
    },
  };
}

/** What the SQLite in this process is. */
export function sqliteDialectHere(): QueryDialect {
  return sqliteQueryDialect({
    product: "sqlite",
    version: parseVersion(process.versions.sqlite ?? ""),
  });
}

function missingFile(file: string): ConnectionError {
  return new ConnectionError("E_MISSING_DATABASE", `There is no file ${file}.`, {
    hint: "Look for a slip in the URL. `plinth migrate up` makes it, where it is to be a new one.",
  });
}

export const openSqlite: OpenDatabase = ({ url, createDatabase }) => {
  const { file } = parseSettings(url).settings;
  if (file === MEMORY) return openFile(url);
  if (createDatabase === true) fs().mkdirSync(dirname(file), { recursive: true });
  if (createDatabase === false && !fs().existsSync(file)) throw missingFile(file);
  return openFile(url);
};

/** @param image What a database in memory holds at its beginning, as the bytes of a file. */
export function openFile(url: string, image?: Uint8Array): OpenedDatabase {
  const { settings, pool } = parseSettings(url);
  const isMemory = settings.file === MEMORY;
  return {
    dialect: sqliteDialectHere(),
    driver: {
      open: (purpose) => new SqliteConnection(settings, settings.isReadOnly || purpose === "read"),
      canReadBeside: !isMemory && settings.locking === "normal",
      openLock: lockOpener(settings.file),
    },
    first: openFirst(settings, image),
    settings: pool,
    setUp: setUpScript(settings),
  };
}

function openFirst(settings: SqliteSettings, image: Uint8Array | undefined): SqliteConnection {
  try {
    return new SqliteConnection(settings, settings.isReadOnly, image);
  } catch (error) {
    throw toDbError(error);
  }
}
