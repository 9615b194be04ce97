/**
 * Computing with columns, exactly: decimals keep their digits on every database, which text of one's own can't promise,
 * as SQLite keeps a decimal as a whole number of its smallest unit.
 */

import { CallNode, Expression, ValueNode, type AnyExpression } from "../../ast/expression.ts";
import type { LogicalType } from "../../ast/logical-type.ts";
import { typeOf } from "../../ast/type-of.ts";
import { InvalidValueError } from "../../core/error.ts";

export type Summable = bigint | number | string | null;

const WHOLE: LogicalType = { kind: "integer", bits: 32 };

const NUMERIC = new Set(["bigint", "decimal", "double", "integer"]);

function refuseBits(name: string): never {
  throw new InvalidValueError(`${name}() takes a number, and a field of bits is none.`, {
    hint: "setBits() and clearBits() change its flags.",
  });
}

export function requireNumeric(name: string, expression: AnyExpression): LogicalType {
  const type = typeOf(expression);
  if (type?.kind === "bigint" && type.flags !== undefined) refuseBits(name);
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

const WHOLE_KINDS = new Set(["bigint", "integer"]);

function widthOf(type: LogicalType): number {
  return type.kind === "integer" ? type.bits : 64;
}

/** What computing with both gives: of two whole numbers the wider one, and a fraction where one of them may have one. */
export function widerOf(left: LogicalType, right: AnyExpression): LogicalType {
  const other = typeOf(right);
  if (other === undefined || !WHOLE_KINDS.has(left.kind)) return left;
  if (other.kind === "double") return other;
  return WHOLE_KINDS.has(other.kind) && widthOf(other) > widthOf(left) ? other : left;
}

function compute(
  name: "add" | "multiply" | "subtract",
  left: AnyExpression,
  right: unknown,
): CallNode<never, never> {
  const type = requireNumeric(name, left);
  const factorType = name === "multiply" && type.kind === "decimal" ? WHOLE : type;
  const operand = toOperand(name, right, factorType);
  return new CallNode(name, [left, operand], widerOf(type, operand));
}

/** `left + right`. NULL where one of them is; more than the type holds is an error, never a wrap. */
export function add<Value extends Summable, Left extends string, Right extends string = never>(
  left: Expression<Value, Left>,
  right: (NoInfer<Value> & {}) | Expression<NoInfer<Value>, Right>,
): Expression<Value, Left | Right> {
  return compute("add", left, right);
}

/** `left - right`, as `add`. */
export function subtract<Value extends Summable, Left extends string, Right extends string = never>(
  left: Expression<Value, Left>,
  right: (NoInfer<Value> & {}) | Expression<NoInfer<Value>, Right>,
): Expression<Value, Left | Right> {
  return compute("subtract", left, right);
}

/** What multiplies: a decimal takes a whole number, so that it keeps its digits. */
type Factor<Value> = Value extends string ? number : Value & {};

/** `left * right`, as `add`. A decimal is multiplied by a whole number. */
export function multiply<Value extends Summable, Left extends string, Right extends string = never>(
  left: Expression<Value, Left>,
  right: Factor<NoInfer<Value>> | Expression<Factor<NoInfer<Value>>, Right>,
): Expression<Value, Left | Right> {
  return compute("multiply", left, right);
}
