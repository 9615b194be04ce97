/**
 * Every error that Plinth throws on purpose is a `DbError`. Match on `code`, which is stable; read `hint` for what to
 * do next. A message and a hint name tables, columns, hosts and settings, never a value and never a password.
 */

/** The closed list of codes. Adding one is a minor change, removing or renaming one a major change. */
export type ErrorCode =
  | "E_AFTER_COMMIT"
  | "E_CANCELLED"
  | "E_CHECK_VIOLATION"
  | "E_CLOSED"
  | "E_COMMIT_UNKNOWN"
  | "E_CONFIG"
  | "E_CONNECT_TIMEOUT"
  | "E_CONNECTION_LOST"
  | "E_CONNECTION_REFUSED"
  | "E_CURSOR"
  | "E_DATABASE_FULL"
  | "E_DATABASE_IN_USE"
  | "E_DEADLOCK"
  | "E_EMPTY_WRITE"
  | "E_ENCRYPTION"
  | "E_EVENTS_LOST"
  | "E_FOREIGN_KEY_VIOLATION"
  | "E_HOOK_LOOP"
  | "E_INVALID_VALUE"
  | "E_LEASE_LOST"
  | "E_MIGRATION_CONFLICT"
  | "E_MIGRATION_DIRTY"
  | "E_MIGRATION_EDITED"
  | "E_MIGRATION_FAILED"
  | "E_MIGRATION_INVALID"
  | "E_MIGRATION_IRREVERSIBLE"
  | "E_MIGRATION_LOCKED"
  | "E_MIGRATION_LOSSY"
  | "E_MIGRATION_MISSING"
  | "E_MIGRATION_ORDER"
  | "E_MISSING_COLUMN"
  | "E_MISSING_DATABASE"
  | "E_MISSING_PACKAGE"
  | "E_MISSING_TABLE"
  | "E_NO_CONDITION"
  | "E_NO_SCOPE"
  | "E_NOT_FOUND"
  | "E_NOT_NULL_VIOLATION"
  | "E_OUT_OF_RANGE"
  | "E_PERMISSION"
  | "E_POOL_TIMEOUT"
  | "E_QUERY"
  | "E_READ_ONLY"
  | "E_SCHEMA"
  | "E_SELF_WAIT"
  | "E_SERIALIZATION"
  | "E_SERVER_TOO_OLD"
  | "E_SEVERAL_ROWS"
  | "E_STALE"
  | "E_SYNTAX"
  | "E_TIMEOUT"
  | "E_TLS"
  | "E_TRANSACTION_CLOSED"
  | "E_UNCHECKED"
  | "E_UNIQUE_VIOLATION"
  | "E_UNFINISHED"
  | "E_UNGROUPED"
  | "E_UNKNOWN_COLUMN"
  | "E_UNKNOWN_RELATION"
  | "E_UNKNOWN_SOURCE"
  | "E_UNSUPPORTED"
  | "E_VALUE_TOO_LONG"
  | "E_WRITE_TWICE"
  | "E_WRONG_PASSWORD";

export interface ErrorDetails {
  /** What to run or to change, as one sentence. */
  readonly hint?: string | undefined;
  /** The error underneath. It is kept without the values and passwords that it may hold. */
  readonly cause?: unknown;
}

/** What a driver's error may keep: its codes and names, which hold no data. */
const SAFE_CAUSE_FIELDS = [
  "code",
  "errcode",
  "errno",
  "sqlState",
  "severity",
  "routine",
  "syscall",
] as const;

/**
 * A driver's error, without its message and details: PostgreSQL's `detail` quotes rows, MariaDB's message quotes keys and
 * the statement with its values. The stack's frames and the server's codes stay.
 */
function withoutData(cause: unknown): unknown {
  if (cause === undefined || cause instanceof DbError) return cause;
  if (!(cause instanceof Error)) return undefined;
  const safe = new Error(`${cause.name} (its message is withheld, because it may hold data)`);
  const frames = cause.stack?.split("\n").filter((line) => /^\s+at /.test(line)) ?? [];
  safe.stack = [`${safe.name}: ${safe.message}`, ...frames].join("\n");
  for (const field of SAFE_CAUSE_FIELDS) {
    const value: unknown = Reflect.get(cause, field);
    if (typeof value === "string" || typeof value === "number") Reflect.set(safe, field, value);
  }
  return safe;
}

