import type { Capabilities, ServerInfo } from "../../dialect/capabilities.ts";

/** What the library in Node can do. RETURNING came with SQLite 3.35, STRICT with 3.37, full joins with 3.39. */
export function sqliteCapabilities(_server: ServerInfo): Capabilities {
  return {
    insertReturning: true,
    insertTellsKey: true,
    upsertMeetsTwice: true,
    updateReturning: true,
    deleteReturning: true,
    joinedDeleteReturning: true,
    fullJoin: true,
    joinsByHash: false,
    plannedListLength: 1,
    rowLocks: false,
    localSettings: false,
    distinctOn: false,
    addForeignKey: false,
    schemas: false,
    schemasAreDatabases: false,
    materializedViews: false,
    identityOptions: false,
    renameDependents: true,
    concurrentIndexes: false,
    commentStatements: false,
    transactionalDdl: true,
    concurrentWriters: false,
    isEmbedded: true,
    interleavedStreams: true,
    fullTextLanguages: false,
    indexMethods: false,
    sharedNames: { checks: false, foreignKeys: false, indexes: true, keys: false },
    partialIndexes: true,
    expressionIndexes: true,
    // SQLITE_MAX_VARIABLE_NUMBER of a default build. Source: sqlite.org/limits.html, since 3.32.
    maxParameters: 32_766,
    // A scaled integer of 64 bits holds 18 digits.
    maxDecimalPrecision: 18,
  };
}
