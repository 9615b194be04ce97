/** Values whose type only JavaScript, or only the server, knows. */

import { readJson, readSafeInteger, type Decode } from "../../dialect/values/type-map.ts";
import { readBytes } from "./bytes.ts";
import { readDate } from "./instant.ts";

// Object identifiers of types never change. Source: PostgreSQL's src/include/catalog/pg_type.dat.
const BOOL = 16;
const BYTEA = 17;
const INT8 = 20;
const INT2 = 21;
const INT4 = 23;
const OID = 26;
const JSON_TEXT = 114;
const FLOAT4 = 700;
const FLOAT8 = 701;
const TIMESTAMP = 1114;
const TIMESTAMPTZ = 1184;
const JSONB = 3802;

const readers = new Map<number, Decode>([
  [BOOL, (cell) => cell === "t"],
  [BYTEA, readBytes],
  [INT2, Number],
  [INT4, Number],
  [OID, Number],
  [INT8, readSafeInteger],
  [FLOAT4, Number],
  [FLOAT8, Number],
  [JSON_TEXT, readJson],
  [JSONB, readJson],
  [TIMESTAMP, readDate],
  [TIMESTAMPTZ, readDate],
]);

/** How a cell of a server's type is read; undefined leaves the text, as numeric is too exact for a number. */
export function readerOf(typeId: number): Decode | undefined {
  return readers.get(typeId);
}

/** Left to the server, which takes the type of the place where the value stands. */
export const UNKNOWN = 0;

const MAX_INT4 = 2 ** 31 - 1;

/**
 * What the server is told of a value without a type. Were nothing told, it would guess from the place: `select ${5}`
 * gives text, `${1} + ${2}` is an error, `case when … then ${1} else ${0} end` can't be summed, and
 * `${users.credits} * ${1.5}` refuses 1.5 because credits is an integer. Told what they are, numbers compute as in
 * JavaScript. The price: `${users.name} = ${5}` is an error instead of a comparison with the text "5". Text stays
 * untold, as that is how UUIDs, dates, exact decimals and names of enums are written.
 */
export function typeIdOf(value: unknown): number {
  switch (typeof value) {
    case "number":
      if (!Number.isSafeInteger(value)) return FLOAT8;
      return value >= -MAX_INT4 - 1 && value <= MAX_INT4 ? INT4 : INT8;
    case "bigint":
      return INT8;
    case "boolean":
      return BOOL;
    default:
      if (value instanceof Date) return TIMESTAMPTZ;
      return value instanceof Uint8Array ? BYTEA : UNKNOWN;
  }
}

/** What goes over the wire: text, or bytes as they are. */
export function wireValue(value: unknown): string | Buffer | null {
  if (typeof value === "string" || value === null) return value;
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) {
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  }
  // Numbers, bigints and booleans are left; nothing else gets past the encoders.
  return String(value as number | bigint | boolean);
}
