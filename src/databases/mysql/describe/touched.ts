/**
 * Which tables a statement reads and writes. The server doesn't tell: its plan has aliases for tables, and views taken apart.
 * So they are found where names of tables stand in the text, and in that of views; what is no plain statement, calls a
 * function of one's own, or fires triggers, is left open.
 */

import {
  readBeside,
  sortedTables,
  type DescribeContext,
  type Description,
  type TableOrigin,
} from "../../../dialect/server/description.ts";
import {
  actionOf,
  withCascades,
  type Cascade,
  type RowChange,
} from "../../../dialect/server/cascades.ts";
import { closingOf, isSign, isWord, type SqlToken } from "../../../dialect/text/sql-tokens.ts";
import { Blocks, isName, wordOf } from "./blocks.ts";
import { namedTables } from "./named-tables.ts";
import type { Relations } from "./relations.ts";

type Touched = Pick<Description, "reads" | "writes">;
type Tokens = readonly SqlToken[];

const UNKNOWN: Touched = { reads: undefined, writes: undefined };

const OTHERS = `
  select 'table' as kind, table_name as name, null as target, null as on_delete, null as on_update,
    null as columns, null as target_columns
  from information_schema.tables where table_schema = database() and table_type = 'BASE TABLE'
  union all select 'trigger', event_object_table, null, null, null, null, null from information_schema.triggers
  where event_object_schema = database()
  union all select 'routine', routine_name, null, null, null, null, null from information_schema.routines
  where routine_schema = database()
  union all select 'key', r.table_name, r.referenced_table_name, delete_rule, update_rule,
    group_concat(column_name separator '/'), group_concat(referenced_column_name separator '/')
  from information_schema.referential_constraints as r join information_schema.key_column_usage as k
    on k.constraint_schema = r.constraint_schema and k.table_name = r.table_name and k.constraint_name = r.constraint_name
  where r.constraint_schema = database()
  group by r.table_name, r.constraint_name, r.referenced_table_name, delete_rule, update_rule`;

export interface Touchables {
  readonly tables: ReadonlySet<string>;
  readonly triggered: ReadonlySet<string>;
  /** In small letters, as the server doesn't tell their case. */
  readonly routines: ReadonlySet<string>;
  readonly cascades: readonly Cascade[];
}

export async function readTouchables(ask: DescribeContext["ask"]): Promise<Touchables> {
  const rows = await ask(OTHERS);
  const named = (kind: string): string[] =>
    rows.filter((row) => row["kind"] === kind).map(({ name }) => String(name));
  const cascades = rows
    .filter(({ kind }) => kind === "key")
    .map((row): Cascade => ({
      table: String(row["name"]),
      target: String(row["target"]),
      columns: String(row["columns"]).split("/"),
      targetColumns: String(row["target_columns"]).split("/"),
      onDelete: actionOf(row["on_delete"]),
      onUpdate: actionOf(row["on_update"]),
    }));
  return {
    tables: new Set(named("table")),
    triggered: new Set(named("trigger")),
    routines: new Set(named("routine").map((name) => name.toLowerCase())),
    cascades,
  };
}

/** Names that WITH gives to queries. */
function queryNames(tokens: Tokens): ReadonlySet<string> {
  const names = tokens.filter((token, at) => {
    const behind = isSign(tokens[at + 1], "(") ? closingOf(tokens, at + 1) + 1 : at + 1;
    return isName(token) && isWord(tokens[behind], "as") && isSign(tokens[behind + 1], "(");
  });
  return new Set(names.map(({ value }) => value));
}

export class Toucher {
  readonly #relations: Relations;
  readonly #touchables: Touchables;

  constructor(relations: Relations, touchables: Touchables) {
    this.#relations = relations;
    this.#touchables = touchables;
  }

