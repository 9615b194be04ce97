/** What a statement of DDL does, as far as rules ask. */

import type { Lexis } from "../../dialect/text/split-script.ts";
import type { SqlToken } from "../../dialect/text/sql-tokens.ts";
import { Cursor, partsOf, statementTokens } from "./cursor.ts";
import {
  columnOf,
  constraintOf,
  typeAt,
  type ColumnDefinition,
  type ConstraintDefinition,
} from "./definitions.ts";

export type Action =
  | { readonly kind: "addIndex" }
  | { readonly kind: "addColumn"; readonly column: ColumnDefinition }
  | { readonly kind: "addConstraint"; readonly constraint: ConstraintDefinition }
  | { readonly kind: "alterType"; readonly column: string; readonly type: string }
  | { readonly kind: "changeColumn"; readonly from: string; readonly column: ColumnDefinition }
  | { readonly kind: "dropColumn"; readonly column: string }
  | { readonly kind: "dropConstraint"; readonly of: "constraint" | "foreign key" }
  | { readonly kind: "dropNotNull" | "setNotNull"; readonly column: string }
  | { readonly kind: "renameColumn"; readonly column: string; readonly to: string }
  | { readonly kind: "renameTable"; readonly to: string }
  | { readonly kind: "setDefault"; readonly column: string }
  | { readonly kind: "validate"; readonly name: string }
  | { readonly kind: "other" };

export type Ddl =
  | {
      readonly kind: "createTable";
      readonly table: string;
      readonly columns: readonly ColumnDefinition[];
      readonly constraints: readonly ConstraintDefinition[];
      /** `create table … as select` and the like tell no columns. */
      readonly isWhole: boolean;
    }
  | {
      readonly kind: "alterTable";
      readonly table: string;
      readonly actions: readonly Action[];
      readonly isCopy: boolean;
    }
  | { readonly kind: "dropTable"; readonly tables: readonly string[] }
  | { readonly kind: "dropSchema"; readonly name: string }
  | { readonly kind: "truncate"; readonly tables: readonly string[] }
  | {
      readonly kind: "createIndex";
      readonly name: string;
      readonly table: string;
      readonly columns: readonly string[];
      readonly isUnique: boolean;
      readonly isConcurrent: boolean;
      readonly isPartial: boolean;
    }
  | { readonly kind: "dropIndex"; readonly name: string; readonly isConcurrent: boolean }
  | { readonly kind: "alterType"; readonly type: string; readonly does: "add" | "other" | "rename" }
  | { readonly kind: "createEnum"; readonly type: string; readonly values: readonly string[] }
  | { readonly kind: "rows"; readonly table: string }
  | { readonly kind: "pragma"; readonly name: string }
  | { readonly kind: "set"; readonly name: string }
  /** Views, triggers, functions, comments, grants: nothing that a rule asks about. */
  | { readonly kind: "harmless" }
  /** What can't be looked into. */
  | { readonly kind: "unknown" };

const INDEX_WORDS = new Set(["fulltext", "index", "key", "spatial"]);

function createTable(cursor: Cursor): Ddl {
  cursor.take("if", "not", "exists");
  const table = cursor.name();
  const columns: ColumnDefinition[] = [];
  const constraints: ConstraintDefinition[] = [];
  const isWhole = cursor.peek()?.value === "(";
  for (const part of partsOf(cursor.group())) {
    const constraint = part[0]!.kind === "word" ? constraintOf(part) : undefined;
    if (constraint !== undefined) constraints.push(constraint);
    else if (!(part[0]!.kind === "word" && INDEX_WORDS.has(part[0]!.value)))
      columns.push(columnOf(part));
  }
  return { kind: "createTable", table, columns, constraints, isWhole };
}

function actionOf(tokens: readonly SqlToken[]): Action {
  const cursor = new Cursor(tokens);
  if (cursor.take("add")) {
    const constraint = constraintOf(cursor.rest());
    if (constraint !== undefined) return { kind: "addConstraint", constraint };
    const again = new Cursor(tokens.slice(1));
    const isColumn = again.take("column");
    again.take("if", "not", "exists");
    const first = again.peek();
    const isIndex = !isColumn && first?.kind === "word" && INDEX_WORDS.has(first.value);
    if (isIndex) return { kind: "addIndex" };
    return { kind: "addColumn", column: columnOf(again.rest()) };
  }
  if (cursor.take("drop")) {
    if (cursor.take("foreign", "key")) return { kind: "dropConstraint", of: "foreign key" };
    if (cursor.take("constraint") || cursor.take("check") || cursor.take("primary", "key"))
      return { kind: "dropConstraint", of: "constraint" };
    if (cursor.take("index") || cursor.take("key")) return { kind: "other" };
    cursor.take("column");
    cursor.take("if", "exists");
    return { kind: "dropColumn", column: cursor.name() };
  }
  if (cursor.take("rename")) {
    if (cursor.take("to") || cursor.take("as")) return { kind: "renameTable", to: cursor.name() };
    if (cursor.isWord("constraint") || cursor.isWord("index") || cursor.isWord("key"))
      return { kind: "other" };
    cursor.take("column");
    const column = cursor.name();
    cursor.take("to");
    return { kind: "renameColumn", column, to: cursor.name() };
  }
  if (cursor.take("modify")) {
    cursor.take("column");
    const column = columnOf(cursor.rest());
    return { kind: "changeColumn", from: column.name, column };
  }
  if (cursor.take("change")) {
    cursor.take("column");
    const from = cursor.name();
    return { kind: "changeColumn", from, column: columnOf(cursor.rest()) };
  }
  if (cursor.take("validate", "constraint")) return { kind: "validate", name: cursor.name() };
  if (cursor.take("alter")) return alteration(cursor);
  return { kind: "other" };
}

