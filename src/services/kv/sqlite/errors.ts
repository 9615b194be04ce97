import { ConfigError, DbError, QueryError, TimeoutError } from "../../../core/error.ts";
import { storeFullError } from "../check.ts";

/** SQLite's primary result codes. Source: sqlite.org/rescode.html */
const BUSY = 5;
const LOCKED = 6;
const READ_ONLY = 8;
const FULL = 13;
const CAN_NOT_OPEN = 14;
const NOT_A_DATABASE = 26;

function codeOf(error: unknown): number | undefined {
  const code: unknown = error instanceof Error ? Reflect.get(error, "errcode") : undefined;
  return typeof code === "number" ? code & 0xff : undefined;
}

export function isBusy(error: unknown): boolean {
  const code = codeOf(error);
  return code === BUSY || code === LOCKED;
}

export function isFull(error: unknown): boolean {
  return codeOf(error) === FULL;
}

export function lockedError(timeoutMs: number): TimeoutError {
  return new TimeoutError(
    "E_TIMEOUT",
    `Another process held the store's file for ${timeoutMs} ms; nothing was executed.`,
    { hint: "Look for one that was stopped while it wrote." },
  );
}

export function translateError(error: unknown): unknown {
  if (error instanceof DbError) return error;
  switch (codeOf(error)) {
    case undefined:
      // The procedure's own.
      return error;
    case READ_ONLY:
      return new QueryError("E_READ_ONLY", "The store's file can't be written to.", {
        hint: "May the program's user write to it, and to its folder?",
        cause: error,
      });
    case FULL:
      return storeFullError(error);
    case CAN_NOT_OPEN:
      return new ConfigError("The store's file can't be opened.", {
        hint: "Is its folder there, and may the program's user write to it?",
        cause: error,
      });
    case NOT_A_DATABASE:
      return new ConfigError("The store's file is no SQLite database.", {
        hint: "Name another file, or delete this one.",
        cause: error,
      });
    default:
      return new QueryError("E_QUERY", "The store's file refuses what was asked.", {
        serverCode: String(codeOf(error)),
        cause: error,
      });
  }
}
