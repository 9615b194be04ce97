/** The package: declaring, connecting, querying. A database's own code is loaded when one of its URLs is connected to. */

import { closeOn } from "../connect/close-on.ts";
import type { PlinthConfig } from "../connect/config.ts";
import type { EncryptionSettings } from "../connect/cipher.ts";
import { createEngine } from "../connect/engine.ts";
import {
  schemeOf,
  urlOfEnvironment,
  urlOfParts,
  type ConnectionParts,
} from "../connect/environment.ts";
import { refuseTwinTables } from "../connect/twins.ts";
import { logOfEnvironment, type LogOption } from "../connect/observe/log.ts";
import { ConfigError } from "../core/error.ts";
import type { Dialect, OpenDatabase } from "../dialect/dialect.ts";
import type { CreateScratch, ScratchDatabase } from "../dialect/server/scratch.ts";
import { loadTrail } from "../query/audit/load-trail.ts";
import type { AuditOptions } from "../query/audit/trail.ts";
import { Database, type DatabaseKind } from "../query/database.ts";
import { loadChecked } from "../query/checked/load.ts";
import type { CheckedQueries } from "../query/checked/module.ts";
import { loadRelations } from "../query/relations/load-code.ts";
import { RepeatWatch } from "../query/watch/repeats.ts";
import { secretsOf, type CursorSecret } from "../query/pages/cursor.ts";
import type { TableHooks } from "../query/watch/hooks.ts";
import { loadReadBack } from "../query/write/load-returning.ts";
import { loadWatchedWrites } from "../query/write/watched/load.ts";
import type { Naming } from "../schema/naming.ts";
import type { AnySchema } from "../schema/schema.ts";

type LoadDatabase = () => Promise<OpenDatabase>;

async function loadSqlite(): Promise<OpenDatabase> {
  return (await import("../databases/sqlite/dialect.ts")).openSqlite;
}

async function loadPostgres(): Promise<OpenDatabase> {
  return (await import("../databases/postgres/dialect.ts")).openPostgres;
}

async function loadPglite(): Promise<OpenDatabase> {
  return (await import("../databases/postgres/pglite/open.ts")).openPglite;
}

async function loadMysql(): Promise<OpenDatabase> {
  return (await import("../databases/mysql/dialect.ts")).openMysql;
}

const schemes = new Map<string, LoadDatabase>([
  ["sqlite", loadSqlite],
  ["postgres", loadPostgres],
  ["postgresql", loadPostgres],
  ["pglite", loadPglite],
  ["mysql", loadMysql],
  ["mariadb", loadMysql],
]);

async function offlinePostgres(): Promise<Dialect> {
  return (await import("./postgres.ts")).postgresDialect({
    product: "postgres",
    version: [14, 0, 0],
  });
}

const dialects: Readonly<Record<string, () => Promise<Dialect>>> = {
  sqlite: async () =>
    (await import("./sqlite.ts")).sqliteDialect({ product: "sqlite", version: [3, 39, 0] }),
  postgres: offlinePostgres,
  postgresql: offlinePostgres,
  pglite: offlinePostgres,
  mariadb: async () =>
    (await import("./mysql.ts")).mysqlDialect({ product: "mariadb", version: [10, 11, 0] }),
  mysql: async () =>
    (await import("./mysql.ts")).mysqlDialect({ product: "mysql", version: [8, 0, 17] }),
};

/**
 * The words of a database without one, for SQL that is written now and run later: those of its oldest version that Plinth
 * takes.
 *
 * @param product `"sqlite"`, `"postgres"`, `"mariadb"` or `"mysql"`, or another scheme of their URLs.
 * @throws {ConfigError} for another.
 */
export async function dialectOf(product: string): Promise<Dialect> {
  const load = Object.hasOwn(dialects, product) ? dialects[product] : undefined;
  if (load !== undefined) return load();
  throw new ConfigError(`Plinth knows no database "${product}".`, {
    hint: `Known are ${Object.keys(dialects).join(", ")}.`,
  });
}

async function mysqlScratch(): Promise<CreateScratch> {
  return (await import("../databases/mysql/copy/scratch.ts")).createMysqlScratch;
}

