import type { LogicalType, TextType, TimestampType, UuidType } from "../../ast/logical-type.ts";
import { ConfigError, InvalidValueError } from "../../core/error.ts";
import { readArray, storeArray } from "../../dialect/values/array-json.ts";
import { countUnit, readCount, storeCount } from "../../dialect/values/instant-count.ts";
import { customDecoder, customEncoder, customStorage } from "../../dialect/values/custom.ts";
import {
  readJson,
  readSafeInteger,
  timeOf,
  untypedEncoder,
  wholeOf,
  type CustomForm,
  type Decode,
  type Encode,
  type TypeMap,
} from "../../dialect/values/type-map.ts";
import { bytesOfUuid, uuidOfBytes } from "../../dialect/values/uuid-bytes.ts";
import { quoteName } from "../../dialect/sql/writer.ts";
import { readDate, ServerInstant } from "./instants.ts";
import { textLiteral } from "./literals.ts";
import type { Variant } from "./variant.ts";

/** A type of the server's has no name, and holds its labels as literals. */
function enumOf(values: readonly string[]): string {
  return `enum(${values.map(textLiteral).join(", ")})`;
}

/** Character sets that texts of tables may be in which are there already, beside utf8mb4. */
const CHARACTER_SETS =
  /^(?:ascii|big5|cp\d+|dec8|eucjpms|euckr|gb18030|gb2312|gbk|geostd8|greek|hebrew|hp8|keybcs2|koi8[ru]|latin[1257]|mac(?:ce|roman)|sjis|swe7|tis620|ucs2|ujis|utf16(?:le)?|utf32|utf8|utf8mb3)$/;

/** Texts are in utf8mb4, whose collations are named so, or without it on MariaDB, unless their collation is of another set. */
function collationOf({ collation }: TextType): string {
  const name = collation?.mysql;
  if (name === undefined) return "";
  const collated = ` collate ${quoteName(name, "`")}`;
  if (/^(?:utf8mb4|uca1400)_/i.test(name)) return collated;
  const set = name.toLowerCase().split("_")[0]!;
  if (CHARACTER_SETS.test(set)) return ` character set ${set}${collated}`;
  throw new ConfigError(`"${name}" is no collation that Plinth knows.`, {
    code: "E_SCHEMA",
    hint: 'Name one such as collate({ mysql: "utf8mb4_german2_ci" }).',
  });
}

export function uuidStorage(type: UuidType, variant: Variant): "binary" | "text" | "uuid" {
  const given = type.storage?.mysql;
  return given === "binary" || given === "text" ? given : variant.uuid;
}

export function unitOf({ storage }: TimestampType): "milliseconds" | "seconds" | undefined {
  return countUnit(storage?.mysql);
}

/** The server's own type of that name, which it keeps in UTC. */
export function isTimestamp(type: LogicalType): boolean {
  return type.kind === "timestamp" && type.storage?.mysql === "timestamp";
}

function storeTimestamp(type: TimestampType): Encode {
  const unit = unitOf(type);
  if (unit === undefined)
    return (value) => sqlInstant(value instanceof Date ? value.toISOString() : String(value));
  const count = storeCount(unit);
  return (value) => storeWhole(count(value));
}

function readTimestamp(type: TimestampType): Decode {
  const unit = unitOf(type);
  if (unit !== undefined) return readCount(type, unit);
  return type.mode === "date" ? readDate : readInstantText(type.precision);
}

function sqlType(type: LogicalType, variant: Variant): string {
  switch (type.kind) {
    case "integer":
      return type.storage?.mysql ?? (type.bits === 16 ? "smallint" : "int");
    case "bigint":
      return type.storage?.mysql ?? (type.flags === undefined ? "bigint" : "bigint unsigned");
    case "custom":
      return customStorage(type, "mysql", variant.name).type;
    case "array":
      return "json";
    case "double":
    case "json":
    case "boolean":
    case "date":
      return type.kind;
    case "enum":
      return enumOf(type.values);
    case "real":
      return "float";
    case "time":
      return `time(${type.precision})`;
    case "bytes":
      return type.length === undefined ? "longblob" : `varbinary(${type.length})`;
    case "decimal":
      return `decimal(${type.precision}, ${type.scale})`;
    case "text":
      return (
        (type.length === undefined
          ? (type.storage?.mysql ?? "longtext")
          : `varchar(${type.length})`) + collationOf(type)
      );
    case "uuid":
      return { binary: "binary(16)", text: "char(36)", uuid: "uuid" }[uuidStorage(type, variant)];
    case "timestamp":
      if (unitOf(type) !== undefined) return "bigint";
      return `${isTimestamp(type) ? "timestamp" : "datetime"}(${type.precision})`;
  }
}

