/** A table as it is declared: its columns, and what stands beside them. */

import {
  constraintName,
  type ForeignKeyModel,
  type IndexModel,
  type IndexTermModel,
  type KeyModel,
  type TableModel,
} from "../../schema/model.ts";
import { columnsOfSql, type SqlModel } from "../../schema/sql-model.ts";
import {
  arrow,
  call,
  callOf,
  chained,
  code,
  list,
  object,
  options,
  quoted,
  type Call,
  type Code,
  type Member,
} from "./code.ts";
import { actionsOf, columnCode, timestampsCode, type ReferenceCode } from "./column-code.ts";
import type { ColumnKey } from "./identifiers.ts";
import { memberKey, memberOf } from "../quote.ts";
import type { TypeNames } from "./type-code.ts";
import { sqlCode } from "./value-code.ts";

/** What the parts of a module call one another. */
export interface TableContext {
  readonly constant: string;
  /** By the names of columns. */
  readonly keys: ReadonlyMap<string, ColumnKey>;
  readonly types: TypeNames;
  /** Of the function that gives what stands beside the columns. Default `"t"`. */
  readonly parameter?: string | undefined;
  /** Undefined where the target isn't in the model. */
  targetOf(
    key: ForeignKeyModel,
  ): { readonly table: string; readonly keys: readonly string[] } | undefined;
}

export type ExtraKind = "check" | "comment" | "foreignKey" | "index" | "primaryKey" | "unique";

/** What stands beside the columns, and by what it is told from others. */
export interface ExtraPart {
  readonly kind: ExtraKind;
  /** In the database. */
  readonly name: string;
  readonly code: Code;
}

export interface ColumnPart {
  /** In the database. */
  readonly name: string;
  /** Undefined for `timestamps()`, which stands for two columns. */
  readonly key: string | undefined;
  readonly code: Code;
  /** The names of the constraints that it holds. */
  readonly inline: readonly string[];
}

/** The pieces that a declaration of a table is put together from. */
export interface TableParts {
  readonly parameter: string;
  readonly columns: readonly ColumnPart[];
  readonly extras: readonly ExtraPart[];
}

const isSameList = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((item, at) => item === other[at]);

class TableWriter {
  readonly #table: TableModel;
  readonly #context: TableContext;
  readonly #inlineUniques: ReadonlyMap<string, KeyModel>;
  readonly #inlineReferences: ReadonlyMap<string, ForeignKeyModel>;

