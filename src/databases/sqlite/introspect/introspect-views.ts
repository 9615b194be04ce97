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

/** The query, which stands behind `as`. */
function queryOf(text: string): string {
  const tokens = tokensOf(text, { hasBrackets: true });
  let at = tokens.findIndex((token) => isSign(token, "(") || isWord(token, "as"));
  if (isSign(tokens[at], "(")) at = closingOf(tokens, at) + 1;
  return text.slice(tokens[at]?.end ?? 0).trim();
}

export async function findViews(source: ViewSource): Promise<ViewModel[]> {
  const { isWanted, objects, others } = source;
  if (!objects.some(({ type }) => type === "view")) return [];
  const columns = await columnsOfViews(source);
  const names = new Map(
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
    const text = queryOf(String(sql));
    const reads = new Set(
      tokensOf(text, { hasBrackets: true }).flatMap(({ kind, value }) =>
        kind === "name" || kind === "word" ? (names.get(value.toLowerCase()) ?? []) : [],
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
