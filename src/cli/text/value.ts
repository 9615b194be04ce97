/** A value of a database for people, and for programs. */

import type { GridCell } from "./grid.ts";
import { safe } from "./width.ts";

/** So much of a text is looked at, as a cell shows less. */
const MAX_LENGTH = 1_000;
const MAX_BYTES = 24;

function plain(value: unknown): string {
  if (value instanceof Date)
    return Number.isNaN(value.getTime()) ? "invalid date" : value.toISOString();
  if (typeof value === "object") return JSON.stringify(value, forJson);
  return String(value as bigint | boolean | number | string);
}

/** NULL, nothing and the text `NULL` are told apart. */
export function cellOf(value: unknown): GridCell {
  if (value === null || value === undefined) return { text: "NULL", style: "dim" };
  if (value instanceof Uint8Array) {
    const hex = Buffer.from(value.subarray(0, MAX_BYTES)).toString("hex");
    const more = value.length > MAX_BYTES ? `… (${value.length} bytes)` : "";
    return { text: `0x${hex}${more}`, style: "magenta" };
  }
  if (value === "") return { text: "''", style: "dim" };
  if (value === "NULL") return { text: "'NULL'" };
  const text = plain(value);
  // Half a character at the cut is left out.
  const start =
    text.length > MAX_LENGTH ? text.slice(0, MAX_LENGTH).replace(/[\ud800-\udbff]$/, "") : text;
  return { text: safe(start) + (start === text ? "" : "…") };
}

/** What JSON has no word for: numbers beyond 2^53 as text, bytes in hexadecimal digits. */
export function forJson(this: unknown, key: string, value: unknown): unknown {
  // Some bytes turn themselves into something else before they come here.
  const own: unknown = Reflect.get(this as object, key);
  if (own instanceof Uint8Array) return `0x${Buffer.from(own).toString("hex")}`;
  if (typeof value === "bigint")
    return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  return value;
}
