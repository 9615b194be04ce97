/** Comparisons for which NULL is a value like any other. */

import {
  CaseNode,
  CompareNode,
  ValueNode,
  type AnyExpression,
  type Expression,
} from "../../ast/expression.ts";
import { typeOf } from "../../ast/type-of.ts";
import type { Lookup } from "../../schema/encrypted.ts";
import { NULL } from "../functions/window.ts";
import { eq, operand, refuseJson, type Operand } from "../expression.ts";

function distinct(
  operator: "is distinct from" | "is not distinct from",
  name: string,
  left: AnyExpression,
  right: unknown,
): Expression<boolean> {
  refuseJson(left, name);
  const other = right === null ? new ValueNode(null, typeOf(left)) : operand(left, right, name);
  return new CompareNode(operator, left, other) as unknown as Expression<boolean>;
}

/** Whether the two differ. Two NULLs don't, and NULL differs from everything else; so it is never NULL itself. */
export function isDistinctFrom<Left extends AnyExpression>(
  left: Left,
  right: Operand<Lookup<Left["~value"]>>,
): Expression<boolean> {
  return distinct("is distinct from", "isDistinctFrom", left, right);
}

/** Whether the two are the same, be it that both are NULL. */
export function isNotDistinctFrom<Left extends AnyExpression>(
  left: Left,
  right: Operand<Lookup<Left["~value"]>>,
): Expression<boolean> {
  return distinct("is not distinct from", "isNotDistinctFrom", left, right);
}

/** The expression, or NULL where it equals the value. */
export function nullIf<Value, From extends string>(
  expression: Expression<Value, From>,
  value: Operand<Value & {}>,
): Expression<Value | null, From> {
  const type = typeOf(expression);
  const condition = eq<AnyExpression>(expression, value as Operand<{}>);
  return new CaseNode([{ condition, value: NULL }], expression, type);
}
