/** The queries that read related rows by keys: what is known of them is made once for each branch of a tree. */

import type { SelectStatement } from "../../ast/statement.ts";
import type { AnyTableColumn } from "../../schema/table.ts";
import type { Lifts } from "../lifts.ts";
import type { Plan, PlanCache } from "../plan.ts";
import type { Scope } from "../run.ts";
import { valueFor } from "./keys.ts";
import { levelOf, type Level } from "./level.ts";
import { openSources, withJoins } from "./open.ts";
import { forKeys, isCut, relatedSelect } from "./statement.ts";
import type { Branch } from "./tree.ts";

/** The values of a key. */
export type Key = readonly unknown[];

/** What a query reads. */
export interface Lot {
  readonly level: Level;
  readonly statement: SelectStatement;
}

/** Of branches whose queries differ in nothing but the keys, which are left out here. */
const known = new WeakMap<Branch, Lot>();

/** The query that reads the related rows of some keys. */
export function lotOf(scope: Scope, branch: Branch, keys: readonly Key[]): Lot {
  const lifts = scope.context?.lifts;
  const kept = keys.length === 1 || !isCut(branch) ? known.get(branch) : undefined;
  if (kept !== undefined)
    return { level: kept.level, statement: forKeys(kept.statement, branch, keys, lifts) };
  const { branches, relation, selection } = branch;
  const related = relatedSelect(branch, keys, lifts);
  const sources = related.isOpen ? openSources(related.select(selection)) : undefined;
  const level = levelOf(relation.target, selection, branches, related.keys, sources);
  const statement = withJoins(related.select(level.record), level);
  if (related.isFixed)
    known.set(branch, { level, statement: { ...statement, where: undefined, lifts: undefined } });
  return { level, statement };
}

/** The plan of a query for one key. */
interface KeptPlan {
  readonly lifts: Lifts;
  readonly level: Level;
  readonly plan: Plan;
  readonly columns: readonly AnyTableColumn[];
  /** What it binds behind the key: the values of the relation's own condition. */
  readonly rest: readonly unknown[];
}

/** Of each database. */
const keptPlans = new WeakMap<PlanCache, WeakMap<Branch, KeptPlan>>();

function keep(plans: PlanCache, branch: Branch, kept: KeptPlan): void {
  let ofDatabase = keptPlans.get(plans);
  if (ofDatabase === undefined) keptPlans.set(plans, (ofDatabase = new WeakMap()));
  ofDatabase.set(branch, kept);
}

/** A query for one key, ready to run. */
export interface PlannedLot {
  readonly level: Level;
  readonly plan: Plan;
  readonly values: unknown[];
}

/** As `lotOf` for one key. Of a branch that says nothing but what is loaded, no statement is made to find the plan again. */
export function planOf(scope: Scope, branch: Branch, key: Key): PlannedLot {
  const { context, plans } = scope;
  const kept = keptPlans.get(plans)?.get(branch);
  if (kept !== undefined && kept.lifts === context?.lifts) {
    const { columns, level, plan, rest } = kept;
    const values = columns.map((column, place) => valueFor(column, key[place]));
    return { level, plan, values: rest.length === 0 ? values : [...values, ...rest] };
  }
  const { level, statement } = lotOf(scope, branch, [key]);
  const values: unknown[] = [];
  const plan = plans.planOf(statement, values);
  if (branch.isPlain && known.has(branch)) {
    const columns = branch.relation.steps[0]!.to;
    const rest = values.slice(columns.length);
    keep(plans, branch, { lifts: context?.lifts, level, plan, columns, rest });
  }
  return { level, plan, values };
}
