/** The columns of a project's schema, by their names in the database. */

import type { LogicalType } from "../../../ast/logical-type.ts";
import type { ColumnOrigin } from "../../../dialect/server/description.ts";
import type { Names } from "../../../schema/naming.ts";
import type { Schema } from "../../../schema/schema.ts";
import { infoOf, isTable, type AnyTable } from "../../../schema/table.ts";
import { memberOf } from "../../quote.ts";

/** What a module exports. */
export type SchemaModule = Readonly<Record<string, unknown>>;

export interface DeclaredColumn {
  readonly type: LogicalType;
  readonly isNullable: boolean;
  /** Whether only TypeScript knows its type: `json<T>()`, `$type<T>()`, a bit field, a custom type. */
  readonly isTyped: boolean;
  /** The key in rows. */
  readonly key: string;
  /** The table as an expression over what the module exports, such as `schema.tables.users`; undefined where it exports neither. */
  readonly table: string | undefined;
  readonly origin: ColumnOrigin;
}

export type DeclaredColumns = ReadonlyMap<string, DeclaredColumn>;

export function columnKey({ column, schema, table }: ColumnOrigin): string {
  return JSON.stringify([schema ?? null, table, column]);
}

/** How what the module exports leads to a table: by itself, or by the schema. */
function pathsOf(module: SchemaModule, schema: Schema): ReadonlyMap<unknown, string> {
  const paths = new Map<unknown, string>();
  const [exported] = Object.entries(module).find(([, value]) => value === schema) ?? [];
  const members = { tables: schema.tables, views: schema.views };
  if (exported !== undefined) {
    for (const [kind, tables] of Object.entries(members)) {
      for (const [key, table] of Object.entries(tables))
        paths.set(table, memberOf(`${exported}.${kind}`, key));
    }
  }
  for (const [key, value] of Object.entries(module)) if (isTable(value)) paths.set(value, key);
  return paths;
}

/** @param module Whose exports the schema was found in. */
export function declaredColumns(
  schema: Schema,
  module: SchemaModule,
  names: Names,
): DeclaredColumns {
  const paths = pathsOf(module, schema);
  const found = new Map<string, DeclaredColumn>();
  const tables: AnyTable[] = [...Object.values(schema.tables), ...Object.values(schema.views)];
  for (const table of tables) {
    const info = infoOf(table);
    for (const column of info.columns) {
      const { isNarrowed, nullable, type } = column.spec;
      const origin: ColumnOrigin = {
        schema: info.schema,
        table: names.table(info.table),
        column: names.column(column),
      };
      found.set(columnKey(origin), {
        type,
        isNullable: nullable,
        isTyped: isNarrowed === true || isTypedKind(type),
        key: column.key,
        table: paths.get(table),
        origin,
      });
    }
  }
  return found;
}

function isTypedKind(type: LogicalType): boolean {
  switch (type.kind) {
    case "array":
      return isTypedKind(type.element);
    case "bigint":
      return type.flags !== undefined;
    case "bytes":
      return type.sealed !== undefined;
    default:
      return type.kind === "json" || type.kind === "custom";
  }
}
