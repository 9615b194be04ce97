/**
 * Logical types against SQL types. What a value must be is the same on every database and is checked here; how it is
 * stored is the database's own.
 */

import type {
  ArrayType,
  CustomStorage,
  CustomType,
  DecimalType,
  LogicalType,
  TimestampType,
} from "../../ast/logical-type.ts";
import { isSealed, type SealedType } from "../../ast/sealed.ts";
import { EncryptionError, InvalidValueError } from "../../core/error.ts";
import { instantOf, isInstant, textOfInstant } from "../../core/temporal.ts";
import { parseJson } from "./parse-json.ts";

/** Checks a value and gives what the driver binds. Never gets null. */
export type Encode = (value: unknown) => unknown;
/** Gives the value of a cell that isn't NULL. */
export type Decode = (cell: unknown) => unknown;

/** What the driver gives and takes for a type that Plinth has no word for. `"json"` is text with JSON in it. */
export type CustomForm = "any" | "bigint" | "bytes" | "json" | "number" | "text";

export interface TypeMap {
  /** The type's name in DDL. */
  sqlType(type: LogicalType): string;
  /** Whether the type must be created before a table that uses it. */
  isDeclared(type: LogicalType): boolean;
  /** What the driver binds for a value that `checkerOf(type)` has let through. */
  store(type: LogicalType): Encode | undefined;
  /** Undefined where the driver's cell is the value. */
  read(type: LogicalType, isWide: boolean): Decode | undefined;
  /** Names the form of what can be kept in several, so that two columns can be told to have the same. */
  formOf?(type: LogicalType): string | undefined;
  /** Whether reading this type needs integers beyond 2^53. */
  isWide(type: LogicalType): boolean;
  /** What the driver binds for a value without a type: text, numbers, bigints, booleans, instants, bytes. */
  storeUntyped: Encode;
  /** Turns a cell into a value where the query gives no type. */
  readUntyped: Decode | undefined;
  /** Of a connection that was given keys for encrypted columns. */
  readonly cipher?: Cipher;
  /** How a custom type is kept, which a database that it isn't declared for refuses. */
  customStorage(type: CustomType): CustomStorage;
  /** Of a type by its name in SQL. Absent: text. */
  customForm?(type: string): CustomForm;
}

/** Encrypts and decrypts, by the keys of one connection. */
export interface Cipher {
  /** How many keys there are; values are written by the first. */
  readonly keyCount: number;
  /** Gets values as their check gives them. */
  seal(type: SealedType): (value: unknown) => Uint8Array;
  open(type: SealedType): (bytes: Uint8Array) => unknown;
  /** Whether a stored value is by the key that values are written by. */
  isCurrent(stored: Uint8Array): boolean;
}

/** @throws {EncryptionError} where the connection has no keys. */
function cipherOf({ cipher }: TypeMap): Cipher {
  if (cipher === undefined) throw new EncryptionError("no keys");
  return cipher;
}

/** What stands in a message for a value: its kind, never its content. */
function kindOf(value: unknown): string {
  if (value === undefined) return "undefined";
  if (Array.isArray(value)) return "an array";
  if (value instanceof Date) return "a Date";
  if (value instanceof Uint8Array) return "bytes";
  if (typeof value === "object") return "an object";
  return typeof value === "bigint" ? "a bigint" : `a ${typeof value}`;
}

function refuse(wanted: string, value: unknown): never {
  throw new InvalidValueError(`The value must be ${wanted}, and is ${kindOf(value)}.`);
}

function refuseRange(what: string, range: string): never {
  throw new InvalidValueError(`The value is outside the range of ${what}, ${range}.`, {
    code: "E_OUT_OF_RANGE",
  });
}

function checkInteger(bits: 16 | 32): Encode {
  const high = 2 ** (bits - 1) - 1;
  const low = -high - 1;
  return (value) => {
    if (typeof value !== "number" || !Number.isInteger(value)) refuse("a whole number", value);
    if (value < low || value > high)
      refuseRange(bits === 16 ? "smallint" : "integer", `${low} to ${high}`);
    return value;
  };
}

const MAX_BIGINT = 2n ** 63n - 1n;
const MIN_BIGINT = -(2n ** 63n);

function checkBigint(value: unknown): unknown {
  if (typeof value !== "bigint") refuse("a bigint", value);
  if (value < MIN_BIGINT || value > MAX_BIGINT) refuseRange("bigint", "-2^63 to 2^63 - 1");
  return value;
}

function checkBits(value: unknown): unknown {
  if (typeof value !== "bigint") refuse("a bigint", value);
  if (value < 0n || value > MAX_BIGINT) refuseRange("a field of bits", "0 to 2^63 - 1");
  return value;
}