export abstract class DbError extends Error {
  abstract readonly code: ErrorCode;
  /** What to run or to change, where that is known. */
  readonly hint: string | undefined;

  constructor(message: string, details: ErrorDetails = {}) {
    const cause = withoutData(details.cause);
    super(
      details.hint === undefined ? message : `${message} ${details.hint}`,
      cause === undefined ? {} : { cause },
    );
    this.hint = details.hint;
  }

  override get name(): string {
    return this.constructor.name;
  }
}

/** Where a constraint stands; each part is undefined where the server does not tell and the schema does not know. */
export interface ConstraintDetails extends ErrorDetails {
  readonly schema?: string | undefined;
  readonly table?: string | undefined;
  readonly columns?: readonly string[] | undefined;
  readonly constraint?: string | undefined;
}

function place(details: ConstraintDetails): string {
  const table = details.table === undefined ? "" : ` in table "${details.table}"`;
  const columns = details.columns?.length
    ? ` (${details.columns.map((name) => `"${name}"`).join(", ")})`
    : "";
  const constraint = details.constraint === undefined ? "" : `, constraint "${details.constraint}"`;
  return `${table}${columns}${constraint}`;
}

/** A row broke a rule of its table. `table`, `columns` and `constraint` are the database's names. */
export abstract class ConstraintError extends DbError {
  /** The schema of the table, where the declaration or the server tells it. */
  readonly schema: string | undefined;
  readonly table: string | undefined;
  readonly columns: readonly string[] | undefined;
  readonly constraint: string | undefined;

  constructor(message: string, details: ConstraintDetails) {
    super(`${message}${place(details)}.`, details);
    this.schema = details.schema;
    this.table = details.table;
    this.columns = details.columns;
    this.constraint = details.constraint;
  }
}

/** A row collided with a unique or primary key. Safe to retry only with different values. */
export class UniqueViolationError extends ConstraintError {
  override readonly code = "E_UNIQUE_VIOLATION";
  constructor(details: ConstraintDetails) {
    super("A row with this key exists already", details);
  }
}

/** A row points at a row that does not exist, or a row that others point at was to be deleted. */
export class ForeignKeyViolationError extends ConstraintError {
  override readonly code = "E_FOREIGN_KEY_VIOLATION";
  constructor(details: ConstraintDetails) {
    super("A foreign key would point at no row", details);
  }
}

/** A required column got NULL. */
export class NotNullViolationError extends ConstraintError {
  override readonly code = "E_NOT_NULL_VIOLATION";
  constructor(details: ConstraintDetails) {
    super("A required column has no value", details);
  }
}

/** A row broke a check. */
export class CheckViolationError extends ConstraintError {
  override readonly code = "E_CHECK_VIOLATION";
  constructor(details: ConstraintDetails) {
    super("A row breaks a check", details);
  }
}

/** The database can't do what was asked, and nothing that means the same exists. Thrown before anything is sent. */
export class UnsupportedError extends DbError {
  override readonly code = "E_UNSUPPORTED";
  readonly feature: string;

  constructor(details: { dialect: string; feature: string; instead: string }) {
    super(`${details.dialect} does not support ${details.feature}.`, { hint: details.instead });
    this.feature = details.feature;
  }
}

/** A value can't be stored in its column. Thrown before anything is sent; the message tells the kind, not the value. */
export class InvalidValueError extends DbError {
  override readonly code: "E_INVALID_VALUE" | "E_OUT_OF_RANGE" | "E_VALUE_TOO_LONG";

  constructor(message: string, details: ErrorDetails & { code?: InvalidValueError["code"] } = {}) {
    super(message, details);
    this.code = details.code ?? "E_INVALID_VALUE";
  }
}

/** What is wrong with an encrypted value. */
export type EncryptionFault = "no keys" | "not encrypted" | "tampered" | "unknown key";

const ENCRYPTION_FAULTS: Readonly<
  Record<EncryptionFault, readonly [message: string, hint: string]>
