/** What the text of a table says beside what the pragmas tell: names of constraints, checks, collations, notes. */

import {
  closingOf,
  isSign,
  isWord,
  tokensOf,
  type SqlToken,
} from "../../../dialect/text/sql-tokens.ts";
import type { ReferenceAction } from "../../../schema/column.ts";

export interface ParsedCheck {
  readonly name: string | undefined;
  readonly text: string;
  /** The column that it stands behind. */
  readonly column?: string;
}

export interface ParsedKey {
  readonly name: string | undefined;
  readonly columns: readonly string[];
}

export interface ParsedForeignKey extends ParsedKey {
  readonly target: string;
  /** Undefined: the target's primary key. */
  readonly targetColumns: readonly string[] | undefined;
  readonly onDelete: ReferenceAction;
  readonly onUpdate: ReferenceAction;
}

/** What no declaration can say, in a few words. */
export interface ParsedClause {
  readonly text: string;
  /** The column, the key or the check that it is a part of; undefined for the table itself. */
  of?: ParsedCheck | ParsedColumn | ParsedKey;
}

export interface ParsedColumn {
  readonly name: string;
  /** As it is declared, such as `NVARCHAR(160)`; empty where there is none. */
  type: string;
  isRequired?: true;
  /** The comment behind its type. */
  note?: string;
  collation?: string;
  /** The expression, or the literal. */
  default?: string;
  generated?: { readonly text: string; readonly isStored: boolean };
  isAutoIncrement?: true;
}

export interface ParsedTable {
  readonly columns: ParsedColumn[];
  primaryKey?: ParsedKey;
  isStrict?: true;
  /** Whether the primary key stands behind its column. */
  isInlineKey?: true;
  /** Whether it does so and counts down, which keeps it from being the row's number. */
  isDescendingKey?: true;
  readonly uniques: ParsedKey[];
  readonly checks: ParsedCheck[];
  readonly foreignKeys: ParsedForeignKey[];
  readonly clauses: ParsedClause[];
}

const COLUMN_WORDS = new Set(
  "constraint primary not null unique check default collate references generated as on deferrable".split(
    " ",
  ),
);
const TABLE_WORDS = new Set(["constraint", "primary", "unique", "check", "foreign"]);
const STYLE = { hasBrackets: true };

