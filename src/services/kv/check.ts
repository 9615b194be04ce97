/** What a store can't keep is refused before anything is sent. */

import { ConnectionError, InvalidValueError, QueryError } from "../../core/error.ts";
import { LONGEST_MS } from "../../core/stop.ts";
import type { Datum } from "./store.ts";

export const MAX_TTL_MS: number = 100 * 366 * 86_400_000;

export function checkCount(name: string, count: number, least: number): number {
  if (Number.isSafeInteger(count) && count >= least) return count;
  throw new InvalidValueError(`${name} is not a whole number from ${least} on.`);
}

/** Redis takes whole milliseconds; less than one would be no time at all. */
export function checkDuration(name: string, ms: number, hint?: string): number {
  if (ms > 0 && ms <= MAX_TTL_MS) return Math.ceil(ms);
  throw new InvalidValueError(
    `${name} is not a number of milliseconds above 0, and at most 100 years.`,
    hint === undefined ? {} : { hint },
  );
}

export function checkTtl(ttlMs: number): number {
  return checkDuration("ttlMs", ttlMs, "Leave it out for what stays until it is deleted.");
}

/** A timer that is told more ends at once. */
export function checkTimeout(timeoutMs: number, name = "timeoutMs"): number {
  if (timeoutMs > 0) return Math.min(timeoutMs, LONGEST_MS);
  throw new InvalidValueError(`${name} is not a number of milliseconds above 0.`);
}

export function checkDatum(value: unknown): Datum {
  if (value instanceof Uint8Array) return value;
  // Half of a surrogate pair can't be written as UTF-8: every store keeps what Redis would.
  if (typeof value === "string") return value.isWellFormed() ? value : value.toWellFormed();
  throw new InvalidValueError("A store keeps texts and bytes.", {
    hint: "Pass String(value) or JSON.stringify(value).",
  });
}

export function checkStep(by: number): number {
  if (!Number.isSafeInteger(by)) {
    throw new InvalidValueError("A counter is increased by a whole number.");
  }
  return by;
}

export function notANumberError(cause?: unknown): InvalidValueError {
  return new InvalidValueError("The key holds something else than a whole number.", {
    hint: "Count under a key of its own.",
    cause,
  });
}

export function otherKindError(cause?: unknown): InvalidValueError {
  return new InvalidValueError("The key holds something of another kind.", {
    hint: "Use keys of its own for each thing, or a namespace.",
    cause,
  });
}

export function storeFullError(cause?: unknown): QueryError {
  return new QueryError("E_DATABASE_FULL", "The store is full, and nothing in it has expired.", {
    hint: "Give what is kept an expiry, or the store more room.",
    cause,
  });
}

export function storeClosedError(): ConnectionError {
  return new ConnectionError("E_CLOSED", "The store is closed; nothing was executed.", {
    hint: "Close it when the program ends, not before.",
  });
}

/** As `Keyspace.number` has it: what is neither a number nor anything is none. */
export function numberOf(text: string | undefined): number | undefined {
  if (text === undefined || text.trim() === "") return undefined;
  const number = Number(text);
  return Number.isNaN(number) ? undefined : number;
}
