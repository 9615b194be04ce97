import type { SharedNames } from "../schema/model.ts";

/** What a server can do, as data: the only thing that code above the databases may ask. */
export interface Capabilities {
  /** Rows that a write gives back in the same statement. Without it Plinth reads them by key in the same transaction. */
  readonly insertReturning: boolean;
  /** Whether an insert of one row tells the key that was counted up for it, for less than giving back the row costs. */
  readonly insertTellsKey: boolean;
  /** Whether an insert of several rows may update one row for several of them. */
  readonly upsertMeetsTwice: boolean;
  readonly updateReturning: boolean;
  readonly deleteReturning: boolean;
  /** The same of a delete that joins other tables. */
  readonly joinedDeleteReturning: boolean;
  readonly fullJoin: boolean;
  /** Whether a join with many rows may read the other table whole, where what a query collects is looked up by its index. */
  readonly joinsByHash: boolean;
  /** The length for which a list is planned once for all: a shorter one is planned each time. 1 where lengths don't matter. */
  readonly plannedListLength: number;
  /** `select … for update`. */
  readonly rowLocks: boolean;
  /** Whether SQL can read settings that are of one transaction, as policies of row-level security do. */
  readonly localSettings: boolean;
  /** `select distinct on (…)`. */
  readonly distinctOn: boolean;
  /** Whether a table's foreign keys can be added once it exists. */
  readonly addForeignKey: boolean;
  /** Tables in schemas beside the one of the connection; where those are databases, in other databases. */
  readonly schemas: boolean;
  /** Whether a schema is another database of the server, of the same name wherever it is named from. */
  readonly schemasAreDatabases: boolean;
  /** Views whose rows are kept until they are refreshed. */
  readonly materializedViews: boolean;
  /** Where keys that are counted up begin, by how much, and that rows bring none. */
  readonly identityOptions: boolean;
  /** Whether a column can be renamed that checks and computed columns are made of. */
  readonly renameDependents: boolean;
  /** Whether indexes can be built while others write. */
  readonly concurrentIndexes: boolean;
  /** Whether a comment on a table or a column is a statement of its own. */
  readonly commentStatements: boolean;
  /** Whether DDL is undone when its transaction is rolled back. */
  readonly transactionalDdl: boolean;
  /** Whether several connections write at the same time. Without it there is one writer, and those who wait queue. */
  readonly concurrentWriters: boolean;
  /** Whether the database runs in this process, where a round trip costs nothing and a pool would only cost. */
  readonly isEmbedded: boolean;
  /** Whether other statements of a transaction run between the rows of a stream in it. */
  readonly interleavedStreams: boolean;
  /** The names that no two tables of one schema may give; others are a table's own. */
  readonly sharedNames: SharedNames;
  /** Indexes of the rows that meet a condition. */
  readonly partialIndexes: boolean;
  /** Indexes by another method than a btree, operator classes, and columns that an index includes. */
  readonly indexMethods: boolean;
  /** Full-text indexes that know the forms of a language's words. */
  readonly fullTextLanguages: boolean;
  /** Indexes of what is computed from a row. */
  readonly expressionIndexes: boolean;
  /** How many values one statement can bind. */
  readonly maxParameters: number;
  /** Decimals beyond these digits are stored, but can't be compared or computed with in SQL. */
  readonly maxDecimalPrecision: number;
}

export interface ServerInfo {
  /** Such as `"postgres"`, `"mariadb"`, `"mysql"` or `"sqlite"`. For people and for `capabilities.ts` of the family. */
  readonly product: string;
  /** Major, minor, patch. */
  readonly version: readonly [number, number, number];
}
