import type { LogicalType } from "../../ast/logical-type.ts";

/** A type as a person reads it in a diagram: `varchar(255)`, `decimal(10, 2)`, `text[]`. */
export function typeWord(type: LogicalType): string {
  switch (type.kind) {
    case "integer":
      return type.bits === 16 ? "smallint" : "integer";
    case "decimal":
      return `decimal(${type.precision}, ${type.scale})`;
    case "text":
      return type.length === undefined ? "text" : `varchar(${type.length})`;
    case "bytes":
      return type.length === undefined ? "bytes" : `bytes(${type.length})`;
    case "array":
      return `${typeWord(type.element)}[]`;
    case "enum":
    case "custom":
      return type.name;
    default:
      return type.kind;
  }
}
