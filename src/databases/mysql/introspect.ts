/** What a database of MySQL or MariaDB holds, from its catalogue. Schemas are databases here. */

import {
  createFilter,
  enumsOfTables,
  groupBy,
  textOr,
  type CatalogueRow,
  type ForeignKind,
  type ForeignObject,
  type Inspection,
  type Introspect,
} from "../../dialect/introspector.ts";
import { isSign, tokensOf } from "../../dialect/sql-tokens.ts";
import type { TableModel, ViewModel } from "../../schema/model.ts";
import { variantOf } from "./capabilities.ts";
import { catalogueQueries } from "./catalogue.ts";
import { TableReader, type TableContext } from "./introspect-table.ts";

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
  const tokens = tokensOf(definition, { hasBackslashes: true });
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

/** Those that others read come before them. */
function sorted(views: readonly ViewModel[]): ViewModel[] {
  const left = new Map(views.map((view) => [keyOf(view.schema, view.name), view]));
  const done: ViewModel[] = [];
  const visit = (view: ViewModel | undefined): void => {
    if (view === undefined || !left.delete(keyOf(view.schema, view.name))) return;
    for (const { schema, name } of view.reads) visit(left.get(keyOf(schema, name)));
    done.push(view);
  };
  for (const view of views) visit(view);
  return done;
}

export const introspect: Introspect = async (introspection): Promise<Inspection> => {
  const { ask: askRaw, literal, options, server, types } = introspection;
  const ask = async (text: string): Promise<CatalogueRow[]> => lowered(await askRaw(text));
  const isWanted = createFilter(options);
  const own = textOr((await ask("select database() as own"))[0]?.["own"]);
  const schemas = (options.schemas ?? [""])
    .map((name) => literal(name === "" ? own : name))
    .join(", ");
  const queries = catalogueQueries(schemas === "" ? "null" : schemas, server.product === "mariadb");
  const others: ForeignObject[] = [];
  const context: TableContext = {
    variant: variantOf(server),
    types,
    others,
    placeOf: (schema) => (schema === own || typeof schema !== "string" ? {} : { schema }),
  };
  const byTable = async (query: string) =>
    groupBy(await ask(query), (row) => keyOf(row["table_schema"], row["table_name"]));

  const relations = await ask(queries.tables);
  const columns = await byTable(queries.columns);
  const statistics = await byTable(queries.statistics);
  const foreignKeys = await byTable(queries.foreignKeys);
  const checks = await byTable(queries.checks);
  const definitions = await byTable(queries.views);
  const known = new Set(relations.map((row) => keyOf(row["table_schema"], row["table_name"])));

  const tables: TableModel[] = [];
  const views: ViewModel[] = [];
  for (const table of relations) {
    const name = String(table["table_name"]);
    if (!isWanted(name)) continue;
    const key = keyOf(table["table_schema"], table["table_name"]);
    const place = context.placeOf(table["table_schema"]);
    const type = String(table["table_type"]);
    const parts = {
      table,
      columns: columns.get(key) ?? [],
      statistics: statistics.get(key) ?? [],
      foreignKeys: foreignKeys.get(key) ?? [],
      checks: checks.get(key) ?? [],
    };
    if (type === "BASE TABLE" || type === "SYSTEM VERSIONED") {
      tables.push(new TableReader(parts, context).read());
    } else if (type === "VIEW") {
      const definition = definitions.get(key)?.[0]?.["view_definition"];
      if (typeof definition !== "string" || definition === "") {
        // The server shows it only to those who may.
        others.push({ kind: "view", name, ...place, detail: "its query is hidden" });
        continue;
      }
      const { text, reads } = viewText(definition, own, known);
      const { columns: viewed } = new TableReader(
        { ...parts, table: { ...table, engine: "InnoDB" } },
        context,
      ).read();
      views.push({
        name,
        ...place,
        columns: viewed.map((column) => ({ ...column, default: undefined })),
        indexes: [],
        isMaterialized: false,
        text,
        reads: reads.map((read) => ({ name: read.name, ...context.placeOf(read.schema) })),
      });
    } else {
      others.push({
        kind: type === "SEQUENCE" ? "sequence" : "table",
        name,
        ...place,
        detail: type.toLowerCase(),
      });
    }
  }
  for (const row of await ask(queries.others)) {
    const { detail, owner } = row;
    if (typeof owner === "string" && !isWanted(owner)) continue;
    others.push({
      kind: row["kind"] as ForeignKind,
      name: String(row["name"]),
      ...context.placeOf(row["table_schema"]),
      ...(typeof owner === "string" && { table: owner }),
      ...(typeof detail === "string" && { detail }),
    });
  }
  const model = { enums: enumsOfTables(tables), tables };
  return { model: views.length === 0 ? model : { ...model, views: sorted(views) }, others };
};
