/** What the values of a type are: in TypeScript, and in the module that is written. */

import type { LogicalType } from "../../../ast/logical-type.ts";
import type { CheckedType } from "../../../query/checked/format.ts";
import { quoteText } from "../../quote.ts";
import type { DeclaredColumn } from "./declared.ts";

/** The type of a value that isn't NULL. */
export interface ValueType {
  /** What it takes to bind and to read it; undefined is left to JavaScript and to the driver. */
  readonly written: CheckedType | undefined;
  /** In TypeScript: as text, or that of a column of the schema, which may know more than a type tells. */
  readonly code: DeclaredColumn | string;
}

/** What can be bound without a type. */
export const ANY_VALUE = "bigint | boolean | Date | number | string | Uint8Array";
/** What is read without a type. */
export const UNTYPED: ValueType = { written: undefined, code: "unknown" };

/** In TypeScript. */
function codeOf(type: LogicalType): string {
  switch (type.kind) {
    case "integer":
    case "double":
    case "real":
      return "number";
    case "bigint":
      return type.mode;
    case "boolean":
      return "boolean";
    case "timestamp":
      return type.mode === "date" ? "Date" : "string";
    case "bytes":
      return "Uint8Array";
    case "enum":
      return type.values.map(quoteText).join(" | ");
    case "array": {
      const element = codeOf(type.element);
      const item = type.hasNulls === true ? `${element} | null` : element;
      return item.includes(" ") ? `(${item})[]` : `${item}[]`;
    }
    case "json":
    case "custom":
      return "unknown";
    default:
      return "string";
  }
}

function isKnownType(type: LogicalType): boolean {
  return type.kind === "array" ? isKnownType(type.element) : type.kind !== "custom";
}

/** A type as JSON, without what is undefined. */
function writtenOf(type: LogicalType): CheckedType {
  return JSON.parse(JSON.stringify(type)) as CheckedType;
}

export function valueTypeOf(type: LogicalType): ValueType {
  return isKnownType(type)
    ? { written: writtenOf(type), code: codeOf(type) }
    : // Without a codec, it comes as the server's text.
      { written: undefined, code: "string" };
}

/** The type of a column of the schema. What has functions or keys is named, and looked up when the program runs. */
export function declaredType(column: DeclaredColumn): ValueType {
  const { isTyped, origin, type } = column;
  const isNamed = !isKnownType(type) || (type.kind === "bytes" && type.sealed !== undefined);
  const { column: name, schema, table } = origin;
  const reference = {
    kind: "column",
    ...(schema !== undefined && { schema }),
    table,
    column: name,
  } as const;
  const isOfSchema = isTyped || (type.kind === "timestamp" && type.mode === "temporal");
  return {
    written: isNamed ? reference : writtenOf(type),
    code: isOfSchema && column.table !== undefined ? column : codeOf(type),
  };
}

/**
 * The type of a value that is computed, or that a parameter takes, as a query of builders has it: whole numbers of 64 bits are
 * numbers as long as they are safe, instants are `Date`.
 */
export function computedType(type: LogicalType | undefined): ValueType | undefined {
  switch (type?.kind) {
    case undefined:
      return undefined;
    case "bigint":
      return valueTypeOf({ kind: "bigint", mode: "number" });
    case "timestamp": {
      const { precision, storage } = type;
      return valueTypeOf({
        kind: "timestamp",
        mode: "date",
        precision,
        ...(storage && { storage }),
      });
    }
    case "text":
      return valueTypeOf({ kind: "text", length: undefined });
    default:
      return valueTypeOf(type!);
  }
}

/** What a type is called in the module, if nothing else is called so. */
export function nameOfType(type: CheckedType): string {
  switch (type.kind) {
    case "column":
      return [type.schema, type.table, type.column].filter((part) => part !== undefined).join(".");
    case "integer":
      return type.bits === 16 ? "smallint" : "integer";
    case "bigint":
      return type.mode === "number" ? "bigint(number)" : "bigint";
    case "text":
      return type.length === undefined ? "text" : `text(${type.length})`;
    case "bytes":
      return type.length === undefined ? "bytes" : `bytes(${type.length})`;
    case "decimal":
      return `decimal(${type.precision},${type.scale})`;
    case "timestamp": {
      const precision = type.precision === 3 ? "" : `(${type.precision})`;
      return `timestamp${precision}${type.mode === "date" ? "" : ` as ${type.mode}`}`;
    }
    case "time":
      return type.precision === 0 ? "time" : `time(${type.precision})`;
    case "enum":
      return type.name;
    case "array":
      return `${nameOfType(type.element)}[]`;
    default:
      return type.kind;
  }
}
