/** What a diagram of tables shows, before anybody decides where it stands. */

import type { LogicalType } from "../../ast/logical-type.ts";
import { placeName, typeName } from "../../schema/describe.ts";
import type {
  ColumnModel,
  ForeignKeyModel,
  KeyModel,
  Model,
  TableModel,
} from "../../schema/model.ts";

export interface DiagramColumn {
  readonly name: string;
  readonly type: string;
  readonly isKey: boolean;
  readonly isReference: boolean;
  readonly isUnique: boolean;
  readonly nullable: boolean;
  readonly comment: string | undefined;
}

export interface DiagramTable {
  /** With its schema, where that isn't the connection's own. */
  readonly name: string;
  readonly columns: readonly DiagramColumn[];
  readonly isView: boolean;
  readonly comment: string | undefined;
}

/** A foreign key: each row of `child` has one of `parent`. Tables and columns by their places. */
export interface DiagramLink {
  readonly name: string;
  readonly child: number;
  readonly childColumn: number;
  readonly parent: number;
  readonly parentColumn: number;
  /** Whether a row of the child may have none. */
  readonly isOptional: boolean;
  /** Whether a row of the parent has one of the child's at most. */
  readonly isOne: boolean;
}

export interface Diagram {
  readonly tables: readonly DiagramTable[];
  readonly links: readonly DiagramLink[];
}

/** As a person reads it in a drawing: `varchar(255)`, `text[]`, and instants whatever their precision. */
function typeWord(type: LogicalType): string {
  if (type.kind === "array") return `${typeWord(type.element)}[]`;
  return type.kind === "timestamp" || type.kind === "time" ? type.kind : typeName(type);
}

function holds(key: KeyModel | undefined, columns: readonly string[]): boolean {
  return (
    key !== undefined &&
    key.columns.length === columns.length &&
    key.columns.every((column) => columns.includes(column))
  );
}

function isUnique(table: TableModel, columns: readonly string[]): boolean {
  if (holds(table.primaryKey, columns)) return true;
  if (table.uniques.some((key) => holds(key, columns))) return true;
  return table.indexes.some(
    (index) =>
      index.isUnique &&
      index.where === undefined &&
      index.terms.length === columns.length &&
      holds(index, columns),
  );
}

function columnOf(column: ColumnModel, table: TableModel | undefined): DiagramColumn {
  return {
    name: column.name,
    type: typeWord(column.type),
    isKey: table?.primaryKey?.columns.includes(column.name) ?? false,
    isReference: table?.foreignKeys.some((key) => key.columns.includes(column.name)) ?? false,
    isUnique: table !== undefined && isUnique(table, [column.name]),
    nullable: column.nullable,
    comment: column.comment,
  };
}

function linkOf(
  key: ForeignKeyModel,
  child: number,
  parent: number,
  tables: readonly TableModel[],
): DiagramLink {
  const from = tables[child]!;
  const to = tables[parent]!;
  const nullable = new Set(
    from.columns.flatMap((column) => (column.nullable ? [column.name] : [])),
  );
  return {
    name: key.name,
    child,
    childColumn: from.columns.findIndex(({ name }) => name === key.columns[0]),
    parent,
    parentColumn: to.columns.findIndex(({ name }) => name === key.targetColumns[0]),
    isOptional: key.columns.some((column) => nullable.has(column)),
    isOne: isUnique(from, key.columns),
  };
}

/** The tables, then the views, of a model. Foreign keys whose table isn't among them are left out. */
export function diagramOf({ tables, views = [] }: Model): Diagram {
  const places = new Map(tables.map((table, at) => [placeName(table, table.name), at]));
  return {
    tables: [
      ...tables.map((table) => ({
        name: placeName(table, table.name),
        columns: table.columns.map((column) => columnOf(column, table)),
        isView: false,
        comment: table.comment,
      })),
      ...views.map((view) => ({
        name: placeName(view, view.name),
        columns: view.columns.map((column) => columnOf(column, undefined)),
        isView: true,
        comment: view.comment,
      })),
    ],
    links: tables.flatMap((table, child) =>
      table.foreignKeys.flatMap((key) => {
        const parent = places.get(placeName({ schema: key.targetSchema }, key.target));
        return parent === undefined ? [] : [linkOf(key, child, parent, tables)];
      }),
    ),
  };
}
