/**
 * Computing with columns, exactly: decimals keep their digits on every database, which text of one's own can't promise,
 * as SQLite keeps a decimal as a whole number of its smallest unit.
 */

import { CallNode, Expression, ValueNode, type AnyExpression } from "../ast/expression.ts";
import type { LogicalType } from "../ast/logical-type.ts";
import { typeOf } from "../ast/type-of.ts";
import { InvalidValueError } from "../core/error.ts";

export type Summable = bigint | number | string | null;

const WHOLE: LogicalType = { kind: "integer", bits: 32 };

const NUMERIC = new Set(["bigint", "decimal", "double", "integer"]);

export function requireNumeric(name: string, expression: AnyExpression): LogicalType {
  const type = typeOf(expression);
  if (type !== undefined && NUMERIC.has(type.kind)) return type;
  throw new InvalidValueError(
    `${name}() takes an expression whose type is a number or a decimal.`,
    {
      hint: "Give a fragment its type: sql`…`.as(integer()).",
    },
  );
}

function toOperand(name: string, right: unknown, type: LogicalType): AnyExpression {
  if (right instanceof Expression) {
    const { kind } = requireNumeric(name, right);
    if ((kind === "decimal") === (type.kind === "decimal")) return right;
    throw new InvalidValueError(
      `${name}() takes ${type.kind === "decimal" ? "a decimal" : "a number"} here.`,
    );
  }
  if (right === undefined || right === null) {
    throw new InvalidValueError(
      `The value of ${name}() is ${right === null ? "null" : "undefined"}.`,
    );
  }
  return new ValueNode(right, type);
}

/** `left + right`. NULL where one of them is; more than the type holds is an error, never a wrap. */
export function add<Value extends Summable, Left extends string, Right extends string = never>(
  left: Expression<Value, Left>,
  right: (NoInfer<Value> & {}) | Expression<NoInfer<Value>, Right>,
): Expression<Value, Left | Right> {
  const type = requireNumeric("add", left);
  return new CallNode("add", [left, toOperand("add", right, type)], type);
}

/** `left - right`, as `add`. */
export function subtract<Value extends Summable, Left extends string, Right extends string = never>(
  left: Expression<Value, Left>,
  right: (NoInfer<Value> & {}) | Expression<NoInfer<Value>, Right>,
): Expression<Value, Left | Right> {
  const type = requireNumeric("subtract", left);
  return new CallNode("subtract", [left, toOperand("subtract", right, type)], type);
}

/** What multiplies: a decimal takes a whole number, so that it keeps its digits. */
type Factor<Value> = Value extends string ? number : Value & {};

/** `left * right`, as `add`. A decimal is multiplied by a whole number. */
export function multiply<Value extends Summable, Left extends string, Right extends string = never>(
  left: Expression<Value, Left>,
  right: Factor<NoInfer<Value>> | Expression<Factor<NoInfer<Value>>, Right>,
): Expression<Value, Left | Right> {
  const type = requireNumeric("multiply", left);
  const factorType = type.kind === "decimal" ? WHOLE : type;
  return new CallNode("multiply", [left, toOperand("multiply", right, factorType)], type);
}