function checkSafeInteger(value: unknown): unknown {
  if (typeof value !== "number" || !Number.isInteger(value)) refuse("a whole number", value);
  if (!Number.isSafeInteger(value))
    refuseRange('bigint with mode "number"', "-(2^53 - 1) to 2^53 - 1");
  return value;
}

function checkDouble(value: unknown): unknown {
  if (typeof value !== "number" || !Number.isFinite(value)) refuse("a finite number", value);
  return value;
}

/** Gives the nearest number of 32 bits, so that what is compared is what is stored. */
function checkReal(value: unknown): unknown {
  if (typeof value !== "number" || !Number.isFinite(value)) refuse("a finite number", value);
  const rounded = Math.fround(value);
  if (!Number.isFinite(rounded)) refuseRange("real", "±3.4028234663852886e38");
  return rounded;
}

function checkBoolean(value: unknown): unknown {
  if (typeof value !== "boolean") refuse("a boolean", value);
  return value;
}

const DECIMAL = /^(-?)0*(\d*)(?:\.(\d*))?$/;

/** A decimal in its one spelling: no leading zeros, `scale` digits after the point, no negative zero. */
export function canonicalDecimal(text: string, { precision, scale }: DecimalType): string {
  const match = /\d/.test(text) ? DECIMAL.exec(text) : null;
  if (match === null)
    throw new InvalidValueError(
      "The value must be a decimal number such as 9.90, without an exponent.",
    );
  const [, sign, whole, fraction = ""] = match;
  const digits = fraction.replace(/0+$/, "");
  if (digits.length > scale) {
    throw new InvalidValueError(`The value has more than ${scale} digits after the point.`, {
      code: "E_OUT_OF_RANGE",
    });
  }
  if (whole!.length > precision - scale) {
    refuseRange(`decimal(${precision}, ${scale})`, `${precision - scale} digits before the point`);
  }
  const unsigned =
    (whole === "" ? "0" : whole!) + (scale > 0 ? `.${digits.padEnd(scale, "0")}` : "");
  return sign === "-" && /[1-9]/.test(unsigned) ? `-${unsigned}` : unsigned;
}

function checkDecimal(type: DecimalType): Encode {
  return (value) => {
    if (typeof value !== "string") refuse("a string with a decimal number", value);
    return canonicalDecimal(value, type);
  };
}

/** Counts code points only where the UTF-16 length leaves it open. */
function isLonger(text: string, length: number): boolean {
  if (text.length <= length) return false;
  let count = 0;
  for (const _ of text) if (++count > length) return true;
  return false;
}

function checkText(length: number | undefined): (value: unknown) => string {
  return (value) => {
    if (typeof value !== "string") refuse("a string", value);
    if (value.includes("\0")) throw new InvalidValueError("A text can't hold the character NUL.");
    if (!value.isWellFormed())
      throw new InvalidValueError("A text can't hold half of a surrogate pair.");
    if (length !== undefined && isLonger(value, length)) {
      throw new InvalidValueError(`The text is longer than ${length} characters.`, {
        code: "E_VALUE_TOO_LONG",
      });
    }
    return value;
  };
}

/** As every database's own folding of ASCII. */
function foldAscii(text: string): string {
  return text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

function checkUuid(value: unknown): unknown {
  if (typeof value !== "string") refuse("a UUID as a string", value);
  if (UUID.test(value)) return value;
  const lower = value.toLowerCase();
  if (!UUID.test(lower))
    throw new InvalidValueError(
      "The value is not a UUID (32 hexadecimal digits with four hyphens).",
    );
  return lower;
}

const MIN_INSTANT_MS = Date.parse("0001-01-01T00:00:00Z");
const MAX_INSTANT_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

function checkDate(precision: number): Encode {
  const stepMs = 10 ** Math.max(0, 3 - precision);
  return (value) => {
    if (!(value instanceof Date)) refuse("a Date", value);
    const ms = value.getTime();
    if (Number.isNaN(ms)) throw new InvalidValueError("The value is an invalid Date.");
    if (ms < MIN_INSTANT_MS || ms > MAX_INSTANT_MS) refuseRange("timestamp", "the years 1 to 9999");
    return stepMs === 1 ? value : new Date(Math.floor(ms / stepMs) * stepMs);
  };
}

const ISO = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,6}))?Z$/;

