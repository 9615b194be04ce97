import type { Capabilities, ServerInfo } from "../../dialect/capabilities.ts";

/** What PostgreSQL can do from version 14 on, the oldest that is let in. PGlite is that, in this process. */
export function postgresCapabilities({ product }: ServerInfo): Capabilities {
  const isEmbedded = product === "pglite";
  return {
    insertReturning: true,
    insertTellsKey: false,
    // Source: PostgreSQL manual, INSERT, "ON CONFLICT Clause": a cardinality violation.
    upsertMeetsTwice: false,
    updateReturning: true,
    deleteReturning: true,
    joinedDeleteReturning: true,
    fullJoin: true,
    joinsByHash: true,
    // A plan of its own for fewer values costs less than the one for all, but for the time that planning takes.
    plannedListLength: 10,
    rowLocks: true,
    localSettings: true,
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
    concurrentWriters: !isEmbedded,
    isEmbedded,
    interleavedStreams: true,
    fullTextLanguages: true,
    indexMethods: true,
    sharedNames: { checks: false, foreignKeys: false, indexes: true, keys: true },
    partialIndexes: true,
    expressionIndexes: true,
    // The protocol counts parameters in 16 bits. Source: PostgreSQL manual, "Message Formats", Bind.
    maxParameters: 65_535,
    // Digits that numeric(p, s) can declare. Source: PostgreSQL manual, "Arbitrary Precision Numbers".
    maxDecimalPrecision: 1000,
  };
}
