/** What would make a live database what its schema says, or the schema what the database is, keeping what is there. */

import type { Dialect, QueryDialect } from "../../dialect/dialect.ts";
import type { Change } from "../../schema/change.ts";
import type { Model } from "../../schema/model.ts";
import { familyOf, findChanges, planMigration, type Plan } from "../diff/plan.ts";
import { matchSnapshot } from "../diff/rename.ts";
import { emptySnapshot, type Snapshot } from "../snapshot/snapshot.ts";

/** Of tables and enums; a snapshot has the views of each family of databases beside them. */
export function modelOfSnapshot({ enums, tables }: Snapshot): Model {
  return {
    enums: enums.map(({ type }) => type),
    tables: tables.map(({ id: _id, ...table }) => ({
      ...table,
      columns: table.columns.map(({ id: _columnId, ...column }) => column),
    })),
  };
}

/** The same, with the views that it has for a database. */
export function modelOfDatabase(snapshot: Snapshot, dialect: QueryDialect): Model {
  const model = modelOfSnapshot(snapshot);
  const views = snapshot.views?.[familyOf(dialect)];
  return views === undefined || views.length === 0 ? model : { ...model, views };
}

/** A model by itself, from which a plan may start or where it may end. */
export function snapshotOfModel(model: Model, dialect: QueryDialect): Snapshot {
  const views = { [familyOf(dialect)]: model.views ?? [] };
  return matchSnapshot(emptySnapshot, model, { views }).snapshot;
}

function snapshotOfLive(live: Model, declared: Snapshot, dialect: Dialect): Snapshot {
  const views = { ...declared.views, [familyOf(dialect)]: live.views ?? [] };
  return matchSnapshot(declared, live, { views }).snapshot;
}

/**
 * The plan is empty where nothing differs. What is renamed is told as dropped and added, as nobody is asked.
 *
 * @param live In the words of the schema, as `adopt` makes it.
 * @throws {ConfigError} `E_SCHEMA` where a column became what no conversion leads back from.
 */
export function planMending(live: Model, declared: Snapshot, dialect: Dialect): Plan {
  return planMigration(snapshotOfLive(live, declared, dialect), declared, dialect);
}

/** The other way round: what makes of any database with that schema one like the live one. */
export function planKeeping(live: Model, declared: Snapshot, dialect: Dialect): Plan {
  return planMigration(declared, snapshotOfLive(live, declared, dialect), dialect);
}

/** What differs, as what would mend it. */
export function changesToMend(live: Model, declared: Snapshot, dialect: Dialect): Change[] {
  return findChanges(snapshotOfLive(live, declared, dialect), declared, dialect);
}
