import type { CallNode } from "../../ast/expression.ts";
import type { OrderTerm } from "../../ast/statement.ts";
import { rulesOf } from "../sql/rules.ts";
import type { Writer } from "../sql/writer.ts";

/** ` order by …` inside of an aggregate, whose option has a direction for each argument after the second. */
export function writeAggregateOrder(
  { arguments: [, , ...expressions], option = "" }: CallNode<unknown, string>,
  out: Writer,
): void {
  if (expressions.length === 0) return;
  const words = option.split(",");
  out.sql(" order by ").list(expressions, (expression, place) => {
    const [direction, nulls] = words[place]!.split(" ");
    const term = { expression, direction, nulls } as OrderTerm;
    rulesOf(out).orderTerm(term, out, true, expression);
  });
}
