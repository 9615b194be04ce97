/** Types that a statement says itself, behind the colon in a column's name: `count(*) as "total: number"`. */

import type { LogicalType } from "../../../ast/logical-type.ts";
import type { DeclaredColumn, DeclaredColumns } from "./declared.ts";
import { declaredType, valueTypeOf, type ValueType } from "./value-type.ts";

const NAMED: Readonly<Record<string, LogicalType>> = {
  bigint: { kind: "bigint", mode: "bigint" },
  boolean: { kind: "boolean" },
  bytes: { kind: "bytes", length: undefined },
  date: { kind: "date" },
  Date: { kind: "timestamp", mode: "date", precision: 6 },
  double: { kind: "double" },
  integer: { kind: "integer", bits: 32 },
  json: { kind: "json" },
  number: { kind: "double" },
  real: { kind: "real" },
  string: { kind: "text", length: undefined },
  text: { kind: "text", length: undefined },
  time: { kind: "time", precision: 6 },
  timestamp: { kind: "timestamp", mode: "date", precision: 6 },
  Uint8Array: { kind: "bytes", length: undefined },
  uuid: { kind: "uuid" },
};

/** What an override may say. */
export const OVERRIDES: readonly string[] = [...Object.keys(NAMED), "table.column"];

function columnNamed(name: string, declared: DeclaredColumns): DeclaredColumn | undefined {
  const [column, table, schema] = name.split(".").toReversed();
  return [...declared.values()].find(
    ({ origin }) =>
      origin.column === column &&
      origin.table === table &&
      (schema === undefined || origin.schema === schema),
  );
}

/**
 * @param found What the database says.
 * @returns Undefined for what means nothing.
 */
export function overrideType(
  name: string,
  found: LogicalType | undefined,
  declared: DeclaredColumns,
): ValueType | undefined {
  // Whole numbers stay exact, and are refused where they aren't safe.
  if (name === "number" && (found?.kind === "bigint" || found?.kind === "integer"))
    return valueTypeOf({ kind: "bigint", mode: "number" });
  if (name === "string" && found !== undefined && isText(found)) return valueTypeOf(found);
  if (Object.hasOwn(NAMED, name)) return valueTypeOf(NAMED[name]!);
  const column = columnNamed(name, declared);
  return column && declaredType(column);
}

function isText({ kind }: LogicalType): boolean {
  return ["date", "decimal", "enum", "time", "uuid"].includes(kind);
}
