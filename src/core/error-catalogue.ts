/**
 * What each code means and what to do about it: the source of `docs/errors.md`, which `npm run errors` writes. A new
 * code doesn't compile until it stands here.
 */

import type { ErrorCode } from "./error.ts";

export type ErrorGroup = keyof typeof errorGroups;

export interface ErrorExplanation {
  readonly group: ErrorGroup;
  /** What happened, without a capital and a full stop. Markdown. */
  readonly means: string;
  /** What to do, in few words. Markdown. */
  readonly remedy: string;
  /** What databases and other programs say of it, by which people search. */
  readonly saidAs?: readonly string[];
  /** What to look at, in this order. Markdown. */
  readonly steps?: readonly string[];
}

export const errorGroups = {
  constraint: "A row breaks a rule of its table",
  query: "The query or a value is wrong; nothing was sent",
  refusal: "The database refuses",
  waiting: "Waiting, and other transactions",
  connection: "Connecting",
  migration: "Migrations",
} as const;

export const errorCatalogue: Readonly<Record<ErrorCode, ErrorExplanation>> = {
  E_UNIQUE_VIOLATION: {
    group: "constraint",
    means: "a row with this key exists already",
    remedy: "other values, or `onConflict(…)`",
    saidAs: [
      "duplicate key value violates unique constraint",
      "Duplicate entry … for key",
      "UNIQUE constraint failed",
    ],
  },
  E_FOREIGN_KEY_VIOLATION: {
    group: "constraint",
    means: "the row points at a row that isn't there, or others still point at the row",
    remedy: "write the other row first; delete those that point at it, or declare `onDelete`",
    saidAs: [
      "violates foreign key constraint",
      "Cannot add or update a child row",
      "FOREIGN KEY constraint failed",
    ],
  },
  E_NOT_NULL_VIOLATION: {
    group: "constraint",
    means: "a required column has no value",
    remedy: "give it, or declare a default",
    saidAs: [
      "null value in column … violates not-null constraint",
      "Column … cannot be null",
      "NOT NULL constraint failed",
    ],
  },
  E_CHECK_VIOLATION: {
    group: "constraint",
    means: "a check of the table is not met",
    remedy: "other values",
    saidAs: ["violates check constraint", "CHECK constraint failed"],
  },
  E_INVALID_VALUE: {
    group: "query",
    means: "a value is of the wrong kind: text for a number, an invalid date, `undefined`",
    remedy: "pass the right one; `null` for NULL",
  },
  E_OUT_OF_RANGE: {
    group: "query",
    means:
      "a number, text or date is beyond what its column holds; or a whole number of a result is beyond 2^53",
    remedy: "another type: `bigint()`, a longer `varchar`",
  },
  E_VALUE_TOO_LONG: {
    group: "query",
    means: "a text or bytes are longer than their column",
    remedy: "a longer `varchar`, or `text()`",
    saidAs: ["value too long for type character varying", "Data too long for column"],
  },
  E_ENCRYPTION: {
    group: "query",
    means:
      "an encrypted column has no key here, or holds what doesn't fit its key and its place; `reason` tells which",
    remedy: "[the guide](guide/encryption.md); keep old keys until nothing is encrypted by them",
  },
  E_CURSOR: {
    group: "query",
    means: "a cursor is damaged, of another query or order, or not signed by this secret",
    remedy: "begin at the first page; in an HTTP endpoint answer 400",
  },
  E_NO_CONDITION: {
    group: "query",
    means: "an update or delete would meet every row, or `where()` got `undefined`",
    remedy: "`.all()` where every row is meant",
  },
  E_NO_SCOPE: {
    group: "query",
    means: "a query of a table with a `.scope(…)` has no value for it, such as the tenant",
    remedy: "`db.scoped({ … })`, or `.without(…)` where the rows of all are meant",
  },
  E_EMPTY_WRITE: {
    group: "query",
    means: "an update sets nothing",
    remedy: "leave it out",
  },
  E_UNCHECKED: {
    group: "query",
    means:
      "`db.query` was given SQL that isn't among the checked statements, that has changed since, or that wasn't checked for this database",
    remedy: "`npx plinth check`; hand its module over: `connect(url, { schema, queries })`",
  },
  E_UNFINISHED: {
    group: "query",
    means: "what was awaited lacks a part: values, a condition, a table",
    remedy: "finish it; the hint says with what",
  },
  E_UNGROUPED: {
    group: "query",
    means: "a column is selected of which a group may have several values",
    remedy: "add it to `groupBy`, or group by its table's key",
  },
  E_WRITE_TWICE: {
    group: "query",
    means: "one write was awaited twice; it ran once",
    remedy: "keep its result, or build it again",
  },
  E_UNKNOWN_COLUMN: {
    group: "query",
    means: "the table has no such column",
    remedy: "the hint lists those it has",
  },
  E_UNKNOWN_RELATION: {
    group: "query",
    means: "a table has no relation of that name, or the connection wasn't told of the schema",
    remedy: "the hint lists those it has",
  },
  E_UNKNOWN_SOURCE: {
    group: "query",
    means: "a column's table isn't read by the query, or a table is joined twice",
    remedy: "join it; `alias()` for the second",
  },
  E_UNSUPPORTED: {
    group: "query",
    means: "this database can't do it, and nothing else means the same",
    remedy: "the hint says what to do instead",
  },
  E_SCHEMA: {
    group: "query",
    means: "a declaration contradicts itself or another",
    remedy: "the message names table and column",
  },
  E_CONFIG: {
    group: "query",
    means: "a URL, an option or a setting makes no sense",
    remedy: "the hint lists what there is",
  },
  E_NOT_FOUND: {
    group: "refusal",
    means: "`one()` found no row, or the row that a write names is gone",
    remedy: "`first()` where having none is expected",
  },
  E_STALE: {
    group: "refusal",
    means: "somebody changed the row since its version was read; nothing was written",
    remedy: "read it again and decide anew; show people what has changed",
    saidAs: ["StaleObjectStateException", "OptimisticLockException", "RecordNotUpdated"],
  },
  E_LEASE_LOST: {
    group: "refusal",
    means:
      "a worker held a job for longer than its lease, and another one may have it; what the first says of it counts no more",
    remedy: "stop what the job does (`job.signal` is aborted); give it a longer `leaseMs`",
    saidAs: ["Missing lock for job", "could not renew lock for job"],
  },
  E_SEVERAL_ROWS: {
    group: "refusal",
    means:
      "a write's `one()` met several rows and undid it, or an update's join might give any of several",
    remedy: "narrow the condition; join by a key",
  },
  E_HOOK_LOOP: {
    group: "refusal",
    means: "the hooks of a table write to it again and again; all of it is undone",
    remedy: "write there only where that has an end, such as when a value differs",
  },
  E_MISSING_TABLE: {
    group: "refusal",
    means: "there is no such table",
    remedy: "run `plinth migrate up`; check the file, the `search_path`, the naming",
    saidAs: ['relation "users" does not exist', "Table … doesn't exist", "no such table"],
    steps: [
      "Run the migrations: `plinth migrate up`. In a new database without migrations `createTables(db, schema)` makes the tables.",
      "Is it the right database? `db.execute(sql`select current_database()`)`; for SQLite the file's path counts from the current folder.",
      "Is the name spelt as the migration has it? `toSql()` of the query shows it; `naming` of `connect` decides.",
      "On PostgreSQL: is the table in a schema of the `search_path`?",
    ],
  },
  E_MISSING_COLUMN: {
    group: "refusal",
    means: "there is no such column",
    remedy: "check its name, and the naming",
    saidAs: ["column … does not exist", "Unknown column", "no such column"],
  },
  E_SYNTAX: {
    group: "refusal",
    means: "the database can't parse the statement",
    remedy: "`toSql()` shows it",
    saidAs: ["syntax error at or near", "You have an error in your SQL syntax"],
  },
  E_DATABASE_IN_USE: {
    group: "refusal",
    means: "others are connected to a database that is to be copied",
    remedy: "copy it when they are gone, or a copy of it that nobody uses",
    saidAs: ["source database … is being accessed by other users"],
  },
  E_PERMISSION: {
    group: "refusal",
    means: "the user may not do this",
    remedy: "grant it",
    saidAs: ["permission denied for table", "command denied to user"],
  },
  E_READ_ONLY: {
    group: "refusal",
    means: "the database or the transaction only reads",
    remedy: "write elsewhere",
    saidAs: [
      "cannot execute INSERT in a read-only transaction",
      "--read-only option",
      "attempt to write a readonly database",
    ],
    steps: [
      "A transaction with `readOnly: true` writes elsewhere.",
      "A server that became a standby in a failover is left by itself: the next write goes to what stands at the address then.",
      "An SQLite file needs write permission on its folder, too.",
    ],
  },
  E_DATABASE_FULL: {
    group: "refusal",
    means: "the disk is full",
    remedy: "make room",
    saidAs: [
      "could not extend file: No space left on device",
      "The table is full",
      "database or disk is full",
    ],
    steps: [
      "Make room: old logs, `plinth maintain`, a larger disk. Reads go on meanwhile.",
      "What was refused was not done, and can be run again.",
    ],
  },
  E_QUERY: {
    group: "refusal",
    means: "anything else; `serverCode` is the database's own code",
    remedy: "look that up in its manual",
  },
  E_POOL_TIMEOUT: {
    group: "waiting",
    means: "no connection, or SQLite's writer, came free in time",
    remedy: "inside `db.transaction()` use its `tx`; shorter transactions",
    saidAs: ["timeout waiting for connection from pool", "connection pool exhausted"],
    steps: [
      "The hint names the lines of your program that have held a connection for longest: look at those first.",
      "Inside `db.transaction` use its `tx`: `db` waits for a second connection while the first is held.",
      "Nothing slow inside a transaction.",
      "A transaction of `db.begin()` that nobody ends is a leak: `await using` ends it.",
      "More connections: `?max_connections=20` in the URL, as long as the server has them.",
      "`db.stats()` tells how many are leased and waited for; [the log](guide/observability.md) which statements are slow.",
    ],
  },
  E_TIMEOUT: {
    group: "waiting",
    means: "a lock, the server, another process or the query took too long",
    remedy: "shorter transactions, or a longer limit",
    saidAs: [
      "canceling statement due to statement timeout",
      "Lock wait timeout exceeded",
      "database is locked",
    ],
    steps: [
      "Add indexes on the columns of the condition and of the join; `explain` shows what is used.",
      "Read many rows in pages, or with `stream`; related rows in one query, not one for each row.",
      "`explain({ analyze: true })` tells where the time goes; `PLINTH_LOG=slow` which statements are slow.",
      "A lock that is waited for is held by another transaction: make that shorter.",
      "Does it wait for a connection? `db.stats().waiting` tells; then the pool is too small, or its connections are held too long.",
      "Raise the limit: `.timeout(ms)` of the query, `statement_timeout` of the URL, `lock_timeout` or `innodb_lock_wait_timeout` of the server.",
    ],
  },
  E_CANCELLED: {
    group: "waiting",
    means: "the query's signal called it off",
    remedy: "nothing: it is what was asked for",
  },
  E_DEADLOCK: {
    group: "waiting",
    means: "two transactions waited for one another; this one was rolled back",
    remedy: "run the whole transaction again",
    saidAs: ["deadlock detected", "Deadlock found when trying to get lock"],
    steps: [
      "Plinth runs the whole transaction again, five times by default, before you see this error.",
      "Which two statements? `statements` of the error and its hint tell them on MySQL and MariaDB, without their values, where the user of the URL has the privilege PROCESS; PostgreSQL writes them to its own log.",
      "Lock rows in the same order everywhere: sort the keys before you update them.",
      "Keep transactions short: nothing slow, no request to another service, between their statements.",
      "Lock what will be written when it is read: `forUpdate()`.",
      "Or lock nothing: write with the old version in the condition, and begin anew when no row was met.",
    ],
  },
  E_SERIALIZATION: {
    group: "waiting",
    means: "another transaction changed what this one read; rolled back",
    remedy: "run the whole transaction again",
    saidAs: ["could not serialize access", "Record has changed since last read"],
  },
  E_TRANSACTION_CLOSED: {
    group: "waiting",
    means: "a `tx` was used after its end",
    remedy: "await everything inside the callback",
  },
  E_COMMIT_UNKNOWN: {
    group: "waiting",
    means: "the connection broke during COMMIT",
    remedy: "look whether it was written; don't repeat blindly",
    steps: [
      "Read back what the transaction wrote: by a key that the program made itself, such as a UUID, that is one query.",
      "It isn't run again by itself, as it would be done twice if it was committed.",
      "A connection that was lost before COMMIT was sent is `E_CONNECTION_LOST`: nothing is committed then.",
    ],
  },
  E_SELF_WAIT: {
    group: "waiting",
    means: "`db` was used inside a transaction that holds the only writer",
    remedy: "use its `tx`; `tx.afterCommit()` for what follows",
  },
  E_AFTER_COMMIT: {
    group: "waiting",
    means: "committed, but what `afterCommit` was given failed",
    remedy: "don't run it again; see its `errors`",
  },
  E_CONNECTION_REFUSED: {
    group: "connection",
    means: "nothing answers at this host and port, or it has no connection left",
    remedy: "is the server running?",
    saidAs: [
      "error connecting to server: Connection refused",
      "ECONNREFUSED",
      "too many clients already",
      "Too many connections",
    ],
    steps: [
      "Is the server running? `docker compose ps`, `systemctl status postgresql`.",
      "Are host and port of the URL those on which it listens? `psql -h … -p …` or `mariadb -h … -P …` tells without Plinth.",
      "Does a firewall, or the server's `listen_addresses` or `bind-address`, keep the program out?",
      "Has it no connection left? Lower `max_connections` of the URL, or raise that of the server: each process takes up to `max_connections + shared_connections`.",
      "Look into the server's log: `docker compose logs postgres`.",
    ],
  },
  E_CONNECT_TIMEOUT: {
    group: "connection",
    means: "the server did not answer within `connect_timeout`",
    remedy: "host, port and firewall, or a longer limit",
    saidAs: ["connection timeout", "timeout expired"],
    steps: [
      "The same as for `E_CONNECTION_REFUSED`: a firewall that drops packets answers nothing.",
      "Raise `connect_timeout` of the URL where the way is long.",
    ],
  },
  E_CONNECTION_LOST: {
    group: "connection",
    means: "the connection broke",
    remedy: "read again; look before writing again",
    saidAs: [
      "Connection terminated unexpectedly",
      "server closed the connection",
      "ECONNRESET",
      "server has gone away",
    ],
    steps: [
      "Nothing, for reads: they were done again before you saw this error.",
      "For a write, `mayHaveRun` tells whether it may have been executed: look before you write again.",
      "Often? The server restarts, or something between ends idle connections: `max_lifetime` and `idle_timeout` of the URL below its limit.",
    ],
  },
  E_WRONG_PASSWORD: {
    group: "connection",
    means: "the server doesn't let this user in",
    remedy: "user and password of the URL, percent-encoded",
    saidAs: ["password authentication failed for user", "Access denied for user"],
    steps: [
      "Special characters of the URL are percent-encoded: `encodeURIComponent(password)`.",
      "The user must be known for the host from which the program comes: `pg_hba.conf`, or the host part of a MariaDB user.",
      "A password that changes comes from the `password` function of `connect`.",
    ],
  },
  E_MISSING_DATABASE: {
    group: "connection",
    means: "the server has no such database, or there is no such file",
    remedy: "look for a slip in the URL, or create it",
    saidAs: ['database "…" does not exist', "Unknown database"],
  },
  E_TLS: {
    group: "connection",
    means: "the connection can't be encrypted, or the certificate isn't trusted",
    remedy: "[TLS](guide/connecting.md#tls)",
    saidAs: [
      "self-signed certificate",
      "unable to verify the first certificate",
      "Hostname/IP does not match certificate",
    ],
  },
  E_SERVER_TOO_OLD: {
    group: "connection",
    means: "the server is older than those supported",
    remedy: "PostgreSQL 14, MariaDB 10.11, MySQL 8.0.17 or newer",
  },
  E_MISSING_PACKAGE: {
    group: "connection",
    means: "the database's driver isn't installed",
    remedy: "the hint is the command",
    saidAs: ["Cannot find package 'pg'"],
  },
  E_CLOSED: {
    group: "connection",
    means: "`close()` of the database or the store was called before",
    remedy: "close it when the program ends",
  },
  E_EVENTS_LOST: {
    group: "connection",
    means:
      "events of a channel may have been missed: a subscriber was away for longer than the channel's log reaches back, or the store lost some",
    remedy: "read anew what they tell of, then subscribe again; or give `onLost`, which is told",
  },
  E_MIGRATION_CONFLICT: {
    group: "migration",
    means: "two migrations, or a migration and the database, contradict one another",
    remedy: "look at both; `plinth migrate status` lists what was applied",
  },
  E_MIGRATION_DIRTY: {
    group: "migration",
    means: "a migration failed halfway, on a database that can't undo its steps",
    remedy: "mend what the message names, then `plinth migrate repair`",
  },
  E_MIGRATION_EDITED: {
    group: "migration",
    means: "a migration that was applied has been changed since",
    remedy: "put it back as it was, and write a new migration for the change",
  },
  E_MIGRATION_FAILED: {
    group: "migration",
    means: "a statement of a migration failed",
    remedy: "its cause tells why: the syntax, a table that isn't there, rows that break a new rule",
    steps: [
      "Does the SQL of the step mean what it should on this database? The cause has the server's code.",
      "Is the table that a foreign key points at made before?",
      "Is the table or column there already, made by hand?",
      "Is it an earlier migration's turn? `plinth migrate status` lists the order.",
      "May the user of the URL change tables? `E_PERMISSION` as the cause says that it may not.",
    ],
  },
  E_MIGRATION_INVALID: {
    group: "migration",
    means: "a migration's file can't be read as one",
    remedy: "mend the file that the message names",
  },
  E_MIGRATION_IRREVERSIBLE: {
    group: "migration",
    means: "a migration can't be taken back",
    remedy: "write the way back, or restore a backup",
  },
  E_MIGRATION_LOCKED: {
    group: "migration",
    means: "another process is migrating this database",
    remedy: "wait for it; its lock ends with its connection",
  },
  E_MIGRATION_LOSSY: {
    group: "migration",
    means:
      "a migration makes a table anew without something that the table has and no declaration tells; nothing was executed",
    remedy:
      "write it into the new table in the migration's SQL, up and down; where it is to go, `-- lint:allow LT105 reason` above the statement",
  },
  E_MIGRATION_MISSING: {
    group: "migration",
    means:
      "a migration that was applied isn't in the folder, or of those that a squashed one stands for only some are applied",
    remedy:
      "get its files back, from the branch that has them; `plinth migrate repair --forget NAME` if it never comes back",
  },
  E_MIGRATION_ORDER: {
    group: "migration",
    means: "a migration sorts before one that is applied",
    remedy: "give it a later number, or run it without `--strict-order`",
  },
};
