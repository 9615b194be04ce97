/** A table of SQLite as its text tells it, in the words of declarations. */

import type { LogicalType } from "../../../ast/logical-type.ts";
import type { CatalogueRow } from "../../../dialect/server/introspector.ts";
import {
  constraintName,
  type CheckModel,
  type ColumnModel,
  type KeyModel,
  type TableModel,
} from "../../../schema/model.ts";
import { columnsOfSql, type SqlModel } from "../../../schema/sql-model.ts";
import { expressionOf } from "./expression-text.ts";
import { findDefault } from "./introspect-defaults.ts";
import { findType } from "./introspect-types.ts";
import type { ParsedColumn, ParsedTable } from "./parse-table.ts";

const WITHOUT_ROWID = "without rowid";

/** A table by its text and its columns, of which `name`, `type` and `required` are asked. */
export interface Parts {
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
    !parsed.clauses.some(({ text }) => text === WITHOUT_ROWID)
  );
}

/** Ours that are to be given stand in a constraint with a name; whoever leaves the name out means the row's number. */
function isCounted(parts: Parts, name: string, own: ParsedColumn | undefined): boolean {
  if (own?.isAutoIncrement === true) return true;
  const { isInlineKey, primaryKey } = parts.parsed;
  return (isInlineKey === true || primaryKey?.name === undefined) && isRowId(parts, name);
}

/** SQLite takes `ID` and `id` for one name. */
export function nameFinder(names: readonly string[]): (name: string) => string | undefined {
  const known = new Map(names.map((name) => [name.toLowerCase(), name]));
  return (name) => known.get(name.toLowerCase());
}

export class TableReader {
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
