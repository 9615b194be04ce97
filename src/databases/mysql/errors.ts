import {
  CheckViolationError,
  ConflictError,
  ConnectionError,
  type DbError,
  ForeignKeyViolationError,
  InvalidValueError,
  NotNullViolationError,
  QueryError,
  TimeoutError,
  UniqueViolationError,
} from "../../core/error.ts";
import type { Variant } from "./variant.ts";

/** An error of the driver: the server's, or one of the connection, which has a number above 45,000 or below 0. */
export interface DriverError extends Error {
  readonly errno: number;
  /** The server's text, which quotes keys and values. */
  readonly sqlMessage?: string | null;
}

export function isDriverError(error: unknown): error is DriverError {
  return error instanceof Error && "errno" in error && typeof error.errno === "number";
}

// Numbers of the server. Source: MySQL 8.4 and MariaDB "Error Reference".
const LOCK_WAIT_TIMEOUT = 1205;
/** MySQL, for `nowait`; MariaDB says that the wait was too long. */
const LOCK_NOT_AVAILABLE = 3572;
const DEADLOCK = 1213;
/** MariaDB with `innodb_snapshot_isolation`: the row was changed since the snapshot. */
const RECORD_CHANGED = 1020;

/** Errors of those who asked not to wait for a lock. */
const refusals = new WeakSet<object>();

/** MariaDB gives them the number of a wait that was too long, after which a transaction is done by half. */
export function noteRefusal(error: unknown): void {
  if (isDriverError(error) && error.errno === LOCK_WAIT_TIMEOUT) refusals.add(error);
}

/** Whether nothing but a rollback of the whole transaction keeps it from being done by half. */
export function endsTransaction(error: unknown): boolean {
  return (
    isDriverError(error) &&
    [DEADLOCK, LOCK_WAIT_TIMEOUT, RECORD_CHANGED].includes(error.errno) &&
    !refusals.has(error)
  );
}

/** Killed, or longer than `max_statement_time` (MariaDB) or `max_execution_time` (MySQL). */
const INTERRUPTIONS = [1317, 1969, 3024];

export function isInterrupted(error: unknown): boolean {
  return isDriverError(error) && INTERRUPTIONS.includes(error.errno);
}

/** The server went away, or the driver found its socket closed. Source: `mariadb` 3.5, `lib/misc/errors.js`. */
const LOST = new Set([
  1053, 1077, 1079, 1152, 1158, 1159, 1160, 1161, 1927, 2006, 2013, 3169, 4031, 45001, 45004, 45009,
  45011, 45013, 45019, 45026, 45042,
]);
const SOCKET = /^(?:ECONNRESET|EPIPE|ETIMEDOUT|ECONNABORTED|ENOTCONN|EHOSTUNREACH|ENETUNREACH)$/;

export function isLostError(error: DriverError): boolean {
  return LOST.has(error.errno) || SOCKET.test(String(Reflect.get(error, "code")));
}

/** A statement that is larger than what the server takes. Source: MariaDB "Error Reference". */
const TOO_LARGE = 1153;

/** Whether the server ends the connection after this error, which the driver notices only later. */
export function endsConnection(error: unknown): boolean {
  return isDriverError(error) && (error.errno === TOO_LARGE || LOST.has(error.errno));
}

export function isConnectionLost(error: DbError): boolean {
  return error.code === "E_CONNECTION_LOST";
}

/** The whole server is read-only, as a replica is; 1792 is a transaction that was begun so. */
export function refusesWrites(error: unknown): boolean {
  return isDriverError(error) && (error.errno === 1290 || error.errno === 1836);
}

export function lostBefore(): ConnectionError {
  return new ConnectionError(
    "E_CONNECTION_LOST",
    "The connection to the server was lost; nothing was sent.",
    { hint: "It can safely be run again.", mayHaveRun: false },
  );
}

/** Errors of an insert that met a row by a key that its `onConflict` didn't name. */
const collisions = new WeakSet<object>();

/** Error 1242, a subquery with two rows, is what such an insert makes the server say. */
export function noteCollision(error: unknown): void {
  if (isDriverError(error) && error.errno === 1242) collisions.add(error);
}

