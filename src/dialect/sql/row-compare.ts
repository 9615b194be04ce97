/** `(a, b) < (x, y)`, as one comparison or as several. */

import {
  CompareNode,
  LogicNode,
  type AnyExpression,
  type RowCompareNode,
} from "../../ast/expression.ts";
import { requireSameForm } from "../values/same-form.ts";
import type { Writer } from "./writer.ts";

/** The database's own comparison of rows, for those that serve it by an index. */
export function writeRowCompare(node: RowCompareNode<string>, out: Writer): void {
  node.left.forEach((left, place) => requireSameForm(left, node.right[place]!, out));
  const write = (terms: readonly AnyExpression[]): void => {
    out
      .sql("(")
      .list(terms, (term, place) => out.valuesFor(node.left[place]!, () => out.expression(term)));
    out.sql(")");
  };
  write(node.left);
  out.sql(` ${node.operator} `);
  write(node.right);
}

/**
 * `a <= x and (a < x or (a = x and b < y))`, which means the same. What stands first bounds the part of an index that is
 * read.
 */
export function expandRows({ left, operator, right }: RowCompareNode<string>): AnyExpression {
  const from = (place: number): AnyExpression => {
    const [one, other] = [left[place]!, right[place]!];
    const differ = new CompareNode(operator, one, other);
    if (place === left.length - 1) return differ;
    const same = new LogicNode("and", [new CompareNode("=", one, other), from(place + 1)]);
    return new LogicNode("or", [differ, same]);
  };
  if (left.length === 1) return from(0);
  return new LogicNode("and", [new CompareNode(`${operator}=`, left[0]!, right[0]!), from(0)]);
}
