import { nodeOf, type AnyExpression, type ExpressionNode } from "./expression.ts";

/** Shows every node of an expression but for what is inside of queries, whose tables are their own affair. */
export function visit(expression: AnyExpression, see: (node: ExpressionNode) => void): void {
  const node = nodeOf(expression);
  see(node);
  const all = (expressions: readonly AnyExpression[]): void => {
    for (const inner of expressions) visit(inner, see);
  };
  switch (node.kind) {
    case "column":
    case "output":
    case "source":
    case "value":
    case "parameter":
    case "subquery":
      return;
    case "compare":
      return all([node.left, node.right]);
    case "compareRows":
      return all([...node.left, ...node.right]);
    case "logic":
      return all(node.operands);
    case "not":
    case "nullTest":
    case "inList":
    case "inListParameter":
    case "inQuery":
      return visit(node.operand, see);
    case "between":
      return all([node.operand, node.low, node.high]);
    case "pattern":
      return all([node.operand, node.pattern]);
    case "call":
      all(node.arguments);
      all(node.over?.partitionBy ?? []);
      return all(node.over?.orderBy.map((term) => term.expression) ?? []);
    case "case":
      for (const { condition, value } of node.branches) all([condition, value]);
      return all(node.otherwise === undefined ? [] : [node.otherwise]);
    case "fragment":
      return all(node.parts);
  }
}
