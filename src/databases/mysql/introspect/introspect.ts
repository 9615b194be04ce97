/** What a database of MySQL or MariaDB holds, from its catalogue. Schemas are databases here. */

import {
  createFilter,
  enumsOfTables,
  groupBy,
  inOrder,
  textOr,
  type CatalogueRow,
  type ForeignKind,
  type ForeignObject,
  type Introspect,
  type Introspection,
} from "../../../dialect/server/introspector.ts";
import { isSign, tokensOf } from "../../../dialect/text/sql-tokens.ts";
import type { TableModel, ViewModel } from "../../../schema/model.ts";
import { variantOf } from "../capabilities.ts";
import { catalogueQueries, type CatalogueQueries } from "./catalogue.ts";
import { TableReader, type Source, type TableContext } from "./introspect-table.ts";

/** Servers differ in the case of the catalogue's columns. */
function lowered(rows: readonly CatalogueRow[]): CatalogueRow[] {
  return rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([key, value]) => [key.toLowerCase(), value])),
  );
}

function keyOf(schema: unknown, name: unknown): string {
  return JSON.stringify([schema, name]);
}

interface ViewText {
  readonly text: string;
  /** Tables and views that are named in it, with their database. */
  readonly reads: readonly { readonly schema: string; readonly name: string }[];
}

/** The server writes every table with its database; the connection's own is left out, as nobody declares it. */
function viewText(definition: string, own: string, tables: ReadonlySet<string>): ViewText {
  const tokens = tokensOf(definition, { hasBackslashEscapes: true });
  const reads = new Map<string, { schema: string; name: string }>();
  let text = "";
  let from = 0;
  tokens.forEach((token, at) => {
    const name = tokens[at + 2];
    if (token.kind !== "name" || !isSign(tokens[at + 1], ".") || name?.kind !== "name") return;
    if (isSign(tokens[at - 1], ".") || !tables.has(keyOf(token.value, name.value))) return;
    reads.set(keyOf(token.value, name.value), { schema: token.value, name: name.value });
    if (token.value !== own) return;
    text += definition.slice(from, token.start);
    from = name.start;
  });
  return { text: text + definition.slice(from), reads: [...reads.values()] };
}

interface Rows {
  readonly relations: readonly CatalogueRow[];
  sourceOf(table: CatalogueRow): Source;
  viewOf(view: CatalogueRow): CatalogueRow | undefined;
}

async function readRows(ask: Introspection["ask"], queries: CatalogueQueries): Promise<Rows> {
  const placeOf = (row: CatalogueRow): string => keyOf(row["table_schema"], row["table_name"]);
  const byTable = async (query: string): Promise<(table: CatalogueRow) => CatalogueRow[]> => {
    const groups = groupBy(await ask(query), placeOf);
    return (table) => groups.get(placeOf(table)) ?? [];
  };
  const relations = await ask(queries.tables);
  const columns = await byTable(queries.columns);
  const statistics = await byTable(queries.statistics);
  const foreignKeys = await byTable(queries.foreignKeys);
  const checks = await byTable(queries.checks);
  const views = await byTable(queries.views);
  return {
    relations,
    sourceOf: (table) => ({
      table,
      columns: columns(table),
      statistics: statistics(table),
      foreignKeys: foreignKeys(table),
      checks: checks(table),
    }),
    viewOf: (view) => views(view)[0],
  };
}

/** What no declaration can say of a view. */
function clausesOf(row: CatalogueRow): string[] {
  const check = textOr(row["check_option"], "NONE").toLowerCase();
  const isInvoker = row["security_type"] === "INVOKER";
  return [
    ...(check === "none" ? [] : [`with ${check} check option`]),
    ...(isInvoker ? ["sql security invoker"] : []),
  ];
}

/** Undefined where the server hides the query from those who may not see it. */
function viewOf(
  view: CatalogueRow,
  rows: Rows,
  own: string,
  known: ReadonlySet<string>,
  context: TableContext,
): ViewModel | undefined {
  const row = rows.viewOf(view);
  const query = textOr(row?.["view_definition"]);
  if (row === undefined || query === "") return undefined;
  const place = context.placeOf(view["table_schema"]);
  const table = String(view["table_name"]);
  for (const name of clausesOf(row)) context.others.push({ kind: "clause", name, ...place, table });
  const { text, reads } = viewText(query, own, known);
  return {
    name: table,
    ...place,
    columns: new TableReader(rows.sourceOf(view), context).columns(),
    indexes: [],
    isMaterialized: false,
    text,
    reads: reads.map((read) => ({ name: read.name, ...context.placeOf(read.schema) })),
  };
}

function foreignOf(row: CatalogueRow, context: TableContext): ForeignObject {
  const { detail, owner } = row;
  return {
    kind: row["kind"] as ForeignKind,
    name: String(row["name"]),
    ...context.placeOf(row["table_schema"]),
    ...(typeof owner === "string" && { table: owner }),
    ...(typeof detail === "string" && { detail }),
  };
}

export const introspect: Introspect = async (introspection) => {
  const { literal, options, server, types } = introspection;
  const ask = async (text: string): Promise<CatalogueRow[]> =>
    lowered(await introspection.ask(text));
  const isWanted = createFilter(options);
  const own = textOr((await ask("select database() as own"))[0]?.["own"]);
  const schemas = (options.schemas ?? [""]).map((name) => literal(name === "" ? own : name));
  const queries = catalogueQueries(schemas.join(", ") || "null", server.product === "mariadb");
  const others: ForeignObject[] = [];
  const context: TableContext = {
    variant: variantOf(server),
    types,
    others,
    placeOf: (schema) => (schema === own || typeof schema !== "string" ? {} : { schema }),
  };
  const rows = await readRows(ask, queries);
  const known = new Set(rows.relations.map((row) => keyOf(row["table_schema"], row["table_name"])));
  const tables: TableModel[] = [];
  const views: ViewModel[] = [];
  for (const row of rows.relations) {
    const name = String(row["table_name"]);
    if (!isWanted(name)) continue;
    const place = { name, ...context.placeOf(row["table_schema"]) };
    const type = String(row["table_type"]);
    if (type === "BASE TABLE" || type === "SYSTEM VERSIONED") {
      tables.push(new TableReader(rows.sourceOf(row), context).read());
    } else if (type === "VIEW") {
      const view = viewOf(row, rows, own, known, context);
      if (view === undefined)
        others.push({ kind: "view", ...place, detail: "its query is hidden" });
      else views.push(view);
    } else {
      const kind = type === "SEQUENCE" ? "sequence" : "table";
      others.push({ kind, ...place, detail: type.toLowerCase() });
    }
  }
  for (const row of await ask(queries.others)) {
    if (typeof row["owner"] !== "string" || isWanted(row["owner"]))
      others.push(foreignOf(row, context));
  }
  const model = { enums: enumsOfTables(tables), tables };
  return { model: views.length === 0 ? model : { ...model, views: inOrder(views) }, others };
};