function alteration(cursor: Cursor): Action {
  cursor.take("column");
  const column = cursor.name();
  if (cursor.take("set", "not", "null")) return { kind: "setNotNull", column };
  if (cursor.take("drop", "not", "null")) return { kind: "dropNotNull", column };
  if (cursor.take("set", "default") || cursor.take("drop", "default"))
    return { kind: "setDefault", column };
  if (cursor.take("type") || cursor.take("set", "data", "type"))
    return {
      kind: "alterType",
      column,
      type: typeAt(cursor),
    };
  return { kind: "other" };
}

function createIndex(cursor: Cursor, isUnique: boolean): Ddl {
  const isConcurrent = cursor.take("concurrently");
  cursor.take("if", "not", "exists");
  const name = cursor.isWord("on") ? "" : cursor.name();
  cursor.take("on");
  cursor.take("only");
  const table = cursor.name();
  if (cursor.take("using")) cursor.next();
  const columns = partsOf(cursor.group()).map((part) =>
    part.length === 1 || part[1]?.kind === "word" ? part[0]!.value : "(expression)",
  );
  return {
    kind: "createIndex",
    name,
    table,
    columns,
    isUnique,
    isConcurrent,
    isPartial: cursor.rest().some(({ value }) => value === "where"),
  };
}

function namesUpTo(cursor: Cursor): string[] {
  const names = [cursor.name()];
  while (cursor.takeSign(",")) names.push(cursor.name());
  return names;
}

function dropped(cursor: Cursor): Ddl {
  if (cursor.take("table")) {
    cursor.take("if", "exists");
    return { kind: "dropTable", tables: namesUpTo(cursor) };
  }
  if (cursor.take("schema") || cursor.take("database")) {
    cursor.take("if", "exists");
    return { kind: "dropSchema", name: cursor.name() };
  }
  if (cursor.take("index")) {
    const isConcurrent = cursor.take("concurrently");
    cursor.take("if", "exists");
    return { kind: "dropIndex", name: cursor.name(), isConcurrent };
  }
  return { kind: "harmless" };
}

const HARMLESS = new Set([
  "analyze",
  "comment",
  "commit",
  "begin",
  "grant",
  "lock",
  "optimize",
  "reindex",
  "revoke",
  "savepoint",
  "release",
  "select",
  "start",
  "vacuum",
]);

/** What the statement does. Names are as they are written; unquoted ones in lowercase. */
export function ddlOf(text: string, lexis: Lexis): Ddl {
  const cursor = new Cursor(statementTokens(text, lexis));
  if (cursor.take("create")) {
    cursor.take("or", "replace");
    if (!cursor.take("temporary")) cursor.take("temp");
    cursor.take("unlogged");
    if (cursor.take("table")) return createTable(cursor);
    const isUnique = cursor.take("unique");
    if (cursor.take("fulltext") || cursor.take("spatial"))
      return cursor.take("index") ? createIndex(cursor, false) : { kind: "harmless" };
    if (cursor.take("index")) return createIndex(cursor, isUnique);
    if (!cursor.take("type")) return { kind: "harmless" };
    const type = cursor.name();
    if (!cursor.take("as", "enum")) return { kind: "harmless" };
    return { kind: "createEnum", type, values: cursor.group().map(({ value }) => value) };
  }
  if (cursor.take("alter", "table")) {
    cursor.take("if", "exists");
    cursor.take("only");
    const table = cursor.name();
    const parts = partsOf(cursor.rest());
    const isCopy = parts.some(
      (part) => part[0]?.value === "algorithm" && part.at(-1)?.value === "copy",
    );
    return { kind: "alterTable", table, actions: parts.map(actionOf), isCopy };
  }
  if (cursor.take("alter", "type")) {
    const type = cursor.name();
    if (cursor.take("rename", "value")) return { kind: "alterType", type, does: "rename" };
    return { kind: "alterType", type, does: cursor.isWord("add") ? "add" : "other" };
  }
  if (cursor.take("rename", "table")) {
    const table = cursor.name();
    cursor.take("to");
    return {
      kind: "alterTable",
      table,
      actions: [{ kind: "renameTable", to: cursor.name() }],
      isCopy: false,
    };
  }
  if (cursor.take("drop")) return dropped(cursor);
  if (cursor.take("truncate")) {
    cursor.take("table");
    return { kind: "truncate", tables: namesUpTo(cursor) };
  }
  if (cursor.take("pragma")) return { kind: "pragma", name: cursor.name() };
  if (cursor.take("set")) {
    if (!cursor.take("local")) cursor.take("session");
    return { kind: "set", name: cursor.name() };
  }
  if (cursor.take("insert")) {
    while (cursor.isWord("ignore") || cursor.isWord("into") || cursor.isWord("or")) cursor.next();
    return { kind: "rows", table: cursor.name() };
  }
  if (cursor.take("update")) return { kind: "rows", table: cursor.name() };
  if (cursor.take("delete", "from")) return { kind: "rows", table: cursor.name() };
  if (cursor.isWord("with") || cursor.isWord("replace")) return { kind: "rows", table: "" };
  const first = cursor.peek();
  if (first?.kind === "word" && (HARMLESS.has(first.value) || first.value === "alter"))
    return { kind: "harmless" };
  return { kind: "unknown" };
}
