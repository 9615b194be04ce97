import type {
  ArrayType,
  DecimalType,
  EnumType,
  LogicalType,
  TextType,
  TimestampType,
} from "../../ast/logical-type.ts";
import { InvalidValueError } from "../../core/error.ts";
import { countUnit, readCount, storeCount } from "../../dialect/values/instant-count.ts";
import {
  readJson,
  readSafeInteger,
  readerOf,
  timeOf,
  untypedEncoder,
  wholeOf,
  type Decode,
  type Encode,
  type TypeMap,
} from "../../dialect/values/type-map.ts";
import { quoteName } from "../../dialect/sql/writer.ts";
import { customDecoder, customEncoder, customStorage } from "../../dialect/values/custom.ts";
import { readBytes } from "./bytes.ts";
import { isoOf, readDate, readDay } from "./instant.ts";

export function isTextEnum(type: EnumType): boolean {
  return type.storage?.postgres === "text";
}

export function isTextUuid(type: LogicalType): boolean {
  return type.kind === "uuid" && type.storage?.postgres === "text";
}

export function unitOf({ storage }: TimestampType): "milliseconds" | "seconds" | undefined {
  return countUnit(storage?.postgres);
}

/** Without a time zone: the time on a clock in UTC, which is that of every session of ours. */
export function isClock(type: LogicalType): boolean {
  return type.kind === "timestamp" && type.storage?.postgres === "timestamp";
}

function instantType(type: TimestampType): string {
  if (unitOf(type) !== undefined) return "bigint";
  return isClock(type) ? "timestamp" : "timestamptz";
}

function storeTimestamp(type: TimestampType): Encode {
  const unit = unitOf(type);
  if (unit === undefined) return storeInstant;
  const count = storeCount(unit);
  return (value) => String(count(value));
}

function readTimestamp(type: TimestampType): Decode {
  const unit = unitOf(type);
  if (unit !== undefined) return readCount(type, unit);
  return type.mode === "date" ? readDate : (cell) => isoOf(String(cell), type.precision);
}

export function schemaPrefix(schema: string | undefined): string {
  return schema === undefined ? "" : `${quoteName(schema, '"')}.`;
}

/** The name of a type without what bounds it: for casts and arrays, which must not cut or round. */
export function elementType(type: LogicalType): string {
  switch (type.kind) {
    case "integer":
      return type.bits === 16 ? "smallint" : "integer";
    case "bigint":
      return "bigint";
    case "double":
      return "double precision";
    case "real":
      return "real";
    case "decimal":
      return "numeric";
    case "boolean":
      return "boolean";
    case "text":
      return "text";
    case "uuid":
      return isTextUuid(type) ? "text" : "uuid";
    case "timestamp":
      return instantType(type);
    case "date":
      return "date";
    case "time":
      return "time";
    case "bytes":
      return "bytea";
    case "enum":
      return isTextEnum(type) ? "text" : `${schemaPrefix(type.schema)}${quoteName(type.name, '"')}`;
    case "json":
      return "jsonb";
    case "custom":
      return customStorage(type, "postgres", "PostgreSQL").type;
    case "array": {
      // Operators take no text[] beside varchar[].
      const { element } = type;
      const isVarchar = element.kind === "text" && textName(element) !== "text";
      return `${isVarchar ? "varchar" : elementType(element)}[]`;
    }
  }
}

/** Without a bound `varchar` differs from `text` by its name, in which the server writes conditions. */
function textName({ length, storage }: TextType): string {
  if (length !== undefined) return `varchar(${length})`;
  return storage?.postgres === "varchar" ? "varchar" : "text";
}

function collationOf({ collation }: TextType): string {
  return ` collate ${quoteName(collation?.postgres ?? "C", '"')}`;
}

/** The type without its length or scale, as it is of what is computed; undefined where it never has one. */
export function openType(type: LogicalType): { name: string; collation: string } | undefined {
  switch (type.kind) {
    case "text":
      return { name: "text", collation: collationOf(type) };
    case "decimal":
    case "time":
    case "timestamp":
      return { name: elementType(type), collation: "" };
    default:
      return undefined;
  }
}

function sqlType(type: LogicalType): string {
  switch (type.kind) {
    case "decimal":
      return `numeric(${type.precision}, ${type.scale})`;
    case "text":
      // By code point, as on every other database; the server's own collation depends on its operating system.
      return textName(type) + collationOf(type);
    case "enum":
      return isTextEnum(type) ? 'text collate "C"' : elementType(type);
    case "uuid":
      return isTextUuid(type) ? 'text collate "C"' : "uuid";
    case "timestamp":
      return unitOf(type) === undefined ? `${instantType(type)}(${type.precision})` : "bigint";
    case "time":
      return `time(${type.precision})`;
    case "array":
      return sqlType(type.element).replace(/(?= collate |$)/, "[]");
    default:
      return elementType(type);
  }
}

function textOf(item: unknown): string {
  return item instanceof Uint8Array ? `\\x${Buffer.from(item).toString("hex")}` : String(item);
}

/**
 * An array as the server reads it. Bytes are in hexadecimal. Every item is quoted, so that none is taken for NULL or for the
 * end of the array; null is NULL.
 * Source: PostgreSQL manual, "Array Input and Output Syntax".
 */
export function arrayLiteral(items: readonly unknown[]): string {
  const texts = items.map((item) =>
    item === null ? "NULL" : `"${textOf(item).replaceAll(/["\\]/g, String.raw`\$&`)}"`,
  );
  return `{${texts.join(",")}}`;
}

