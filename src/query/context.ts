/** What a client knows besides its connection: for whom it works. */

import { AmbientRunner } from "../connect/transaction/inside.ts";
import type { TransactionRunner } from "../connect/transaction/transaction.ts";
import type { Runner } from "../connect/source.ts";
import { checkScopeValues, type Context, type ScopeValues } from "./actor.ts";
import { liftScopes } from "./lifts.ts";
import type { PlanCache } from "./plan.ts";
import type { Scope } from "./run.ts";

const NOTHING: Context = { actor: undefined, scopes: new Map(), lifts: undefined };

/** Of transactions of a client that has one, for those who are in a transaction without holding it. */
const contexts = new WeakMap<TransactionRunner, Context>();

/** The scope of a connected database. One that takes part in the transaction around it works for whom that does. */
export function databaseScope(plans: PlanCache, runner: Runner): Scope {
  if (!(runner instanceof AmbientRunner)) return { plans, runner, context: undefined };
  return {
    plans,
    runner,
    get context() {
      const { transaction } = runner;
      return transaction && contexts.get(transaction);
    },
  };
}

/** The same scope on another runner, such as one with limits. */
export function scopeOn({ plans, context }: Scope, runner: Runner): Scope {
  return { plans, runner, context };
}

/** The same scope on a transaction that it begins. */
export function scopeInside(scope: Scope, runner: TransactionRunner): Scope {
  const { context } = scope;
  if (context !== undefined) contexts.set(runner, context);
  return scopeOn(scope, runner);
}

/** The same scope, for whom these say. */
export function scopeFor({ plans, runner, context }: Scope, changes: Partial<Context>): Scope {
  return { plans, runner, context: { ...(context ?? NOTHING), ...changes } };
}

/** The same scope, with values for named scopes. */
export function scopeWith(scope: Scope, values: ScopeValues): Scope {
  const entries = Object.entries(checkScopeValues(values));
  const names = new Set(entries.map(([name]) => name));
  const lifts = scope.context?.lifts?.filter((lift) => !names.has(lift.scope ?? ""));
  const scopes = new Map([...(scope.context?.scopes ?? []), ...entries]);
  return scopeFor(scope, { scopes, lifts });
}

/** The same scope, in whose queries these don't stand. */
export function scopeWithout(scope: Scope, names: readonly string[]): Scope {
  return scopeFor(scope, { lifts: liftScopes(scope.context?.lifts, names, true) });
}
