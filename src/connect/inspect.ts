import type { Family } from "../ast/codec.ts";
import { declarable } from "../dialect/server/declarable.ts";
import { historyToolOf } from "../dialect/server/histories.ts";
import type { ForeignObject, InspectOptions, Inspection } from "../dialect/server/introspector.ts";
import type { Session } from "./session.ts";

/** The histories of other tools' migrations are theirs: no schema declares them, and nobody is to drop them. */
function withoutHistories({ model, others }: Inspection): Inspection {
  const histories: ForeignObject[] = [];
  const tables = model.tables.filter(({ columns, name, schema }) => {
    const tool = historyToolOf(
      name,
      columns.map((column) => column.name),
    );
    if (tool === undefined) return true;
    const place = schema === undefined ? {} : { schema };
    histories.push({ kind: "table", name, ...place, detail: `where ${tool} keeps its migrations` });
    return false;
  });
  if (histories.length === 0) return { model, others };
  const names = new Set(histories.map(({ name }) => name));
  const rest = others.filter(({ table }) => table === undefined || !names.has(table));
  return { model: { ...model, tables }, others: [...rest, ...histories] };
}

/** Statements that make in an empty database what the tables of this one rest on and no declaration says. */
export async function findFoundations(session: Session): Promise<string[]> {
  const statements = await session.dialect.findFoundations?.({
    ask: (text) => session.askRaw(text),
  });
  return statements ?? [];
}

/**
 * Reads what the database holds into the model that declarations resolve to, with what no declaration can say beside it.
 * Plinth's own table of migrations is left out, and those of other tools are among what no declaration says.
 */
export async function inspect(session: Session, options: InspectOptions = {}): Promise<Inspection> {
  const { introspect, migrations, server, spelling, types } = session.dialect;
  const found = await introspect({
    ask: (text) => session.askRaw(text),
    server,
    types,
    literal: spelling.queryLiteral ?? spelling.textLiteral,
    options,
  });
  // The last is the family; those before it are its members.
  const family = migrations.families.at(-1) as Family;
  const own = options.hasHistories === true ? found : withoutHistories(found);
  return declarable(own, { types, family, literal: spelling.textLiteral });
}
