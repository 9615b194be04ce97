import type { Capabilities, ServerInfo } from "../../dialect/capabilities.ts";

/** What PostgreSQL can do from version 14 on, the oldest that is let in. */
export function postgresCapabilities(_server: ServerInfo): Capabilities {
  return {
    insertReturning: true,
    updateReturning: true,
    deleteReturning: true,
    joinedDeleteReturning: true,
    fullJoin: true,
    rowLocks: true,
    distinctOn: true,
    addForeignKey: true,
    schemas: true,
    schemasAreDatabases: false,
    materializedViews: true,
    identityOptions: true,
    renameDependents: true,
    concurrentIndexes: true,
    commentStatements: true,
    transactionalDdl: true,
    concurrentWriters: true,
    isEmbedded: false,
    interleavedStreams: true,
    fullTextLanguages: true,
    indexMethods: true,
    partialIndexes: true,
    expressionIndexes: true,
    // The protocol counts parameters in 16 bits. Source: PostgreSQL manual, "Message Formats", Bind.
    maxParameters: 65_535,
    // Digits that numeric(p, s) can declare. Source: PostgreSQL manual, "Arbitrary Precision Numbers".
    maxDecimalPrecision: 1000,
  };
}
