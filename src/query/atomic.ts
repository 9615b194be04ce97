import { runTransaction, TransactionRunner } from "../connect/transaction.ts";
import type { Scope } from "./run.ts";

/** Runs several statements as one: in a transaction of their own, or in a savepoint of the one that is under way. */
export function inTransaction<Result>(
  scope: Scope,
  work: (inner: Scope) => Promise<Result>,
): Promise<Result> {
  const { plans, runner } = scope;
  if (runner instanceof TransactionRunner)
    return runner.nest((inner) => work({ plans, runner: inner }));
  const { dialect, source } = plans.engine;
  return runTransaction(source, dialect, {}, (inner) => work({ plans, runner: inner }));
}