/** `2026-01-31T12:00:00.000Z` as the server writes it. */
function sqlInstant(iso: string): string {
  return iso.replace("T", " ").replace("Z", "");
}

/** The driver binds whole numbers beyond 32 bits as floating-point numbers, which are not exact beyond 2^53. */
function storeWhole(value: unknown): unknown {
  return typeof value === "number" && (value | 0) !== value ? BigInt(value) : value;
}

/** Of bytes the driver knows only Buffers. */
function bufferOf(value: unknown): Buffer {
  const { buffer, byteOffset, byteLength } = value as Uint8Array;
  return Buffer.from(buffer, byteOffset, byteLength);
}

function readInstantText(precision: number): Decode {
  return (cell) => {
    const text = cell instanceof Date ? sqlInstant(cell.toISOString()) : String(cell);
    const fraction = text.slice(20).padEnd(6, "0").slice(0, precision);
    return `${text.slice(0, 10)}T${text.slice(11, 19)}${precision > 0 ? `.${fraction}` : ""}Z`;
  };
}

/** A sum of whole numbers is a DECIMAL, which comes as text and may be larger than what is summed can be. */
function readBigint(cell: unknown): unknown {
  const value = wholeOf(cell as bigint | number | string);
  if (BigInt.asIntN(64, value) === value) return value;
  throw new InvalidValueError("A whole number of the result is beyond 64 bits.", {
    code: "E_OUT_OF_RANGE",
    hint: "Read it as a decimal: give the fragment .as(decimal({ precision: 40 })).",
  });
}

/** A copy: what the driver gives is a view of a packet. */
function readBytes(cell: unknown): unknown {
  return new Uint8Array(cell as Buffer);
}

function readText(cell: unknown): unknown {
  return typeof cell === "string" ? cell : String(cell);
}

function store(type: LogicalType, variant: Variant): Encode | undefined {
  switch (type.kind) {
    case "custom":
      return customEncoder(type, "mysql", variant.name, storeUntyped);
    case "array":
      return storeArray(type);
    case "bigint":
      return storeWhole;
    case "bytes":
      return bufferOf;
    case "uuid":
      return uuidStorage(type, variant) === "binary" ? bytesOfUuid : undefined;
    case "timestamp":
      return storeTimestamp(type);
    default:
      return undefined;
  }
}

function read(type: LogicalType, variant: Variant): Decode | undefined {
  switch (type.kind) {
    // An expression may be of a wider type than its logical one.
    case "integer":
      return readSafeInteger;
    case "double":
      return Number;
    case "real":
      return (cell) => Math.fround(Number(cell));
    case "time":
      return (cell) => timeOf(String(cell), type.precision);
    case "bytes":
      return readBytes;
    case "bigint":
      return type.mode === "bigint" ? readBigint : readSafeInteger;
    case "boolean":
      return (cell) => Number(cell) !== 0;
    case "timestamp":
      return readTimestamp(type);
    case "custom": {
      const decode = customDecoder(type, "mysql", variant.name);
      return (cell) => {
        if (cell instanceof Uint8Array) return decode(readBytes(cell));
        return decode(cell instanceof ServerInstant ? String(cell) : cell);
      };
    }
    case "array":
      return readArray(type);
    case "json":
      return readJson;
    case "uuid":
      return uuidStorage(type, variant) === "binary" ? uuidOfBytes : undefined;
    case "decimal":
    case "date":
    case "enum":
    case "text":
      return readText;
  }
}

const checkUntyped = untypedEncoder(
  (date) => date,
  (value) => value,
);

function storeUntyped(value: unknown): unknown {
  const checked = checkUntyped(value);
  if (typeof checked === "number" && Number.isSafeInteger(checked)) return storeWhole(checked);
  return checked instanceof Uint8Array ? bufferOf(checked) : checked;
}

function customForm(type: string): CustomForm {
  if (/^(?:tinyint|smallint|mediumint|int|year|float|double)\b/i.test(type)) return "number";
  if (/^bigint\b/i.test(type)) return "bigint";
  return /^(?:bit|binary|varbinary|tinyblob|blob|mediumblob|longblob|vector)\b/i.test(type)
    ? "bytes"
    : "text";
}

export function mysqlTypes(variant: Variant): TypeMap {
  return {
    sqlType: (type) => sqlType(type, variant),
    isDeclared: () => false,
    formOf(type) {
      if (type.kind === "timestamp") return unitOf(type);
      return type.kind === "uuid" ? uuidStorage(type, variant) : undefined;
    },
    store: (type) => store(type, variant),
    read: (type) => read(type, variant),
    // The driver gives each BIGINT as a bigint.
    isWide: () => false,
    storeUntyped,
    // The driver has turned these cells into values, by the types that the server tells.
    readUntyped: undefined,
    customStorage: (type) => customStorage(type, "mysql", variant.name),
    customForm,
  };
}
