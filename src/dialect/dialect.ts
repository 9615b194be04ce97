/**
 * The contract of a database: how data becomes its SQL, how its values are read, how its errors are named. Read this
 * before any database's folder.
 */

import type { Source } from "../ast/expression.ts";
import { ShapeCache } from "../ast/shape.ts";
import type { RawStatement, SelectStatement, Statement } from "../ast/statement.ts";
import { templateOf } from "../ast/template.ts";
import { walkStatement } from "../ast/walk.ts";
import type { LogicalType } from "../ast/logical-type.ts";
import type { DbError } from "../core/error.ts";
import type { MaybePromise } from "../core/maybe-promise.ts";
import type { Change } from "../schema/change.ts";
import type { Names } from "../schema/naming.ts";
import type { Capabilities, ServerInfo } from "./capabilities.ts";
import type { Connection, Driver } from "./driver.ts";
import type { OpenDescribe } from "./server/description.ts";
import type { ExplainRules } from "./server/explain.ts";
import type { Introspect, Introspection } from "./server/introspector.ts";
import type { MigrationRules } from "./server/migration.ts";
import type { DdlRules, QueryRules } from "./sql/rules.ts";
import type { MigrationFacts } from "./server/migration-facts.ts";
import type { Lexis } from "./text/split-script.ts";
import type { TypeMap } from "./values/type-map.ts";
import { Writer, type Binding, type Spelling } from "./sql/writer.ts";

export type IsolationLevel =
  | "read committed"
  | "read uncommitted"
  | "repeatable read"
  | "serializable";

/** Levels stand in SQL as they are, so no other text may. */
export const ISOLATION_LEVELS: readonly IsolationLevel[] = [
  "read committed",
  "read uncommitted",
  "repeatable read",
  "serializable",
];

export interface BeginOptions {
  /** Default: the server's own. SQLite is always serializable, which keeps every promise of the weaker levels. */
  readonly isolation?: IsolationLevel | undefined;
  /** A transaction that only reads; writing in it is an error. Default false. */
  readonly readOnly?: boolean | undefined;
}

/** A lock by a name, as SQL. */
export interface NamedLockTexts {
  /** Gives whether the session has it now; it doesn't wait. */
  readonly take: string;
  /** Gives whether it was held. */
  readonly release: string;
}

/** What a connected program needs of a database for its queries. */
export interface QueryDialect {
  /** For messages. */
  readonly name: string;
  readonly server: ServerInfo;
  readonly can: Capabilities;
  readonly spelling: Spelling;
  readonly lexis: Lexis;
  readonly migrations: MigrationFacts;
  readonly query: QueryRules;
  readonly types: TypeMap;
  readonly explain: ExplainRules;
  /** Reads what the database holds. Loaded when it is first asked, as few programs do. */
  readonly introspect: Introspect;
  /**
   * Statements that make in an empty database what tables rest on and no declaration says. One may rest on another that
   * comes after it. Absent where tables rest on nothing but themselves.
   */
  readonly findFoundations?: (introspection: Pick<Introspection, "ask">) => Promise<string[]>;
  /** What statements mean that aren't run, of databases in this process. Loaded when it is first asked. */
  readonly describe?: OpenDescribe;
  /** The SQL that begins a transaction. */
  begin(options: BeginOptions): string;
  /** Scripts that keep a connection from writing, and let it again, where BEGIN can't say that. */
  readonly readOnlySwitch?: { readonly on: string; readonly off: string };
  /** Our error for a driver's, as far as the server tells. What isn't a driver's error comes back as it is. */
  toDbError(error: unknown): unknown;
  /** Whether trying the same again later may succeed, as nothing was done: another writer holds the database. */
  isBusy(error: unknown): boolean;
  /** Whether the error is what a statement ends with that was cancelled, or that ran longer than the server lets it. */
  isInterrupted(error: unknown): boolean;
  /** What is run first in the transaction of a session that holds locks. */
  readonly lockSession?: string;
  /** Undefined where the database runs in this process: its driver opens locks then. */
  readonly namedLock?: (name: string) => NamedLockTexts;
  /**
   * A read that gives settings their values until the transaction ends: its one parameter is an object of them as JSON.
   * Undefined where the server has no settings that SQL can read.
   */
  readonly localSettings?: string;
  /**
   * A read of one cell: the schema of tables that are declared without one, or NULL. Undefined where tables stand in none.
   */
  readonly ownSchema?: string;
  /** Whether names of tables are one that differ in the case of ASCII letters. Default false. */
  readonly namesIgnoreCase?: boolean;
  /** Sends a word on the channel that is its one parameter, to whoever `Driver.listen` hears. */
  readonly notice?: string;
  /** Whether another transaction was in the way, so that the whole of this one may succeed from its start. */
  isConflict(error: unknown): boolean;
  /** Whether the connection that the error came from is of no more use. */
  isConnectionLost(error: DbError): boolean;
  /** The same, with what changes tables. Loaded when it is first asked, as few programs do. */
  withChanges(): MaybePromise<Dialect>;
}

