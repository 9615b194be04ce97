/** The queries that read related rows by keys: what is known of them is made once for each branch of a tree. */

import type { SelectStatement } from "../../ast/statement.ts";
import type { Lifts } from "../lifts.ts";
import type { Plan, PlanCache } from "../plan.ts";
import type { Scope } from "../run.ts";
import { aheadOf } from "./ahead.ts";
import { isFound, valueFor, type Key, type Keys } from "./keys.ts";
import { levelOf, type Level } from "./level.ts";
import { openSources, withJoins } from "./open.ts";
import { forKeys, isCut, relatedSelect } from "./statement.ts";
import type { Branch } from "./tree.ts";

/** What a query reads. */
export interface Lot {
  readonly level: Level;
  readonly statement: SelectStatement;
  /** What is asked for ahead of its rows. */
  readonly ahead: readonly Branch[];
  /** Whether it has no other values and no joins, so that one plan is as good as another. */
  readonly isAlone: boolean;
}

type KnownLots = WeakMap<Branch, Lot>;

/** Of branches whose queries differ in nothing but the keys, which are left out here. */
const known: KnownLots = new WeakMap();
/** The same of those that leave something to be asked for ahead. */
const knownWithAhead: KnownLots = new WeakMap();

/** The query that reads the related rows of some keys. */
export function lotOf({ context, plans }: Scope, branch: Branch, keys: Keys): Lot {
  const lifts = context?.lifts;
  const isOfMany = !isFound(keys) && keys.length > 1;
  const { joinsByHash, plannedListLength } = plans.engine.dialect.can;
  const ahead = isOfMany && joinsByHash ? aheadOf(branch) : NOTHING;
  const lots = ahead.length === 0 ? known : knownWithAhead;
  const kept = isOfMany && isCut(branch) ? undefined : lots.get(branch);
  if (kept !== undefined) {
    const wanted = isOfMany && kept.isAlone ? lengthened(keys, plannedListLength) : keys;
    return { ...kept, statement: forKeys(kept.statement, branch, wanted, lifts) };
  }
  const { branches, relation, selection } = branch;
  const related = relatedSelect(branch, keys, lifts);
  const sources = related.isOpen ? openSources(related.select(selection)) : undefined;
  const level = levelOf(relation.target, selection, branches, related.keys, sources, ahead);
  const statement = withJoins(related.select(level.record), level);
  const lot = { level, statement, ahead, isAlone: isAlone(branch, level) };
  if (related.isFixed)
    lots.set(branch, { ...lot, statement: { ...statement, where: undefined, lifts: undefined } });
  return lot;
}

function isAlone({ relation, where }: Branch, { joins }: Level): boolean {
  const { steps, target } = relation;
  if (steps.length > 1 || steps[0]!.to.length > 1 || joins.length > 0) return false;
  return where === undefined && relation.where === undefined && target.scopes.length === 0;
}

/** The last key once more, as often as it takes. */
function lengthened(keys: readonly Key[], length: number): readonly Key[] {
  if (keys.length >= length) return keys;
  const all = [...keys];
  while (all.length < length) all.push(keys.at(-1)!);
  return all;
}

const NOTHING: readonly Branch[] = [];

/** The plan of a query for one key, and what it binds. */
interface KeptPlan {
  readonly lifts: Lifts;
  readonly level: Level;
  readonly plan: Plan;
  /** With nothing of a key's where that goes. */
  readonly values: readonly unknown[];
  readonly places: readonly number[];
}

/** Of each database. */
const keptPlans = new WeakMap<PlanCache, WeakMap<Branch, KeptPlan>>();

/** A branch that says nothing but what is loaded is one for all, and so is its plan. */
function keptPlanOf(scope: Scope, branch: Branch): KeptPlan | undefined {
  const { context, plans } = scope;
  if (!branch.isPlain || !branch.relation.isDistinct) return undefined;
  let ofDatabase = keptPlans.get(plans);
  if (ofDatabase === undefined) keptPlans.set(plans, (ofDatabase = new WeakMap()));
  const lifts = context?.lifts;
  const found = ofDatabase.get(branch);
  if (found !== undefined && found.lifts === lifts) return found;
  const marks = branch.relation.steps[0]!.to.map(() => Symbol("key"));
  const { level, statement } = lotOf(scope, branch, [marks]);
  const values: unknown[] = [];
  const plan = plans.planOf(statement, values);
  const places = marks.map((mark) => values.indexOf(mark));
  const kept = { lifts, level, plan, values, places };
  ofDatabase.set(branch, kept);
  return kept;
}

/** A query for one key, ready to run. */
export interface PlannedLot {
  readonly level: Level;
  readonly plan: Plan;
  readonly values: unknown[];
}

/** As `lotOf` for one key; where the plan is kept, no statement is made to find it. */
export function planOf(scope: Scope, branch: Branch, key: Key): PlannedLot {
  const kept = keptPlanOf(scope, branch);
  if (kept === undefined) {
    const { level, statement } = lotOf(scope, branch, [key]);
    const values: unknown[] = [];
    return { level, plan: scope.plans.planOf(statement, values), values };
  }
  const { level, places, plan } = kept;
  const { to } = branch.relation.steps[0]!;
  const values = [...kept.values];
  for (let index = 0; index < places.length; index++)
    values[places[index]!] = valueFor(to[index]!, key[index]);
  return { level, plan, values };
}