/** `YYYY-MM-DDTHH:MM:SS.ffffffZ` with as many digits of the fraction as the precision. */
export function canonicalInstant(text: string, precision: number): string {
  const match = ISO.exec(text);
  const second = match && new Date(`${text.slice(0, 10)}T${text.slice(11, 19)}Z`);
  if (
    !match ||
    !second ||
    Number.isNaN(second.getTime()) ||
    second.toISOString().slice(0, 10) !== text.slice(0, 10)
  ) {
    throw new InvalidValueError(
      "The value is not an instant in ISO 8601 and UTC, such as 2026-01-31T12:00:00.000000Z.",
    );
  }
  if (text.startsWith("0000")) refuseRange("timestamp", "the years 1 to 9999");
  const fraction = (match[7] ?? "").padEnd(6, "0").slice(0, precision);
  return `${text.slice(0, 10)}T${text.slice(11, 19)}${precision > 0 ? `.${fraction}` : ""}Z`;
}

function checkInstantText(precision: number): Encode {
  return (value) => {
    if (typeof value !== "string") refuse("a string with an instant", value);
    return canonicalInstant(value, precision);
  };
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

function isDay(text: string): boolean {
  const midnight = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(text);
}

function checkDay(value: unknown): unknown {
  if (typeof value !== "string") refuse("a string with a date", value);
  if (!DAY.test(value) || !isDay(value))
    throw new InvalidValueError("The value is not a date such as 2026-01-31.");
  if (value.startsWith("0000")) refuseRange("date", "the years 1 to 9999");
  return value;
}

const TIME = /^(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.(\d{1,6}))?$/;

function checkTime(precision: number): Encode {
  return (value) => {
    if (typeof value !== "string") refuse("a string with a time of day", value);
    const match = TIME.exec(value);
    if (match === null)
      throw new InvalidValueError("The value is not a time of day such as 12:00:00.");
    const fraction = match[1] ?? "";
    if (/[1-9]/.test(fraction.slice(precision))) {
      throw new InvalidValueError(
        `The value has more than ${precision} digits of the second's fraction.`,
        { code: "E_OUT_OF_RANGE", hint: "Declare it time({ precision: 6 }), or cut the value." },
      );
    }
    return timeOf(value, precision);
  };
}

/** A time of day with as many digits of the fraction as the precision. */
export function timeOf(text: string, precision: number): string {
  if (precision === 0) return text.slice(0, 8);
  return `${text.slice(0, 8)}.${text.slice(9).padEnd(6, "0").slice(0, precision)}`;
}

function checkEnum(values: readonly string[]): Encode {
  const known = new Set<unknown>(values);
  return (value) => {
    if (typeof value !== "string") refuse("a string with a name of its enum", value);
    if (!known.has(value)) throw new InvalidValueError("The value is no name of its enum.");
    return value;
  };
}

function checkBytes(length: number | undefined): Encode {
  return (value) => {
    if (!(value instanceof Uint8Array)) refuse("a Uint8Array", value);
    if (length !== undefined && value.length > length) {
      throw new InvalidValueError(`The value is longer than ${length} bytes.`, {
        code: "E_VALUE_TOO_LONG",
      });
    }
    return value;
  };
}

/** NUL, or half of a surrogate pair, as JSON.stringify escapes them; PostgreSQL's jsonb holds neither. */
const NO_JSON_TEXT = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/;

function checkJson(value: unknown): unknown {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (cause) {
    throw new InvalidValueError(
      "The value can't be written as JSON: it holds a bigint or itself.",
      { cause },
    );
  }
  if (text === undefined) refuse("a value that JSON has", value);
  if (text.includes(String.raw`\u`) && NO_JSON_TEXT.test(text))
    throw new InvalidValueError("A text in JSON can't hold NUL or half of a surrogate pair.");
  return text;
}

function checkArray({ element, hasNulls }: ArrayType): Encode {
  const check = checkerOf(element);
  return (value) => {
    if (!Array.isArray(value)) refuse("an array", value);
    // Not `map`, which passes over holes.
    return Array.from(value, (item: unknown) => {
      if (item !== null) return check(item);
      if (hasNulls === true) return null;
      throw new InvalidValueError("An element of the array is null.", {
        hint: "Declare array(…, { nulls: true }) for a column whose elements may be NULL.",
      });
    });
  };
}

function checkTimestamp({ mode, precision }: TimestampType): Encode {
  switch (mode) {
    case "date":
      return checkDate(precision);
    case "string":
      return checkInstantText(precision);
    case "temporal":
      return (value) => {
        if (!isInstant(value)) refuse("a Temporal.Instant", value);
        const text = textOfInstant(value);
        if (/^[+-]/.test(text)) refuseRange("timestamp", "the years 1 to 9999");
        return canonicalInstant(text, precision);
      };
  }
}

/**
 * What a value of a type must be, on every database. The check gives the value in its one spelling: JSON as its text, a
 * UUID in lowercase, a decimal with all its digits.
 */
export function checkerOf(type: LogicalType): Encode {
  switch (type.kind) {
    case "array":
      return checkArray(type);
    case "integer":
      return checkInteger(type.bits);
    case "bigint":
      if (type.flags !== undefined) return checkBits;
      return type.mode === "bigint" ? checkBigint : checkSafeInteger;
    case "double":
      return checkDouble;
    case "real":
      return checkReal;
    case "decimal":
      return checkDecimal(type);
    case "boolean":
      return checkBoolean;
    case "text": {
      const check = checkText(type.length);
      return type.isFolded === true ? (value) => foldAscii(check(value)) : check;
    }
    case "uuid":
      return checkUuid;
    case "timestamp":
      return checkTimestamp(type);
    case "date":
      return checkDay;
    case "time":
      return checkTime(type.precision);
    case "bytes":
      return isSealed(type) ? checkerOf(type.sealed.of) : checkBytes(type.length);
    case "custom":
      // Its codec checks it.
      return (value) => value;
    case "enum":
      return checkEnum(type.values);
    case "json":
      return checkJson;
  }
}

/** What databases give as text in ISO 8601 is a `Temporal.Instant` to a column that says so. */
export function readerOf(types: TypeMap, type: LogicalType, isWide: boolean): Decode | undefined {
  const read = types.read(type, isWide);
  if (isSealed(type)) {
    const open = cipherOf(types).open(type);
    return (cell) => open((read === undefined ? cell : read(cell)) as Uint8Array);
  }
  if (type.kind !== "timestamp" || type.mode !== "temporal") return read;
  return (cell) => instantOf(String(read === undefined ? cell : read(cell)));
}

/** Checks, then stores. */
export function encoderOf(types: TypeMap, type: LogicalType | undefined): Encode {
  if (type === undefined) return types.storeUntyped;
  const check = checkerOf(type);
  const store = types.store(type);
  if (isSealed(type)) {
    const seal = cipherOf(types).seal(type);
    return store === undefined
      ? (value) => seal(check(value))
      : (value) => store(seal(check(value)));
  }
  return store === undefined ? check : (value) => store(check(value));
}

/** Encodes a value that is for a column, which a refusal names. */
export function encodeFor(column: string | undefined, encode: Encode, value: unknown): unknown {
  try {
    return encode(value);
  } catch (error) {
    throw naming(column, error);
  }
}

/** The error of a value, which then names the column that it is for. */
export function naming(column: string | undefined, error: unknown): unknown {
  if (!(error instanceof InvalidValueError) || column === undefined) return error;
  return new InvalidValueError(`Column "${column}": ${error.message}`, {
    code: error.code,
    cause: error.cause,
  });
}

/** The error of JSON.parse quotes the text. */
export function readJson(cell: unknown): unknown {
  try {
    return parseJson(String(cell));
  } catch (cause) {
    throw new InvalidValueError("A text of the result is not JSON.", { cause });
  }
}

/** The error of BigInt quotes the text. */
export function wholeOf(cell: bigint | number | string): bigint {
  try {
    return BigInt(cell);
  } catch (cause) {
    throw new InvalidValueError("A value of the result is no whole number.", { cause });
  }
}

/** An integer that a server sends as a number, a bigint or text, as a number. */
export function readSafeInteger(cell: unknown): number {
  const value = Number(cell);
  if (!Number.isSafeInteger(value)) {
    throw new InvalidValueError("A number of the result is not a whole one within ±(2^53 - 1).", {
      code: "E_OUT_OF_RANGE",
      hint: "Read it as a bigint: give the column bigint(), or the fragment .as(bigint()).",
    });
  }
  return value;
}

/** The values that need no type, for drivers to bind; `storeDate` and `storeBoolean` say how the database keeps them. */
export function untypedEncoder(
  storeDate: (date: Date) => unknown,
  storeBoolean: (value: boolean) => unknown,
): Encode {
  const checkString = checkText(undefined);
  return (value) => {
    switch (typeof value) {
      case "string":
        return checkString(value);
      case "number":
        return checkDouble(value);
      case "bigint":
        return checkBigint(value);
      case "boolean":
        return storeBoolean(value);
      default:
        if (value instanceof Date) return storeDate(checkDate(3)(value) as Date);
        if (value instanceof Uint8Array) return value;
        return refuse("text, a number, a bigint, a boolean, a Date or bytes", value);
    }
  };
}