/** A name in backticks, or in the quotes that the session's ANSI_QUOTES makes of them. */
const NAME = /(`(?:[^`]|``)*`|"(?:[^"]|"")*")/.source;

function unquoted(name: string | undefined): string | undefined {
  const quote = name?.charAt(0);
  if (quote !== "`" && quote !== '"') return name;
  return name?.slice(1, -1).replaceAll(quote + quote, quote);
}

const FOREIGN_KEY = new RegExp(
  `\\(${NAME}\\.${NAME}, CONSTRAINT ${NAME} FOREIGN KEY \\((.*?)\\) REFERENCES`,
);
const MARIADB_CHECK = new RegExp(`^CONSTRAINT ${NAME} failed for ${NAME}\\.${NAME}`);

/** `Duplicate entry '…' for key 'name'`; MySQL writes `table.name`. The entry may hold such words itself. */
function uniqueViolation(message: string, variant: Variant, cause: Error): DbError {
  const key = /^[^]* for key '([^]*)'$/.exec(message)?.[1];
  if (key === undefined || variant.name === "MariaDB")
    return new UniqueViolationError({ constraint: key, cause });
  const [, table, constraint] = /^([^.]*)\.(.*)$/s.exec(key) ?? [undefined, undefined, key];
  return new UniqueViolationError({ table, constraint, cause });
}

function foreignKeyViolation(message: string, cause: Error): DbError {
  const [, schema, table, constraint, list] = FOREIGN_KEY.exec(message) ?? [];
  return new ForeignKeyViolationError({
    schema: unquoted(schema),
    table: unquoted(table),
    columns: list?.match(new RegExp(NAME, "g"))?.map((name) => unquoted(name)!),
    constraint: unquoted(constraint),
    cause,
  });
}

function notNullViolation(message: string, cause: Error): DbError {
  const column = /^(?:Column|Field) '(.*)' (?:cannot be null|doesn't have a default value)/s.exec(
    message,
  )?.[1];
  return new NotNullViolationError({ columns: column === undefined ? undefined : [column], cause });
}

function checkViolation(message: string, cause: Error): DbError {
  const [, constraint, , table] = MARIADB_CHECK.exec(message) ?? [];
  const name = constraint ?? /^Check constraint '(.*)' is violated/s.exec(message)?.[1];
  return new CheckViolationError({ constraint: unquoted(name), table: unquoted(table), cause });
}

function toViolation(message: string, variant: Variant, cause: DriverError): DbError | undefined {
  switch (cause.errno) {
    case 1022:
    case 1062:
    case 1586:
      return uniqueViolation(message, variant, cause);
    case 1216:
    case 1217:
    case 1451:
    case 1452:
      return foreignKeyViolation(message, cause);
    case 1048:
    case 1263:
    case 1364:
      return notNullViolation(message, cause);
    case 3819:
    case 4025:
      return checkViolation(message, cause);
    default:
      return undefined;
  }
}

function toValueError(errno: number, cause: Error): DbError | undefined {
  switch (errno) {
    case 1406:
      return new InvalidValueError("A value is longer than its column.", {
        code: "E_VALUE_TOO_LONG",
        cause,
      });
    case 1264:
    case 1690:
    case 1365:
      return new InvalidValueError(
        "A value, or the result of an expression, is outside the range of its column or type.",
        { code: "E_OUT_OF_RANGE", cause },
      );
    case 1265:
    case 1292:
    case 1366:
    case 3140:
      return new InvalidValueError("A value is not of its column's type.", { cause });
    case TOO_LARGE:
    case 45046:
      return new InvalidValueError(
        "The statement with its values is larger than max_allowed_packet of the server.",
        {
          code: "E_OUT_OF_RANGE",
          hint: "Send less at once, or raise max_allowed_packet of the server.",
          cause,
        },
      );
    default:
      return undefined;
  }
}

/** What a message in English tells: ` (table shop.users)`. Names hold no data. */
function deniedName(message: string): string {
  const [, name] =
    / for ((?:table|column|routine) .+)$/s.exec(message) ??
    / to (database .+)$/s.exec(message) ??
    [];
  return name === undefined ? "" : ` (${name.replaceAll(/[`']/g, "")})`;
}

