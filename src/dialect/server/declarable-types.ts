/** Types of a live database that are like ours and beyond what a declaration takes. They are a type of the database's own. */

import type { Family } from "../../ast/codec.ts";
import type { EnumType, LogicalType } from "../../ast/logical-type.ts";
import type { ColumnModel } from "../../schema/model.ts";
import type { TypeMap } from "../values/type-map.ts";

export interface DeclarableContext {
  readonly types: TypeMap;
  readonly family: Family;
  /** A text as a literal of SQL. */
  literal(text: string): string;
}

const MAX_VARCHAR = 16_383;
const MAX_BYTES = 65_000;
const MAX_DIGITS = 65;
const MAX_SCALE = 30;
const MAX_LABEL_BYTES = 63;
const COLLATION = /^[A-Za-z][\w.@-]{0,62}$/;

export function isDeclarableEnum({ name, values }: EnumType): boolean {
  const isLabel = (text: string): boolean =>
    Buffer.byteLength(text) <= MAX_LABEL_BYTES && text.isWellFormed() && !text.includes("\0");
  return (
    name !== "" &&
    values.length > 0 &&
    [name, ...values].every(isLabel) &&
    !values.some((value) => value.endsWith(" "))
  );
}

function isDeclarable(type: LogicalType): boolean {
  switch (type.kind) {
    case "text": {
      const { collation = {}, length = 1 } = type;
      return (
        length >= 1 &&
        length <= MAX_VARCHAR &&
        Object.values(collation).every((name) => COLLATION.test(name))
      );
    }
    case "bytes":
      return type.length === undefined || (type.length >= 1 && type.length <= MAX_BYTES);
    case "decimal":
      return (
        type.precision >= 1 &&
        type.precision <= MAX_DIGITS &&
        type.scale <= Math.min(type.precision, MAX_SCALE)
      );
    case "enum":
      return isDeclarableEnum(type);
    case "array":
      return isDeclarable(type.element);
    default:
      return true;
  }
}

function ownType(type: LogicalType, { family, types }: DeclarableContext): LogicalType {
  const name = types.sqlType(type);
  return { kind: "custom", name, databases: { [family]: { type: name } } };
}

/**
 * The column with a type that a declaration takes.
 *
 * @param isKey Whether it is one by itself, which no array is.
 */
export function declarableColumn(
  column: ColumnModel,
  isKey: boolean,
  context: DeclarableContext,
): ColumnModel {
  const { type } = column;
  if (isDeclarable(type) && !(isKey && type.kind === "array")) return column;
  const { default: value } = column;
  const own: ColumnModel = { ...column, type: ownType(type, context) };
  if (value?.kind !== "value") return own;
  // The default of a type of its own is SQL.
  const text = typeof value.value === "string" ? context.literal(value.value) : String(value.value);
  return { ...own, default: { kind: "sql", text } };
}
