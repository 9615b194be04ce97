import type { Capabilities, ServerInfo } from "../../dialect/capabilities.ts";
import { mariadb } from "./mariadb.ts";
import { mysql, type Variant } from "./variant.ts";

export function variantOf(server: ServerInfo): Variant {
  return server.product === "mariadb" ? mariadb : mysql;
}

/** RETURNING came to MariaDB's DELETE with 10.0 and to its INSERT with 10.5; MySQL has none up to 9. */
export function mysqlCapabilities(server: ServerInfo): Capabilities {
  const isMariadb = server.product === "mariadb";
  return {
    insertReturning: isMariadb,
    insertTellsKey: !isMariadb,
    upsertMeetsTwice: true,
    updateReturning: false,
    deleteReturning: isMariadb,
    joinedDeleteReturning: false,
    fullJoin: false,
    joinsByHash: false,
    plannedListLength: 1,
    rowLocks: true,
    localSettings: false,
    distinctOn: false,
    addForeignKey: true,
    schemas: true,
    schemasAreDatabases: true,
    materializedViews: false,
    identityOptions: false,
    renameDependents: isMariadb,
    concurrentIndexes: false,
    commentStatements: false,
    // DDL commits what came before it. Source: MySQL 8.4 manual, "Statements That Cause an Implicit Commit".
    transactionalDdl: false,
    concurrentWriters: true,
    isEmbedded: false,
    interleavedStreams: false,
    fullTextLanguages: false,
    indexMethods: false,
    // MariaDB's checks are their table's. Source: MariaDB manual, "CONSTRAINT".
    sharedNames: { checks: !isMariadb, foreignKeys: true, indexes: false, keys: false },
    partialIndexes: false,
    expressionIndexes: variantOf(server).hasExpressionIndex,
    // The protocol counts parameters in 16 bits. Source: MySQL source, COM_STMT_PREPARE_OK.
    maxParameters: 65_535,
    // Source: MySQL 8.4 manual, "DECIMAL Data Type Characteristics".
    maxDecimalPrecision: 65,
  };
}