> = {
  "no keys": [
    "The query has an encrypted column, and the connection no keys.",
    "Give them to connect(url, { encryption: { current, keys } }).",
  ],
  "not encrypted": [
    "An encrypted column holds what Plinth hasn't encrypted.",
    "Encrypt what was there before: the guide to encryption tells how.",
  ],
  tampered: [
    "An encrypted value doesn't fit its key and its column: it was changed, moved, or is by another key of that name.",
    "Look for who writes the column besides Plinth, and for keys that were exchanged under one name.",
  ],
  "unknown key": [
    "A value is encrypted by a key that the connection wasn't given.",
    "Keep each key among `keys` until nothing is encrypted by it.",
  ],
};

/** An encrypted value can't be read or written. */
export class EncryptionError extends DbError {
  override readonly code = "E_ENCRYPTION";
  readonly reason: EncryptionFault;

  constructor(reason: EncryptionFault) {
    const [message, hint] = ENCRYPTION_FAULTS[reason];
    super(message, { hint });
    this.reason = reason;
  }
}

/** What is wrong with a cursor. */
export type CursorFault = "another query" | "damaged" | "forged" | "signed" | "unsigned";

const CURSOR_FAULTS: Readonly<Record<CursorFault, string>> = {
  "another query":
    "The cursor is of another query, or of another order: begin at the first page when either changes.",
  damaged: "The cursor is damaged, or is none.",
  forged: "The cursor's signature is not by this secret.",
  signed: "The cursor is signed, and no secret is given to check it by.",
  unsigned: "The cursor is not signed, and a secret is given.",
};

/** A cursor can't be used. Thrown before anything is sent; cursors come from outside, so this is the sender's mistake. */
export class CursorError extends DbError {
  override readonly code = "E_CURSOR";
  readonly reason: CursorFault;

  constructor(reason: CursorFault) {
    super(CURSOR_FAULTS[reason]);
    this.reason = reason;
  }
}

/** The connection to the server could not be made, or was lost. */
export class ConnectionError extends DbError {
  /**
   * Whether the statement may have been executed: its connection was lost after it was sent. Where it is false, nothing
   * was done, and trying again can't do it twice.
   */
  readonly mayHaveRun: boolean;
  override readonly code:
    | "E_CLOSED"
    | "E_CONNECTION_LOST"
    | "E_CONNECTION_REFUSED"
    | "E_MISSING_DATABASE"
    | "E_SERVER_TOO_OLD"
    | "E_TLS"
    | "E_WRONG_PASSWORD";

  constructor(
    code: ConnectionError["code"],
    message: string,
    details: ErrorDetails & { readonly mayHaveRun?: boolean } = {},
  ) {
    super(message, details);
    this.code = code;
    this.mayHaveRun = details.mayHaveRun ?? code === "E_CONNECTION_LOST";
  }
}

/** What a query gets once its database is closed. */
export function closedError(cause?: unknown): ConnectionError {
  return new ConnectionError("E_CLOSED", "The database is closed; nothing was executed.", {
    hint: "Close it when the program ends, not before.",
    cause,
  });
}

/** Whether it was refused because the database, or the store, was closed: there is nothing more to do then. */
export function isClosed(error: unknown): boolean {
  return error instanceof ConnectionError && error.code === "E_CLOSED";
}

/** The outcome of a COMMIT is not known: the connection broke after it was sent. Never retried by Plinth. */
export class CommitUnknownError extends DbError {
  override readonly code = "E_COMMIT_UNKNOWN";
  constructor(details: ErrorDetails) {
    super(
      "The connection was lost while COMMIT was under way, so it is not known whether the transaction took hold.",
      {
        ...details,
        hint: "Read back what it wrote before doing it again.",
      },
    );
  }
}

/** The transaction is committed, and something of `afterCommit` failed. Don't run the transaction again. */
export class AfterCommitError extends DbError {
  override readonly code = "E_AFTER_COMMIT";
  /** What each that failed threw, in their order. */
  readonly errors: readonly unknown[];

  constructor(errors: readonly unknown[]) {
    super("The transaction is committed, but what was to be done after that failed.", {
      hint: "Don't run the transaction again. What failed is in the errors of this one.",
      cause: errors[0],
    });
    this.errors = errors;
  }
}

