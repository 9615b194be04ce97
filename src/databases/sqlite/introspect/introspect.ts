/** What a SQLite database holds, from its pragmas and from the texts that it keeps. */

import type { LogicalType } from "../../../ast/logical-type.ts";
import {
  createFilter,
  enumsOfTables,
  groupBy,
  type CatalogueRow,
  type ForeignObject,
  type Inspection,
  type Introspect,
} from "../../../dialect/server/introspector.ts";
import {
  constraintName,
  type CheckModel,
  type ColumnModel,
  type ForeignKeyModel,
  type KeyModel,
  type TableModel,
} from "../../../schema/model.ts";
import { columnsOfSql, type SqlModel } from "../../../schema/sql-model.ts";
import { expressionOf } from "./expression-text.ts";
import { findDefault } from "./introspect-defaults.ts";
import { findFullTexts } from "./introspect-full-text.ts";
import { parseIndex } from "./introspect-index.ts";
import { findType } from "./introspect-types.ts";
import { findViews } from "./introspect-views.ts";
import {
  parseTable,
  type ParsedColumn,
  type ParsedForeignKey,
  type ParsedTable,
} from "./parse-table.ts";

const OBJECTS = "select type, name, tbl_name as owner, sql from sqlite_schema order by rowid";
/** A table that a virtual one keeps its rows in is not listed. */
const TABLES = "select name, type from pragma_table_list where schema = 'main'";
const COLUMNS = `select t.name as owner, c.name, c.type, c."notnull" as required, c.pk, c.hidden
  from sqlite_schema as t join pragma_table_xinfo(t.name) as c where t.type = 'table' order by t.rowid, c.cid`;

const NULLS_IN_KEY = "null in a key";
const WITHOUT_ROWID = "without rowid";

interface Parts {
  readonly name: string;
  readonly parsed: ParsedTable;
  readonly columns: readonly CatalogueRow[];
}

/** Whether a column is the row's number. Source: sqlite.org/lang_createtable.html, "ROWIDs and the INTEGER PRIMARY KEY". */
function isRowId({ parsed, columns }: Parts, name: string): boolean {
  const key = parsed.primaryKey;
  if (key?.columns.length !== 1 || key.columns[0]!.toLowerCase() !== name.toLowerCase())
    return false;
  const type = columns.find((column) => column.name === name)?.["type"];
  return (
    String(type).toUpperCase() === "INTEGER" &&
    parsed.isDescendingKey !== true &&
    !parsed.clauses.includes(WITHOUT_ROWID)
  );
}

/** Ours that are to be given stand in a constraint with a name; whoever leaves the name out means the row's number. */
function isCounted(parts: Parts, name: string, own: ParsedColumn | undefined): boolean {
  if (own?.isAutoIncrement === true) return true;
  const { isInlineKey, primaryKey } = parts.parsed;
  return (isInlineKey === true || primaryKey?.name === undefined) && isRowId(parts, name);
}

/** SQLite takes `ID` and `id` for one name. */
function nameFinder(names: readonly string[]): (name: string) => string | undefined {
  const known = new Map(names.map((name) => [name.toLowerCase(), name]));
  return (name) => known.get(name.toLowerCase());
}

class TableReader {
  readonly #parts: Parts;
  readonly #nameOf: (name: string) => string | undefined;
  /** Of checks that are a part of a type. */
  readonly #consumed = new Set<ParsedTable["checks"][number]>();
  readonly #types = new Map<string, LogicalType>();

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#nameOf = nameFinder(parts.columns.map(({ name }) => String(name)));
  }

  sqlOf(text: string): SqlModel {
    return expressionOf(text, { table: this.#parts.name, nameOf: this.#nameOf });
  }

  read(): Omit<TableModel, "foreignKeys" | "indexes"> {
    const { name, parsed, columns } = this.#parts;
    const keyNames = this.#namesOf(parsed.primaryKey?.columns ?? []);
    const models = columns.map((row) => this.#column(row, keyNames));
    return {
      name,
      columns: models,
      primaryKey:
        parsed.primaryKey === undefined
          ? undefined
          : { name: parsed.primaryKey.name ?? constraintName(name, [], "pkey"), columns: keyNames },
      uniques: parsed.uniques.map((key): KeyModel => {
        const names = this.#namesOf(key.columns);
        return { name: key.name ?? constraintName(name, names, "unique"), columns: names };
      }),
      checks: this.#checks(),
    };
  }

  /** Of old SQLite forgets that a primary key has no NULL, unless it is the row's number or the table has none. */
  hasNullsInKey(): boolean {
    const keys = new Set(this.#namesOf(this.#parts.parsed.primaryKey?.columns ?? []));
    return this.#parts.columns.some(
      ({ name, required }) =>
        keys.has(String(name)) && Number(required) === 0 && !isRowId(this.#parts, String(name)),
    );
  }

  isCaseInsensitive(column: string): boolean {
    const type = this.#types.get(column);
    return type?.kind === "text" && type.isCaseInsensitive === true;
  }

  #namesOf(columns: readonly string[]): string[] {
    return columns.map((column) => this.#nameOf(column) ?? column);
  }

  #column(row: CatalogueRow, keyNames: readonly string[]): ColumnModel {
    const { name: table, parsed } = this.#parts;
    const name = String(row["name"]);
    const own = parsed.columns.find((column) => column.name.toLowerCase() === name.toLowerCase());
    const checks = parsed.checks.filter(
      (check) => check.name === undefined && check.column === own?.name,
    );
    const { type, check } = findType({
      table,
      column: name,
      declared: String(row["type"]),
      note: own?.note,
      collation: own?.collation,
      checks: checks.map(({ text }) => text),
    });
    for (const one of checks) if (one.text === check) this.#consumed.add(one);
    this.#types.set(name, type);
    const isAutoIncrement = isCounted(this.#parts, name, own);
    return {
      name,
      type,
      nullable: Number(row["required"]) === 0 && !keyNames.includes(name),
      isAutoIncrement,
      default: own?.default === undefined ? undefined : findDefault(own.default, type),
      generated: own?.generated && {
        sql: this.sqlOf(own.generated.text),
        isStored: own.generated.isStored,
      },
    };
  }

  #checks(): CheckModel[] {
    const { name: table, parsed } = this.#parts;
    const taken = new Set(parsed.checks.map(({ name }) => name));
    return parsed.checks
      .filter((check) => !this.#consumed.has(check))
      .map(({ name, text }) => {
        const condition = this.sqlOf(text);
        const usual = constraintName(table, columnsOfSql(condition), "check");
        let own = name ?? usual;
        for (let count = 2; name === undefined && taken.has(own); count++) own = `${usual}${count}`;
        taken.add(own);
        return { name: own, condition };
      });
  }
}

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
      const clauses = reader.hasNullsInKey() ? [...parsed.clauses, NULLS_IN_KEY] : parsed.clauses;
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
