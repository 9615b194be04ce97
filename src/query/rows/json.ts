/** Rows as JSON and back, without loss: JSON has no bigint, no bytes and no instants. */

import { instantOf } from "../../core/temporal.ts";
import { Expression, type AnyExpression } from "../../ast/expression.ts";
import type { LogicalType } from "../../ast/logical-type.ts";
import type { SelectionRecord } from "../../ast/statement.ts";
import { isSealed } from "../../ast/sealed.ts";
import { typeOf } from "../../ast/type-of.ts";
import { InvalidValueError } from "../../core/error.ts";
import { checkerOf, encodeFor } from "../../dialect/values/type-map.ts";
import { toSelection } from "../read/selection.ts";
import type { ResultOf, Selection } from "../types.ts";

/** What a value is in JSON: bigints as digits, bytes in base64, instants in ISO 8601, all of them texts. */
export type Json<Value> = Value extends boolean | number | string | null | undefined
  ? Value
  : Value extends bigint | Date | Uint8Array | { readonly epochNanoseconds: bigint }
    ? string
    : Value extends readonly (infer Item)[]
      ? Json<Item>[]
      : Value extends object
        ? { -readonly [Key in keyof Value]: Json<Value[Key]> }
        : unknown;

function define(target: object, key: string, value: unknown): void {
  // Defined, not assigned: a column may be called `__proto__`.
  Object.defineProperty(target, key, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

/**
 * A row, rows or a whole tree of them as JSON has it, for `JSON.stringify`. What JSON has itself stays as it is.
 *
 * @example
 * return new Response(JSON.stringify(toJson(await db.from(users))));
 */
export function toJson<Value>(value: Value): Json<Value> {
  return jsonOf(value) as Json<Value>;
}

function jsonOf(value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) {
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64");
  }
  if (Array.isArray(value)) return value.map(jsonOf);
  if ("toJSON" in value && typeof value.toJSON === "function") return value.toJSON() as unknown;
  const json: object = {};
  for (const [key, member] of Object.entries(value)) define(json, key, jsonOf(member));
  return json;
}

const INSTANT = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;
const WHOLE = /^-?\d{1,20}$/;
const BASE64 = /^(?:[\d+/A-Za-z]{4})*(?:[\d+/A-Za-z]{2}==|[\d+/A-Za-z]{3}=)?$/;

function isDay(text: string): boolean {
  const midnight = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(text);
}

function refuse(wanted: string): never {
  throw new InvalidValueError(`The value must be ${wanted}.`);
}

function readInstant(text: string): Date {
  const [, day] = INSTANT.exec(text) ?? [];
  const instant = new Date(text);
  if (day !== undefined && isDay(day) && !Number.isNaN(instant.getTime())) return instant;
  return refuse("an instant in ISO 8601 with its zone, such as 2026-01-31T12:00:00.000Z");
}

/** The value of a type for what stands for it in JSON. What JSON has itself, and values already, come back as they are. */
export function valueOfJson(type: LogicalType | undefined, json: unknown): unknown {
  switch (type?.kind) {
    case "bigint":
      if (type.mode === "number") return json;
      if (typeof json === "string" && !WHOLE.test(json)) return refuse("a whole number in digits");
      return typeof json === "string" || Number.isSafeInteger(json)
        ? BigInt(json as number | string)
        : json;
    case "timestamp":
      if (typeof json !== "string" || type.mode === "string") return json;
      // A Date tells whether the text is an instant at all, of which Temporal keeps more digits.
      return type.mode === "date" ? readInstant(json) : readInstant(json) && instantOf(json);
    case "bytes":
      if (isSealed(type)) return valueOfJson(type.sealed.of, json);
      if (typeof json !== "string") return json;
      return BASE64.test(json)
        ? new Uint8Array(Buffer.from(json, "base64"))
        : refuse("bytes in base64");
    case "array":
      return Array.isArray(json)
        ? json.map((item: unknown) => (item === null ? null : valueOfJson(type.element, item)))
        : json;
    default:
      return json;
  }
}

function rowOfJson(record: SelectionRecord, json: unknown): unknown {
  if (typeof json !== "object" || json === null || Array.isArray(json))
    throw new InvalidValueError("What is to be a row is no object.");
  const row: object = {};
  record.keys.forEach((key, index) => {
    if (!Object.hasOwn(json, key))
      throw new InvalidValueError(`What is to be a row has no "${key}".`);
    const member: unknown = Reflect.get(json, key);
    const node = record.values[index]!;
    if (member === null) define(row, key, null);
    else if (node instanceof Expression) define(row, key, valueOf(key, node, member));
    else define(row, key, rowOfJson(node, member));
  });
  return row;
}

/** What a query computes may be beyond what its type can store, as a sum is; a column's value never is. */
function valueOf(key: string, node: AnyExpression, json: unknown): unknown {
  const type = typeOf(node);
  const read = (given: unknown): unknown => {
    const value = valueOfJson(type, given);
    if (type !== undefined && node.kind === "column") checkerOf(type)(value);
    return value;
  };
  return encodeFor(key, read, json);
}

/**
 * The row, or the rows, that `toJson` made JSON of.
 *
 * @param selection The table that the rows are of, or the object that the query selects.
 * @throws {InvalidValueError} for what isn't such a row: a column that is missing, or a value that its type doesn't have.
 */
export function fromJson<S extends Selection>(
  selection: S,
  json: readonly unknown[],
): ResultOf<S, never>[];
export function fromJson<S extends Selection>(selection: S, json: unknown): ResultOf<S, never>;
export function fromJson(selection: Selection, json: unknown): unknown {
  const record = toSelection(selection);
  return Array.isArray(json) ? json.map((row) => rowOfJson(record, row)) : rowOfJson(record, json);
}
