/** What a PostgreSQL database holds, from its catalogue. */

import type { EnumType } from "../../../ast/logical-type.ts";
import {
  createFilter,
  enumsOfTables,
  groupBy,
  inOrder,
  textOr,
  type CatalogueRow,
  type ForeignKind,
  type ForeignObject,
  type Inspection,
  type Introspect,
  type Introspection,
} from "../../../dialect/server/introspector.ts";
import type { TableModel, ViewModel } from "../../../schema/model.ts";
import { keyOf } from "../../../schema/moves.ts";
import { catalogueQueries, type CatalogueQueries } from "./catalogue.ts";
import { placeOf, TableReader, type Context } from "./introspect-table.ts";

type Ask = Introspection["ask"];
type Relations = Pick<Inspection["model"], "tables"> & { readonly views: readonly ViewModel[] };

function enumOfRow(row: CatalogueRow, own: string): EnumType {
  return {
    kind: "enum",
    name: String(row["name"]),
    ...(row["schema"] !== own && { schema: String(row["schema"]) }),
    values: row["labels"] as readonly string[],
  };
}

async function readRelations(
  ask: Ask,
  queries: CatalogueQueries,
  isWanted: (name: string) => boolean,
  context: Context,
): Promise<Relations> {
  const byRelation = async (query: string): Promise<(oid: string) => readonly CatalogueRow[]> => {
    const groups = groupBy(await ask(query), ({ relation }) => String(relation));
    return (oid) => groups.get(oid) ?? [];
  };
  const relations = await ask(queries.relations);
  const columns = await byRelation(queries.columns);
  const constraints = await byRelation(queries.constraints);
  const indexes = await byRelation(queries.indexes);
  const reads = await byRelation(queries.reads);
  const tables: TableModel[] = [];
  const views: ViewModel[] = [];
  for (const relation of relations) {
    if (!isWanted(String(relation["name"]))) continue;
    const oid = String(relation["oid"]);
    const source = {
      relation,
      columns: columns(oid),
      constraints: constraints(oid),
      indexes: indexes(oid),
    };
    const reader = new TableReader(source, context);
    if (typeof relation["query"] !== "string") tables.push(reader.table());
    else {
      const read = reads(oid).map((row) => ({
        name: String(row["name"]),
        ...placeOf(row["schema"], context),
      }));
      views.push(reader.view(read));
    }
  }
  return { tables, views };
}

function foreignOf(row: CatalogueRow, context: Context): ForeignObject {
  const { detail, owner } = row;
  return {
    kind: row["kind"] as ForeignKind,
    name: String(row["name"]),
    ...placeOf(row["schema"], context),
    ...(typeof owner === "string" && { table: owner }),
    ...(typeof detail === "string" && { detail }),
  };
}

export const introspect: Introspect = async ({ ask, literal, options, server }) => {
  const isWanted = createFilter(options);
  const own = textOr((await ask("select current_schema() as own"))[0]?.["own"], "public");
  const schemas = (options.schemas ?? [""]).map((name) => literal(name === "" ? own : name));
  const queries = catalogueQueries(schemas.join(", ") || "null", server.version[0]);

  const labels = await ask(queries.enums);
  const place = (schema: unknown, name: unknown): string =>
    keyOf({ schema: String(schema), name: String(name) });
  const enums = new Map(
    labels.map((row) => [place(row["schema"], row["name"]), enumOfRow(row, own)] as const),
  );
  const context: Context = {
    own,
    findEnum: (schema, name) => enums.get(place(schema, name)),
    others: [],
  };
  const { tables, views } = await readRelations(ask, queries, isWanted, context);
  for (const row of await ask(queries.others)) {
    if (typeof row["owner"] !== "string" || isWanted(row["owner"]))
      context.others.push(foreignOf(row, context));
  }
  const listed = labels
    .filter((row) => row["is_listed"] === true)
    .map((row) => enumOfRow(row, own));
  const model = { enums: enumsOfTables(tables, listed), tables };
  return {
    model: views.length === 0 ? model : { ...model, views: inOrder(views) },
    others: context.others,
  };
};
