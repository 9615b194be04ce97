import { transactionFor, transactionOf } from "../../connect/transaction/local-settings.ts";
import type { TransactionRunner } from "../../connect/transaction/transaction.ts";
import { LimitedRunner } from "../../connect/limits.ts";
import { scopeInside, scopeOn } from "../context.ts";
import type { Scope } from "../run.ts";

/** Runs several statements as one: in a transaction of their own, or in a savepoint of the one that is under way. */
export function inTransaction<Result>(
  scope: Scope,
  work: (inner: Scope) => Promise<Result>,
): Promise<Result> {
  const { plans, runner } = scope;
  if (runner instanceof LimitedRunner) {
    // The statements have one time together.
    return runner.together((limit) =>
      inTransaction(scopeOn(scope, runner.beneath), (inner) =>
        work(scopeOn(inner, limit(inner.runner))),
      ),
    );
  }
  const around = transactionOf(runner);
  if (around !== undefined) return around.nest((inner) => work(scopeInside(scope, inner)));
  const run = (inner: TransactionRunner): Promise<Result> => work(scopeInside(scope, inner));
  return transactionFor(runner, plans.engine, {}, run);
}
