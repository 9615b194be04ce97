import type { Connected, Runner } from "../connect/source.ts";
import { transactionBehind } from "../connect/transaction/inside.ts";
import { runTransaction } from "../connect/transaction/run-transaction.ts";
import type { Dialect } from "../dialect/dialect.ts";
import type { Model } from "../schema/model.ts";
import type { DeclaredTables } from "../schema/schema.ts";
import { modelOf } from "./model-of.ts";
import { familyOf, planMigration } from "./diff/plan.ts";
import { renderPlan } from "./render.ts";
import { matchSnapshot } from "./diff/rename.ts";
import { emptySnapshot } from "./snapshot/snapshot.ts";

/** The statements that make all tables and views of a model. */
export function renderTables(model: Model, dialect: Dialect): string[] {
  const { views = [] } = model;
  const given = { views: { [familyOf(dialect)]: views } };
  const { snapshot } = matchSnapshot(emptySnapshot, model, given);
  const plan = planMigration(emptySnapshot, snapshot, dialect);
  return renderPlan(plan, dialect).statements.map(({ text }) => text);
}

/**
 * Makes the tables and views of a schema in an empty database: for tests and first steps. An application that lives longer than a
 * day uses migrations.
 *
 * @throws {QueryError} when a table exists. On a database whose DDL can't be rolled back, the tables before it stay.
 */
export async function createTables(db: Connected, schema: DeclaredTables): Promise<void> {
  const engine = db["~engine"];
  const { dialect, names } = engine;
  const texts = renderTables(modelOf(schema, names, dialect), dialect);
  const run = async (runner: Runner): Promise<void> => {
    for (const text of texts) await runner.script(text);
  };
  try {
    const runner = db["~runner"];
    const isAlone = dialect.can.transactionalDdl && transactionBehind(runner) === undefined;
    await (isAlone ? runTransaction(engine, {}, run) : run(runner));
  } catch (error) {
    throw dialect.toDbError(error);
  }
}
