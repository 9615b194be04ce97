/**
 * What only a program knows of a column, taken over from its declaration: the database keeps whole numbers, and whether
 * they are instants, flags or identifiers is for people to say.
 */

import type { LogicalType } from "../../../ast/logical-type.ts";
import type { TypeMap } from "../../../dialect/values/type-map.ts";
import type { ColumnModel, Model } from "../../../schema/model.ts";
import { keyOf } from "../../../schema/moves.ts";

/** A type that is read where the catalogue tells nothing more of it than how it is stored. */
function isPlain(type: LogicalType, { isDeclared }: TypeMap): boolean {
  switch (type.kind) {
    case "bigint":
    case "custom":
    case "double":
      return true;
    case "bytes":
    case "text":
      return type.length === undefined;
    case "enum":
      return !isDeclared(type);
    default:
      return false;
  }
}

function sqlOf(type: LogicalType, types: TypeMap): string | undefined {
  try {
    return types.sqlType(type);
  } catch {
    // One that this database doesn't take.
    return undefined;
  }
}

function carriedType(live: LogicalType, known: LogicalType, types: TypeMap): LogicalType {
  if (isPlain(live, types) && sqlOf(live, types) === sqlOf(known, types)) return known;
  if (live.kind !== known.kind || (live.kind !== "bigint" && live.kind !== "timestamp"))
    return live;
  return { ...live, mode: (known as typeof live).mode } as LogicalType;
}

/** The live model, in the words of a declaration that means the same to the database. */
export function carry(live: Model, known: Model, types: TypeMap): Model {
  const tables = new Map(known.tables.map((table) => [keyOf(table), table]));
  const columnsOf = (columns: readonly ColumnModel[], before: readonly ColumnModel[]) => {
    const byName = new Map(before.map((column) => [column.name, column]));
    return columns.map((column) => {
      const old = byName.get(column.name);
      if (old === undefined) return column;
      return { ...column, type: carriedType(column.type, old.type, types) };
    });
  };
  return {
    ...live,
    tables: live.tables.map((table) => {
      const before = tables.get(keyOf(table));
      return before === undefined
        ? table
        : { ...table, columns: columnsOf(table.columns, before.columns) };
    }),
  };
}