class TableParser {
  readonly table: ParsedTable = {
    columns: [],
    uniques: [],
    checks: [],
    foreignKeys: [],
    clauses: [],
  };
  readonly #text: string;
  /** With comments, which are skipped but for those behind types. */
  readonly #tokens: readonly SqlToken[];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = tokensOf(text, STYLE);
  }

  parse(): ParsedTable {
    const open = this.#tokens.findIndex((token) => isSign(token, "("));
    const close = closingOf(this.#tokens, open);
    this.#at = open + 1;
    while (open !== -1 && this.#at < close) {
      if (this.#skip(",")) continue;
      const token = this.#peek();
      if (token?.kind === "word" && TABLE_WORDS.has(token.text.toLowerCase())) this.#constraint();
      else if (token !== undefined) this.#column(close);
    }
    this.#at = close + 1;
    for (let token = this.#next(); token !== undefined; token = this.#next())
      if (isWord(token, "without")) this.#clause("without rowid");
      else if (isWord(token, "strict")) this.table.isStrict = true;
    return this.table;
  }

  #clause(text: string): void {
    this.table.clauses.push({ text });
  }

  /** @param make Reads a part of the table with its clauses. */
  #owning<Part extends ParsedCheck | ParsedColumn | ParsedKey>(make: () => Part): Part {
    const { clauses } = this.table;
    const from = clauses.length;
    const part = make();
    for (const clause of clauses.slice(from)) clause.of ??= part;
    return part;
  }

  #peek(): SqlToken | undefined {
    while (this.#tokens[this.#at]?.kind === "comment") this.#at++;
    return this.#tokens[this.#at];
  }

  #next(): SqlToken | undefined {
    const token = this.#peek();
    this.#at++;
    return token;
  }

  #skip(text: string): boolean {
    const token = this.#peek();
    const isIt = isSign(token, text) || isWord(token, text);
    if (isIt) this.#at++;
    return isIt;
  }

  #name(): string {
    return this.#next()?.value ?? "";
  }

  /** What stands in the parentheses that come next. */
  #inner(): string {
    this.#peek();
    const open = this.#at;
    const close = closingOf(this.#tokens, open);
    this.#at = close + 1;
    return this.#text.slice(this.#tokens[open]!.end, this.#tokens[close]!.start).trim();
  }

  #columnNames(): string[] {
    this.#peek();
    const close = closingOf(this.#tokens, this.#at);
    const names: string[] = [];
    this.#at++;
    while (this.#at < close) {
      names.push(this.#name());
      while (this.#at < close && !this.#skip(",")) {
        const token = this.#next();
        if (isWord(token, "autoincrement")) this.#count(names.at(-1)!);
        if (isWord(token, "desc") || isWord(token, "collate"))
          this.#clause(`${token!.text.toLowerCase()} in a key`);
      }
    }
    this.#at = close + 1;
    return names;
  }

  #count(name: string): void {
    const column = this.table.columns.find((one) => one.name.toLowerCase() === name.toLowerCase());
    if (column !== undefined) column.isAutoIncrement = true;
  }

  #column(close: number): void {
    const column: ParsedColumn = { name: this.#name(), type: "" };
    this.table.columns.push(column);
    this.#type(column, close);
    let name: string | undefined;
    while (this.#at < close) {
      const token = this.#peek();
      if (token === undefined || isSign(token, ",")) return;
      // A constraint of the table may come without a comma before it, and foreign keys of columns don't say `foreign`.
      if (isWord(token, "foreign")) return;
      this.#at++;
      if (isWord(token, "constraint")) name = this.#name();
      else {
        this.#columnConstraint(token, column, name);
        name = undefined;
      }
    }
  }

  #type(column: ParsedColumn, close: number): void {
    while (this.#at < close) {
      const token = this.#tokens[this.#at]!;
      if (isSign(token, ",") || isSign(token, ")")) return;
      if (token.kind === "word" && COLUMN_WORDS.has(token.text.toLowerCase())) return;
      const end = isSign(token, "(") ? closingOf(this.#tokens, this.#at) : this.#at;
      this.#at = end + 1;
      if (token.kind === "comment") column.note ??= token.value;
      else {
        const text = this.#text.slice(token.start, this.#tokens[end]!.end);
        column.type += column.type === "" || isSign(token, "(") ? text : ` ${text}`;
      }
    }
  }

  #columnConstraint(token: SqlToken, column: ParsedColumn, name: string | undefined): void {
    const { table } = this;
    switch (token.text.toLowerCase()) {
      case "primary":
        this.#skip("key");
        table.isInlineKey = true;
        table.primaryKey = this.#owning(() => {
          if (!this.#skip("asc") && this.#skip("desc")) {
            this.#clause("desc in a key");
            table.isDescendingKey = true;
          }
          this.#conflict();
          return { name, columns: [column.name] };
        });
        if (this.#skip("autoincrement")) column.isAutoIncrement = true;
        return;
      case "not":
        if (this.#skip("null")) {
          column.isRequired = true;
          this.#owning(() => this.#conflicting(column));
        } else if (this.#skip("deferrable")) this.#initially();
        return;
      case "unique":
        table.uniques.push(this.#owning(() => this.#conflicting({ name, columns: [column.name] })));
        return;
      case "check":
        table.checks.push(
          this.#owning(() => this.#conflicting({ name, text: this.#inner(), column: column.name })),
        );
        return;
      case "default":
        column.default = this.#default();
        return;
      case "collate":
        column.collation = this.#name();
        return;
      case "references":
        table.foreignKeys.push(
          this.#owning(() => this.#reference({ name, columns: [column.name] })),
        );
        return;
      case "as": {
        const text = this.#inner();
        const isStored = this.#skip("stored");
        if (!isStored) this.#skip("virtual");
        column.generated = { text, isStored };
        return;
      }
      case "on":
        this.#at--;
        this.#owning(() => this.#conflicting(column));
    }
  }

  #default(): string {
    const token = this.#peek();
    if (isSign(token, "(")) return this.#inner();
    this.#at++;
    if (!isSign(token, "-") && !isSign(token, "+")) return token?.text ?? "";
    return `${token!.text === "-" ? "-" : ""}${this.#next()?.text ?? ""}`;
  }

  #conflicting<Part>(part: Part): Part {
    this.#conflict();
    return part;
  }

  #conflict(): void {
    if (!isWord(this.#peek(), "on") || !isWord(this.#tokens[this.#at + 1], "conflict")) return;
    this.#at += 2;
    const how = this.#name().toLowerCase();
    if (how !== "abort") this.#clause(`on conflict ${how}`);
  }

  #initially(): void {
    if (!this.#skip("initially")) return;
    if (this.#name().toLowerCase() === "deferred") this.#clause("deferred foreign key");
  }

  #action(): ReferenceAction {
    const first = this.#name().toLowerCase();
    return (
      first === "set" || first === "no" ? `${first} ${this.#name().toLowerCase()}` : first
    ) as ReferenceAction;
  }

  #reference(key: ParsedKey): ParsedForeignKey {
    const target = this.#name();
    const targetColumns = isSign(this.#peek(), "(") ? this.#columnNames() : undefined;
    let onDelete: ReferenceAction = "no action";
    let onUpdate: ReferenceAction = "no action";
    for (;;) {
      if (this.#skip("match")) {
        this.#name();
      } else if (this.#skip("on")) {
        if (this.#skip("delete")) onDelete = this.#action();
        else if (this.#skip("update")) onUpdate = this.#action();
      } else if (this.#skip("deferrable")) this.#initially();
      else return { ...key, target, targetColumns, onDelete, onUpdate };
    }
  }

  #keyOf(name: string | undefined): ParsedKey {
    return this.#conflicting({ name, columns: this.#columnNames() });
  }

  #constraint(): void {
    const { table } = this;
    const name = this.#skip("constraint") ? this.#name() : undefined;
    if (this.#skip("primary")) {
      this.#skip("key");
      table.primaryKey = this.#owning(() => this.#keyOf(name));
    } else if (this.#skip("unique")) {
      table.uniques.push(this.#owning(() => this.#keyOf(name)));
    } else if (this.#skip("check")) {
      table.checks.push(this.#owning(() => this.#conflicting({ name, text: this.#inner() })));
    } else if (this.#skip("foreign")) {
      this.#skip("key");
      const columns = this.#columnNames();
      this.#skip("references");
      table.foreignKeys.push(this.#owning(() => this.#reference({ name, columns })));
      if (this.#skip("not") && this.#skip("deferrable")) this.#initially();
    } else this.#at++;
  }
}

/** @param text As `sqlite_schema` keeps it, so that it is known to be right. */
export function parseTable(text: string): ParsedTable {
  return new TableParser(text).parse();
}
