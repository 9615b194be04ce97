/** What a column of a prepared statement is, by what the server tells of it. */

import type { LogicalType } from "../../../ast/logical-type.ts";

/** What the driver tells of a column of a statement that is prepared. */
export interface PreparedColumn {
  readonly type: string;
  /** Digits after the point; 31 where their number isn't fixed. */
  readonly scale: number;
  readonly flags: number;
  /** The longest that a value can be, in bytes; of numbers in characters. */
  readonly columnLength: number;
  readonly collation?: { readonly name: string } | undefined;
  /** MariaDB's own name of the type, where the protocol has none. */
  readonly dataTypeName?: string | undefined;
  isDataTypeFormatJson?(): boolean;
  signed(): boolean;
  name(): string;
  /** The database; empty for what is no column of a table. */
  schema(): string;
  /** The name that the statement gives to what it reads. */
  table(): string;
  /** The table; of a view or a subquery its alias. */
  orgTable(): string;
  orgName(): string;
}

const NOT_NULL = 1;

/** Whether the server says that it has no NULL. */
export function isFlagged({ flags }: PreparedColumn): boolean {
  return (flags & NOT_NULL) !== 0;
}

const NUMBER: LogicalType = { kind: "bigint", mode: "number" };

function decimalOf(column: PreparedColumn): LogicalType {
  const { columnLength, scale } = column;
  // What is added up of whole numbers is one.
  if (scale === 0) return NUMBER;
  const signs = (column.signed() ? 1 : 0) + 1;
  return { kind: "decimal", precision: columnLength - signs, scale };
}

function timestampOf({ scale }: PreparedColumn): LogicalType {
  const precision = Math.min(scale, 6);
  return { kind: "timestamp", mode: precision > 3 ? "string" : "date", precision };
}

function textOf(column: PreparedColumn): LogicalType {
  if (column.isDataTypeFormatJson?.() === true) return { kind: "json" };
  if (column.dataTypeName === "uuid") return { kind: "uuid" };
  return column.collation?.name === "BINARY"
    ? { kind: "bytes", length: undefined }
    : { kind: "text", length: undefined };
}

/** Of what isn't a column of a table, which may have a type of Plinth's that the server doesn't know. */
export function typeOfPrepared(column: PreparedColumn): LogicalType | undefined {
  switch (column.type) {
    case "TINY":
      return column.columnLength === 1 && column.signed()
        ? { kind: "boolean" }
        : { kind: "integer", bits: 16 };
    case "SHORT":
    case "YEAR":
      return { kind: "integer", bits: column.signed() ? 16 : 32 };
    case "INT24":
      return { kind: "integer", bits: 32 };
    case "INT":
      return column.signed() ? { kind: "integer", bits: 32 } : NUMBER;
    case "BIGINT":
      return NUMBER;
    case "DECIMAL":
    case "NEWDECIMAL":
      return decimalOf(column);
    case "FLOAT":
      return { kind: "real" };
    case "DOUBLE":
      return { kind: "double" };
    case "DATE":
    case "NEWDATE":
      return { kind: "date" };
    case "TIME":
    case "TIME2":
      return { kind: "time", precision: Math.min(column.scale, 6) };
    case "DATETIME":
    case "DATETIME2":
    case "TIMESTAMP":
    case "TIMESTAMP2":
      return timestampOf(column);
    case "JSON":
      return { kind: "json" };
    case "VARCHAR":
    case "VAR_STRING":
    case "STRING":
    case "TINY_BLOB":
    case "MEDIUM_BLOB":
    case "LONG_BLOB":
    case "BLOB":
      return textOf(column);
    default:
      return undefined;
  }
}
