/** From a type of the server's to what it is. */

import type { EnumType, LogicalType, TextType } from "../../../ast/logical-type.ts";
import { textOr, type CatalogueRow } from "../../../dialect/server/introspector.ts";

/** Enums by schema and name. */
export type EnumFinder = (schema: string, name: string) => EnumType | undefined;

const PLAIN: Readonly<Record<string, LogicalType>> = {
  bool: { kind: "boolean" },
  bytea: { kind: "bytes", length: undefined },
  date: { kind: "date" },
  float4: { kind: "real" },
  float8: { kind: "double" },
  int2: { kind: "integer", bits: 16 },
  int4: { kind: "integer", bits: 32 },
  int8: { kind: "bigint", mode: "bigint" },
  jsonb: { kind: "json" },
  uuid: { kind: "uuid" },
};

/** The server's own collation is one like any other; ours is that of code points. */
function textOf(length: number | undefined, collation: unknown): TextType {
  const name = textOr(collation, "C");
  return { kind: "text", length, ...(name !== "C" && { collation: { postgres: name } }) };
}

/** @param modifier As `atttypmod` has it; -1 where the type is not bounded. */
function builtIn(name: string, modifier: number, collation: unknown): LogicalType | undefined {
  if (Object.hasOwn(PLAIN, name)) return PLAIN[name];
  switch (name) {
    case "text":
      return textOf(undefined, collation);
    case "varchar":
      // The modifier counts four bytes of the length itself.
      return modifier === -1
        ? { ...textOf(undefined, collation), storage: { postgres: "varchar" } }
        : textOf(modifier - 4, collation);
    case "numeric": {
      const precision = ((modifier - 4) >> 16) & 0xffff;
      const scale = (modifier - 4) & 0x7ff;
      // The scale has eleven bits, and may be negative or beyond the precision, which no declaration can say.
      return modifier === -1 || scale > precision
        ? undefined
        : { kind: "decimal", precision, scale };
    }
    case "time":
      return { kind: "time", precision: modifier === -1 ? 6 : modifier };
    case "timestamp":
    case "timestamptz": {
      const precision = modifier === -1 ? 6 : modifier;
      return {
        kind: "timestamp",
        mode: precision > 3 ? "string" : "date",
        precision,
        ...(name === "timestamp" && { storage: { postgres: name } }),
      };
    }
    default:
      return undefined;
  }
}

function scalarType(
  place: { readonly schema: unknown; readonly name: unknown; readonly kind: unknown },
  row: CatalogueRow,
  findEnum: EnumFinder,
): LogicalType | undefined {
  const schema = String(place.schema);
  if (place.kind === "e") return findEnum(schema, String(place.name));
  if (schema !== "pg_catalog") return undefined;
  return builtIn(String(place.name), Number(row["modifier"]), row["collation"]);
}

/** @param row A row of `CatalogueQueries.columns`. */
export function typeOfRow(row: CatalogueRow, findEnum: EnumFinder): LogicalType {
  const own = { schema: row["type_schema"], name: row["type_name"], kind: row["type_kind"] };
  const given = String(row["type"]);
  const isArray = row["element_name"] !== null && given.endsWith("[]");
  // One of several dimensions is declared so, and is a list of lists.
  const more = isArray ? Math.max(Number(row["dimensions"] ?? 1) - 1, 0) : 0;
  const named = given + "[]".repeat(more);
  if (isArray && more === 0) {
    const place = {
      schema: row["element_schema"],
      name: row["element_name"],
      kind: row["element_kind"],
    };
    const element = scalarType(place, row, findEnum);
    if (element !== undefined && element.kind !== "json") return { kind: "array", element };
  }
  return (
    scalarType(own, row, findEnum) ?? {
      kind: "custom",
      name: named,
      databases: { postgres: { type: named } },
    }
  );
}