async function postgresScratch(): Promise<CreateScratch> {
  return (await import("../databases/postgres/copy/scratch.ts")).createPostgresScratch;
}

const scratches: Readonly<Record<string, () => Promise<CreateScratch>>> = {
  sqlite: async () => (await import("../databases/sqlite/copy/scratch.ts")).createSqliteScratch,
  postgres: postgresScratch,
  postgresql: postgresScratch,
  pglite: async () => (await import("../databases/postgres/pglite/scratch.ts")).createPgliteScratch,
  mariadb: mysqlScratch,
  mysql: mysqlScratch,
};

export interface ScratchSettings extends Pick<ConnectOptions, "driver" | "password"> {
  /** Whether it is a copy of the URL's database, with all rows. Default false: it is empty. */
  readonly hasData?: boolean;
}

/**
 * Makes a database of a random name beside the one of a URL, for tests and rehearsals. Whoever makes it drops it:
 * `await scratch.drop()`.
 *
 * On PostgreSQL nobody may be connected to a database while it is copied.
 *
 * @throws {QueryError} `E_PERMISSION` without the right to make one, `E_DATABASE_IN_USE` where others keep it from being copied.
 */
export async function createScratch(
  url: string,
  { hasData = false, driver, password }: ScratchSettings = {},
): Promise<ScratchDatabase> {
  const scheme = schemeOf(url);
  const load = Object.hasOwn(scratches, scheme) ? scratches[scheme] : undefined;
  if (load === undefined) {
    throw new ConfigError(
      `Plinth makes no scratch databases for URLs that begin with "${scheme}:".`,
      {
        hint: `It does for ${Object.keys(scratches).join(", ")}.`,
      },
    );
  }
  const create = await load();
  return create({ url, module: driver, password, hasData });
}

/** Teaches `connect` the URLs of a database that isn't part of the package. */
export function registerDialect(scheme: string, open: OpenDatabase): void {
  schemes.set(scheme, () => Promise.resolve(open));
}

export interface ConnectOptions<S extends AnySchema = AnySchema> {
  /** The tables of the application, and what belongs to what: `with` needs it, and what works on all tables. */
  readonly schema?: S;
  /** The tables whose writes are written down, and where: who changed what, and how it was before. Default: none. */
  readonly audit?: AuditOptions;
  /** What is done before and behind the writes of tables: `hooks(users, { … })`, in their order. */
  readonly hooks?: readonly TableHooks[];
  /** How names are spelt that the declarations leave open. Default: tables as they are, columns in snake case. */
  readonly naming?: Naming;
  /** The variables that may hold the URL, where none is given; the first that is set does. Default `"DATABASE_URL"`. */
  readonly env?: readonly string[] | string;
  /**
   * Gives the password for each new connection, instead of the URL: where passwords are rotated, or are tokens that
   * expire. Asked within `connect_timeout`.
   */
  readonly password?: () => Promise<string> | string;
  /**
   * Whether a database that isn't there is made, with the server's defaults; of SQLite, its folder too. Default: only a
   * file of SQLite and the folder of PGlite are, in a folder that is there; `false` refuses those, too.
   */
  readonly createDatabase?: boolean;
  /**
   * Signals upon which the database is closed, and after it the process ended, unless the program listens to the signal
   * itself. `true` is SIGTERM and SIGINT. What is under way has 9 seconds. Default: none.
   */
  readonly closeOn?: readonly NodeJS.Signals[] | true;
  /**
   * Whether `db` takes part in the transaction whose callback it is used in, however deep inside. Default false: only `tx`
   * does, and outside of production a warning tells where `db` stands for it.
   */
  readonly ambientTransactions?: boolean;
  /**
   * Tells each statement with its duration and its rows: `true` on stderr, or to a function. Default: what the environment
   * variable `PLINTH_LOG` asks for, `sql` or `slow`; else none.
   */
  readonly log?: LogOption | undefined;
  /**
   * Whether a query that runs five times within a second, each time for another key, is warned of with its line: what one
   * query would read. Default: unless `NODE_ENV` is `production` or `test`.
   */
  readonly warnOfRepeats?: boolean;
  /** What `plinth check` has written, so that `db.query` runs it. Default: nothing is checked. */
  readonly queries?: Pick<CheckedQueries, "~checked"> | undefined;
  /** The keys of columns that are `encrypted()`. */
  readonly encryption?: EncryptionSettings | undefined;
  /**
   * Signs the cursors of `keyset()`, so that none can be made up: 16 characters or more. Of several the first signs, and
   * each is taken, so that one can be exchanged. Default: cursors are not signed.
   */
  readonly cursorSecret?: CursorSecret | undefined;
  /** The driver's package, for programs that import it themselves, such as `await import("pg")`. */
  readonly driver?: unknown;
}

