import { ConfigError } from "../core/error.ts";
import type { TableExtra } from "../schema/constraints.ts";
import { declareTable, type ColumnMap, type Table } from "../schema/table.ts";
import { declareEnum, type EnumDeclaration, type EnumOptions } from "../schema/types.ts";
import {
  buildView,
  type ColumnsMaterializedViewBuilder,
  type ColumnsViewBuilder,
  type MaterializedViewBuilder,
  type ViewBuilder,
} from "./read/view.ts";

/** Declares what stands in one schema of a database. Types know its tables and views as `"schema.table"`. */
export interface DatabaseSchema<Schema extends string> {
  readonly name: Schema;
  /** As `table()`. */
  table<const Name extends string, Columns extends ColumnMap>(
    name: Name,
    columns: Columns,
    extras?: (table: Table<`${Schema}.${Name}`, Columns>) => readonly TableExtra[],
  ): Table<`${Schema}.${Name}`, Columns>;
  /** As `enumType()`. */
  enumType<const Value extends string>(
    name: string,
    values: readonly [Value, ...Value[]],
    options?: EnumOptions,
  ): EnumDeclaration<Value>;
  /** As `view()`. */
  view<const Name extends string>(name: Name): ViewBuilder<`${Schema}.${Name}`>;
  view<const Name extends string, Columns extends ColumnMap>(
    name: Name,
    columns: Columns,
  ): ColumnsViewBuilder<`${Schema}.${Name}`, Columns>;
  /** As `materializedView()`. */
  materializedView<const Name extends string>(
    name: Name,
  ): MaterializedViewBuilder<`${Schema}.${Name}`>;
  materializedView<const Name extends string, Columns extends ColumnMap>(
    name: Name,
    columns: Columns,
  ): ColumnsMaterializedViewBuilder<`${Schema}.${Name}`, Columns>;
}

/**
 * A schema beside the connection's own: a namespace of PostgreSQL, another database of the same server on MySQL and
 * MariaDB. SQLite refuses what is in one.
 *
 * @example
 * const auth = databaseSchema("auth");
 * const users = auth.table("users", { id: uuid().primaryKey() });
 */
export function databaseSchema<const Schema extends string>(name: Schema): DatabaseSchema<Schema> {
  if (name === "") throw new ConfigError("A schema needs a name.", { code: "E_SCHEMA" });
  const build =
    (isMaterialized: boolean) =>
    (view: string, columns?: ColumnMap): never =>
      buildView({ schema: name, name: view, isMaterialized }, columns) as never;
  return Object.freeze<DatabaseSchema<Schema>>({
    name,
    table: (table, columns, extras) => declareTable(name, table, columns, extras),
    enumType: (type, values, options = {}) => declareEnum(name, type, values, options),
    view: build(false),
    materializedView: build(true),
  });
}
