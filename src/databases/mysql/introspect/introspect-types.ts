/** From a type of the server's to what it is. */

import type { LogicalType } from "../../../ast/logical-type.ts";
import { tokensOf } from "../../../dialect/text/sql-tokens.ts";
import { constraintName } from "../../../schema/model.ts";
import type { Variant } from "../variant.ts";

export interface TypeSource {
  readonly table: string;
  readonly column: string;
  /** As in `int(10) unsigned`. */
  readonly full: string;
  readonly collation: string | undefined;
  /** Whether a check says that the texts in it are JSON. */
  readonly isJson: boolean;
}

function own(collation: string | undefined, variant: Variant): boolean {
  return collation === undefined || collation === variant.collation;
}

const GEOMETRY =
  /^(?:geometry|geometrycollection|geomcollection|(?:multi)?(?:point|linestring|polygon))$/i;

/** A type that Plinth has no word for, spelt so that it can be made again. */
function custom({ full, collation }: TypeSource, variant: Variant): LogicalType {
  const set = collation?.split("_")[0];
  const inSet =
    set === undefined || set === "utf8mb4" || set === "uca1400" ? "" : ` character set ${set}`;
  const type = own(collation, variant) ? full : `${full}${inSet} collate ${collation}`;
  // What the server keeps, reference system included; the driver would make objects of it that it doesn't take again.
  const sql = GEOMETRY.test(full) && {
    write: "unhex($value)",
    read: "hex(cast($value as binary))",
  };
  return { kind: "custom", name: full, databases: { mysql: { type, ...sql } } };
}

function textOf(source: TypeSource, name: string, size: number, variant: Variant): LogicalType {
  const { collation } = source;
  return {
    kind: "text",
    length: name === "varchar" ? size : undefined,
    ...(name !== "varchar" && name !== "longtext" && { storage: { mysql: name } }),
    ...(!own(collation, variant) && { collation: { mysql: collation! } }),
  };
}

function uuidOf(storage: "binary" | "text" | "uuid", variant: Variant): LogicalType {
  return { kind: "uuid", ...(storage !== variant.uuid && { storage: { mysql: storage } }) };
}

/** The narrowest of Plinth's types that holds every value. */
function numberOf(name: string, isUnsigned: boolean, size: number): LogicalType {
  const storage = { storage: { mysql: isUnsigned ? `${name} unsigned` : name } };
  if (name === "bigint") return { kind: "bigint", mode: "bigint", ...(isUnsigned && storage) };
  if (name === "int")
    return isUnsigned
      ? { kind: "bigint", mode: "number", ...storage }
      : { kind: "integer", bits: 32 };
  if (name === "mediumint") return { kind: "integer", bits: 32, ...storage };
  if (name === "smallint")
    return isUnsigned ? { kind: "integer", bits: 32, ...storage } : { kind: "integer", bits: 16 };
  return size === 1 && !isUnsigned
    ? { kind: "boolean" }
    : { kind: "integer", bits: 16, ...storage };
}

export function typeOfColumn(source: TypeSource, variant: Variant): LogicalType {
  const { full, table, column } = source;
  const [, name = "", sizes = "", rest = ""] = /^(\w+)(?:\((.*)\))?(.*)$/s.exec(full) ?? [];
  const [first = 0, second = 0] = sizes.split(",").map(Number);
  const isPlain = rest === "";
  switch (name) {
    case "bigint":
    case "int":
    case "mediumint":
    case "smallint":
    case "tinyint":
      return isPlain || rest === " unsigned"
        ? numberOf(name, !isPlain, first)
        : custom(source, variant);
    case "decimal":
      return isPlain
        ? { kind: "decimal", precision: first, scale: second }
        : custom(source, variant);
    case "float":
      return full === name ? { kind: "real" } : custom(source, variant);
    case "double":
      return full === name ? { kind: "double" } : custom(source, variant);
    case "varchar":
    case "tinytext":
    case "text":
    case "mediumtext":
      return textOf(source, name, first, variant);
    case "longtext":
      return source.isJson ? { kind: "json" } : textOf(source, name, first, variant);
    case "char":
      return first === 36 && own(source.collation, variant)
        ? uuidOf("text", variant)
        : custom(source, variant);
    case "binary":
      return first === 16 ? uuidOf("binary", variant) : custom(source, variant);
    case "uuid":
      return uuidOf("uuid", variant);
    case "varbinary":
      return { kind: "bytes", length: first };
    case "longblob":
      return { kind: "bytes", length: undefined };
    case "json":
      return { kind: "json" };
    case "date":
      return { kind: "date" };
    case "time":
      return { kind: "time", precision: first };
    case "datetime":
    case "timestamp":
      return {
        kind: "timestamp",
        mode: first > 3 ? "string" : "date",
        precision: first,
        ...(name === "timestamp" && { storage: { mysql: name } }),
      };
    case "enum": {
      if (!own(source.collation, variant)) return custom(source, variant);
      const values = tokensOf(sizes, { hasBackslashEscapes: true })
        .filter(({ kind }) => kind === "text")
        .map(({ value }) => value);
      return { kind: "enum", name: constraintName(table, [column], "enum"), values };
    }
    default:
      return custom(source, variant);
  }
}
