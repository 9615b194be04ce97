/** How the database goes about a query. */

import type { Statement } from "../../ast/statement.ts";
import { UnsupportedError } from "../../core/error.ts";
import { nextStatementId, type DriverStatement } from "../../dialect/driver.ts";
import type { PlanNode } from "../../dialect/server/explain.ts";
import { inTransaction } from "../write/atomic.ts";
import type { Scope } from "../run.ts";

export interface ExplainOptions {
  /** Runs the query, to tell what it took; a write is undone. Default false. */
  readonly analyze?: boolean | undefined;
}

export interface Explained {
  readonly statement: DriverStatement;
  readonly parameters: readonly unknown[];
  readonly isRead: boolean;
  readonly toDbError: (error: unknown) => unknown;
}

export async function explain(
  scope: Scope,
  source: Statement,
  options: ExplainOptions,
): Promise<PlanNode> {
  const values: unknown[] = [];
  const plan = scope.plans.planOf(source, values);
  const explained = {
    statement: plan.statement,
    parameters: plan.bind(values, scope.context),
    isRead: source.kind === "select",
    toDbError: (error: unknown) => plan.toDbError(error),
  };
  return explainBound(scope, explained, options);
}

/** The same of a statement with its values. */
export async function explainBound(
  scope: Scope,
  explained: Explained,
  { analyze = false }: ExplainOptions,
): Promise<PlanNode> {
  try {
    if (!analyze) return await ask(scope, explained, false);
    if (explained.isRead) return await measure(scope, explained);
    refuseUnmeasured(scope);
    return await undone(scope, (inner) => measure(inner, explained));
  } catch (error) {
    throw explained.toDbError(error);
  }
}

function refuseUnmeasured(scope: Scope): void {
  const { dialect } = scope.plans.engine;
  if (dialect.explain.measures !== "reads") return;
  throw new UnsupportedError({
    dialect: dialect.name,
    feature: "explain({ analyze: true }) of a write",
    instead: "Leave analyze out, or explain a select with the same condition.",
  });
}

async function ask(scope: Scope, explained: Explained, isMeasured: boolean): Promise<PlanNode> {
  const rules = scope.plans.engine.dialect.explain;
  const { text } = explained.statement;
  const statement: DriverStatement = {
    id: nextStatementId(),
    text: rules.prefix(isMeasured) + text,
    isWrite: isMeasured && !explained.isRead,
    isKept: false,
    isWide: false,
    untyped: [],
  };
  return rules.read(await scope.runner.rows(statement, explained.parameters), isMeasured);
}

/** Where the database doesn't measure its steps, the whole is. */
async function measure(scope: Scope, explained: Explained): Promise<PlanNode> {
  const { clock, dialect } = scope.plans.engine;
  if (dialect.explain.measures !== "nothing") return ask(scope, explained, true);
  const plan = await ask(scope, explained, false);
  const { isRead, parameters, statement } = explained;
  const startMs = clock.monotonicMs();
  const actualRows = isRead
    ? (await scope.runner.rows(statement, parameters)).length
    : (await scope.runner.write(statement, parameters)).affectedRows;
  return plan.measured(actualRows, clock.monotonicMs() - startMs);
}

/** Runs `work` in a transaction, or a savepoint, that is rolled back. */
async function undone(scope: Scope, work: (inner: Scope) => Promise<PlanNode>): Promise<PlanNode> {
  let plan: PlanNode | undefined;
  const rollBack = new Error("rolled back on purpose");
  try {
    return await inTransaction(scope, async (inner) => {
      plan = await work(inner);
      throw rollBack;
    });
  } catch (error) {
    if (error === rollBack && plan !== undefined) return plan;
    throw error;
  }
}
