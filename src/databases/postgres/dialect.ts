import { ConnectionError } from "../../core/error.ts";
import type { ServerInfo } from "../../dialect/capabilities.ts";
import type { BeginOptions, Dialect, OpenDatabase } from "../../dialect/dialect.ts";
import { postgresCapabilities } from "./capabilities.ts";
import { postgresDdl } from "./ddl/ddl.ts";
import { createDriver } from "./connection/driver-pg.ts";
import { postgresExplain } from "./query/explain.ts";
import { isConflict, isConnectionLost, isInterrupted, toDbError } from "./errors.ts";
import { lockSession, namedLock } from "./connection/named-lock.ts";
import { postgresMigration } from "./ddl/rewrite.ts";
import { postgresQuery } from "./query/query.ts";
import { makeDatabase } from "./connection/maintenance.ts";
import { parseSettings } from "./connection/settings.ts";
import { openOrMake } from "../../dialect/server/missing-database.ts";
import { postgresTypes, schemaPrefix } from "./types.ts";
import { POSTGRES_LEXIS } from "./lexis.ts";
import { postgresMigrations } from "./migrations.ts";

const OLDEST_MAJOR = 14;

/** What `initdb` makes wherever the server was built with ICU, as all packaged ones are. */
const ICU_FOLDING = '"und-x-icu"';

/** @param folding The collation, quoted, that knows upper and lower case of all letters. */
export function postgresDialect(server: ServerInfo, folding: string = ICU_FOLDING): Dialect {
  return {
    name: "PostgreSQL",
    server,
    can: postgresCapabilities(server),
    spelling: {
      quote: '"',
      placeholder: (position) => `$${position}`,
      // A backslash is itself, as every session has standard_conforming_strings on.
      textLiteral: (text) => `'${text.replaceAll("'", "''")}'`,
      schemaPrefix,
      bytesLiteral: (hex) => `'\\x${hex}'`,
    },
    lexis: POSTGRES_LEXIS,
    migrations: postgresMigrations,
    query: postgresQuery(folding),
    ddl: postgresDdl,
    migration: postgresMigration,
    types: postgresTypes,
    explain: postgresExplain,
    introspect: async (introspection) =>
      (await import("./introspect/introspect.ts")).introspect(introspection),
    findFoundations: async (introspection) =>
      (await import("./introspect/foundations.ts")).findFoundations(introspection),
    describe: async (context) => (await import("./describe/describe.ts")).openDescribe(context),
    begin: beginText,
    notice: "select pg_notify($1, '')",
    ownSchema: "select current_schema()",
    localSettings: "select set_config(key, value, true) from json_each_text($1::json)",
    lockSession,
    namedLock,
    toDbError,
    isBusy: () => false,
    isInterrupted,
    isConflict,
    isConnectionLost,
    withChanges() {
      return this;
    },
  };
}

function beginText({ isolation, readOnly }: BeginOptions): string {
  const level = isolation === undefined ? "" : ` isolation level ${isolation}`;
  return `begin${level}${readOnly === true ? " read only" : ""}`;
}

export function refuseOldServer({ version }: ServerInfo): void {
  if (version[0] >= OLDEST_MAJOR) return;
  throw new ConnectionError(
    "E_SERVER_TOO_OLD",
    `Plinth needs PostgreSQL ${OLDEST_MAJOR} or newer; this server is ${version[0]}.${version[1]}.`,
  );
}

export const openPostgres: OpenDatabase = async ({ url, module, password, createDatabase }) => {
  const settings = parseSettings(url, password);
  const driver = await createDriver(settings, module);
  const { connection, server, folding } = await openOrMake(
    () => driver.openFirst(),
    createDatabase === true ? () => makeDatabase(settings, module) : undefined,
  );
  try {
    refuseOldServer(server);
  } catch (error) {
    await connection.close();
    throw error;
  }
  return {
    dialect: postgresDialect(server, folding),
    driver,
    first: connection,
    settings: settings.pool,
    setUp: undefined,
  };
};