/** An item that is not quoted ends before a comma or a brace; one that is, has `\\` before what would end it. */
const ITEM = /"((?:[^"\\]|\\[^])*)"|([^",{}]+)/gy;

/** The items of an array of one dimension, as the server writes it: `{a,"b c",NULL}`, or `[0:1]={a,b}`. */
export function itemsOf(text: string): (string | null)[] {
  const items: (string | null)[] = [];
  let at = text.startsWith("[") ? text.indexOf("=") + 1 : 0;
  if (text[at] === "{" && text[at + 1] === "}") return items;
  while (at < text.length - 1) {
    ITEM.lastIndex = at + 1;
    const match = ITEM.exec(text);
    if (match === null) break;
    const [whole, quoted, plain] = match;
    if (plain === "NULL") items.push(null);
    else items.push(plain ?? quoted!.replaceAll(/\\([^])/g, "$1"));
    at += 1 + whole.length;
  }
  if (text[at] === "}" && at === text.length - 1) return items;
  throw new InvalidValueError("A value of the result is no array of one dimension.");
}

function readArray(type: ArrayType): Decode {
  const read = readerOf(postgresTypes, type.element, false);
  return (cell) => {
    const items = itemsOf(String(cell));
    return read === undefined ? items : items.map((item) => (item === null ? null : read(item)));
  };
}

/** Sums keep the scale of their column; what a fragment computes may have more digits, which are kept. */
function readDecimal({ scale }: DecimalType): Decode {
  return (cell) => {
    const text = String(cell);
    const point = text.indexOf(".");
    const found = point === -1 ? 0 : text.length - point - 1;
    if (text.endsWith("N") || text.endsWith("y")) refuseNotANumber();
    if (found === scale) return text;
    if (found < scale) return `${text}${point === -1 ? "." : ""}${"0".repeat(scale - found)}`;
    const kept = point + 1 + scale;
    return /^0*$/.test(text.slice(kept)) ? text.slice(0, scale === 0 ? point : kept) : text;
  };
}

function refuseNotANumber(): never {
  throw new InvalidValueError("A decimal of the result is NaN or infinite.", {
    code: "E_OUT_OF_RANGE",
    hint: "Read it as text: sql`${column}::text`.as(text()).",
  });
}

const readDecimals = new WeakMap<LogicalType, Decode>();

/** One function for a type, as the decoder's code is faster when it sees the same one. */
function decimalReader(type: DecimalType): Decode {
  let read = readDecimals.get(type);
  if (read === undefined) {
    read = readDecimal(type);
    readDecimals.set(type, read);
  }
  return read;
}

const readBigint: Decode = (cell) => wholeOf(String(cell));
const readBoolean: Decode = (cell) => cell === "t";
const readReal: Decode = (cell) => Math.fround(Number(cell));

const checkCustom = untypedEncoder(String, String);

/** Text, of which the server finds the type, or bytes. */
const storeCustom: Encode = (value) => {
  const checked = checkCustom(value);
  return checked instanceof Uint8Array ? checked : String(checked as number);
};

const storeInstant: Encode = (value) =>
  value instanceof Date ? value.toISOString() : String(value);

/**
 * Values with a type are bound as text, which the server reads as the type of the place where they stand. A value that
 * is not text has no type in the query, and the driver tells the server what it is in JavaScript.
 */
export const postgresTypes: TypeMap = {
  sqlType,
  isDeclared: (type) => type.kind === "enum" && !isTextEnum(type),

  store(type) {
    switch (type.kind) {
      case "custom":
        return customEncoder(type, "postgres", "PostgreSQL", storeCustom);
      case "array": {
        const store = postgresTypes.store(type.element) ?? ((value) => value);
        return (items) =>
          arrayLiteral(
            (items as readonly unknown[]).map((item) => (item === null ? null : store(item))),
          );
      }
      case "integer":
      case "bigint":
      case "boolean":
      case "double":
      case "real":
        return String;
      case "timestamp":
        return storeTimestamp(type);
      default:
        return undefined;
    }
  },

  /** Cells come as text. */
  read(type) {
    switch (type.kind) {
      case "custom":
        return customDecoder(type, "postgres", "PostgreSQL");
      case "array":
        return readArray(type);
      case "integer":
        return readSafeInteger;
      case "double":
        return Number;
      case "real":
        return readReal;
      case "bigint":
        return type.mode === "bigint" ? readBigint : readSafeInteger;
      case "decimal":
        return decimalReader(type);
      case "boolean":
        return readBoolean;
      case "timestamp":
        return readTimestamp(type);
      case "json":
        return readJson;
      case "date":
        return readDay;
      case "time":
        // The server leaves out zeros at the end.
        return (cell) => timeOf(String(cell), type.precision);
      case "bytes":
        return readBytes;
      case "text":
      case "uuid":
      case "enum":
        return undefined;
    }
  },

  formOf(type) {
    if (type.kind === "timestamp") return unitOf(type);
    return isTextUuid(type) ? "text" : undefined;
  },

  isWide: () => false,

  storeUntyped: untypedEncoder(
    (date) => date,
    (value) => value,
  ),

  // The driver has turned these cells into values already, as only it knows what the server says they are.
  readUntyped: undefined,
  customStorage: (type) => customStorage(type, "postgres", "PostgreSQL"),
  customForm: (type) => (type === "json" ? "json" : "text"),
};