function toQueryError(error: DriverError, message: string, variant: Variant): DbError {
  const details = { cause: error, serverCode: String(error.errno) };
  switch (error.errno) {
    case 1051:
    case 1109:
    case 1146: {
      const table = /^(?:Table|Unknown table) '(.*)'(?: doesn't exist| in \S+)?$/s
        .exec(message)?.[1]
        ?.replace(/^[^.]*\./, "");
      return new QueryError("E_MISSING_TABLE", `There is no table "${table ?? "?"}".`, {
        ...details,
        hint: "Run: plinth migrate up. Or check the database of the URL and the connection's naming.",
      });
    }
    case 1054: {
      const column = /^Unknown column '(.*)' in /s.exec(message)?.[1];
      return new QueryError("E_MISSING_COLUMN", `There is no column "${column ?? "?"}".`, {
        ...details,
        hint: "Check its name in the declaration and the connection's naming.",
      });
    }
    case 1064:
    case 1149:
      // The text near the error may be a literal that a person wrote, so it is not repeated.
      return new QueryError("E_SYNTAX", `${variant.name} can't parse the statement.`, {
        ...details,
        hint: "toSql() of the query shows its text.",
      });
    case 1044:
    case 1142:
    case 1143:
    case 1227:
    case 1370:
      return new QueryError(
        "E_PERMISSION",
        `The user of the URL may not do this${deniedName(message)}.`,
        {
          ...details,
          hint: "Grant it: grant select, insert, update, delete on <database>.* to <user>.",
        },
      );
    case 1114:
    case 1021:
    case 1041:
    case 3:
      return new QueryError("E_DATABASE_FULL", "The disk or the table is full.", {
        ...details,
        hint: "Make room. What was refused was not done; reads go on, and it can be run again then.",
      });
    case 1290:
    case 1792:
    case 1836:
      return new QueryError("E_READ_ONLY", "The server, or this transaction, is read-only.", {
        ...details,
        hint: "A server that became a replica is left by itself; a transaction with readOnly writes elsewhere.",
      });
    case 1093:
      return new QueryError("E_QUERY", "MySQL can't write a table that a subquery reads.", {
        ...details,
        hint: "Read the keys first, in the same transaction.",
      });
    default:
      return new QueryError(
        "E_QUERY",
        `${variant.name} refused the statement (error ${error.errno}).`,
        details,
      );
  }
}

function toInterruption(error: DriverError): DbError | undefined {
  switch (error.errno) {
    case DEADLOCK:
      return new ConflictError("E_DEADLOCK", { cause: error });
    case RECORD_CHANGED:
      return new ConflictError("E_SERIALIZATION", { cause: error });
    case LOCK_NOT_AVAILABLE:
    case LOCK_WAIT_TIMEOUT:
      return new TimeoutError("E_TIMEOUT", "Another transaction held a row's lock for too long.", {
        hint: "Run the whole transaction again; innodb_lock_wait_timeout says how long a statement waits.",
        cause: error,
      });
    case 1317:
    case 1969:
    case 3024:
      return new TimeoutError("E_TIMEOUT", "The server ended the statement before it was done.", {
        hint: "It was killed, or ran longer than max_statement_time (MariaDB) or max_execution_time (MySQL).",
        cause: error,
      });
    default:
      return undefined;
  }
}

export function toDbError(error: unknown, variant: Variant): unknown {
  if (!isDriverError(error)) return error;
  if (collisions.has(error)) return new UniqueViolationError({ cause: error });
  if (isLostError(error)) {
    return new ConnectionError("E_CONNECTION_LOST", "The connection to the server was lost.", {
      hint: "The next query opens a new one. Whether a write under way was done is not known.",
      cause: error,
    });
  }
  const message = error.sqlMessage ?? "";
  return (
    toViolation(message, variant, error) ??
    toInterruption(error) ??
    toValueError(error.errno, error) ??
    toQueryError(error, message, variant)
  );
}
