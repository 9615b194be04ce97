/** Views, whose text SQLite keeps as it was given. */

import {
  groupBy,
  inOrder,
  textOr,
  type CatalogueRow,
  type ForeignObject,
  type Introspection,
} from "../../../dialect/server/introspector.ts";
import { closingOf, isSign, isWord, tokensOf } from "../../../dialect/text/sql-tokens.ts";
import type { ColumnModel, ViewModel } from "../../../schema/model.ts";
import { findType } from "./introspect-types.ts";

const COLUMNS = `select v.name as owner, c.name, c.type
  from sqlite_schema as v join pragma_table_xinfo(v.name) as c where v.type = 'view'`;

interface ViewSource extends Pick<Introspection, "ask"> {
  readonly objects: readonly CatalogueRow[];
  readonly isWanted: (name: string) => boolean;
  /** Gets the views that can't be read. */
  readonly others: ForeignObject[];
}

/** One view that reads what is there no more makes the query for all of them fail. */
async function columnsOfViews({ ask, objects }: ViewSource): Promise<Map<string, CatalogueRow[]>> {
  try {
    return groupBy(await ask(`${COLUMNS} order by c.cid`), ({ owner }) => String(owner));
  } catch {
    const found: CatalogueRow[] = [];
    for (const { name, type } of objects) {
      if (type !== "view") continue;
      const literal = `'${String(name).replaceAll("'", "''")}'`;
      const rows = await ask(`${COLUMNS} and v.name = ${literal} order by c.cid`).catch(() => []);
      found.push(...rows);
    }
    return groupBy(found, ({ owner }) => String(owner));
  }
}

function columnOf(row: CatalogueRow, table: string): ColumnModel {
  const column = String(row["name"]);
  const declared = textOr(row["type"]);
  const source = { table, column, declared, note: undefined, collation: undefined, checks: [] };
  const { type } = findType(source);
  return {
    name: column,
    type,
    nullable: true,
    isAutoIncrement: false,
    default: undefined,
    generated: undefined,
  };
}

/** Whether the columns of a query are those that what it reads has at the time. */
function hasAllColumns(query: string): boolean {
  const tokens = tokensOf(query, { hasBrackets: true });
  let depth = 0;
  return tokens.some((token, at) => {
    if (isSign(token, "(")) depth++;
    if (isSign(token, ")")) depth--;
    const before = tokens[at - 1];
    const isFirst = STARTS.some((word) => isWord(before, word));
    return (
      depth === 0 && isSign(token, "*") && (isFirst || isSign(before, ",") || isSign(before, "."))
    );
  });
}

const STARTS = ["all", "distinct", "select"];

/**
 * The query, which stands behind `as`. One that takes all columns is asked for those that it has now, as a view is
 * declared with its columns, and would break when what it reads gets another one.
 */
function queryOf(text: string, columns: readonly string[]): string {
  const tokens = tokensOf(text, { hasBrackets: true });
  let at = tokens.findIndex((token) => isSign(token, "(") || isWord(token, "as"));
  const isNamed = isSign(tokens[at], "(");
  if (isNamed) at = closingOf(tokens, at) + 1;
  const query = text.slice(tokens[at]?.end ?? 0).trim();
  if (isNamed || !hasAllColumns(query)) return query;
  const names = columns.map((name) => `"${name.replaceAll('"', '""')}"`);
  return `select ${names.join(", ")} from (${query})`;
}

export async function findViews(source: ViewSource): Promise<ViewModel[]> {
  const { isWanted, objects, others } = source;
  if (!objects.some(({ type }) => type === "view")) return [];
  const columns = await columnsOfViews(source);
  const known = new Map(
    objects
      .filter(({ type }) => type === "table" || type === "view")
      .map(({ name }) => [String(name).toLowerCase(), String(name)]),
  );
  const views = objects.flatMap(({ type, name: given, sql }): ViewModel[] => {
    const name = String(given);
    if (type !== "view" || !isWanted(name)) return [];
    const own = columns.get(name);
    if (own === undefined) {
      others.push({ kind: "view", name, detail: "reads what is there no more" });
      return [];
    }
    const names = own.map((row) => String(row["name"]));
    const text = queryOf(String(sql), names);
    const reads = new Set(
      tokensOf(text, { hasBrackets: true }).flatMap(({ kind, value }) =>
        kind === "name" || kind === "word" ? (known.get(value.toLowerCase()) ?? []) : [],
      ),
    );
    reads.delete(name);
    return [
      {
        name,
        columns: own.map((row) => columnOf(row, name)),
        indexes: [],
        isMaterialized: false,
        text,
        reads: [...reads].map((read) => ({ name: read })),
      },
    ];
  });
  return inOrder(views);
}
