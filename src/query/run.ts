/** Running a plan: bind, send, decode, and our errors for the driver's. */

import type { SelectStatement, Statement, WriteStatement } from "../ast/statement.ts";
import { LimitedRunner, type Limits } from "../connect/limits.ts";
import type { Runner } from "../connect/source.ts";
import { transactionBehind } from "../connect/transaction/inside.ts";
import { isPromise, type MaybePromise } from "../core/maybe-promise.ts";
import type { WriteResult } from "../dialect/driver.ts";
import type { Context } from "./actor.ts";
import type { Plan, PlanCache } from "./plan.ts";
import { keyPlacesOf, type RepeatWatch } from "./watch/repeats.ts";

/** What a query needs to run: the plans of its database, the transaction or pool that it runs on, and for whom it runs. */
export interface Scope {
  readonly plans: PlanCache;
  readonly runner: Runner;
  /** For whom it runs; undefined where nobody said so. */
  readonly context: Context | undefined;
}

/** The same scope, whose statements have these limits too. */
export function limitScope(scope: Scope, limits: Limits): Scope {
  const { plans, context } = scope;
  return { plans, runner: LimitedRunner.of(scope.runner, plans.engine.dialect, limits), context };
}

/** A write with its plan, and what the walk of its statement collects. */
export interface PlannedWrite {
  readonly statement: WriteStatement;
  readonly plan: Plan;
  readonly values: unknown[];
}

/** May reuse the values. */
export type SendWrite<Result> = (
  scope: Scope,
  plan: Plan,
  values: unknown[],
) => MaybePromise<Result>;

/** Those who want to know which tables writes touch. */
export interface WriteFollowers {
  /** @param send Runs the write on the scope that it is given. */
  run<Result>(scope: Scope, write: PlannedWrite, send: SendWrite<Result>): MaybePromise<Result>;
  /** The same of SQL, by the names of the tables that it writes. @param tables Undefined: it may be any. */
  followTables<Result>(
    scope: Scope,
    tables: readonly string[] | undefined,
    send: (scope: Scope) => MaybePromise<Result>,
  ): MaybePromise<Result>;
}

export function followersOf({ followers }: PlanCache): WriteFollowers | undefined {
  // Only `followWrites` puts them there.
  return followers as WriteFollowers | undefined;
}

export function runRows(scope: Scope, statement: Statement): MaybePromise<unknown[]> {
  const values: unknown[] = [];
  const plan = scope.plans.planOf(statement, values);
  const followers = followersOf(scope.plans);
  if (followers !== undefined && isWrite(statement))
    return followers.run(scope, { statement, plan, values }, runPlan);
  return runPlan(scope, plan, values);
}

function isWrite(statement: Statement): statement is WriteStatement {
  return statement.kind !== "select" && statement.kind !== "raw";
}

/** @param values What the walk of the plan's statement collects; may be reused. */
export function runPlan(scope: Scope, plan: Plan, values: unknown[]): MaybePromise<unknown[]> {
  const bound = plan.bind(values, scope.context);
  try {
    const rows = scope.runner.rows(plan.statement, bound);
    if (!isPromise(rows)) return plan.decodeRows(rows);
    return rows.then(
      (found) => plan.decodeRows(found),
      (error: unknown) => rethrow(plan, error),
    );
  } catch (error) {
    return rethrow(plan, error);
  }
}

/** As `runRows`, for a query of the program's own: one that runs for one key after the other is told of. */
export function readRows(scope: Scope, statement: SelectStatement): MaybePromise<unknown[]> {
  const repeats = scope.plans.repeats?.active();
  if (repeats === undefined) return runRows(scope, statement);
  return watched(repeats, scope, statement, runPlan);
}

/** As `runRow`, in the same way. */
export function readRow(scope: Scope, statement: SelectStatement): MaybePromise<unknown> {
  const repeats = scope.plans.repeats?.active();
  if (repeats === undefined) return runRow(scope, statement);
  return watched(repeats, scope, statement, runPlanForRow);
}

function watched<Result>(
  repeats: RepeatWatch,
  scope: Scope,
  statement: SelectStatement,
  run: (scope: Scope, plan: Plan, values: unknown[]) => MaybePromise<Result>,
): MaybePromise<Result> {
  const values: unknown[] = [];
  const plan = scope.plans.planOf(statement, values);
  const transaction = transactionBehind(scope.runner);
  const { from } = statement;
  const query = {
    plan,
    title: `One query of "${from.alias ?? from.table}"`,
    keyPlaces: () => keyPlacesOf(statement),
    values,
    transaction,
  };
  return repeats.watch(query, () => run(scope, plan, values));
}

/** Rows, and what the statement reads beside each of them. */
export interface RowsBeside {
  readonly rows: unknown[];
  beside(index: number): unknown[];
}

export async function runBeside(scope: Scope, statement: Statement): Promise<RowsBeside> {
  const values: unknown[] = [];
  const plan = scope.plans.planOf(statement, values);
  const bound = plan.bind(values, scope.context);
  try {
    const cells = await scope.runner.rows(plan.statement, bound);
    return {
      rows: plan.decodeRows(cells),
      beside: (index) => plan.decodeBeside(cells[index]!),
    };
  } catch (error) {
    return rethrow(plan, error);
  }
}

/** The first row, or undefined. */
export function runRow(scope: Scope, statement: Statement): MaybePromise<unknown> {
  const values: unknown[] = [];
  return runPlanForRow(scope, scope.plans.planOf(statement, values), values);
}

/** @param values As of `runPlan`. */
function runPlanForRow(scope: Scope, plan: Plan, values: unknown[]): MaybePromise<unknown> {
  const bound = plan.bind(values, scope.context);
  try {
    const row = scope.runner.row(plan.statement, bound);
    if (!isPromise(row)) return row === undefined ? undefined : plan.decodeRow(row);
    return row.then(
      (found) => (found === undefined ? undefined : plan.decodeRow(found)),
      (error: unknown) => rethrow(plan, error),
    );
  } catch (error) {
    return rethrow(plan, error);
  }
}

export function runWrite(scope: Scope, statement: WriteStatement): MaybePromise<WriteResult> {
  return runWriteAs(scope, statement, sameResult);
}

/** @param take Makes of the result what is wanted; another promise would cost as much as to make it. */
export function runWriteAs<Result>(
  scope: Scope,
  statement: WriteStatement,
  take: (result: WriteResult) => Result,
): MaybePromise<Result> {
  const values: unknown[] = [];
  const plan = scope.plans.planOf(statement, values);
  const followers = followersOf(scope.plans);
  if (followers === undefined) return sendWrite(scope, plan, values, take);
  return followers.run(scope, { statement, plan, values }, (within, ...sent) =>
    sendWrite(within, ...sent, take),
  );
}

function sendWrite<Result>(
  scope: Scope,
  plan: Plan,
  values: unknown[],
  take: (result: WriteResult) => Result,
): MaybePromise<Result> {
  const bound = plan.bind(values, scope.context);
  try {
    const result = scope.runner.write(plan.statement, bound);
    return isPromise(result)
      ? result.then(take, (error: unknown) => rethrow(plan, error))
      : take(result);
  } catch (error) {
    return rethrow(plan, error);
  }
}

function sameResult(result: WriteResult): WriteResult {
  return result;
}

function rethrow(plan: Plan, error: unknown): never {
  throw plan.toDbError(error);
}
