/** A live database against its schema in code. */

import { findFoundations, inspect } from "../../connect/inspect.ts";
import type { Session } from "../../connect/session.ts";
import { withSession } from "../../connect/with-session.ts";
import type { Connected } from "../../connect/source.ts";
import { QueryError } from "../../core/error.ts";
import type { QueryDialect } from "../../dialect/dialect.ts";
import {
  createFilter,
  type ForeignObject,
  type Inspection,
} from "../../dialect/server/introspector.ts";
import type { Model } from "../../schema/model.ts";
import { keyOf, type Place } from "../../schema/moves.ts";
import type { Schema } from "../../schema/schema.ts";
import { adopt } from "../adopt.ts";
import { renderTables } from "../render-tables.ts";
import type { Plan } from "../diff/plan.ts";
import { modelOf } from "../model-of.ts";
import { changesToMend, planKeeping, planMending, snapshotOfModel } from "./mending.ts";
import { tablesIn, withoutOutside } from "./outside.ts";
import { differencesOf, type Difference } from "./words.ts";

export interface Drift {
  readonly differences: readonly Difference[];
  /**
   * What would make the database what is expected. It has no steps where nothing differs.
   *
   * @throws {ConfigError} `E_SCHEMA` where a column became what no conversion leads back from.
   */
  mend(): Plan;
  /** What would make others like it, for a migration that keeps what somebody changed by hand. */
  keep(): Plan;
  /** Tables and views that the schema doesn't know, which are left alone. */
  readonly undeclared: readonly Place[];
  /** Tables and views that only a database like the live one could make: their conditions are compared as written. */
  readonly unmade: readonly Place[];
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

function scratchable(model: Model, { can }: QueryDialect): Model {
  return can.schemasAreDatabases ? scratchModel(model) : model;
}

function isMade({ tables, views = [] }: Model, place: Place): boolean {
  return [...tables, ...views].some((one) => keyOf(one) === keyOf(place));
}

function placeOf({ name, schema }: Place): Place {
  return schema === undefined ? { name } : { schema, name };
}

function schemasOf({ enums, tables, views = [] }: Model): string[] {
  return [...new Set([...enums, ...tables, ...views].map(({ schema = "" }) => schema).concat(""))];
}

/**
 * What needs something that no declaration makes, such as an extension or a domain, isn't made there, and is compared as
 * it is written.
 */
/** Runs what can be run, in turns, as a statement may rest on one that comes after it. */
async function runAll(session: Session, statements: readonly string[]): Promise<void> {
  let left = statements;
  for (;;) {
    const refused: string[] = [];
    for (const text of left) {
      try {
        await session.script(text);
      } catch (error) {
        if (!(error instanceof QueryError)) throw error;
        refused.push(text);
      }
    }
    if (refused.length === left.length) return;
    left = refused;
  }
}

/** @param foundations What the tables of the live database rest on. */
function make(
  scratch: Connected,
  model: Model,
  schemas: readonly string[],
  foundations: readonly string[],
): Promise<Inspection> {
  return withSession(scratch, async (session) => {
    const dialect = await session.dialect.withChanges();
    const { can } = dialect;
    const own = scratchable(model, dialect);
    await runAll(session, [...foundations, ...renderTables(own, dialect)]);
    return inspect(session, can.schemasAreDatabases ? {} : { schemas });
  });
}

/**
 * A live model, in the words of a declaration as far as they mean the same.
 *
 * @param live What was read of the database.
 * @param scratch An empty database of the same server, in which the declaration is made.
 */
export async function inWordsOf(
  db: Connected,
  live: Model,
  declared: Model,
  scratch: Connected,
): Promise<Model> {
  const foundations = await withSession(db, findFoundations);
  const made = await make(scratch, declared, schemasOf(declared), foundations);
  return adopt(live, made.model, declared);
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

export interface DriftOptions {
  /** Tables and views that nobody expects and that aren't told; a `*` stands for any text. */
  readonly ignore?: readonly string[];
}

/**
 * Reads a live database and tells what differs from what is expected of it. It writes to the scratch database only.
 *
 * @param scratch An empty database of the same server, in which `expected` is made: a server writes conditions in its own
 *   words, so that only what it makes of the declaration can be compared.
 */
export async function compareDatabase(
  db: Connected,
  scratch: Connected,
  expected: Model,
  options: DriftOptions = {},
): Promise<Drift> {
  const dialect = await db["~engine"].dialect.withChanges();
  const schemas = schemasOf(expected);
  const foundations = await withSession(db, findFoundations);
  const made = await make(scratch, expected, schemas, foundations);
  const { model: live, others } = await withSession(db, (session) => inspect(session, { schemas }));
  const snapshot = snapshotOfModel(expected, dialect);
  const adopted = adopt(live, made.model, expected);
  const { model: kept, outside } = withoutOutside(known(adopted, expected), tablesIn(expected));
  const all = [...adopted.tables, ...(adopted.views ?? [])];
  const own = scratchable(expected, dialect);
  const isTold = createFilter(options);
  const compared = new Set([...kept.tables, ...(kept.views ?? [])].map(keyOf));
  return {
    differences: differencesOf(changesToMend(kept, snapshot, dialect)),
    mend: () => planMending(kept, snapshot, dialect),
    keep: () => planKeeping(kept, snapshot, dialect),
    undeclared: all
      .filter((place) => !compared.has(keyOf(place)) && isTold(place.name))
      .map(placeOf),
    unmade: [...own.tables, ...(own.views ?? [])]
      .filter((place) => !isMade(made.model, place))
      .map(placeOf),
    others: [...others, ...outside],
  };
}

/** Of a schema in code: see `compareDatabase`. */
export function findDrift(
  db: Connected,
  scratch: Connected,
  schema: Schema,
  options: DriftOptions = {},
): Promise<Drift> {
  const { dialect, names } = db["~engine"];
  return compareDatabase(db, scratch, modelOf(schema, names, dialect), options);
}
