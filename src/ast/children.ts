import { Expression, type AnyExpression, type ExpressionNode } from "./expression.ts";

/** The expressions that a node is made of; of a query inside none, as those are its own affair. */
export function childrenOf(node: ExpressionNode): AnyExpression[] {
  switch (node.kind) {
    case "column":
    case "output":
    case "source":
    case "subquery":
      return [];
    case "inQuery":
      return [node.operand];
    default:
      return Object.values(node).flatMap(expressionsIn);
  }
}

/** A member of a node: an expression, or what holds some, as branches and windows do. */
function expressionsIn(member: unknown): AnyExpression[] {
  if (member instanceof Expression) return [member];
  if (Array.isArray(member)) return member.flatMap(expressionsIn);
  const isPart =
    typeof member === "object" &&
    member !== null &&
    ("condition" in member || "expression" in member || "partitionBy" in member);
  return isPart ? Object.values(member).flatMap(expressionsIn) : [];
}
