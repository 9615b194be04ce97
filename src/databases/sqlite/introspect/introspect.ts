/** What a SQLite database holds, from its pragmas and from the texts that it keeps. */

import {
  createFilter,
  enumsOfTables,
  groupBy,
  type CatalogueRow,
  type ForeignObject,
  type Inspection,
  type Introspect,
} from "../../../dialect/server/introspector.ts";
import { constraintName, type ForeignKeyModel, type TableModel } from "../../../schema/model.ts";
import { findFullTexts } from "./introspect-full-text.ts";
import { parseIndex } from "./introspect-index.ts";
import { findViews } from "./introspect-views.ts";
import { parseTable, type ParsedForeignKey } from "./parse-table.ts";
import { nameFinder, TableReader } from "./table-reader.ts";

const OBJECTS = "select type, name, tbl_name as owner, sql from sqlite_schema order by rowid";
/** A table that a virtual one keeps its rows in is not listed. */
const TABLES = "select name, type from pragma_table_list where schema = 'main'";
const COLUMNS = `select t.name as owner, c.name, c.type, c."notnull" as required, c.pk, c.hidden
  from sqlite_schema as t join pragma_table_xinfo(t.name) as c where t.type = 'table' order by t.rowid, c.cid`;

const NULLS_IN_KEY = "null in a key";

function foreignKeyOf(
  table: string,
  key: ParsedForeignKey,
  tables: ReadonlyMap<string, Pick<TableModel, "columns" | "name" | "primaryKey">>,
): ForeignKeyModel {
  const own = nameFinder(tables.get(table.toLowerCase())!.columns.map(({ name }) => name));
  const target = tables.get(key.target.toLowerCase());
  const other = nameFinder((target?.columns ?? []).map(({ name }) => name));
  const columns = key.columns.map((column) => own(column) ?? column);
  return {
    name: key.name ?? constraintName(table, columns, "fkey"),
    columns,
    target: target?.name ?? key.target,
    targetColumns:
      key.targetColumns?.map((column) => other(column) ?? column) ??
      target?.primaryKey?.columns ??
      [],
    onDelete: key.onDelete,
    onUpdate: key.onUpdate,
  };
}

function findOthers(
  objects: readonly CatalogueRow[],
  kinds: ReadonlyMap<string, string>,
  isWanted: (name: string) => boolean,
): ForeignObject[] {
  return objects.flatMap((row): ForeignObject[] => {
    const name = String(row["name"]);
    const table = String(row["owner"]);
    if (!isWanted(table)) return [];
    if (row["type"] === "trigger") return [{ kind: "trigger", name, table }];
    if (row["type"] !== "table" || kinds.get(name) !== "virtual") return [];
    const using = /\busing\s+(\w+)/i.exec(String(row["sql"]))?.[1];
    return [{ kind: "table", name, detail: `virtual table using ${using ?? "a module"}` }];
  });
}

/** SQLite has one schema for each file, and knows no other than the connection's own here. */
export const introspect: Introspect = async ({ ask, options }): Promise<Inspection> => {
  const isWanted = createFilter(options);
  const all = await ask(OBJECTS);
  const fullTexts = findFullTexts(all);
  const parts = new Set(fullTexts.flatMap((found) => found.parts));
  const objects = all.filter(({ name }) => !parts.has(String(name)));
  const kinds = new Map((await ask(TABLES)).map(({ name, type }) => [String(name), String(type)]));
  const columns = groupBy(await ask(COLUMNS), ({ owner }) => String(owner));
  const others = findOthers(objects, kinds, isWanted);
  const found = objects.flatMap((row) => {
    const name = String(row["name"]);
    const isTable = row["type"] === "table" && kinds.get(name) === "table";
    if (!isTable || name.startsWith("sqlite_")) return [];
    const parsed = parseTable(String(row["sql"]));
    const reader = new TableReader({ name, parsed, columns: columns.get(name) ?? [] });
    return [{ name, parsed, reader, table: reader.read() }];
  });
  const tables = new Map(found.map(({ name, table }) => [name.toLowerCase(), table]));
  const indexes = groupBy(
    objects.filter(({ type, sql }) => type === "index" && sql !== null),
    ({ owner }) => String(owner),
  );
  const models = found
    .filter(({ name }) => isWanted(name))
    .map(({ name, parsed, reader, table }): TableModel => {
      const clauses = parsed.clauses.map(({ text }) => text);
      if (reader.hasNullsInKey()) clauses.push(NULLS_IN_KEY);
      for (const clause of new Set(clauses))
        others.push({ kind: "clause", name: clause, table: name });
      const own = indexes.get(name) ?? [];
      return {
        ...table,
        indexes: [
          ...own.map((row) => parseIndex(String(row["name"]), String(row["sql"]), reader)),
          ...fullTexts.flatMap((one) => (one.table === name ? [one.index] : [])),
        ],
        foreignKeys: parsed.foreignKeys.map((key) => foreignKeyOf(name, key, tables)),
      };
    });
  const views = await findViews({ ask, objects, isWanted, others });
  const model = { enums: enumsOfTables(models), tables: models };
  return { model: views.length === 0 ? model : { ...model, views }, others };
};
