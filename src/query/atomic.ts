import { runTransaction } from "../connect/run-transaction.ts";
import { TransactionRunner } from "../connect/transaction.ts";
import { LimitedRunner } from "../connect/limits.ts";
import type { Scope } from "./run.ts";

/** Runs several statements as one: in a transaction of their own, or in a savepoint of the one that is under way. */
export function inTransaction<Result>(
  scope: Scope,
  work: (inner: Scope) => Promise<Result>,
): Promise<Result> {
  const { plans, runner } = scope;
  if (runner instanceof LimitedRunner) {
    // The statements have one time together.
    return runner.together((limit) =>
      inTransaction({ plans, runner: runner.inner }, (inner) =>
        work({ plans, runner: limit(inner.runner) }),
      ),
    );
  }
  if (runner instanceof TransactionRunner)
    return runner.nest((inner) => work({ plans, runner: inner }));
  return runTransaction(plans.engine, {}, (inner) => work({ plans, runner: inner }));
}