/** Who holds a connection that others wait for. */
export interface Holder {
  readonly heldMs: number;
  /** Where it was asked for: the lines of the stack that are the program's, from the innermost on. */
  readonly stack: readonly string[];
  /** Of a server: what it ran last, up to the first literal; undefined where it ran nothing yet. */
  readonly statement: string | undefined;
}

/** Waiting took longer than was allowed. */
export class TimeoutError extends DbError {
  override readonly code: "E_CONNECT_TIMEOUT" | "E_POOL_TIMEOUT" | "E_TIMEOUT";
  /** Of `E_POOL_TIMEOUT`: who held the connections, the longest first. */
  readonly holders: readonly Holder[];

  constructor(
    code: TimeoutError["code"],
    message: string,
    details: ErrorDetails & { readonly holders?: readonly Holder[] } = {},
  ) {
    super(message, details);
    this.code = code;
    this.holders = details.holders ?? [];
  }
}

/** Work was called off by the signal that it was given, whose reason is the cause: the program's own, it is kept whole. */
export class CancelledError extends DbError {
  override readonly code = "E_CANCELLED";

  constructor(message: string, details: ErrorDetails = {}) {
    super(message, details);
    const { cause } = details;
    Object.defineProperty(this, "cause", { value: cause, configurable: true, writable: true });
  }
}

/** A transaction's handle was used after its end. Nothing was executed. */
export class TransactionClosedError extends DbError {
  override readonly code = "E_TRANSACTION_CLOSED";
  constructor() {
    super("This transaction has ended; nothing was executed.", {
      hint: "Await every query of a transaction inside its callback, and don't keep its handle.",
    });
  }
}

/** `db` was used inside the callback of a transaction that holds the database's only writer. Nothing was executed. */
export class SelfWaitError extends DbError {
  override readonly code = "E_SELF_WAIT";
  constructor() {
    super(
      "This would wait for the transaction inside of which it was asked, and that one for it; nothing was executed.",
      {
        hint: "Inside db.transaction() use the tx that the callback is given, not db; what is to follow goes to tx.afterCommit().",
      },
    );
  }
}

/** Another transaction was in the way; the same transaction, tried again from its start, may succeed. */
export class ConflictError extends DbError {
  override readonly code: "E_DEADLOCK" | "E_SERIALIZATION";
  /** Of `E_DEADLOCK`: the statements that waited for one another, without their literals, where the server tells them. */
  readonly statements: readonly string[];

  constructor(
    code: ConflictError["code"],
    details: ErrorDetails & { readonly statements?: readonly string[] } = {},
  ) {
    const what =
      code === "E_DEADLOCK"
        ? "Two transactions waited for one another"
        : "A concurrent transaction changed what this one read";
    super(`${what}, and this one was rolled back.`, {
      hint: "Run the whole transaction again.",
      ...details,
    });
    this.code = code;
    this.statements = details.statements ?? [];
  }
}

/** Why events didn't reach a subscriber. */
export type LossReason = "expired" | "rewound" | "slow" | "unreadable";

const LOSSES: Readonly<Record<LossReason, string>> = {
  expired: "The channel's log doesn't reach back to the last event that was seen.",
  rewound: "The store has lost events that were seen, and maybe others.",
  slow: "The subscriber was slower than the events came.",
  unreadable: "An event can't be read.",
};

/** Events of a channel may have been missed, and nobody listens to `onLost`. */
export class EventsLostError extends DbError {
  override readonly code = "E_EVENTS_LOST";
  readonly reason: LossReason;

  constructor(reason: LossReason) {
    super(LOSSES[reason], {
      hint: "Read anew what the events tell of, and subscribe again; onLost does it without an end.",
    });
    this.reason = reason;
  }
}

/** The row that is wanted isn't there. */
export class NotFoundError extends DbError {
  override readonly code = "E_NOT_FOUND";
  /** Undefined for SQL by hand. */
  readonly table: string | undefined;

  constructor(
    table: string | undefined,
    hint = "Use first() or find() where having none is expected.",
  ) {
    super(table === undefined ? "No row matches." : `No row of "${table}" matches.`, { hint });
    this.table = table;
  }
}

/** Hooks write to tables whose hooks write, without an end. All of it is undone. */
export class HookLoopError extends DbError {
  override readonly code = "E_HOOK_LOOP";
  readonly table: string;

