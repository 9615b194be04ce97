/** What a table of SQLite is made of, as far as it would go if the table were made anew without it. */

import type { Renamed, TablePart } from "../../../dialect/server/migration-facts.ts";
import { tokensOf, withoutParentheses } from "../../../dialect/text/sql-tokens.ts";
import type { CheckModel, TableModel } from "../../../schema/model.ts";
import type { SqlModel } from "../../../schema/sql-model.ts";
import { parseTable, type ParsedForeignKey, type ParsedTable } from "./parse-table.ts";
import { TableReader } from "./table-reader.ts";

const STYLE = { hasBrackets: true };
const TABLE_NAME =
  /^create\s+table\s+(?:if\s+not\s+exists\s+)?("(?:[^"]|"")+"|\[[^\]]+\]|`[^`]+`|\w+)/i;

function nameOfTable(text: string): string {
  const name = TABLE_NAME.exec(text)?.[1] ?? "";
  return tokensOf(name, STYLE)[0]?.value ?? "";
}

class PartReader {
  readonly #parsed: ParsedTable;
  readonly #model: Omit<TableModel, "foreignKeys" | "indexes">;
  readonly #renamed: Required<Renamed>;
  readonly #parts: TablePart[] = [];

  constructor(text: string, renamed: Renamed) {
    const parsed = parseTable(text);
    const columns = parsed.columns.map(({ name, type, isRequired = false }) => ({
      name,
      type,
      required: Number(isRequired),
    }));
    this.#parsed = parsed;
    this.#model = new TableReader({ name: nameOfTable(text), parsed, columns }).read();
    this.#renamed = { table: (name) => name, column: (name) => name, ...renamed };
  }

  read(): TablePart[] {
    const { isStrict } = this.#parsed;
    if (isStrict === true) this.#add(["strict"], "strict", { isDeclarable: false });
    this.#clauses(undefined);
    this.#columns();
    this.#keys();
    for (const check of this.#model.checks) this.#check(check);
    for (const key of this.#parsed.foreignKeys) this.#foreignKey(key);
    return this.#parts;
  }

  #add(
    keys: readonly string[],
    text: string,
    { of, isDeclarable = true }: { of?: string | undefined; isDeclarable?: boolean } = {},
  ): void {
    this.#parts.push({ keys, text, isDeclarable, ...(of !== undefined && { of }) });
  }

  /** @param owner Undefined for the table's own. */
  #clauses(owner: object | undefined, of?: string, where?: string): void {
    for (const clause of this.#parsed.clauses) {
      if (clause.of !== owner) continue;
      const text = where === undefined ? clause.text : `${clause.text} of ${where}`;
      this.#add([`${of ?? ""} ${clause.text}`], text, { of, isDeclarable: false });
    }
  }

  #column(name: string): string {
    return this.#renamed.column(name.toLowerCase());
  }

  #list(columns: readonly string[]): string {
    return JSON.stringify(columns.map((column) => this.#column(column)));
  }

  #columns(): void {
    const key = new Set(this.#model.primaryKey?.columns.map((name) => this.#column(name)));
    for (const column of this.#parsed.columns) {
      const name = this.#column(column.name);
      const of = `column ${name}`;
      this.#add([of], `column ${column.name}`);
      const sub = (what: string): void =>
        this.#add([`${what} ${of}`], `${what} of ${column.name}`, { of });
      if (column.default !== undefined) sub("default");
      if (column.generated !== undefined) sub("generated");
      if (column.isRequired === true && !key.has(name)) sub("not null");
      if (column.collation !== undefined && column.collation.toLowerCase() !== "binary")
        sub(`collate ${column.collation.toLowerCase()}`);
      this.#clauses(column, of, column.name);
    }
  }

  #keys(): void {
    const { primaryKey, uniques } = this.#parsed;
    if (primaryKey !== undefined) {
      this.#add(["primary key"], "primary key");
      this.#clauses(primaryKey, "primary key", "the primary key");
      if (this.#parsed.columns.some(({ isAutoIncrement }) => isAutoIncrement === true))
        this.#add(["autoincrement"], "autoincrement", { of: "primary key" });
    }
    for (const unique of uniques) {
      const key = `unique ${this.#list(unique.columns)}`;
      const text = `unique (${unique.columns.join(", ")})`;
      this.#add([key], text);
      this.#clauses(unique, key, text);
    }
  }

  /** By what it says, or by its name: a declaration may say the same in other words. */
  #check({ condition, name }: CheckModel): void {
    const key = `check ${this.#textOf(condition)}`;
    this.#add([key, `check named ${name.toLowerCase()}`], `check ${name}`);
  }

  #textOf(condition: SqlModel): string {
    const text = condition
      .map((part) => {
        if (typeof part === "string") return part;
        return "column" in part ? ` "${this.#column(part.column)}" ` : "";
      })
      .join("");
    return tokensOf(withoutParentheses(text, STYLE), STYLE)
      .flatMap(({ kind, text: own }) =>
        kind === "comment" ? [] : kind === "word" ? own.toLowerCase() : own,
      )
      .join(" ");
  }

  #foreignKey(key: ParsedForeignKey): void {
    const columns = key.columns.map((name) => this.#column(name)).toSorted();
    const of = `foreign key ${JSON.stringify([this.#renamed.table(key.target.toLowerCase()), ...columns])}`;
    const text = `foreign key (${key.columns.join(", ")}) references ${key.target}`;
    this.#add([of], text);
    for (const [what, action] of [
      ["on delete", key.onDelete],
      ["on update", key.onUpdate],
    ] as const)
      if (action !== "no action")
        this.#add([`${of} ${what}`], `${what} ${action} of ${text}`, { of });
    this.#clauses(key, of, text);
  }
}

/** @param text What makes the table, as `sqlite_schema` keeps it or as a migration has it. */
export function partsOf(text: string, renamed: Renamed = {}): TablePart[] {
  return new PartReader(text, renamed).read();
}
