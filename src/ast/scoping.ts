/** Where the conditions stand by which a query sees only some rows of its sources. */

import { BuildError, UnsupportedError } from "../core/error.ts";
import {
  LogicNode,
  nodeOf,
  NullTestNode,
  type AnyExpression,
  type Source,
  type SourceScope,
} from "./expression.ts";
import type { InsertStatement, JoinClause, Lift, SelectStatement } from "./statement.ts";

/** Lifts every scope: for rows whose keys were found under them. */
export const LIFT_ALL: readonly Lift[] = [
  { source: undefined, scope: undefined, mode: "with", isOfClient: true },
];

function modeOf(
  { isOff = false, name }: SourceScope,
  source: Source,
  lifts: readonly Lift[],
): Lift["mode"] {
  const lift = lifts.findLast(
    (one) =>
      (one.source === undefined || one.source === source) &&
      (one.scope === undefined || one.scope === name),
  );
  return lift?.mode ?? (isOff ? "with" : "kept");
}

/** A condition for the rows of a source, with the column that tells whether an outer join found one. */
interface Standing {
  readonly source: Source;
  readonly condition: AnyExpression;
  readonly anchor: AnyExpression | undefined;
}

function standingOf(
  source: Source,
  lifts: readonly Lift[],
  scopes: readonly SourceScope[] = source.scopes ?? [],
): Standing[] {
  return scopes.flatMap((scope) => {
    const mode = modeOf(scope, source, lifts);
    const condition = mode === "only" ? scope.opposite : scope.condition;
    if (mode === "with" || condition === undefined) return [];
    return [{ source, condition, anchor: scope.anchor }];
  });
}

/** The same for rows of a full join, in which the source may be missing. */
function orMissing(standing: Standing): Standing {
  const { anchor, condition, source } = standing;
  const node = nodeOf(condition);
  if (node.kind === "nullTest" && !node.negated) return standing;
  if (anchor === undefined) {
    throw new UnsupportedError({
      dialect: "Plinth",
      feature: `a full join of "${source.table}", whose scope can't be told from a missing row`,
      instead: "Give the table a primary key.",
    });
  }
  const missing = new NullTestNode(anchor, false);
  return { ...standing, condition: new LogicNode("or", [condition, missing]) };
}

function all(first: AnyExpression | undefined, standing: readonly Standing[]) {
  if (standing.length === 0) return first;
  const conditions = standing.map(({ condition }) => condition);
  if (first === undefined && conditions.length === 1) return conditions[0];
  const node = first && nodeOf(first);
  const isAnd = node?.kind === "logic" && node.operator === "and";
  const before = isAnd ? node.operands : first === undefined ? [] : [first];
  return new LogicNode("and", [...before, ...conditions]);
}

/** @throws {BuildError} for a lift of a source that the statement doesn't read. */
function requireSources(lifts: readonly Lift[], sources: readonly Source[]): void {
  for (const { source } of lifts) {
    if (source === undefined || sources.includes(source)) continue;
    throw new BuildError(
      "E_UNKNOWN_SOURCE",
      `The query is told which rows of "${source.alias ?? source.table}" it sees, and doesn't read it.`,
      { hint: "Join it, or name the alias that is joined." },
    );
  }
}

/** The joins and the condition of a statement. */
type Reading = Pick<SelectStatement, "joins" | "lifts" | "where"> & { readonly from: Source };

function hasScopes({ scopes }: Source): boolean {
  return scopes !== undefined && scopes.length > 0;
}

/**
 * Adds the conditions of the scopes that stand, so that each source gives the rows that it would give by itself: in ON
 * where a join may leave the source out, else in WHERE.
 *
 * @param number Makes the declaration's condition one of a template.
 */
export function placeScopes(
  { from, joins, lifts = [], where }: Reading,
  number: (condition: AnyExpression) => AnyExpression,
): Pick<Reading, "joins" | "where"> {
  const sources = [from, ...joins.map(({ source }) => source)];
  if (lifts.length > 0) requireSources(lifts, sources);
  if (!sources.some(hasScopes)) return { joins, where };
  const numbered = (source: Source): Standing[] =>
    standingOf(source, lifts).map((one) => ({ ...one, condition: number(one.condition) }));
  // Of the sources so far, whose conditions stand nowhere yet.
  let open = numbered(from);
  const placed = joins.map((join): JoinClause => {
    const own = numbered(join.source);
    switch (join.kind) {
      case "inner":
      case "left":
        return { ...join, on: all(join.on, own) };
      case "cross":
        open = [...open, ...own];
        return join;
      case "right": {
        const on = all(join.on, open);
        open = own;
        return { ...join, on };
      }
      case "full": {
        const on = all(join.on, [...open, ...own]);
        open = [...open, ...own].map(orMissing);
        return { ...join, on };
      }
    }
  });
  return { joins: placed, where: all(where, open) };
}

/**
 * What a row that exists must meet so that an insert whose key it holds may update it: those that the insert doesn't see
 * are not its own to change.
 */
export function conflictGuards({ conflict, into, lifts = [] }: InsertStatement): AnyExpression[] {
  if (conflict === undefined || (conflict.update.length === 0 && conflict.set === undefined))
    return [];
  const { scopes: declared = [] } = into;
  if (declared.length === 0) return [];
  // The index of a key of live rows holds no others.
  const { name: own } =
    declared.find(({ condition }) => isSame(condition, conflict.predicate)) ?? {};
  const scopes = declared.filter(({ name }) => name !== own);
  return standingOf(into, lifts, scopes).map(({ condition }) => condition);
}

/** Whether both test one column for NULL. */
function isSame(one: AnyExpression, other: AnyExpression | undefined): boolean {
  const [left, right] = [nodeOf(one), other && nodeOf(other)];
  if (left.kind !== "nullTest" || right?.kind !== "nullTest") return false;
  return left.operand === right.operand && left.negated === right.negated;
}
