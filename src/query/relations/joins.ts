/** The way from a table to those that are related to it. */

import { CompareNode, LogicNode, type AnyExpression } from "../../ast/expression.ts";
import type { JoinClause } from "../../ast/statement.ts";
import type { RelationStep } from "../../schema/relation.ts";
import type { AnyTableColumn, TableInfo } from "../../schema/table.ts";

/** A table in a query, under the name that it has there. */
export interface Stop {
  readonly info: TableInfo;
  readonly columns: (columns: readonly AnyTableColumn[]) => readonly AnyTableColumn[];
}

export function allOf(
  conditions: readonly (AnyExpression | undefined)[],
): AnyExpression | undefined {
  const given = conditions.filter((condition) => condition !== undefined);
  return given.length < 2 ? given[0] : new LogicNode("and", given);
}

export function pairwise(
  left: readonly AnyExpression[],
  right: readonly AnyExpression[],
): AnyExpression {
  return allOf(left.map((column, index) => new CompareNode("=", column, right[index]!)))!;
}

/** From the last table on the way back to the first. */
export function joinsOf(steps: readonly RelationStep[], stops: readonly Stop[]): JoinClause[] {
  return steps
    .slice(1)
    .map(({ from, to }, index) => {
      const [before, stop] = [stops[index]!, stops[index + 1]!];
      const on = pairwise(before.columns(from), stop.columns(to));
      return { kind: "inner" as const, source: before.info, inputs: undefined, on };
    })
    .reverse();
}