  constructor(table: string, maxDepth: number) {
    super(`Hooks of "${table}" write inside of one another, more than ${maxDepth} deep.`, {
      hint: "Let a hook write to its own table only where that has an end.",
    });
    this.table = table;
  }
}

/** A row has changed since its version was read. Nothing was written. */
export class StaleRowError extends DbError {
  override readonly code = "E_STALE";
  readonly table: string;

  constructor(table: string) {
    super(`A row of "${table}" has changed since it was read.`, {
      hint: "Read it again, and decide anew what to write.",
    });
    this.table = table;
  }
}

/** A job was handed out again, or given back, before this delivery of it had ended. Nothing was written. */
export class LeaseLostError extends DbError {
  override readonly code = "E_LEASE_LOST";
  /** The job's name. */
  readonly job: string;

  constructor(job: string) {
    super(`This job "${job}" is no longer this worker's.`, {
      hint: "Stop what it does: another worker may have it. Give work that takes long a longer leaseMs.",
    });
    this.job = job;
  }
}

/** Where one row is wanted there are, or might be, several. Nothing was written. */
export class SeveralRowsError extends DbError {
  override readonly code = "E_SEVERAL_ROWS";
}

/** An optional package is needed and not installed. */
export class MissingPackageError extends DbError {
  override readonly code = "E_MISSING_PACKAGE";
  readonly packageName: string;

  constructor(packageName: string, purpose: string, cause: unknown) {
    super(`${purpose} needs the package "${packageName}", which is not installed.`, {
      hint: `Run: npm install ${packageName}`,
      cause,
    });
    this.packageName = packageName;
  }
}

/** A setting, a URL or a declaration is wrong. */
export class ConfigError extends DbError {
  override readonly code: "E_CONFIG" | "E_SCHEMA";

  constructor(message: string, details: ErrorDetails & { code?: "E_CONFIG" | "E_SCHEMA" } = {}) {
    super(message, details);
    this.code = details.code ?? "E_CONFIG";
  }
}

/** A query was built wrongly. Thrown before anything is sent. */
export class BuildError extends DbError {
  override readonly code:
    | "E_EMPTY_WRITE"
    | "E_NO_CONDITION"
    | "E_NO_SCOPE"
    | "E_UNCHECKED"
    | "E_UNFINISHED"
    | "E_UNGROUPED"
    | "E_UNKNOWN_COLUMN"
    | "E_UNKNOWN_RELATION"
    | "E_UNKNOWN_SOURCE"
    | "E_WRITE_TWICE";

  constructor(code: BuildError["code"], message: string, details: ErrorDetails = {}) {
    super(message, details);
    this.code = code;
  }
}

/** The server refused a statement for a reason that has no class of its own. */
export class QueryError extends DbError {
  override readonly code:
    | "E_DATABASE_FULL"
    | "E_DATABASE_IN_USE"
    | "E_MISSING_COLUMN"
    | "E_MISSING_TABLE"
    | "E_OUT_OF_RANGE"
    | "E_PERMISSION"
    | "E_QUERY"
    | "E_READ_ONLY"
    | "E_SYNTAX";
  /** The server's own code, such as PostgreSQL's SQLSTATE. */
  readonly serverCode: string | undefined;

  constructor(
    code: QueryError["code"],
    message: string,
    details: ErrorDetails & { serverCode?: string | undefined } = {},
  ) {
    super(message, details);
    this.code = code;
    this.serverCode = details.serverCode;
  }
}

/** Migrations can't be run as they are, or one of them failed. */
export class MigrationError extends DbError {
  override readonly code:
    | "E_MIGRATION_CONFLICT"
    | "E_MIGRATION_DIRTY"
    | "E_MIGRATION_EDITED"
    | "E_MIGRATION_FAILED"
    | "E_MIGRATION_INVALID"
    | "E_MIGRATION_IRREVERSIBLE"
    | "E_MIGRATION_LOCKED"
    | "E_MIGRATION_LOSSY"
    | "E_MIGRATION_MISSING"
    | "E_MIGRATION_ORDER";

  constructor(code: MigrationError["code"], message: string, details: ErrorDetails = {}) {
    super(message, details);
    this.code = code;
  }
}
