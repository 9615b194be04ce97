/** The condition of a relation, taken apart by the table that it is about. */

import type { AnyExpression, Condition, Source } from "../ast/expression.ts";
import { LogicNode, nodeOf } from "../ast/expression.ts";
import { visit } from "../ast/visit.ts";
import { refuse } from "./reference.ts";
import type { RelationStep } from "./relation.ts";
import type { TableInfo } from "./table.ts";

export interface SplitWhere {
  readonly ownerWhere: Condition | undefined;
  readonly where: Condition | undefined;
}

/** The tables whose columns an expression names. */
function sourcesOf(expression: AnyExpression, where: string): Set<Source> {
  const sources = new Set<Source>();
  visit(expression, (node) => {
    if (node.kind === "column" || node.kind === "output" || node.kind === "source")
      sources.add(node.source);
    if (node.kind === "subquery" || node.kind === "inQuery") {
      refuse(
        `The condition of ${where} holds a query.`,
        "Put it into the `where` of the query that loads the relation.",
      );
    }
  });
  return sources;
}

function allOf(operands: readonly AnyExpression[]): Condition | undefined {
  return operands.length < 2
    ? (operands[0] as Condition | undefined)
    : new LogicNode("and", operands);
}

/**
 * Parts that are about the owner say whether its row has the relation, all others which rows are related. Of a table that
 * points at itself they mean the related row.
 */
export function splitWhere(
  where: string,
  owner: TableInfo,
  target: TableInfo,
  steps: readonly RelationStep[],
  condition: Condition | undefined,
): SplitWhere {
  if (condition === undefined) return { ownerWhere: undefined, where: undefined };
  const related = new Set<Source>([target, ...steps.map((step) => step.table)]);
  const node = nodeOf(condition);
  const parts = node.kind === "logic" && node.operator === "and" ? node.operands : [condition];
  const ofOwner: AnyExpression[] = [];
  const ofRelated: AnyExpression[] = [];
  for (const part of parts) {
    const sources = [...sourcesOf(part, where)];
    if (sources.every((source) => related.has(source))) ofRelated.push(part);
    else if (sources.every((source) => source === owner)) ofOwner.push(part);
    else {
      refuse(
        `The condition of ${where} compares tables with one another, or names one that isn't on its way.`,
        "Combine conditions over one table each with and(…).",
      );
    }
  }
  return { ownerWhere: allOf(ofOwner), where: allOf(ofRelated) };
}
