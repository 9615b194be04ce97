/** Instants as PostgreSQL writes them in a session whose time zone is UTC and whose DateStyle is ISO. */

import { InvalidValueError } from "../../core/error.ts";

/** `2026-11-21 00:31:13.571724+00`; the fraction has no zeros at its end, and the year as many digits as it needs. */
const INSTANT = /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(?:\+00(?::?00)?)?$/;

/** Infinite instants, those before our era and those after the year 9999. */
function refuseInstant(): never {
  throw new InvalidValueError(
    "An instant of the result is infinite or outside the years 1 to 9999.",
    {
      code: "E_OUT_OF_RANGE",
      hint: "Read it as text: sql`${column}::text`.as(text()).",
    },
  );
}

const ZERO = 48;

function digits(text: string, from: number, to: number): number {
  let value = 0;
  for (let index = from; index < to; index++) value = value * 10 + text.charCodeAt(index) - ZERO;
  return value;
}

const MIN_LENGTH = "2026-11-21 00:31:13".length;

/**
 * Reads only what has the usual form and a year from 1000 on, at a fifth of the time of `Date.parse`; everything else
 * takes the slow way.
 */
export function readDate(cell: unknown): Date {
  const text = String(cell);
  const isUsual =
    text.length >= MIN_LENGTH &&
    text.charCodeAt(4) === 45 &&
    text.charCodeAt(0) > ZERO &&
    (text.length === MIN_LENGTH || text.endsWith("+00"));
  if (!isUsual) return readOddDate(text);
  const end = text.length === MIN_LENGTH ? MIN_LENGTH : text.length - 3;
  let milliseconds = 0;
  // Microseconds are cut, not rounded: an instant never moves into the future.
  for (let index = 20; index < 23; index++) {
    milliseconds = milliseconds * 10 + (index < end ? text.charCodeAt(index) - ZERO : 0);
  }
  const instant = Date.UTC(
    digits(text, 0, 4),
    digits(text, 5, 7) - 1,
    digits(text, 8, 10),
    digits(text, 11, 13),
    digits(text, 14, 16),
    digits(text, 17, 19),
    milliseconds,
  );
  return Number.isNaN(instant) ? refuseInstant() : new Date(instant);
}

function readOddDate(text: string): Date {
  return new Date(isoOf(text, 3));
}

/** ISO 8601 in UTC, with as many digits of the fraction as the precision. */
export function isoOf(text: string, precision: number): string {
  const match = INSTANT.exec(text);
  if (match === null || text.startsWith("0000")) return refuseInstant();
  const fraction = (match[7] ?? "").padEnd(6, "0").slice(0, precision);
  return `${text.slice(0, 10)}T${text.slice(11, 19)}${precision > 0 ? `.${fraction}` : ""}Z`;
}

/** A day as it is written, but for those that Plinth can't write. */
export function readDay(cell: unknown): unknown {
  if (typeof cell === "string" && cell.length === 10) return cell;
  throw new InvalidValueError("A date of the result is infinite or outside the years 1 to 9999.", {
    code: "E_OUT_OF_RANGE",
    hint: "Read it as text: sql`${column}::text`.as(text()).",
  });
}
