import type { Connected, Runner } from "../connect/source.ts";
import { transactionBehind } from "../connect/transaction/inside.ts";
import { runTransaction } from "../connect/transaction/run-transaction.ts";
import type { QueryDialect } from "../dialect/dialect.ts";
import type { Names } from "../schema/naming.ts";
import type { DeclaredTables } from "../schema/schema.ts";

/** Loaded when it is asked for: what a program imports to query needs none of what migrations are made by. */
async function textsOf(
  schema: DeclaredTables,
  names: Names,
  dialect: QueryDialect,
): Promise<string[]> {
  const [{ modelOf }, { renderTables }] = await Promise.all([
    import("./model-of.ts"),
    import("./render-tables.ts"),
  ]);
  return renderTables(modelOf(schema, names, dialect), await dialect.withChanges());
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
  const texts = await textsOf(schema, names, dialect);
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
