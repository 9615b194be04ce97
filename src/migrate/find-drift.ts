/** A live database against its schema in code. */

import { inspect } from "../connect/inspect.ts";
import { Session } from "../connect/session.ts";
import type { Connected } from "../connect/source.ts";
import type { ForeignObject, Inspection } from "../dialect/server/introspector.ts";
import type { Model } from "../schema/model.ts";
import { keyOf, type Place } from "../schema/moves.ts";
import type { Schema } from "../schema/schema.ts";
import { adopt } from "./adopt.ts";
import { renderTables } from "./create-tables.ts";
import { planMending } from "./drift.ts";
import { modelOf } from "./model-of.ts";
import { familyOf, type Plan } from "./diff/plan.ts";
import { matchSnapshot } from "./diff/rename.ts";
import { emptySnapshot } from "./snapshot/snapshot.ts";

export interface Drift {
  /** What would make the database what its schema says. It has no steps where nothing differs. */
  readonly plan: Plan;
  /** Tables and views that the schema doesn't know, which are left alone. */
  readonly undeclared: readonly Place[];
  /** What the database has and no declaration can say. */
  readonly others: readonly ForeignObject[];
}

/** What may be made in a scratch database: where schemas are databases, those of the live one are not to be touched. */
function scratchModel(model: Model): Model {
  const isOwn = (place: { readonly schema?: string }): boolean => place.schema === undefined;
  const tables = model.tables.filter(isOwn).map((table) => ({
    ...table,
    foreignKeys: table.foreignKeys.filter(({ targetSchema }) => targetSchema === undefined),
  }));
  const views = (model.views ?? []).filter((view) => isOwn(view) && view.reads.every(isOwn));
  return { ...model, tables, ...(views.length > 0 && { views }) };
}

function schemasOf({ enums, tables, views = [] }: Model): string[] {
  return [...new Set([...enums, ...tables, ...views].map(({ schema = "" }) => schema).concat(""))];
}

async function withSession<Result>(
  db: Connected,
  work: (session: Session) => Promise<Result>,
): Promise<Result> {
  const session = await Session.open(db["~engine"]);
  let isDone = false;
  try {
    const result = await work(session);
    isDone = true;
    return result;
  } finally {
    session.release(!isDone);
  }
}

function make(scratch: Connected, model: Model, schemas: readonly string[]): Promise<Inspection> {
  return withSession(scratch, async (session) => {
    const { can } = session.dialect;
    const own = can.schemasAreDatabases ? scratchModel(model) : model;
    for (const text of renderTables(own, session.dialect)) await session.script(text);
    return inspect(session, can.schemasAreDatabases ? {} : { schemas });
  });
}

/** What the schema knows, and an enum of it. */
function known(live: Model, declared: Model): Model {
  const names = new Set([...declared.tables, ...(declared.views ?? [])].map(keyOf));
  const enums = new Set(declared.enums.map(keyOf));
  const isKnown = (place: Place): boolean => names.has(keyOf(place));
  return {
    enums: live.enums.filter((type) => enums.has(keyOf(type))),
    tables: live.tables.filter(isKnown),
    views: live.views?.filter(isKnown) ?? [],
  };
}

/**
 * Reads a live database and tells what differs from its schema. It writes to the scratch database only.
 *
 * @param scratch An empty database of the same server, in which the schema is made: a server writes conditions in its own
 *   words, so that only what it makes of the declaration can be compared.
 * @throws {ConfigError} `E_SCHEMA` where a column became what no conversion leads back from.
 */
export async function findDrift(
  db: Connected,
  scratch: Connected,
  schema: Schema,
  options: { readonly ignore?: readonly string[] } = {},
): Promise<Drift> {
  const { dialect, names } = db["~engine"];
  const declared = modelOf(schema, names, dialect);
  const schemas = schemasOf(declared);
  const made = await make(scratch, declared, schemas);
  const { model: live, others } = await withSession(db, (session) =>
    inspect(session, { ...options, schemas }),
  );
  const views = { [familyOf(dialect)]: declared.views ?? [] };
  const { snapshot } = matchSnapshot(emptySnapshot, declared, { views });
  const adopted = adopt(live, made.model, declared);
  const kept = known(adopted, declared);
  const all = [...adopted.tables, ...(adopted.views ?? [])];
  const compared = new Set([...kept.tables, ...(kept.views ?? [])].map(keyOf));
  return {
    plan: planMending(kept, snapshot, dialect),
    undeclared: all
      .filter((place) => !compared.has(keyOf(place)))
      .map(({ schema: own, name }) => (own === undefined ? { name } : { schema: own, name })),
    others,
  };
}