/** All of it: what plans and writes changes of tables, too. */
export interface Dialect extends QueryDialect {
  readonly ddl: DdlRules;
  readonly migration: MigrationRules;
}

/** What `connect` gets of an opened database. */
export interface OpenedDatabase {
  readonly dialect: QueryDialect;
  readonly driver: Driver;
  /** The connection by which the server was asked what it is. */
  readonly first: Connection;
  readonly settings: PoolSettings;
  /** A script that the first connection runs before anything else, patiently where another process is writing. */
  readonly setUp: string | undefined;
}

/** How connections to a server are kept. Not used where the database runs in this process. */
export interface PoolSettings {
  /** Connections leased to transactions, at most. */
  readonly maxConnections: number;
  /** Connections that queries outside transactions share, pipelined. 0 leases one for every query. */
  readonly sharedConnections: number;
  /** How long to wait for a connection, or for the writer of an embedded database, in milliseconds. */
  readonly acquireTimeoutMs: number;
  /** After how long an unused connection is closed, in milliseconds. */
  readonly idleTimeoutMs: number;
  /** After how long a connection is replaced, in milliseconds. Infinity keeps it for as long as it lives. */
  readonly maxLifetimeMs: number;
  /** For how long a lost server is tried again, in milliseconds. */
  readonly reconnectTimeoutMs: number;
  /** How long a question may wait for its answer before the server is asked whether it is at work on it. */
  readonly probeAfterMs: number;
}

/** Opens a database of one family, lazily loaded by the scheme of its URL. */
export type OpenDatabase = (options: OpenOptions) => MaybePromise<OpenedDatabase>;

export interface OpenOptions {
  /** As given, with its password; never shown. */
  readonly url: string;
  /** The driver's package, where the caller hands it over instead of having it imported. */
  readonly module?: unknown;
  /** Instead of the URL's: asked for each connection, as passwords of clouds change. */
  readonly password?: (() => MaybePromise<string>) | undefined;
  /** Whether a database that isn't there is made. */
  readonly createDatabase?: boolean | undefined;
}

/** A statement ready for a connection: its text, where its values go, and what its cells are. */
export interface RenderedStatement {
  readonly text: string;
  readonly bindings: readonly Binding[];
  readonly outputs: readonly (LogicalType | undefined)[];
}

/** @param template A statement whose values are numbered parameters. */
export function renderStatement(
  dialect: QueryDialect,
  names: Names,
  template: Statement,
): RenderedStatement {
  const out = new Writer({
    rules: dialect.query,
    spelling: dialect.spelling,
    types: dialect.types,
    names,
  });
  const rule = dialect.query[template.kind] as (node: Statement, out: Writer) => void;
  rule(template, out);
  return { text: out.text, bindings: out.bindings, outputs: out.outputs };
}

/** A query without parameters: literals stand where its values are. */
export function renderLiterally(
  dialect: QueryDialect,
  names: Names,
  query: RawStatement | SelectStatement,
): { readonly text: string; readonly sources: ReadonlySet<Source> } {
  const literals: unknown[] = [];
  walkStatement(new ShapeCache().root, query, literals);
  const out = new Writer({
    rules: dialect.query,
    spelling: dialect.spelling,
    types: dialect.types,
    names,
    literals,
  });
  const rule = dialect.query[query.kind] as (node: Statement, out: Writer) => void;
  rule(templateOf(query), out);
  return { text: out.text, sources: out.sources };
}

const AS_SPELT: Names = { table: (name) => name, column: ({ key }) => key };

export interface RenderOptions {
  /** Writes `if exists` and `if not exists` where the database has them. Default false. */
  readonly isTolerant?: boolean;
  /** Indexes are built while others write, where the database can; not in a transaction. Default false. */
  readonly hasConcurrentIndexes?: boolean;
}

/** The statements of a change, without semicolons; there may be none. */
export function renderChange(
  dialect: Dialect,
  change: Change,
  options: RenderOptions = {},
): readonly string[] {
  const out = new Writer({
    rules: dialect.query,
    spelling: dialect.spelling,
    types: dialect.types,
    names: AS_SPELT,
    ...options,
  });
  const rule = dialect.ddl[change.kind] as (change: Change, out: Writer) => void;
  rule(change, out);
  return out.statements;
}
