import type { Dialect } from "../dialect/dialect.ts";
import type { Model } from "../schema/model.ts";
import { familyOf, planMigration } from "./diff/plan.ts";
import { matchSnapshot } from "./diff/rename.ts";
import { renderPlan } from "./render.ts";
import { emptySnapshot } from "./snapshot/snapshot.ts";

/** The statements that make all tables and views of a model. */
export function renderTables(model: Model, dialect: Dialect): string[] {
  const { views = [] } = model;
  const given = { views: { [familyOf(dialect)]: views } };
  const { snapshot } = matchSnapshot(emptySnapshot, model, given);
  const plan = planMigration(emptySnapshot, snapshot, dialect);
  return renderPlan(plan, dialect).statements.map(({ text }) => text);
}
