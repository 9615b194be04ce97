/** What would make a live database what its schema says, as a migration that keeps what is there. */

import type { Dialect } from "../dialect/dialect.ts";
import type { Model } from "../schema/model.ts";
import { familyOf, planMigration, type Plan } from "./diff/plan.ts";
import { matchSnapshot } from "./diff/rename.ts";
import type { Snapshot } from "./snapshot/snapshot.ts";

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

/**
 * The plan is empty where nothing differs. What is renamed is told as dropped and added, as nobody is asked.
 *
 * @param live In the words of the schema, as `adopt` makes it.
 */
export function planMending(live: Model, declared: Snapshot, dialect: Dialect): Plan {
  const views = { ...declared.views, [familyOf(dialect)]: live.views ?? [] };
  const { snapshot } = matchSnapshot(declared, live, { views });
  return planMigration(snapshot, declared, dialect);
}
