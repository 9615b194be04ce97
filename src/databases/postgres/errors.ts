import {
  CheckViolationError,
  ConflictError,
  ConnectionError,
  ForeignKeyViolationError,
  InvalidValueError,
  NotNullViolationError,
  QueryError,
  TimeoutError,
  UniqueViolationError,
  type DbError,
} from "../../core/error.ts";

/** What a server's error says. Its message, detail and hint may hold values and are never shown. */
export interface ServerError extends Error {
  /** The SQLSTATE. Source of all below: PostgreSQL manual, "Error Codes". */
  readonly code: string;
  readonly severity?: string | undefined;
  readonly detail?: string | undefined;
  readonly schema?: string | undefined;
  readonly table?: string | undefined;
  readonly column?: string | undefined;
  readonly constraint?: string | undefined;
  /** Where in the statement, in characters from 1. */
  readonly position?: string | undefined;
  /** The function of the server's source that raised it. */
  readonly routine?: string | undefined;
}

export function isServerError(error: unknown): error is ServerError {
  if (!(error instanceof Error) || !("severity" in error)) return false;
  const code: unknown = Reflect.get(error, "code");
  return typeof code === "string" && /^[0-9A-Z]{5}$/.test(code);
}

/** What tells that a kept statement is out of date, by the routine, which is the same in every language of messages. */
const STALE_ROUTINES: Readonly<Record<string, string>> = {
  // Its columns have other types.
  "0A000": "RevalidateCachedQuery",
  // The type of a parameter is gone, as an enum that was made anew.
  XX000: "getTypeInputInfo",
};

/** A kept statement whose table has changed, or that the server has no longer. Nothing was executed. */
export function isStale(error: unknown): boolean {
  if (!isServerError(error)) return false;
  const { code, routine } = error;
  return code === "26000" || (routine !== undefined && STALE_ROUTINES[code] === routine);
}

/**
 * A statement that the server doesn't understand, before it executes anything of it: what is wrong stands at a place of
 * its text. One that is kept may be as it should, but for types of parameters, which it has from its beginning.
 */
export function isMisunderstood(error: unknown): boolean {
  if (!isServerError(error)) return false;
  return error.code.startsWith("42") && error.position !== undefined;
}

/** Cancelled, or longer than statement_timeout. */
export function isInterrupted(error: unknown): boolean {
  return isServerError(error) && error.code === "57014";
}

/** Another transaction was in the way, or a table was altered under a kept statement. */
export function isConflict(error: unknown): boolean {
  return isServerError(error) && (/^40(?:001|P01)$/.test(error.code) || isStale(error));
}

/** What every statement meets after one of its transaction failed. */
export function isAfterFailure(error: unknown): boolean {
  return isServerError(error) && error.code === "25P02";
}

/** Whether the server ends the connection after this error. */
export function isFatal(error: unknown): boolean {
  return (
    !isServerError(error) ||
    error.severity === "FATAL" ||
    error.severity === "PANIC" ||
    isLostState(error.code)
  );
}

function isLostState(code: string): boolean {
  return code.startsWith("08") || /^57P0[1-5]$/.test(code) || code === "25P03";
}

export function connectionLost(cause: unknown): ConnectionError {
  return new ConnectionError("E_CONNECTION_LOST", "The connection to PostgreSQL was lost.", {
    hint: "Whether the statement took hold is not known: look before writing it again.",
    cause,
  });
}

export function lostBefore(): ConnectionError {
  return new ConnectionError(
    "E_CONNECTION_LOST",
    "The connection to PostgreSQL was lost; nothing was sent.",
    { hint: "It can safely be run again.", mayHaveRun: false },
  );
}

/** A standby, or a server or role that is read-only; a transaction that was begun so says the same. */
export function refusesWrites(error: unknown): boolean {
  return isServerError(error) && error.code === "25006";
}

/** `Key (user_id, "Name")=(…) already exists.`; an expression of an index is no column. */
export function columnsOfDetail(detail: string | undefined): string[] | undefined {
  const list = /\(((?:(?!\)=\().)*)\)=\(/su.exec(detail ?? "")?.[1];
  if (list === undefined) return undefined;
  const names = list.match(/"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*/gu) ?? [];
  if (names.join(", ") !== list) return undefined;
  return names.map((name) =>
    name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name,
  );
}

function violation(error: ServerError): DbError | undefined {
  const { schema, table, constraint } = error;
  const place = { schema, table, constraint, cause: error };
  switch (error.code) {
    case "23505":
      return new UniqueViolationError({ ...place, columns: columnsOfDetail(error.detail) });
    // 23001 is that of `on delete restrict` since version 18.
    case "23001":
    case "23503": {
      // English messages tell the direction; in another language the hint is missing and nothing else.
      const isPointedAt = error.message.startsWith("update or delete");
      const isPointing = error.message.startsWith("insert or update");
      return new ForeignKeyViolationError({
        ...place,
        columns: isPointing ? columnsOfDetail(error.detail) : undefined,
        hint: isPointedAt ? "Rows still point at it: delete or change them first." : undefined,
      });
    }
    case "23502":
      return new NotNullViolationError({
        schema,
        table,
        columns: error.column === undefined ? undefined : [error.column],
        cause: error,
      });
    case "23514":
      return new CheckViolationError(place);
    default:
      return undefined;
  }
}

/** The first name in quotes of a message about a name that isn't there; names hold no data. */
function quotedName(error: ServerError): string {
  const name = /"([^"]+)"/.exec(error.message)?.[1];
  return name === undefined ? "" : ` "${name}"`;
}

