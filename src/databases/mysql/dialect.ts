import { ConnectionError, QueryError } from "../../core/error.ts";
import type { ServerInfo } from "../../dialect/capabilities.ts";
import type { BeginOptions, Dialect, OpenDatabase } from "../../dialect/dialect.ts";
import { mysqlCapabilities, variantOf } from "./capabilities.ts";
import { mysqlDdl } from "./ddl/ddl.ts";
import { createDriver, isOldServer, type MysqlDriver } from "./connection/driver-mariadb.ts";
import { endsTransaction, isConnectionLost, isInterrupted, toDbError } from "./errors.ts";
import { namedLock } from "./connection/named-lock.ts";
import { mysqlQuery } from "./query/query.ts";
import { bytesLiteral, escapedLiteral, schemaPrefix, textLiteral } from "./literals.ts";
import { parseSettings, type MysqlSettings } from "./connection/settings.ts";
import { mysqlExplain } from "./query/explain.ts";
import { mysqlMigration } from "./ddl/rewrite.ts";
import { mysqlTypes } from "./types.ts";
import { MYSQL_LEXIS } from "./lexis.ts";
import { mysqlMigrations } from "./migrations.ts";

/** @param server `product` is `"mariadb"` or `"mysql"`. */
export function mysqlDialect(server: ServerInfo): Dialect {
  const variant = variantOf(server);
  return {
    name: variant.name,
    server,
    can: mysqlCapabilities(server),
    spelling: {
      quote: "`",
      placeholder: () => "?",
      schemaPrefix,
      textLiteral,
      queryLiteral: escapedLiteral,
      bytesLiteral,
    },
    lexis: MYSQL_LEXIS,
    migrations: mysqlMigrations(server.product),
    query: mysqlQuery(variant),
    ddl: mysqlDdl(variant),
    migration: mysqlMigration(variant),
    types: mysqlTypes(variant),
    explain: mysqlExplain(variant.name === "MariaDB"),
    introspect: async (introspection) =>
      (await import("./introspect/introspect.ts")).introspect(introspection),
    begin: beginText,
    namedLock,
    toDbError: (error) => toDbError(error, variant),
    isBusy: () => false,
    isInterrupted,
    isConflict: endsTransaction,
    isConnectionLost,
  };
}

/** The level is of the next transaction alone. */
function beginText({ isolation, readOnly }: BeginOptions): string {
  const level = isolation === undefined ? "" : `set transaction isolation level ${isolation}; `;
  return `${level}start transaction${readOnly === true ? " read only" : ""}`;
}

function refuseOldServer(server: ServerInfo): void {
  if (!isOldServer(server)) return;
  const { name } = variantOf(server);
  throw new ConnectionError(
    "E_SERVER_TOO_OLD",
    `Plinth needs MariaDB 10.11 or MySQL 8.0.17, or newer; this server is ${name} ${server.version.join(".")}.`,
  );
}

export const openMysql: OpenDatabase = async ({ url, module, password, createDatabase }) => {
  const settings = parseSettings(url, password);
  const driver = await createDriver(settings, module);
  if (createDatabase === true) await createMissing(settings, driver, module);
  const { connection, server } = await driver.openFirst();
  try {
    refuseOldServer(server);
  } catch (error) {
    await connection.close();
    throw error;
  }
  return {
    dialect: mysqlDialect(server),
    driver,
    first: connection,
    settings: settings.pool,
    setUp: undefined,
  };
};

/** Asks for the database, and has the server make it where there is none. */
async function createMissing(
  settings: MysqlSettings,
  driver: MysqlDriver,
  module: unknown,
): Promise<void> {
  try {
    const { connection } = await driver.openFirst();
    await connection.close();
    return;
  } catch (error) {
    if (!(error instanceof ConnectionError) || error.code !== "E_MISSING_DATABASE") throw error;
  }
  const place = { ...settings.place, database: "information_schema" };
  const { connection, server } = await (
    await createDriver({ ...settings, place }, module)
  ).openFirst();
  try {
    const name = (settings.place.database ?? "").replaceAll("`", "``");
    await connection.script(`create database \`${name}\``);
  } catch (error) {
    const known = toDbError(error, variantOf(server));
    // Another process may have been faster.
    if (!(known instanceof QueryError) || known.serverCode !== "1007") throw known;
  } finally {
    await connection.close();
  }
}