/**
 * Connects to a database, and asks the server what it is.
 *
 * @param target `sqlite:app.db`, `sqlite::memory:`, `postgres://…`, `pglite:`, `mysql://…` or `mariadb://…`, its parts, the project's
 * configuration for the database that the command line takes, too, or nothing for the URL in the environment. Options stand
 * behind the `?`.
 * @throws {ConfigError} for a URL or an option that makes no sense.
 * @throws {ConnectionError} when the server can't be reached or refuses.
 * @throws {MissingPackageError} when the driver's package isn't installed.
 * @example
 * await using db = await connect("sqlite:app.db", { schema });
 */
export async function connect<S extends AnySchema = AnySchema>(
  target?: Target,
  options: ConnectOptions<S> = {},
): Promise<Database<S>> {
  const config = isConfig(target) ? target : undefined;
  const url = urlOfTarget(target, options.env);
  const scheme = schemeOf(url);
  const load = schemes.get(scheme);
  if (load === undefined) {
    throw new ConfigError(`No database is known for URLs that begin with "${scheme}:".`, {
      hint: `Known are ${[...schemes.keys()].join(", ")}.`,
    });
  }
  const cursorSecrets = secretsOf(options.cursorSecret);
  const open = await load();
  const opened = await open({
    url,
    module: options.driver,
    password: options.password,
    createDatabase: options.createDatabase,
  });
  const kind = kindOf(options);
  const engine = await createEngine(opened, {
    naming: options.naming ?? config?.naming,
    log: options.log ?? logOfEnvironment(process.env["PLINTH_LOG"]),
    isTracked: kind === "plain" ? undefined : true,
    cursorSecrets,
    encryption: options.encryption,
  });
  const repeats = isWarnedOfRepeats(options) ? new RepeatWatch(engine.clock) : undefined;
  const checked = await loadChecked(options.queries, engine, options.schema);
  await Promise.all([loadRelations(), loadReadBack(engine.dialect.can)]);
  const db = Database.of(engine, options.schema, kind, repeats, checked);
  try {
    if (options.schema !== undefined) await refuseTwinTables(options.schema, engine);
    if (options.audit !== undefined || options.hooks !== undefined) await loadWatchedWrites();
    if (options.audit !== undefined) {
      await loadTrail();
      db["~audit"](options.audit);
    }
    for (const own of options.hooks ?? []) own.register(db);
  } catch (error) {
    await db.close();
    throw error;
  }
  if (options.closeOn !== undefined) closeOn(options.closeOn, db);
  return db;
}

type Target = string | ConnectionParts | PlinthConfig | undefined;

function isConfig(target: Target): target is PlinthConfig {
  return typeof target === "object" && !("scheme" in target);
}

function urlOfTarget(target: Target, env: ConnectOptions["env"]): string {
  if (typeof target === "string") return target;
  if (target === undefined) return urlOfEnvironment(env);
  return isConfig(target) ? urlOfEnvironment(env ?? target.env, target.url) : urlOfParts(target);
}

/** What stands inside a transaction by mistake is told while a program is made, and costs nothing once it is in use. */
function kindOf({
  ambientTransactions,
}: Pick<ConnectOptions, "ambientTransactions">): DatabaseKind {
  if (ambientTransactions === true) return "ambient";
  return process.env["NODE_ENV"] === "production" ? "plain" : "watching";
}

/** Tests do by themselves what a program should not. */
function isWarnedOfRepeats({ warnOfRepeats }: Pick<ConnectOptions, "warnOfRepeats">): boolean {
  const environment = process.env["NODE_ENV"];
  return warnOfRepeats ?? (environment !== "production" && environment !== "test");
}

