/**
 * What a column means, as a comment behind its type. SQLite has five types and keeps the text of each table, so that this
 * is the place where the catalogue still knows that an integer is an instant or a decimal, and people see it too.
 */

import type { LogicalType } from "../../../ast/logical-type.ts";
import { decimalStorage, instantStorage } from "../types.ts";

/** Nothing in it ends the comment or looks like a quote, so that whoever cuts the text apart is not misled. */
function quoted(text: string): string {
  const hidden = (sign: string): string => `%${sign.codePointAt(0)!.toString(16).padStart(2, "0")}`;
  return `"${text.replaceAll(/["'`*%\\\p{Cc}]/gu, hidden)}"`;
}

function unquoted(text: string): string {
  return text
    .slice(1, -1)
    .replaceAll(/%([\da-f]{2})/g, (_, code: string) =>
      String.fromCodePoint(Number.parseInt(code, 16)),
    );
}

function describe(type: LogicalType): string {
  switch (type.kind) {
    case "integer":
      return type.bits === 16 ? "smallint" : "integer";
    case "bigint":
      return type.flags === undefined ? "bigint" : "bits";
    case "text":
      return type.length === undefined ? "text" : `varchar(${type.length})`;
    case "bytes":
      return type.length === undefined ? "bytes" : `bytes(${type.length})`;
    case "decimal":
      return `decimal(${type.precision}, ${type.scale})`;
    case "timestamp":
      return `timestamp(${type.precision})`;
    case "time":
      return `time(${type.precision})`;
    case "enum":
      // Its name and its values change without the table, and no check holds those in a list.
      return "text";
    case "custom":
      return `custom ${quoted(type.name)}`;
    case "array":
      return `array of ${type.hasNulls === true ? "nullable " : ""}${describe(type.element)}`;
    default:
      return type.kind;
  }
}

/** Undefined where the SQL type and its check say it all. */
export function noteOf(type: LogicalType): string | undefined {
  switch (type.kind) {
    case "text":
      return type.isCaseInsensitive === true ? "case insensitive" : undefined;
    case "timestamp": {
      const storage = instantStorage(type);
      const isUsual = storage === (type.precision > 3 ? "microseconds" : "milliseconds");
      return isUsual ? describe(type) : `${describe(type)} as ${storage}`;
    }
    case "decimal":
      return decimalStorage(type) === "real" ? `${describe(type)} as real` : describe(type);
    case "array":
    case "custom":
    case "real":
    case "uuid":
      return describe(type);
    default:
      return undefined;
  }
}

const PLAIN: Readonly<Record<string, LogicalType>> = {
  smallint: { kind: "integer", bits: 16 },
  integer: { kind: "integer", bits: 32 },
  bigint: { kind: "bigint", mode: "bigint" },
  bits: { kind: "bigint", mode: "bigint", flags: {} },
  text: { kind: "text", length: undefined },
  "case insensitive": { kind: "text", length: undefined, isCaseInsensitive: true },
  bytes: { kind: "bytes", length: undefined },
  boolean: { kind: "boolean" },
  date: { kind: "date" },
  double: { kind: "double" },
  json: { kind: "json" },
  real: { kind: "real" },
  uuid: { kind: "uuid" },
};

function customType(text: string): LogicalType | undefined {
  const given = /^custom ("[^"]*")$/.exec(text)?.[1];
  return given === undefined ? undefined : { kind: "custom", name: unquoted(given), databases: {} };
}

function sizedType(text: string): LogicalType | undefined {
  const [, kind, first, second, storage] =
    /^([a-z]+)\((\d+)(?:, (\d+))?\)(?: as ([a-z]+))?$/.exec(text) ?? [];
  const size = Number(first);
  const stored = storage === undefined ? {} : { storage: { sqlite: storage } };
  switch (kind) {
    case "varchar":
      return { kind: "text", length: size };
    case "bytes":
      return { kind: "bytes", length: size };
    case "time":
      return { kind: "time", precision: size };
    case "timestamp":
      return { kind: "timestamp", mode: size > 3 ? "string" : "date", precision: size, ...stored };
    case "decimal":
      return { kind: "decimal", precision: size, scale: Number(second ?? 0), ...stored };
    default:
      return undefined;
  }
}

/** The type that a comment of ours tells; undefined for anybody else's comment. */
export function typeOfNote(text: string): LogicalType | undefined {
  const [, hasNulls, inner] = /^array of (nullable )?(.*)$/s.exec(text) ?? [];
  if (inner !== undefined) {
    const element = typeOfNote(inner);
    return element && { kind: "array", element, ...(hasNulls !== undefined && { hasNulls: true }) };
  }
  return (
    (Object.hasOwn(PLAIN, text) ? PLAIN[text] : undefined) ?? sizedType(text) ?? customType(text)
  );
}
