/** What a schema before a change looks like once the names of after it hold: what differs then is more than a name. */

import type { EnumType } from "../../ast/logical-type.ts";
import type { ForeignKeyModel, IndexTermModel, TableModel } from "../../schema/model.ts";
import { renamedSql } from "../../schema/sql-model.ts";
import { keyOf, type Place } from "../../schema/moves.ts";
import { withEnums, type Snapshot, type TableSnapshot } from "../snapshot/snapshot.ts";

export interface TablePair {
  readonly before: TableSnapshot;
  readonly after: TableSnapshot;
  /** `before`, with the names of `after` for tables and columns; constraints keep theirs. */
  readonly renamed: TableSnapshot;
}

type NameMap = ReadonlyMap<string, string>;

/** As a change names a table. */
export function placeOf({ schema, name }: Place): {
  readonly schema?: string;
  readonly table: string;
} {
  return schema === undefined ? { table: name } : { schema, table: name };
}

/** A name that nothing can have, so that what comes to have the old one is not taken for it. */
function goneName(name: string): string {
  return `${name}\0`;
}

/** An enum that goes, while another one gets its name, is called otherwise until it is dropped. */
export function enumAside(type: EnumType, after: Snapshot): EnumType {
  const isTaken = after.enums.some((other) => keyOf(other.type) === keyOf(type));
  return isTaken ? { ...type, name: `${type.name.slice(0, 20)}__dropped` } : type;
}

function columnNames(before: TableSnapshot, after: TableSnapshot | undefined): NameMap {
  const names = new Map(after?.columns.map(({ id, name }) => [id, name]));
  return new Map(before.columns.map(({ id, name }) => [name, names.get(id) ?? goneName(name)]));
}

function renamedTerm(term: IndexTermModel, names: NameMap): IndexTermModel {
  return "column" in term
    ? { ...term, column: names.get(term.column) ?? term.column }
    : { ...term, sql: renamedSql(term.sql, (name) => names.get(name) ?? name) };
}

/** By the keys of before. */
interface AllNames {
  readonly enums: ReadonlyMap<string, Place>;
  readonly tables: ReadonlyMap<string, Place>;
  readonly columns: ReadonlyMap<string, NameMap>;
}

function placed<Item extends Place>(item: Item, places: ReadonlyMap<string, Place>): Item {
  const { schema: _schema, ...rest } = item;
  const { schema, name } = places.get(keyOf(item)) ?? item;
  return { ...rest, ...(schema !== undefined && { schema }), name } as Item;
}

function renamedTarget(key: ForeignKeyModel, { tables, columns }: AllNames): ForeignKeyModel {
  const { targetSchema, target, ...rest } = key;
  const before: Place = { schema: targetSchema, name: target };
  const { schema, name } = placed(before, tables);
  const own = columns.get(keyOf(before));
  return {
    ...rest,
    ...(schema !== undefined && { targetSchema: schema }),
    target: name,
    targetColumns: key.targetColumns.map((column) => own?.get(column) ?? column),
  };
}

function renameTable(table: TableSnapshot, names: AllNames): TableSnapshot {
  const own = names.columns.get(keyOf(table))!;
  const all = (columns: readonly string[]): string[] =>
    columns.map((name) => own.get(name) ?? name);
  const key = <Key extends { readonly columns: readonly string[] }>(given: Key): Key => ({
    ...given,
    columns: all(given.columns),
  });
  return {
    ...placed(table, names.tables),
    columns: table.columns.map((column) => ({
      ...column,
      name: own.get(column.name)!,
      type: withEnums(column.type, (type) => placed(type, names.enums)),
      ...(column.generated && {
        generated: {
          ...column.generated,
          sql: renamedSql(column.generated.sql, (name) => own.get(name) ?? name),
        },
      }),
    })),
    primaryKey: table.primaryKey && key(table.primaryKey),
    uniques: table.uniques.map(key),
    indexes: table.indexes.map((index) => ({
      ...key(index),
      terms: index.terms.map((term) => renamedTerm(term, own)),
      where: index.where && renamedSql(index.where, (name) => own.get(name) ?? name),
      ...(index.included !== undefined && { included: all(index.included) }),
      ...(index.included && {
        included: index.included.map((column) => own.get(column) ?? column),
      }),
    })),
    checks: table.checks.map((check) => ({
      ...check,
      condition: renamedSql(check.condition, (name) => own.get(name) ?? name),
    })),
    foreignKeys: table.foreignKeys.map((given) => renamedTarget(key(given), names)),
  };
}

function gone({ schema, name }: Place): Place {
  return { schema, name: goneName(name) };
}

/** The tables that there are before and after. */
export function pairTables(before: Snapshot, after: Snapshot): TablePair[] {
  const byId = new Map(after.tables.map((table) => [table.id, table]));
  const tables = new Map(
    before.tables.map((table) => [keyOf(table), byId.get(table.id) ?? gone(table)] as const),
  );
  const columns = new Map(
    before.tables.map((table) => [keyOf(table), columnNames(table, byId.get(table.id))] as const),
  );
  const enumsById = new Map(after.enums.map(({ id, type }) => [id, type]));
  const enums = new Map(
    before.enums.map(
      ({ id, type }) => [keyOf(type), enumsById.get(id) ?? enumAside(type, after)] as const,
    ),
  );
  return before.tables.flatMap((table) => {
    const now = byId.get(table.id);
    return now === undefined
      ? []
      : [{ before: table, after: now, renamed: renameTable(table, { enums, tables, columns }) }];
  });
}

/** Tables behind those that they point at, as far as there is such an order. */
export function referencedFirst<Table extends TableModel>(tables: readonly Table[]): Table[] {
  const left = new Map(tables.map((table) => [keyOf(table), table]));
  const sorted: Table[] = [];
  const visit = (table: Table): void => {
    if (!left.delete(keyOf(table))) return;
    for (const { target, targetSchema } of table.foreignKeys) {
      const other = left.get(keyOf({ schema: targetSchema, name: target }));
      if (other !== undefined) visit(other);
    }
    sorted.push(table);
  };
  for (const table of tables) visit(table);
  return sorted;
}
