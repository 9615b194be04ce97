import type {
  CustomType,
  DecimalType,
  LogicalType,
  TimestampType,
} from "../../ast/logical-type.ts";
import { ConfigError, InvalidValueError } from "../../core/error.ts";
import { readArray, storeArray } from "../../dialect/values/array-json.ts";
import { isoOfMicroseconds, microseconds } from "../../dialect/values/instant-count.ts";
import { customDecoder, customEncoder, customStorage } from "../../dialect/values/custom.ts";
import {
  canonicalInstant,
  readJson,
  readSafeInteger,
  untypedEncoder,
  type CustomForm,
  type Decode,
  type Encode,
  type TypeMap,
} from "../../dialect/values/type-map.ts";
import { bytesOfUuid, uuidOfBytes } from "../../dialect/values/uuid-bytes.ts";

/** Decimals of up to this many digits are integers scaled by their digits after the point. */
const MAX_SCALED_DIGITS = 18;
/** Fewer digits fit a number, so that no bigint is needed to read them. */
const MAX_NUMBER_DIGITS = 15;

export type DecimalStorage = "scaled" | "text" | "real";

export function decimalStorage(type: DecimalType): DecimalStorage {
  if (type.storage?.sqlite === "real") return "real";
  return type.precision <= MAX_SCALED_DIGITS ? "scaled" : "text";
}

export type InstantStorage = "milliseconds" | "microseconds" | "seconds" | "iso" | "sql";

export function instantStorage(type: TimestampType): InstantStorage {
  const given = type.storage?.sqlite;
  switch (given) {
    case undefined:
      return type.precision > 3 ? "microseconds" : "milliseconds";
    case "milliseconds":
    case "seconds":
    case "iso":
    case "sql":
      return given;
    default:
      throw new ConfigError(
        "The storage of a timestamp on SQLite is milliseconds, seconds, iso or sql.",
        {
          code: "E_SCHEMA",
        },
      );
  }
}

export function isUuidBlob(type: LogicalType | undefined): boolean {
  return type?.kind === "uuid" && type.storage?.sqlite === "blob";
}

/** Tables are strict. Source: sqlite.org/stricttables.html. */
function customTypeName(type: CustomType): string {
  const name = customStorage(type, "sqlite", "SQLite").type;
  if (/^(?:any|blob|int|integer|real|text)$/i.test(name)) return name;
  throw new ConfigError(`SQLite keeps a custom type as integer, real, text, blob or any.`, {
    code: "E_SCHEMA",
  });
}

function sqlType(type: LogicalType): string {
  switch (type.kind) {
    case "integer":
    case "bigint":
    case "boolean":
      return "integer";
    case "double":
    case "real":
      return "real";
    case "decimal": {
      const storage = decimalStorage(type);
      return storage === "scaled" ? "integer" : storage;
    }
    case "custom":
      return customTypeName(type);
    case "array":
    case "text":
    case "json":
    case "date":
    case "time":
    case "enum":
      return "text";
    case "bytes":
      return "blob";
    case "uuid":
      return isUuidBlob(type) ? "blob" : "text";
    case "timestamp": {
      const storage = instantStorage(type);
      return storage === "iso" || storage === "sql" ? "text" : "integer";
    }
  }
}

/** `"-12.30"` with two digits after the point is −1230. */
function scale(text: unknown): number | bigint {
  const digits = String(text).replace(".", "");
  return digits.length <= MAX_NUMBER_DIGITS ? Number(digits) : BigInt(digits);
}

function unscaler(digits: number): Decode {
  return (cell) => {
    if (typeof cell === "number" && !Number.isInteger(cell)) {
      throw new InvalidValueError(
        "A decimal of the result has more digits after the point than its type, which SQLite can't keep exactly.",
        { hint: "Round it in the query, or read it as a number: avg(…), or .as(double())." },
      );
    }
    if (digits === 0) return String(cell);
    const text = String(cell);
    const isNegative = text.startsWith("-");
    const unsigned = (isNegative ? text.slice(1) : text).padStart(digits + 1, "0");
    return `${isNegative ? "-" : ""}${unsigned.slice(0, -digits)}.${unsigned.slice(-digits)}`;
  };
}

function storeDecimal(type: DecimalType): Encode | undefined {
  switch (decimalStorage(type)) {
    case "scaled":
      return scale;
    case "real":
      return Number;
    case "text":
      return undefined;
  }
}

function readDecimal(type: DecimalType): Decode | undefined {
  switch (decimalStorage(type)) {
    case "scaled":
      return unscaler(type.scale);
    case "real":
      return (cell) => (typeof cell === "number" ? cell.toFixed(type.scale) : String(cell));
    case "text":
      return undefined;
  }
}

/**
 * As SQLite's own CURRENT_TIMESTAMP, which has no fraction: a whole second has none here either, so that both are equal,
 * and texts sort as the instants do.
 */
function sqlText(iso: string): string {
  return iso.replace("T", " ").replace(/(?:\.0+)?Z$/, "");
}

