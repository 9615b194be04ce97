import type { Connected, Runner } from "../connect/source.ts";
import { transactionBehind } from "../connect/inside.ts";
import { runTransaction } from "../connect/run-transaction.ts";
import { renderChange, type Dialect } from "../dialect/dialect.ts";
import type { Change, SetComment } from "../schema/change.ts";
import type { Model, TableModel, ViewModel } from "../schema/model.ts";
import type { Schema } from "../schema/schema.ts";
import { modelOf } from "./model-of.ts";

function keyOf(schema: string | undefined, name: string): string {
  return JSON.stringify([schema, name]);
}

/** Tables before those that point at them, as far as there is such an order. */
function ordered(model: Model): TableModel[] {
  const left = new Map(model.tables.map((table) => [keyOf(table.schema, table.name), table]));
  const sorted: TableModel[] = [];
  const visit = (table: TableModel): void => {
    if (!left.delete(keyOf(table.schema, table.name))) return;
    for (const { target, targetSchema } of table.foreignKeys) {
      const other = left.get(keyOf(targetSchema, target));
      if (other !== undefined) visit(other);
    }
    sorted.push(table);
  };
  for (const table of model.tables) visit(table);
  return sorted;
}

function commentsOf(
  { schema, name: table, columns, comment }: TableModel | ViewModel,
  on: SetComment["on"],
): Change[] {
  const all = [
    { column: undefined, comment },
    ...columns.map((column) => ({ column: column.name, comment: column.comment })),
  ];
  return all
    .filter((one) => one.comment !== undefined)
    .map((one) => ({ kind: "setComment", on, schema, table, ...one }));
}

/** The changes that make all tables and views of a model. */
export function planTables(model: Model, { can, types }: Pick<Dialect, "can" | "types">): Change[] {
  const tables = ordered(model);
  const enums = model.enums.filter((type) => types.isDeclared(type));
  const { views = [] } = model;
  const schemas = new Set([...enums, ...tables, ...views].map(({ schema }) => schema));
  const changes: Change[] = [
    ...[...schemas]
      .filter((name) => name !== undefined)
      .map((name): Change => ({ kind: "createSchema", name })),
    ...enums.map((type): Change => ({ kind: "createEnum", type })),
  ];
  for (const table of tables)
    changes.push({ kind: "createTable", table, hasForeignKeys: !can.addForeignKey });
  for (const table of tables) {
    for (const index of table.indexes) changes.push({ kind: "createIndex", table, index });
  }
  if (can.commentStatements) changes.push(...tables.flatMap((table) => commentsOf(table, "table")));
  if (can.addForeignKey) {
    for (const table of tables) {
      for (const foreignKey of table.foreignKeys)
        changes.push({
          kind: "addForeignKey",
          schema: table.schema,
          table: table.name,
          foreignKey,
        });
    }
  }
  for (const view of views) changes.push(...viewChanges(view, can));
  return changes;
}

function viewChanges(view: ViewModel, can: Dialect["can"]): Change[] {
  const table: TableModel = {
    ...view,
    primaryKey: undefined,
    uniques: [],
    checks: [],
    foreignKeys: [],
  };
  const on = view.isMaterialized ? "materialized view" : "view";
  return [
    { kind: "createView", view },
    ...view.indexes.map((index): Change => ({ kind: "createIndex", table, index })),
    ...(can.commentStatements ? commentsOf(view, on) : []),
  ];
}

/**
 * Makes the tables and views of a schema in an empty database: for tests and first steps. An application that lives longer than a
 * day uses migrations.
 *
 * @throws {QueryError} when a table exists. On a database whose DDL can't be rolled back, the tables before it stay.
 */
export async function createTables(db: Connected, schema: Schema): Promise<void> {
  const engine = db["~engine"];
  const { dialect, names } = engine;
  const changes = planTables(modelOf(schema, names, dialect), dialect);
  const texts = changes.map((change) => renderChange(dialect, names, change));
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
