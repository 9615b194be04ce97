/** What stands at the roots of SQLite's trees: the columns of a record, in its order. */

import type { LogicalType } from "../../../ast/logical-type.ts";
import type { CatalogueRow } from "../../../dialect/server/introspector.ts";
import type { Model } from "../../../schema/model.ts";
import {
  ANYTHING,
  BLOB,
  INFINITE,
  INTEGER,
  NULL,
  REAL,
  SOMETHING,
  TEXT,
  type Value,
} from "./values.ts";

/** Values of the columns of a tree's records. */
export type Record = readonly Value[];

export interface Tables {
  /** By the database and the page that the tree begins at. */
  readonly records: ReadonlyMap<string, Record>;
  /** The column that is the number of a row, the same way. */
  readonly rowNumbers: ReadonlyMap<string, Value>;
  /** The name of the table, the same way, of its indexes, too. */
  readonly names: ReadonlyMap<string, string>;
  /** Whether there are tables of modules, which keep their rows in others. */
  readonly hasModules: boolean;
  /** Types of columns, by `table.column`. */
  readonly types: ReadonlyMap<string, LogicalType>;
}

type Ask = (text: string) => Promise<readonly CatalogueRow[]>;

/** Of a column that is no type's the kinds are anybody's guess. */
function kindsOf(type: LogicalType | undefined): number {
  switch (type?.kind) {
    case "integer":
    case "bigint":
    case "boolean":
      return INTEGER;
    case "real":
    case "double":
      return REAL | INFINITE;
    case "text":
    case "enum":
    case "date":
    case "time":
      return TEXT;
    case "bytes":
      return BLOB;
    default:
      return SOMETHING;
  }
}

const quoted = (name: unknown): string => `'${String(name).replaceAll("'", "''")}'`;

class TableReader {
  readonly records = new Map<string, Record>();
  readonly rowNumbers = new Map<string, Value>();
  readonly types = new Map<string, LogicalType>();
  readonly names = new Map([["0.1", "sqlite_schema"]]);
  hasModules = false;
  readonly #ask: Ask;

  constructor(ask: Ask, { tables }: Model) {
    this.#ask = ask;
    const known = new Map<string, LogicalType>();
    for (const { name, columns } of tables) {
      for (const { name: column, type } of columns) {
        const spelt = JSON.stringify(type);
        known.set(spelt, known.get(spelt) ?? type);
        this.types.set(`${name}.${column}`, known.get(spelt)!);
      }
    }
  }

  async read(): Promise<void> {
    const schema = await this.#ask(
      "select type, name, tbl_name, rootpage from sqlite_schema where rootpage > 0",
    );
    for (const { rootpage, tbl_name: table } of schema)
      this.names.set(`0.${String(rootpage)}`, String(table));
    const modules = await this.#ask(
      "select 1 from sqlite_schema where type = 'table' and rootpage = 0 limit 1",
    );
    this.hasModules = modules.length > 0;
    const roots = new Map(schema.map((row) => [`${String(row["name"])}`, String(row["rootpage"])]));
    for (const { name } of schema.filter(({ type }) => type === "table"))
      await this.#readTable(String(name), roots);
  }

  async #readTable(table: string, roots: ReadonlyMap<string, string>): Promise<void> {
    const columns = await this.#ask(`select * from pragma_table_xinfo(${quoted(table)})`);
    const indexes = await this.#ask(`select name, origin from pragma_index_list(${quoted(table)})`);
    const number = rowNumberOf(columns, indexes);
    const value = (column: CatalogueRow): Value => {
      const key = `${table}.${String(column["name"])}`;
      const isNull = Number(column["notnull"]) === 0 && column !== number;
      const type = this.types.get(key);
      return { kinds: kindsOf(type) | (isNull ? NULL : 0), column: key, type };
    };
    const byName = new Map(columns.map((column) => [String(column["name"]), value(column)]));
    // What is computed when it is read is in no record.
    const stored = columns.filter(({ hidden }) => Number(hidden) !== 2);
    const root = roots.get(table);
    if (root !== undefined && number !== undefined) this.rowNumbers.set(`0.${root}`, value(number));
    this.#set(root, stored.map(value));
    for (const { name, origin } of indexes) {
      const parts = await this.#ask(
        `select name from pragma_index_xinfo(${quoted(name)}) order by seqno`,
      );
      const record = parts.map((part) => byName.get(String(part["name"])) ?? { kinds: ANYTHING });
      const own = roots.get(String(name));
      // A table without row numbers is the index of its key.
      if (own !== undefined) this.#set(own, record);
      else if (origin === "pk") this.#set(root, record);
    }
  }

  #set(root: string | undefined, record: Record): void {
    if (root !== undefined) this.records.set(`0.${root}`, record);
  }
}

/**
 * `integer primary key`, which the catalogue doesn't call NOT NULL. A key with an index of its own isn't the row's number and
 * may be NULL: `integer primary key desc`. Source: sqlite.org/lang_createtable.html, "ROWIDs and the INTEGER PRIMARY KEY".
 */
function rowNumberOf(
  columns: readonly CatalogueRow[],
  indexes: readonly CatalogueRow[],
): CatalogueRow | undefined {
  const [key, more] = columns.filter(({ pk }) => Number(pk) > 0);
  const hasIndex = indexes.some(({ origin }) => origin === "pk");
  if (more !== undefined || hasIndex || String(key?.["type"]).toUpperCase() !== "INTEGER")
    return undefined;
  return key;
}

export async function readTables(ask: Ask, model: Model): Promise<Tables> {
  const reader = new TableReader(ask, model);
  await reader.read();
  return reader;
}