/** A `Date` is told with three digits, however few its column has. */
function cutTo(iso: string, precision: number): string {
  return precision >= 3 ? iso : canonicalInstant(iso, precision);
}

function storeInstant(type: TimestampType): Encode {
  const iso = (value: unknown): string =>
    value instanceof Date ? value.toISOString() : String(value);
  switch (instantStorage(type)) {
    case "milliseconds":
      return (value) => (value instanceof Date ? value.getTime() : Date.parse(iso(value)));
    case "microseconds":
      return (value) => microseconds(iso(value));
    case "seconds":
      return (value) => Math.floor(Date.parse(iso(value)) / 1000);
    case "iso":
      return iso;
    case "sql":
      return (value) => sqlText(cutTo(iso(value), type.precision));
  }
}

/** An instant of SQLite's own text form, `YYYY-MM-DD HH:MM:SS`, is in UTC though it doesn't say so. */
function isoOfText(text: string): string {
  const iso = text.includes("T") ? text : text.replace(" ", "T");
  const dated = iso.length === 10 ? `${iso}T00:00:00` : iso;
  return /Z$|[+-]\d\d:?\d\d$/.test(dated) ? dated : `${dated}Z`;
}

function readInstant(type: TimestampType): Decode {
  const storage = instantStorage(type);
  const unitMs = storage === "seconds" ? 1000 : 1;
  if (type.mode === "date") {
    if (storage === "microseconds")
      return (cell) => new Date(Number(BigInt(cell as bigint) / 1000n));
    return (cell) => new Date(typeof cell === "string" ? isoOfText(cell) : Number(cell) * unitMs);
  }
  const { precision } = type;
  if (storage === "microseconds")
    return (cell) => isoOfMicroseconds(BigInt(cell as bigint), precision);
  const whole = (cell: unknown): bigint =>
    typeof cell === "string"
      ? microseconds(isoOfText(cell))
      : BigInt(Number(cell) * unitMs) * 1000n;
  return (cell) => isoOfMicroseconds(whole(cell), precision);
}

/** Whole numbers that overflow become floating-point ones in SQLite, which are not exact any more. */
function readBigint(cell: unknown): bigint {
  if (typeof cell === "bigint") return cell;
  throw new InvalidValueError("A whole number of the result is beyond 64 bits.", {
    code: "E_OUT_OF_RANGE",
  });
}

const CUSTOM_FORMS: Readonly<Record<string, CustomForm>> = {
  blob: "bytes",
  integer: "bigint",
  real: "number",
  text: "text",
};

export const sqliteTypes: TypeMap = {
  sqlType,
  isDeclared: () => false,

  store(type) {
    switch (type.kind) {
      case "custom":
        return customEncoder(type, "sqlite", "SQLite", sqliteTypes.storeUntyped);
      case "array":
        return storeArray(type);
      case "boolean":
        return (value) => (value === true ? 1 : 0);
      case "decimal":
        return storeDecimal(type);
      case "timestamp":
        return storeInstant(type);
      case "uuid":
        return isUuidBlob(type) ? bytesOfUuid : undefined;
      default:
        return undefined;
    }
  },

  read(type, isWide) {
    switch (type.kind) {
      case "integer":
        return isWide ? Number : undefined;
      case "bigint":
        return type.mode === "bigint" ? readBigint : isWide ? readSafeInteger : undefined;
      case "double":
        return isWide ? Number : undefined;
      case "real":
        return (cell) => Math.fround(Number(cell));
      case "boolean":
        return (cell) => Number(cell) !== 0;
      case "decimal":
        return readDecimal(type);
      case "timestamp":
        return readInstant(type);
      case "custom":
        return customDecoder(type, "sqlite", "SQLite");
      case "array":
        return readArray(type);
      case "json":
        return readJson;
      case "uuid":
        return isUuidBlob(type) ? uuidOfBytes : undefined;
      case "text":
      case "date":
      case "time":
      case "bytes":
      case "enum":
        return undefined;
    }
  },

  formOf(type) {
    if (type.kind === "timestamp") return instantStorage(type);
    if (type.kind === "decimal") return `${decimalStorage(type)} ${type.scale}`;
    if (type.kind === "time") return String(type.precision);
    return isUuidBlob(type) ? "blob" : undefined;
  },

  isWide(type) {
    if (type.kind === "bigint") return type.mode === "bigint";
    if (type.kind === "decimal")
      return decimalStorage(type) === "scaled" && type.precision > MAX_NUMBER_DIGITS;
    return type.kind === "timestamp" && instantStorage(type) === "microseconds";
  },

  storeUntyped: untypedEncoder(
    (date) => date.getTime(),
    (value) => (value ? 1 : 0),
  ),

  readUntyped: undefined,
  customStorage: (type) => customStorage(type, "sqlite", "SQLite"),
  customForm: (type) => CUSTOM_FORMS[type] ?? "any",
};
