import type { Source } from "../ast/expression.ts";
import { FragmentNode } from "../ast/expression.ts";
import { renderLiterally, type QueryDialect } from "../dialect/dialect.ts";
import { resolveModel, resolveTable, type Model, type ViewModel } from "../schema/model.ts";
import type { Names } from "../schema/naming.ts";
import type { DeclaredTables } from "../schema/schema.ts";
import { infoOf, type TableInfo, type ViewSpec } from "../schema/table.ts";

function keyOf({ schema, table }: Source): string {
  return JSON.stringify([schema, table]);
}

function resolveView(
  info: TableInfo,
  query: ViewSpec["query"] & {},
  names: Names,
  dialect: QueryDialect,
): { readonly key: string; readonly reads: readonly string[]; readonly model: ViewModel } {
  const statement =
    query instanceof FragmentNode ? ({ kind: "raw", fragment: query } as const) : query;
  const { text, sources } = renderLiterally(dialect, names, statement);
  const read = new Map([...sources].map((source) => [keyOf(source), source]));
  const { name, schema, columns, indexes, comment } = resolveTable(info, names);
  const model: ViewModel = {
    name,
    ...(schema !== undefined && { schema }),
    columns,
    indexes,
    ...(comment !== undefined && { comment }),
    isMaterialized: info.view!.isMaterialized,
    text,
    reads: [...read.values()].map((source) => ({
      name: names.table(source.table),
      ...(source.schema !== undefined && { schema: source.schema }),
    })),
  };
  return { key: keyOf(info), reads: [...read.keys()], model };
}

/** The views that are to be made, those that others read before them. */
function resolveViews({ views }: DeclaredTables, names: Names, dialect: QueryDialect): ViewModel[] {
  const resolved = Object.values(views).flatMap((view) => {
    const info = infoOf(view);
    const query = info.view?.query;
    return query === undefined ? [] : [resolveView(info, query, names, dialect)];
  });
  const left = new Map(resolved.map((view) => [view.key, view]));
  const sorted: ViewModel[] = [];
  const visit = (view: (typeof resolved)[number] | undefined): void => {
    if (view === undefined || !left.delete(view.key)) return;
    for (const key of view.reads) visit(left.get(key));
    sorted.push(view.model);
  };
  for (const view of resolved) visit(view);
  return sorted;
}

/** The model of a schema for one database, in whose words its views are. */
export function modelOf(schema: DeclaredTables, names: Names, dialect: QueryDialect): Model {
  const views = resolveViews(schema, names, dialect);
  const model = resolveModel(schema, names, dialect.can.sharedNames);
  return views.length === 0 ? model : { ...model, views };
}