export type { ScratchDatabase } from "../dialect/server/scratch.ts";
export type { EncryptionSettings } from "../connect/cipher.ts";
export type { EncryptedOptions } from "../schema/encrypted.ts";
export type { ConnectionParts } from "../connect/environment.ts";
export type { NamedLockOptions } from "../connect/source.ts";
export type { TransactionOptions } from "../connect/transaction/run-transaction.ts";
export type { LogEntry, LogOption, LogSettings } from "../connect/observe/log.ts";
export type { QueryEvent } from "../connect/observe/query-events.ts";
export { withQueryTags } from "../connect/observe/query-tags.ts";
export type { Limits } from "../connect/limits.ts";
export type { CloseOptions, SourceStats } from "../connect/source.ts";
export {
  AfterCommitError,
  BuildError,
  CancelledError,
  CheckViolationError,
  CommitUnknownError,
  ConfigError,
  ConflictError,
  ConnectionError,
  ConstraintError,
  CursorError,
  DbError,
  EncryptionError,
  EventsLostError,
  ForeignKeyViolationError,
  HookLoopError,
  InvalidValueError,
  LeaseLostError,
  MigrationError,
  MissingPackageError,
  NotFoundError,
  NotNullViolationError,
  QueryError,
  SelfWaitError,
  SeveralRowsError,
  StaleRowError,
  TimeoutError,
  TransactionClosedError,
  UniqueViolationError,
  UnsupportedError,
} from "../core/error.ts";
export type { CursorFault, EncryptionFault, ErrorCode, Holder } from "../core/error.ts";
export { defineConfig } from "../connect/config.ts";
export type { MigrationSettings, PlinthConfig } from "../connect/config.ts";
export { uuidv7 } from "../core/uuid.ts";
export type { Condition, Expression } from "../ast/expression.ts";
export type { OrderTerm } from "../ast/statement.ts";
export type { BeginOptions, IsolationLevel } from "../dialect/dialect.ts";
export type { Capabilities, ServerInfo } from "../dialect/capabilities.ts";
export { createTables } from "../migrate/create-tables.ts";
export type { Actor, AsOptions, ScopeValues } from "../query/actor.ts";
export { BegunTransaction } from "../query/begun.ts";
export { Database } from "../query/database.ts";
export { Executor, Transaction } from "../query/client.ts";
export type { DatabaseStats } from "../query/database.ts";
export type { ExecuteResult } from "../query/read/execute-sql.ts";
export { add, multiply, subtract } from "../query/functions/arithmetic.ts";
export {
  arrayAppend,
  arrayContained,
  arrayContains,
  arrayIncludes,
  arrayLength,
  arrayOverlaps,
  arrayRemove,
} from "../query/functions/array.ts";
export { array } from "../schema/array.ts";
export type { ArrayOptions } from "../schema/array.ts";
export {
  clearBits,
  fromBits,
  hasAll,
  hasAny,
  hasNone,
  includesBits,
  setBits,
  toBits,
} from "../query/functions/bits.ts";
export type { FlagOf } from "../query/functions/bits.ts";
export { customType } from "../schema/custom-type.ts";
export type {
  CustomCodec,
  CustomDatabase,
  CustomTypeDeclaration,
  CustomTypeOptions,
} from "../schema/custom-type.ts";
export type { StoredValue } from "../ast/codec.ts";
export { bitField } from "../schema/bit-field.ts";
export type { BitFieldOptions, Bits } from "../schema/bit-field.ts";
export {
  and,
  avg,
  between,
  coalesce,
  contains,
  count,
  countDistinct,
  endsWith,
  eq,
  exists,
  gt,
  gte,
  ilike,
  inArray,
  isNotNull,
  isNull,
  like,
  lower,
  lt,
  lte,
  max,
  min,
  ne,
  not,
  notExists,
  notIlike,
  notInArray,
  notLike,
  or,
  scalar,
  startsWith,
  sum,
  upper,
} from "../query/expression.ts";
export {
  jsonBoolean,
  jsonExists,
  jsonLength,
  jsonNumber,
  jsonPath,
  jsonRemove,
  jsonSet,
  jsonText,
} from "../query/functions/json.ts";
export { asc, desc } from "../query/order.ts";
export type { Ordering } from "../query/order.ts";
export { isDistinctFrom, isNotDistinctFrom, nullIf } from "../query/read/distinct.ts";
export { dateAdd, dateDiff, datePart, dateTrunc } from "../query/functions/instants.ts";
export type { DatePart, DateSpan, DateUnit } from "../query/functions/instants.ts";
export {
  abs,
  ceil,
  divide,
  floor,
  greatest,
  least,
  modulo,
  negate,
  random,
  round,
} from "../query/functions/numbers.ts";
export { concat, length, replace, stringAgg, substring, trim } from "../query/functions/texts.ts";
export type { QueryTable, SetColumns } from "../query/read/derived.ts";
export type { LockOptions, SelectBuilder, SelectQuery, SetQuery } from "../query/read/select.ts";
export { countOf, every, none, related, some } from "../query/relations/operators.ts";
export type { RelatedCondition } from "../query/relations/correlated.ts";
export type { RelatedQuery } from "../query/relations/related-query.ts";
export type { With } from "../query/relations/types.ts";
export type { TableQuery } from "../query/read/table-query.ts";
export type { SqlText } from "../query/read/sql-text.ts";
export type { CursorSecret } from "../query/pages/cursor.ts";
export type { KeysetOptions, KeysetPage, KeysetRead } from "../query/pages/keyset.ts";
export type { Page, PageOptions, PageRead } from "../query/pages/page.ts";
export { fromJson, toJson } from "../query/rows/json.ts";
export type { Json } from "../query/rows/json.ts";
export { insertSchema, selectSchema, updateSchema } from "../query/rows/schema.ts";
export type { RowSchema, RowSchemaOptions } from "../query/rows/schema.ts";
export type {
  StandardIssue,
  StandardProperties,
  StandardResult,
  StandardSchema,
} from "../query/rows/standard-schema.ts";
export { checkedQueries } from "../query/checked/module.ts";
export type { CheckedQueries, FileStatement } from "../query/checked/module.ts";
export type {
  CheckedColumn,
  CheckedData,
  CheckedFacts,
  CheckedParameter,
  CheckedType,
  ColumnReference,
  FactsByDatabase,
  NamedStatement,
  WrittenType,
} from "../query/checked/format.ts";
export { named } from "../query/checked/named.ts";
export type { NamedQuery } from "../query/checked/named-query.ts";
export type { CheckedQuery, CheckedResult } from "../query/checked/query.ts";
export type { CheckedSql } from "../query/checked/types.ts";
export { bindAs, sql } from "../query/sql.ts";
export type { Sql } from "../query/sql.ts";
export type { ExplainOptions } from "../query/read/explain.ts";
export type { PlanDetails, PlanNode } from "../dialect/server/explain.ts";
export type { StreamOptions } from "../query/read/stream.ts";
export type { Query, UpdateSet, WriteSummary } from "../query/types.ts";
export { databaseSchema } from "../query/database-schema.ts";
export type { DatabaseSchema } from "../query/database-schema.ts";
export { materializedView, view } from "../query/read/view.ts";
export type {
  ColumnsMaterializedViewBuilder,
  ColumnsViewBuilder,
  MaterializedViewBuilder,
  ViewBuilder,
  ViewColumns,
  ViewQueries,
} from "../query/read/view.ts";
export type { IdentityOptions } from "../schema/identity.ts";
export type { Column, ColumnBuilder } from "../schema/column.ts";
export { comment } from "../schema/comment.ts";
export type { CommentSpec } from "../schema/comment.ts";
export { inserted } from "../query/write/conflict.ts";
export type {
  ConflictBuilder,
  ConflictSet,
  ConflictUpdateOptions,
} from "../query/write/conflict.ts";
export type { DeleteBuilder, HardDelete } from "../query/write/delete.ts";
export type { InsertBuilder } from "../query/write/insert-builder.ts";
export type { InsertWrite } from "../query/write/insert-write.ts";
export type { RestoreBuilder } from "../query/write/soft-delete.ts";
export type { UpdateBuilder, UpdateWithoutCondition } from "../query/write/update.ts";
export { reencrypt } from "../query/write/reencrypt.ts";
export type { ReencryptOptions, ReencryptSummary } from "../query/write/reencrypt.ts";
export type { RowStream, StreamedInsert } from "../query/write/insert-stream.ts";
export type {
  ManyUpdate,
  UpdateManyOptions,
  UpdateManySummary,
} from "../query/write/update-many.ts";
export type { RowWrite } from "../query/write/row-write.ts";
export type { PendingWrite, ReturningWrite } from "../query/write/write.ts";
export {
  check,
  foreignKey,
  index,
  primaryKey,
  unique,
  uniqueIndex,
} from "../schema/constraints.ts";
export type {
  CheckSpec,
  ForeignKeyBuilder,
  ForeignKeySpec,
  IndexBuilder,
  PrimaryKeyBuilder,
  PrimaryKeySpec,
  UniqueBuilder,
  UniqueSpec,
} from "../schema/constraints.ts";
export { fullTextIndex } from "../schema/full-text.ts";
export type { FullTextBuilder, FullTextOptions, FullTextSpec } from "../schema/full-text.ts";
export { match, matchRank } from "../query/functions/match.ts";
export type { MatchOptions } from "../query/functions/match.ts";
export { operatorClass, prefixOf } from "../schema/index-spec.ts";
export type { IndexMethod, IndexSpec, IndexTermSpec } from "../schema/index-spec.ts";
export { alias, table } from "../schema/table.ts";
export {
  caseWhen,
  denseRank,
  filter,
  firstValue,
  lag,
  lastValue,
  lead,
  over,
  rank,
  rowNumber,
} from "../query/functions/window.ts";
export type { Case, Frame, Window, WindowFunction } from "../query/functions/window.ts";
export { track, trackNew } from "../query/track.ts";
export type { EditableOf, MemberState, Tracked, TrackedValues } from "../query/track.ts";
export { auditColumns, auditLog } from "../schema/audit-log.ts";
export type { AuditColumns, AuditTable, AuditValue, AuditValues } from "../schema/audit-log.ts";
export { audited } from "../query/audit/audited.ts";
export type { AuditedOptions, AuditedTable } from "../query/audit/audited.ts";
export { historyOf } from "../query/audit/history.ts";
export type { AuditEvent, AuditOptions } from "../query/audit/trail.ts";
export { hooks } from "../query/watch/hooks.ts";
export type {
  TableHooks,
  DeletedEvent,
  DeleteEvent,
  HookContext,
  Hooks,
  InsertedEvent,
  InsertEvent,
  RowChange,
  RowsUpdate,
  UpdatedEvent,
  UpdateEvent,
} from "../query/watch/hooks.ts";
export type { MaterializedView, View } from "../schema/table.ts";
export type { Alias, AnyTable, KeyOf, NewRowOf, RowOf, Table } from "../schema/table.ts";
export type { EnumDeclaration, EnumOptions, Instant } from "../schema/types.ts";
export { live } from "../query/lifts.ts";
export type { ArchiveOptions, PurgeOptions } from "../query/write/purge.ts";
export { softDelete } from "../schema/soft-delete.ts";
export type { SoftDeleteColumns, SoftDeleteOptions } from "../schema/soft-delete.ts";
export { scope } from "../schema/scope.ts";
export type { ScopeBuilder } from "../schema/scope.ts";
export { timestamps } from "../schema/timestamps.ts";
export type { TimestampColumns, TimestampsOptions } from "../schema/timestamps.ts";
export { Relation } from "../schema/relation.ts";
export type {
  Hop,
  Relate,
  RelationDraft,
  RelationKind,
  RelationStep,
  SchemaRelations,
  Through,
} from "../schema/relation.ts";
export { version } from "../schema/version.ts";
export { defineSchema } from "../schema/schema.ts";
export type { AnySchema, Schema } from "../schema/schema.ts";
export type { Naming, NameStyle } from "../schema/naming.ts";
export {
  bigint,
  boolean,
  bytes,
  date,
  decimal,
  double,
  enumType,
  integer,
  json,
  real,
  smallint,
  text,
  time,
  timestamp,
  uuid,
  varchar,
} from "../schema/types.ts";
