import { ConnectionError } from "../../core/error.ts";
import type { ServerInfo } from "../../dialect/capabilities.ts";
import type { BeginOptions, Dialect, OpenDatabase } from "../../dialect/dialect.ts";
import { mysqlCapabilities, variantOf } from "./capabilities.ts";
import { mysqlDdl } from "./ddl/ddl.ts";
import { createDriver, isOldServer } from "./connection/driver-mariadb.ts";
import { endsTransaction, isConnectionLost, isInterrupted, toDbError } from "./errors.ts";
import { namedLock } from "./connection/named-lock.ts";
import { mysqlQuery } from "./query/query.ts";
import { bytesLiteral, escapedLiteral, schemaPrefix, textLiteral } from "./literals.ts";
import { makeDatabase } from "./connection/maintenance.ts";
import { parseSettings } from "./connection/settings.ts";
import { openOrMake } from "../../dialect/server/missing-database.ts";
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
    describe: async (context) =>
      (await import("./describe/describe.ts")).openMysqlDescribe(context, variant),
    begin: beginText,
    ownSchema: "select database()",
    namedLock,
    toDbError: (error) => toDbError(error, variant),
    isBusy: () => false,
    isInterrupted,
    isConflict: endsTransaction,
    isConnectionLost,
    withChanges() {
      return this;
    },
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
  const { connection, server } = await openOrMake(
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
    dialect: mysqlDialect(server),
    driver,
    first: connection,
    settings: settings.pool,
    setUp: undefined,
  };
};
