import { DerivedSource } from "../../src/ast/derived.ts";
import {
  Expression,
  nodeOf,
  type AnyExpression,
  type ExpressionNode,
} from "../../src/ast/expression.ts";

/** What is counted of a node: its kind, and what tells nodes of that kind apart. */
function wordsOf(node: ExpressionNode): string[] {
  switch (node.kind) {
    case "compare":
    case "logic":
      return [node.kind, `${node.kind} ${node.operator}`];
    case "pattern":
      return [node.kind, `${node.negated ? "not " : ""}${node.operator}`];
    case "call":
      return [node.kind, node.over === undefined ? node.name : `${node.name} over`];
    case "inList":
    case "nullTest":
      return [node.kind, `${node.negated ? "not " : ""}${node.kind}`];
    case "subquery":
      return [node.kind, `subquery ${node.form}`];
    default:
      return [node.kind];
  }
}

/** Counts the nodes of a statement and of the queries inside it. */
export function countNodes(statement: unknown, counts: Map<string, number>): void {
  const seen = new Set<object>();
  const visit = (part: unknown): void => {
    if (typeof part !== "object" || part === null) return;
    if (part instanceof Expression) {
      const node = nodeOf(part as AnyExpression);
      for (const word of wordsOf(node)) counts.set(word, (counts.get(word) ?? 0) + 1);
      // A column leads to its table, which is no part of the query.
      if (node.kind === "column" || node.kind === "output" || node.kind === "source") return;
    } else if (seen.has(part)) {
      return;
    } else if (!Array.isArray(part) && !(part instanceof DerivedSource) && "columns" in part) {
      return;
    }
    seen.add(part);
    for (const [key, inner] of Object.entries(part)) {
      if (part instanceof DerivedSource && key !== "parts") continue;
      visit(inner);
    }
  };
  visit(statement);
}
