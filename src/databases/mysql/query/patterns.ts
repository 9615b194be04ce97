/** Texts without regard to the case of all letters: `lower`, `upper` and `ilike`. */

import { nodeOf, type AnyExpression, type PatternNode } from "../../../ast/expression.ts";
import { writeOperand } from "../../../dialect/sql/standard-query.ts";
import type { Writer } from "../../../dialect/sql/writer.ts";
import type { Variant } from "../variant.ts";

/**
 * A table that exists may hold its texts in another character set, to which the collation would not belong. The result
 * compares by code point again, which is quicker, too, than by the collation that knows the letters.
 */
export function writeFolded(
  name: "lower" | "upper",
  expression: AnyExpression,
  { collation, folding }: Variant,
  out: Writer,
): void {
  out.sql(`(${name}(convert(`).expression(expression);
  out.sql(` using utf8mb4) collate ${folding}) collate ${collation})`);
}

export function writePattern(node: PatternNode<string>, variant: Variant, out: Writer): void {
  const { negated, operand, operator, pattern } = node;
  const word = negated ? " not like " : " like ";
  if (operator === "like") {
    writeOperand(operand, out);
    out.sql(word);
    writeOperand(pattern, out);
    return;
  }
  const isSifted = isSiftable(node, variant, out);
  if (isSifted) {
    out.sql(negated ? "not (" : "(");
    writeSieve(node, variant, out);
    out.sql(" and ");
  }
  writeFolded("lower", operand, variant, out);
  out.sql(isSifted ? " like " : word);
  writeFolded("lower", pattern, variant, out);
  if (isSifted) out.sql(")");
}

/** All but ASCII's characters; and K, which is the small letter of the Kelvin sign, too. */
const BEYOND_ASCII = "[^ -JL-jl-~]";

/** The server looks at the pattern once, and compares each row by one of the two. */
function writeSieve(
  { operand, pattern }: PatternNode<string>,
  { sifting, siftingAscii }: Variant,
  out: Writer,
): void {
  out.sql("if(").expression(pattern).sql(` regexp '${BEYOND_ASCII}'`);
  for (const collation of [sifting, siftingAscii]) {
    out.sql(", ").expression(operand).sql(" like ").expression(pattern);
    out.sql(` collate ${collation}`);
  }
  out.sql(")");
}

/**
 * Whether rows are sifted first, by a comparison that takes more characters for the same: making two texts small for
 * each row is a fifth of such a search. A view's text stays as it is known.
 */
function isSiftable(
  { operand, pattern }: PatternNode<string>,
  variant: Variant,
  out: Writer,
): boolean {
  if (variant.sifting === undefined || !out.isBinding) return false;
  return nodeOf(operand).kind === "column" && nodeOf(pattern).kind === "parameter";
}
