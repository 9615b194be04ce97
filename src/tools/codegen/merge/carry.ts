/**
 * What only a program knows of a column, taken over from its declaration: the database keeps whole numbers, and whether
 * they are instants, flags or identifiers is for people to say.
 */

import type { LogicalType } from "../../../ast/logical-type.ts";
import type { TypeMap } from "../../../dialect/values/type-map.ts";
import { canonicalModel } from "../../../migrate/diff/canonical.ts";
import type { ColumnModel, Model, TableModel } from "../../../schema/model.ts";
import { keyOf } from "../../../schema/moves.ts";
import { isSame } from "../../../schema/same.ts";

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

/** A default is what a program would write for the type. */
function withType(column: ColumnModel, type: LogicalType): ColumnModel {
  const { default: value } = column;
  const isNumber = type.kind === "bigint" && type.mode === "number";
  if (!isNumber || value?.kind !== "value") return { ...column, type };
  return { ...column, type, default: { ...value, value: Number(value.value) } };
}

/** Whether the database has what a declaration says, and nothing else. */
export function isAsDeclared(live: Model, known: Model): boolean {
  const parts = ({ tables, views = [] }: Model): object => ({
    tables: canonicalModel({ enums: [], tables }).tables,
    views: views
      .map((view) => ({ ...view, reads: [], columns: view.columns.map(({ name }) => name) }))
      .toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1)),
  });
  return isSame(parts(live), parts(known));
}

/**
 * The types as they were read, where nothing else was found to be meant.
 *
 * @param found The live model in the words of a declaration, without what only a program sees of a type.
 */
export function withReadTypes(found: Model, live: Model): Model {
  const read = new Map(live.tables.map((table) => [keyOf(table), table]));
  const canonical = new Map(canonicalModel(live).tables.map((table) => [keyOf(table), table]));
  const columnOf = (table: TableModel | undefined, name: string): ColumnModel | undefined =>
    table?.columns.find((column) => column.name === name);
  return {
    ...found,
    tables: found.tables.map((table) => ({
      ...table,
      columns: table.columns.map((column) => {
        const plain = columnOf(canonical.get(keyOf(table)), column.name);
        const own = columnOf(read.get(keyOf(table)), column.name);
        return own !== undefined && isSame(plain?.type, column.type)
          ? withType(column, own.type)
          : column;
      }),
    })),
  };
}

/** The live model, in the words of a declaration that means the same to the database. */
export function carry(live: Model, known: Model, types: TypeMap): Model {
  const tables = new Map(known.tables.map((table) => [keyOf(table), table]));
  const columnsOf = (columns: readonly ColumnModel[], before: readonly ColumnModel[]) => {
    const byName = new Map(before.map((column) => [column.name, column]));
    return columns.map((column) => {
      const old = byName.get(column.name);
      if (old === undefined) return column;
      return withType(column, carriedType(column.type, old.type, types));
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
