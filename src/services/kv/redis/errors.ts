/** What went wrong with a server of Redis, in our words: its own may quote keys and values. */

import {
  ConfigError,
  ConnectionError,
  DbError,
  InvalidValueError,
  QueryError,
  TimeoutError,
} from "../../../core/error.ts";
import { notANumberError, otherKindError, storeFullError } from "../check.ts";

/** The first word of what a server answers: its code. */
export function serverCodeOf(error: unknown): string | undefined {
  return /^-?([A-Z][A-Z0-9_]{2,})(?:\s|$)/.exec(messageOf(error))?.[1];
}

/** The server did nothing yet, and soon may: it loads, or a cluster is electing. */
const NOT_YET = new Set(["LOADING", "CLUSTERDOWN", "TRYAGAIN", "MASTERDOWN", "BUSY"]);

/** What the package says where nothing was sent. By its words: a bundler may give its classes other names. */
const NOT_SENT = new Set([
  "The client is offline",
  "The client is closed",
  "All the root nodes are unavailable",
]);

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : "";
}

/** That none of a cluster's servers could be asked; why stands in the errors before. */
export function isVague(error: unknown): boolean {
  return messageOf(error) === "All the root nodes are unavailable";
}

/** Whether nothing was done, and trying again may do it. */
export function isNotYet(error: unknown): boolean {
  return NOT_YET.has(serverCodeOf(error) ?? "") || NOT_SENT.has(messageOf(error));
}

function isTls(error: unknown): boolean {
  const code: unknown = error instanceof Error ? Reflect.get(error, "code") : undefined;
  return (
    typeof code === "string" && /^(?:ERR_(?:SSL|TLS)|CERT_|DEPTH_|SELF_SIGNED|UNABLE_TO)/.test(code)
  );
}

function isNotRedis(error: unknown): boolean {
  return messageOf(error).startsWith("Unknown RESP type");
}

export function refusedError(where: string, cause: unknown): ConnectionError {
  const code: unknown = cause instanceof Error ? Reflect.get(cause, "code") : undefined;
  const why = typeof code === "string" ? ` (${code})` : "";
  return new ConnectionError(
    "E_CONNECTION_REFUSED",
    `The store at ${where} can't be reached${why}; nothing was executed.`,
    { hint: "Is the server running, and is that its address?", cause, mayHaveRun: false },
  );
}

export function silentError(where: string, timeoutMs: number): TimeoutError {
  return new TimeoutError(
    "E_TIMEOUT",
    `The store at ${where} did not answer within ${timeoutMs} ms.`,
    { hint: "What was asked may have been done." },
  );
}

export function crowdedError(where: string): TimeoutError {
  return new TimeoutError(
    "E_POOL_TIMEOUT",
    `Too many commands wait for the store at ${where}; nothing was executed.`,
    { hint: "It is slower than it is asked, or away." },
  );
}

function lostError(where: string, cause: unknown): ConnectionError {
  return new ConnectionError(
    "E_CONNECTION_LOST",
    `The connection to the store at ${where} was lost; what was asked may have been done.`,
    { hint: "It is made anew by itself.", cause },
  );
}

function answeredError(code: string, message: string, cause: unknown): DbError {
  if (code === "WRONGTYPE") return otherKindError(cause);
  if (code === "OOM") return storeFullError(cause);
  if (/not an integer|out of range|would overflow/i.test(message)) return notANumberError(cause);
  if (code === "CROSSSLOT" || /non local key/i.test(message)) {
    return new InvalidValueError("The keys of a procedure are in several places of the cluster.", {
      hint: "Use one key, and companions of it.",
      cause,
    });
  }
  if (code === "NOPERM") {
    return new QueryError("E_PERMISSION", "The store's server doesn't allow that to its user.", {
      hint: "Give the user the command and the keys, by ACL SETUSER.",
      serverCode: code,
      cause,
    });
  }
  if (code === "READONLY") {
    return new QueryError("E_READ_ONLY", "The store's server is a replica, which can't write.", {
      hint: "Use the address of the primary.",
      serverCode: code,
      cause,
    });
  }
  return new QueryError("E_QUERY", `The store's server refused a command (${code}).`, {
    serverCode: code,
    cause,
  });
}

export function translateError(where: string, error: unknown): DbError {
  if (error instanceof DbError) return error;
  const code = serverCodeOf(error);
  if (code === "WRONGPASS" || code === "NOAUTH") {
    return new ConnectionError(
      "E_WRONG_PASSWORD",
      `The store at ${where} wants another password.`,
      {
        hint: "Write it into the URL: redis://user:password@host.",
        cause: error,
        mayHaveRun: false,
      },
    );
  }
  if (isTls(error)) {
    return new ConnectionError("E_TLS", `The certificate of the store at ${where} isn't trusted.`, {
      hint: "Name its authority in the URL: ?ca=ca.pem.",
      cause: error,
      mayHaveRun: false,
    });
  }
  if (isNotRedis(error)) {
    return new ConfigError(`What answers at ${where} is no Redis, or wants TLS.`, {
      hint: "Write rediss:// for TLS.",
      cause: error,
    });
  }
  if (isNotYet(error)) return refusedError(where, error);
  if (messageOf(error) === "The queue is full") return crowdedError(where);
  if (code !== undefined) return answeredError(code, messageOf(error), error);
  const system: unknown = error instanceof Error ? Reflect.get(error, "code") : undefined;
  if (system === "ECONNREFUSED" || system === "ENOTFOUND" || system === "EAI_AGAIN") {
    return refusedError(where, error);
  }
  return lostError(where, error);
}