  touched(text: string, tokens: Tokens): Touched {
    const change = this.#changeOf(tokens);
    if (change === undefined || this.#hasRoutine(this.#relations.wordsOf(tokens))) return UNKNOWN;
    const named = this.#tablesOf(tokens);
    if (named === undefined) return UNKNOWN;
    if (change === "read") return { reads: sortedTables(named), writes: [] };
    const target = new Blocks(text, tokens).target?.text.replaceAll(/^[`"]|[`"]$/g, "") ?? "";
    const isOne = named.length > 0 && this.#touchables.tables.has(target);
    // Several tables in one write, or one elsewhere.
    if (!isOne || (change[0]?.kind !== "insert" && isJoined(tokens))) return UNKNOWN;
    const written = withCascades(
      change.map((one) => [target, one]),
      this.#touchables.cascades,
    );
    if ([...written].some((table) => this.#touchables.triggered.has(table))) return UNKNOWN;
    const writes = sortedTables([...written].map((table) => ({ schema: undefined, table })));
    return { reads: readBeside(named, writes), writes };
  }

  #changeOf(tokens: Tokens): "read" | readonly RowChange[] | undefined {
    const has = (word: string): boolean => tokens.some((token) => isWord(token, word));
    const first = tokens.find((token) => !isSign(token, "("));
    switch (wordOf(first)) {
      case "select":
      case "values":
      case "with":
        return has("into") ? undefined : "read";
      case "insert":
        return has("duplicate") ? [{ kind: "insert" }, updateOf(tokens)] : [{ kind: "insert" }];
      case "replace":
        return [{ kind: "insert" }, { kind: "delete" }];
      case "update":
        return [updateOf(tokens)];
      case "delete":
        return [{ kind: "delete" }];
      default:
        return undefined;
    }
  }

  #hasRoutine(tokens: Tokens): boolean {
    return tokens.some(
      (token, at) =>
        isName(token) &&
        isSign(tokens[at + 1], "(") &&
        this.#touchables.routines.has(token.value.toLowerCase()),
    );
  }

  /** Undefined where a name isn't known. */
  #tablesOf(tokens: Tokens, seen: ReadonlySet<string> = new Set()): TableOrigin[] | undefined {
    const queries = queryNames(tokens);
    const tables: TableOrigin[] = [];
    for (const { schema, name } of namedTables(tokens)) {
      const isOwn = schema === undefined || this.#relations.isOwn(schema);
      if (!isOwn) tables.push({ schema, table: name });
      else if (schema === undefined && queries.has(name)) continue;
      else if (this.#touchables.tables.has(name)) tables.push({ schema: undefined, table: name });
      else if (schema === undefined && (name === "dual" || name === "json_table")) continue;
      else {
        const view = seen.has(name) ? undefined : this.#relations.viewOf(name);
        const inner = view && this.#tablesOf(view, new Set([...seen, name]));
        if (inner === undefined) return undefined;
        tables.push(...inner);
      }
    }
    return tables;
  }
}

/** With the columns that are given values: `set a = 1, t.b = 2`. */
function updateOf(tokens: Tokens): RowChange {
  const begin = tokens.findLastIndex((token, at) =>
    isWord(token, "update") ? isWord(tokens[at - 1], "key") : isWord(token, "set"),
  );
  const columns: string[] = [];
  for (let at = begin + 1; at < tokens.length; at++) {
    if (isSign(tokens[at], "(")) at = closingOf(tokens, at);
    else if (isSign(tokens[at + 1], "=") && isName(tokens[at])) columns.push(tokens[at]!.value);
  }
  return { kind: "update", columns };
}

/** Whether a write names more tables than one before its conditions. */
function isJoined(tokens: Tokens): boolean {
  const isUpdate = isWord(tokens[0], "update");
  const end = tokens.findIndex((token) => isWord(token, isUpdate ? "set" : "where"));
  const head = tokens.slice(0, end === -1 ? tokens.length : end);
  if (head.some((token) => /^(?:join|straight_join|using)$/.test(wordOf(token)))) return true;
  return head.some((token) => isSign(token, ","));
}
