/** Enums sort in the order of their declaration; text, as which some databases keep them, doesn't. */

import type { AnyExpression } from "../../ast/expression.ts";
import type { EnumType } from "../../ast/logical-type.ts";
import type { Writer } from "../sql/writer.ts";

/** The place of an enum's value in its declaration, where it is stored as text. NULL stays NULL. */
export function writeEnumPlace(expression: AnyExpression, type: EnumType, out: Writer): void {
  out.sql("case ").expression(expression);
  type.values.forEach((value, place) => {
    out.sql(` when ${out.context.spelling.textLiteral(value)} then ${place}`);
  });
  out.sql(" end");
}