  constructor(table: TableModel, context: TableContext) {
    this.#table = table;
    this.#context = context;
    this.#inlineUniques = firstByColumn(table.uniques);
    this.#inlineReferences = firstByColumn(
      table.foreignKeys.filter((key) => context.targetOf(key) !== undefined),
    );
  }

  parts(): TableParts {
    return { parameter: this.#parameter, columns: this.#columns(), extras: this.#extras() };
  }

  get #parameter(): string {
    return this.#context.parameter ?? "t";
  }

  #key(column: string): string {
    return this.#context.keys.get(column)?.key ?? column;
  }

  #own(columns: readonly string[]): Code[] {
    return columns.map((column) => code(memberOf(this.#parameter, this.#key(column))));
  }

  #usual(columns: readonly string[], suffix: string): string {
    return constraintName(this.#table.name, columns, suffix);
  }

  /** Undefined where the declaration gives the name by itself. */
  #named(name: string, columns: readonly string[], suffix: string): Code | undefined {
    return name === this.#usual(columns, suffix) ? undefined : quoted(name);
  }

  #columns(): TableParts["columns"] {
    const { columns, primaryKey } = this.#table;
    const stamps = stampsOf(this.#table, (column) => this.#key(column));
    return columns.flatMap((column): TableParts["columns"] => {
      if (column.name === stamps[1]) return [];
      if (column.name === stamps[0])
        return [{ name: column.name, key: undefined, code: timestampsCode(), inline: [] }];
      const { givenName, key } = this.#context.keys.get(column.name)!;
      const unique = this.#inlineUniques.get(column.name);
      const made = columnCode(column, {
        table: this.#context.constant,
        givenName,
        isKey: primaryKey?.columns.includes(column.name) === true,
        unique:
          unique !== undefined &&
          (unique.name === this.#usual([column.name], "unique") || unique.name),
        reference: this.#reference(this.#inlineReferences.get(column.name)),
        types: this.#context.types,
        keyOf: (name) => this.#key(name),
      });
      const reference = this.#inlineReferences.get(column.name);
      const inline = [unique, reference].flatMap((one) => one?.name ?? []);
      return [{ name: column.name, key: memberKey(key), code: made, inline }];
    });
  }

  #reference(foreignKey: ForeignKeyModel | undefined): ReferenceCode | undefined {
    const target = foreignKey && this.#context.targetOf(foreignKey);
    if (target === undefined) return undefined;
    const isUsualName = foreignKey!.name === this.#usual(foreignKey!.columns, "fkey");
    return { ...target, foreignKey: foreignKey!, isUsualName };
  }

  #extras(): ExtraPart[] {
    const { checks, comment, foreignKeys, indexes, uniques } = this.#table;
    const inline = new Set<unknown>([
      ...this.#inlineUniques.values(),
      ...this.#inlineReferences.values(),
    ]);
    return [
      ...this.#primaryKey(),
      ...uniques
        .filter((key) => !inline.has(key))
        .map((key) => ({ kind: "unique" as const, name: key.name, code: this.#unique(key) })),
      ...foreignKeys.flatMap((key) => {
        const made = inline.has(key) ? undefined : this.#foreignKey(key);
        return made === undefined
          ? []
          : [{ kind: "foreignKey" as const, name: key.name, code: made }];
      }),
      ...indexes.map((index) => ({
        kind: "index" as const,
        name: index.name,
        code: this.#index(index),
      })),
      ...checks.map(({ condition, name }) => {
        const named = this.#named(name, columnsOfSql(condition), "check");
        const sql = this.#sql(condition);
        return { kind: "check" as const, name, code: call("check", named, sql) };
      }),
      ...(comment === undefined
        ? []
        : [{ kind: "comment" as const, name: "", code: call("comment", quoted(comment)) }]),
    ];
  }

  #sql(model: SqlModel): Code {
    return sqlCode(model, this.#parameter, (column) => this.#key(column));
  }

  /** The columns say it, but for its name and another order. */
  #primaryKey(): ExtraPart[] {
    const { columns, primaryKey } = this.#table;
    if (primaryKey === undefined) return [];
    const ordered = columns
      .map(({ name }) => name)
      .filter((name) => primaryKey.columns.includes(name));
    const named = this.#named(primaryKey.name, [], "pkey");
    if (named === undefined && isSameList(ordered, primaryKey.columns)) return [];
    const made = chained(call("primaryKey", named), [
      callOf("on", ...this.#own(primaryKey.columns)),
    ]);
    return [{ kind: "primaryKey", name: primaryKey.name, code: made }];
  }

  #unique({ columns, name }: KeyModel): Code {
    return chained(call("unique", this.#named(name, columns, "unique")), [
      callOf("on", ...this.#own(columns)),
    ]);
  }

  #foreignKey(key: ForeignKeyModel): Code | undefined {
    const target = this.#context.targetOf(key);
    if (target === undefined) return undefined;
    const to = target.keys.map((one) => code(memberOf(target.table, one)));
    return chained(call("foreignKey", this.#named(key.name, key.columns, "fkey")), [
      callOf("on", ...this.#own(key.columns)),
      callOf("references", arrow("", list(to)), options(actionsOf(key))),
    ]);
  }

  #term(term: IndexTermModel): Code {
    const plain =
      "column" in term
        ? code(memberOf(this.#parameter, this.#key(term.column)))
        : this.#sql(term.sql);
    const cut =
      term.prefix === undefined ? plain : call("prefixOf", plain, code(String(term.prefix)));
    const ordered = term.direction === "desc" ? call("desc", cut) : cut;
    return term.operatorClass === undefined
      ? ordered
      : call("operatorClass", ordered, quoted(term.operatorClass));
  }

  #index(index: IndexModel): Code {
    const { fullText, included, isUnique, method, name, terms, where } = index;
    const all = terms.flatMap((term) =>
      "column" in term ? [term.column] : columnsOfSql(term.sql),
    );
    const on = callOf("on", ...terms.map((term) => this.#term(term)));
    if (fullText !== undefined) {
      const language = fullText.language === "simple" ? undefined : quoted(fullText.language);
      return chained(
        call("fullTextIndex", this.#named(name, index.columns, "fulltext"), options({ language })),
        [on],
      );
    }
    const named = this.#named(name, [...new Set(all)], isUnique ? "unique_idx" : "idx");
    const calls: Call[] = [on];
    if (where !== undefined) calls.push(callOf("where", this.#sql(where)));
    if (method !== undefined) calls.push(callOf("using", quoted(method)));
    if (included !== undefined) calls.push(callOf("include", ...this.#own(included)));
    return chained(call(isUnique ? "uniqueIndex" : "index", named), calls);
  }
}

/** The first key of each column alone, which stands with the column. */
function firstByColumn<Key extends KeyModel>(keys: readonly Key[]): Map<string, Key> {
  const found = new Map<string, Key>();
  for (const key of keys) {
    const [column, ...others] = key.columns;
    if (column !== undefined && others.length === 0 && !found.has(column)) found.set(column, key);
  }
  return found;
}

/** The names of the two columns that `timestamps()` would make; none where one differs in anything. */
function stampsOf(table: TableModel, keyOf: (column: string) => string): readonly string[] {
  const at = table.columns.findIndex(({ name }) => keyOf(name) === "createdAt");
  const [created, updated] = [table.columns[at], table.columns[at + 1]];
  if (created === undefined || updated === undefined || keyOf(updated.name) !== "updatedAt")
    return [];
  const both = [created, updated];
  const isUsual = both.every(
    ({ comment, default: value, name, nullable, type }) =>
      (name === "created_at" || name === "updated_at") &&
      type.kind === "timestamp" &&
      type.precision === 3 &&
      type.mode === "date" &&
      type.storage === undefined &&
      !nullable &&
      value?.kind === "now" &&
      comment === undefined,
  );
  const isInKey = [
    ...table.uniques,
    ...table.foreignKeys,
    ...(table.primaryKey ? [table.primaryKey] : []),
  ].some(({ columns }) => both.some(({ name }) => columns.includes(name)));
  return isUsual && !isInKey ? both.map(({ name }) => name) : [];
}

export function tableParts(table: TableModel, context: TableContext): TableParts {
  return new TableWriter(table, context).parts();
}

export function columnsObject(parts: Pick<TableParts, "columns">): Code {
  return object(
    parts.columns.map((part): Member => ({ key: part.key, value: part.code })),
    true,
  );
}

/** What stands beside the columns; undefined where there is nothing. A comment alone names no column. */
export function extrasCode({ extras, parameter }: TableParts): Code | undefined {
  if (extras.length === 0) return undefined;
  const isNaming = extras.some(({ kind }) => kind !== "comment");
  return arrow(isNaming ? parameter : "", list(extras.map((part) => part.code)));
}

/** The call of `table()`, or of `auth.table()`. */
export function tableCode(name: string, parts: TableParts, space: string | undefined): Code {
  const given = callOf("table", quoted(name), columnsObject(parts), extrasCode(parts));
  return { kind: "chain", root: space, calls: [given] };
}