/** `table users`; undefined in a language other than English. Names hold no data. */
function deniedName({ message }: ServerError): string | undefined {
  const [, name] =
    /^(?:permission denied for|must be owner of) (.+)$/s.exec(message) ??
    /row-level security policy.* for (table ".+")$/s.exec(message) ??
    [];
  return name?.replaceAll('"', "");
}

type QueryCode = QueryError["code"];

/** Code, message and hint of what has no class of its own. */
const plain: Readonly<Record<string, readonly [QueryCode, string, string?]>> = {
  "21000": [
    "E_QUERY",
    "The statement meets one row twice, or a subquery gives several rows where one is needed.",
    "Bring each key once in an insert with onConflict().",
  ],
  "22003": ["E_OUT_OF_RANGE", "A number is outside the range of its type."],
  "22012": ["E_QUERY", "The statement divides by zero.", "Divide by nullif(…, 0)."],
  "25006": [
    "E_READ_ONLY",
    "The transaction or the server is read-only.",
    "A server that became a standby is left by itself; a transaction with readOnly writes elsewhere.",
  ],
  "25P02": [
    "E_QUERY",
    "An earlier statement of this transaction failed, so it runs no others.",
    "Let the error leave db.transaction(), or wrap what may fail in tx.transaction().",
  ],
  "42501": [
    "E_PERMISSION",
    "The user may not do this.",
    "Grant the right to the role of the URL, such as: grant select on … to …",
  ],
  "42601": ["E_SYNTAX", "PostgreSQL can't parse the statement.", "toSql() of the query shows it."],
  "42803": [
    "E_QUERY",
    "A selected column is neither grouped nor aggregated.",
    "An expression with a value, ${…}, is another one each time it is written: select and group by the same object.",
  ],
  "42804": ["E_QUERY", "An expression has another type than its place needs."],
  "42883": [
    "E_QUERY",
    "There is no such function or operator for these types.",
    "Cast what has the other type: ${value}::text.",
  ],
  "42P07": ["E_QUERY", "A table or an index of this name exists already."],
  "42P18": [
    "E_QUERY",
    "The type of a value can't be told from its place.",
    "Cast it: ${value}::text.",
  ],
  "54000": [
    "E_OUT_OF_RANGE",
    "A limit of the server is passed, such as the 2,704 bytes of a text in an index.",
  ],
  "53100": [
    "E_DATABASE_FULL",
    "The server's disk is full.",
    "Make room. What was refused was not done; reads go on, and it can be run again then.",
  ],
};

function queryError(error: ServerError): DbError {
  const details = { cause: error, serverCode: error.code };
  if (error.code === "42P01") {
    return new QueryError("E_MISSING_TABLE", `There is no table${quotedName(error)}.`, {
      ...details,
      hint: "Run: plinth migrate up. Or check search_path and the connection's naming.",
    });
  }
  if (error.code === "42703") {
    return new QueryError("E_MISSING_COLUMN", `There is no column${quotedName(error)}.`, {
      ...details,
      hint: "Check its name in the declaration and the connection's naming.",
    });
  }
  const known = plain[error.code];
  if (known !== undefined) {
    const [code, text, hint] = known;
    const denied = code === "E_PERMISSION" ? deniedName(error) : undefined;
    const message = denied === undefined ? text : text.replace(/\.$/, ` (${denied}).`);
    return new QueryError(code, message, { ...details, hint });
  }
  const text = `PostgreSQL refused the statement (SQLSTATE ${error.code}).`;
  return new QueryError("E_QUERY", text, details);
}

/** What the text of a value must look like: numbers, UUIDs, dates, JSON, enums, encodings. */
const INVALID_TEXT = new Set(["22007", "22008", "22021", "22023", "22P02", "22P03", "22P05"]);

export function toDbError(error: unknown): unknown {
  if (!isServerError(error)) return error;
  if (isLostState(error.code)) return connectionLost(error);
  if (isStale(error)) {
    return new ConflictError("E_SERIALIZATION", {
      hint: "A table was altered while this connection had a statement prepared for it. Run the whole transaction again.",
      cause: error,
    });
  }
  if (error.code === "22001") {
    return new InvalidValueError("A text is longer than its column.", {
      code: "E_VALUE_TOO_LONG",
      cause: error,
    });
  }
  if (INVALID_TEXT.has(error.code)) {
    return new InvalidValueError("A value is not of the type that its place needs.", {
      cause: error,
    });
  }
  switch (error.code) {
    case "40001":
      return new ConflictError("E_SERIALIZATION", { cause: error });
    case "40P01":
      return new ConflictError("E_DEADLOCK", { cause: error });
    case "55P03":
      return new TimeoutError("E_TIMEOUT", "A lock did not come free in time.", {
        hint: "Another transaction holds it; lock_timeout of the server bounds the wait.",
        cause: error,
      });
    case "57014":
      return new TimeoutError("E_TIMEOUT", "The server cancelled the statement.", {
        hint: "statement_timeout of the server or the role bounds it, or somebody cancelled it.",
        cause: error,
      });
  }
  return violation(error) ?? queryError(error);
}

export function isConnectionLost(error: DbError): boolean {
  return error instanceof ConnectionError && error.code === "E_CONNECTION_LOST";
}

/** @param cause The first failure of the transaction. */
export function rolledBackInstead(cause: unknown): QueryError {
  return new QueryError(
    "E_QUERY",
    "A statement of this transaction had failed, so PostgreSQL rolled it back.",
    {
      hint: "Let the error leave db.transaction(), or wrap what may fail in tx.transaction().",
      cause: toDbError(cause),
    },
  );
}
