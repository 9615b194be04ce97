import {
  CheckViolationError,
  closedError,
  ConflictError,
  DbError,
  ForeignKeyViolationError,
  InvalidValueError,
  NotNullViolationError,
  QueryError,
  TimeoutError,
  UniqueViolationError,
} from "../../core/error.ts";

// Result codes. Source: sqlite.org/rescode.html.
const BUSY = 5;
const BUSY_SNAPSHOT = 517;
const LOCKED = 6;
const READONLY = 8;
const IOERR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
const MISMATCH = 20;
const NOTADB = 26;
const CHECK = 275;
const FOREIGN_KEY = 787;
const NOT_NULL = 1299;
const PRIMARY_KEY = 1555;
const TRIGGER = 1811;
const UNIQUE = 2067;
const ROWID = 2579;
const DATATYPE = 3091;

interface SqliteError extends Error {
  readonly errcode: number;
}

function isSqliteError(error: unknown): error is SqliteError {
  return error instanceof Error && "errcode" in error && typeof error.errcode === "number";
}

export function isBusy(error: unknown): boolean {
  return (
    isSqliteError(error) && ((error.errcode & 0xff) === BUSY || (error.errcode & 0xff) === LOCKED)
  );
}

/** `UNIQUE constraint failed: users.email, users.role` names columns; an index over expressions is `index 'name'`. */
function parseColumns(message: string): {
  table?: string;
  columns?: string[];
  constraint?: string;
} {
  const list = /constraint failed: (.+)$/.exec(message)?.[1];
  if (list === undefined) return {};
  const index = /^index '(.+)'$/.exec(list)?.[1];
  if (index !== undefined) return { constraint: index };
  const parts = list.split(", ").map((part) => part.split("."));
  if (parts.some((part) => part.length !== 2)) return {};
  return { table: parts[0]![0]!, columns: parts.map((part) => part[1]!) };
}

function toQueryError(error: SqliteError): DbError {
  const { message, errcode } = error;
  const details = { cause: error, serverCode: String(errcode) };
  const table = /^no such table: (.+)$/.exec(message)?.[1];
  if (table !== undefined) {
    return new QueryError("E_MISSING_TABLE", `There is no table "${table}".`, {
      ...details,
      hint: "Run: plinth migrate up. Or check the file of the URL and the connection's naming.",
    });
  }
  const column = /(?:no such column: |has no column named )(.+?)(?: - should this be .*)?$/
    .exec(message)?.[1]
    ?.replace(/^"(.*)"$/, "$1");
  if (column !== undefined) {
    return new QueryError("E_MISSING_COLUMN", `There is no column "${column}".`, {
      ...details,
      hint: "Check its name in the declaration and the connection's naming; a text stands in single quotes.",
    });
  }
  const existing = /^(?:table|index|view) (.+) already exists$/.exec(message)?.[1];
  if (existing !== undefined) {
    return new QueryError("E_QUERY", `A table or an index ${existing} exists already.`, details);
  }
  if (message === "integer overflow") {
    return new QueryError(
      "E_OUT_OF_RANGE",
      "A sum or a computation is beyond the range of bigint.",
      details,
    );
  }
  if (/syntax error|incomplete input|unrecognized token/.test(message)) {
    // The text near the error may be a literal that a person wrote, so it is not repeated.
    return new QueryError("E_SYNTAX", "SQLite can't parse the statement.", {
      ...details,
      hint: "toSql() of the query shows its text.",
    });
  }
  return new QueryError(
    "E_QUERY",
    `SQLite refused the statement (result code ${errcode}).`,
    details,
  );
}

export function toDbError(error: unknown): unknown {
  if (error instanceof DbError || !(error instanceof Error)) return error;
  if (Reflect.get(error, "code") === "ERR_OUT_OF_RANGE") {
    return new InvalidValueError("An integer of the result is beyond ±(2^53 - 1).", {
      code: "E_OUT_OF_RANGE",
      hint: "Read it as a bigint: give the column bigint(), or the fragment .as(bigint()).",
      cause: error,
    });
  }
  if (Reflect.get(error, "code") === "ERR_INVALID_STATE") {
    return closedError(error);
  }
  if (!isSqliteError(error)) return error;
  const violation = { ...parseColumns(error.message), cause: error };
  switch (error.errcode) {
    case BUSY_SNAPSHOT:
      return new ConflictError("E_SERIALIZATION", { cause: error });
    case UNIQUE:
    case PRIMARY_KEY:
    case ROWID:
      return new UniqueViolationError(violation);
    case FOREIGN_KEY:
      return new ForeignKeyViolationError({ cause: error });
    case TRIGGER:
      // What a trigger raises has this code, and so has `on delete restrict`, which is one inside.
      if (error.message === "FOREIGN KEY constraint failed")
        return new ForeignKeyViolationError({ cause: error });
      return toQueryError(error);
    case NOT_NULL:
      return new NotNullViolationError(violation);
    case CHECK: {
      // The checks that stand for a type's range have no name, so SQLite tells their expression.
      if (/constraint failed: .+ between -\d+ and \d+$/s.test(error.message)) {
        const what = "A number is outside the range of its column's type.";
        return new QueryError("E_OUT_OF_RANGE", what, { cause: error });
      }
      if (/constraint failed: length\(.+\) <= \d+$/s.test(error.message)) {
        const what = "A text is longer than its column allows.";
        return new InvalidValueError(what, { code: "E_VALUE_TOO_LONG", cause: error });
      }
      // The name, or the whole expression of a check without one.
      const name = /constraint failed: (\w+)$/.exec(error.message)?.[1];
      return new CheckViolationError({ constraint: name, cause: error });
    }
    case DATATYPE:
    case MISMATCH:
      return new InvalidValueError("A value is not of its column's type.", { cause: error });
  }
  switch (error.errcode & 0xff) {
    case BUSY:
    case LOCKED:
      return new TimeoutError(
        "E_TIMEOUT",
        "Another process held the database's write lock for too long.",
        {
          hint: "Keep its transactions short, or raise acquire_timeout in the URL.",
          cause: error,
        },
      );
    case READONLY:
      return new QueryError("E_READ_ONLY", "The database is read-only.", {
        hint: "The URL may say mode=ro, the transaction readOnly; or the file and its folder may not be written.",
        cause: error,
      });
    case IOERR:
      return new QueryError("E_QUERY", `The disk failed SQLite (result code ${error.errcode}).`, {
        hint: "What was under way is not committed. The system's log tells more; `pragma integrity_check` whether the file is whole.",
        serverCode: String(error.errcode),
        cause: error,
      });
    case FULL:
      return new QueryError("E_DATABASE_FULL", "The disk or the database is full.", {
        hint: "Make room. What was refused was not done; reads go on, and it can be run again then.",
        cause: error,
      });
    case CANTOPEN:
      return new QueryError("E_QUERY", "SQLite can't open the database's file.", {
        hint: "Check that its folder exists and may be written to.",
        cause: error,
      });
    case CORRUPT:
    case NOTADB:
      return new QueryError("E_QUERY", "The file is damaged or is not an SQLite database.", {
        cause: error,
      });
  }
  return toQueryError(error);
}
