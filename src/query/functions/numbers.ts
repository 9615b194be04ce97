/** Computing with numbers beyond adding and multiplying. */

import { CallNode, Expression, ValueNode, type AnyExpression } from "../../ast/expression.ts";
import type { NumberFunctionName } from "../../ast/function-name.ts";
import { intern, type DecimalType, type LogicalType } from "../../ast/logical-type.ts";
import { typeOf } from "../../ast/type-of.ts";
import { InvalidValueError, UnsupportedError } from "../../core/error.ts";
import { isAlike } from "../alike.ts";
import { requireNumeric, widerOf, type Summable } from "./arithmetic.ts";

const WHOLE: LogicalType = { kind: "integer", bits: 32 };
const DOUBLE: LogicalType = { kind: "double" };

/** What divides: a decimal also takes a whole number. */
type Divisor<Value> = (Value extends string ? number : never) | (Value & {});

function divisor(name: string, right: unknown, type: LogicalType): AnyExpression {
  if (right instanceof Expression) {
    const { kind } = requireNumeric(name, right);
    const fits =
      type.kind === "decimal" ? kind !== "double" : kind !== "decimal" || type.kind === "double";
    if (fits) return right;
    throw new InvalidValueError(`${name}() takes a number of the same kind here.`);
  }
  if (right === undefined || right === null) {
    throw new InvalidValueError(
      `The value of ${name}() is ${right === null ? "null" : "undefined"}.`,
    );
  }
  return new ValueNode(right, type.kind === "decimal" && typeof right === "number" ? WHOLE : type);
}

function quotient(
  name: "divide" | "modulo",
  left: AnyExpression,
  right: AnyExpression,
  type: LogicalType,
): CallNode<never, never> {
  return new CallNode(name, [left, right], widerOf(type, right));
}

/**
 * `left / right`. The quotient of whole numbers is cut to a whole number, and that of decimals to the digits after the
 * point that `left` has; `avg` and floating-point numbers keep their fraction. NULL by zero.
 */
export function divide<Value extends Summable, Left extends string, Right extends string = never>(
  left: Expression<Value, Left>,
  right: Divisor<NoInfer<Value>> | Expression<Divisor<NoInfer<Value>> | null, Right>,
): Expression<Value | null, Left | Right> {
  const type = requireNumeric("divide", left);
  return quotient("divide", left, divisor("divide", right, type), type);
}

/** What a division that cuts leaves over, with the sign of `left`; of whole numbers and decimals. NULL by zero. */
export function modulo<Value extends Summable, Left extends string, Right extends string = never>(
  left: Expression<Value, Left>,
  right: Divisor<NoInfer<Value>> | Expression<Divisor<NoInfer<Value>> | null, Right>,
): Expression<Value | null, Left | Right> {
  const type = requireNumeric("modulo", left);
  if (type.kind === "double") {
    throw new UnsupportedError({
      dialect: "Plinth",
      feature: "modulo() of floating-point numbers",
      instead: "Compute it in the program, or keep the number as a decimal.",
    });
  }
  return quotient("modulo", left, divisor("modulo", right, type), type);
}

function single<Value, From extends string>(
  name: NumberFunctionName,
  value: Expression<Value, From>,
): Expression<Value, From> {
  return new CallNode(name, [value], requireNumeric(name, value));
}

export function negate<Value extends Summable, From extends string>(
  value: Expression<Value, From>,
): Expression<Value, From> {
  return single("negate", value);
}

/** The number without its sign. */
export function abs<Value extends Summable, From extends string>(
  value: Expression<Value, From>,
): Expression<Value, From> {
  return single("abs", value);
}

/** The digits of a decimal that was rounded up may be one more than before. */
const ROUNDED_DIGITS = 18;

function rounded<Value, From extends string>(
  name: "ceil" | "floor" | "round",
  value: Expression<Value, From>,
  digits: number,
): Expression<Value, From> {
  const type = requireNumeric(name, value);
  if (type.kind === "integer" || type.kind === "bigint") return value;
  if (type.kind !== "decimal") return new CallNode(name, [value], type);
  const precision = Math.max(type.precision, ROUNDED_DIGITS);
  const wider: DecimalType = { ...type, precision };
  return new CallNode(name, [value], intern(wider), undefined, String(digits));
}

/** The largest whole number that isn't larger, as the same type. */
export function floor<Value extends Summable, From extends string>(
  value: Expression<Value, From>,
): Expression<Value, From> {
  return rounded("floor", value, 0);
}

/** The smallest whole number that isn't smaller, as the same type. */
export function ceil<Value extends Summable, From extends string>(
  value: Expression<Value, From>,
): Expression<Value, From> {
  return rounded("ceil", value, 0);
}

/**
 * The nearest number with so many digits after the point, as the same type; a half goes away from zero.
 *
 * @param digits For decimals: 0 to their scale. Default 0.
 */
export function round<Value extends Summable, From extends string>(
  value: Expression<Value, From>,
  digits = 0,
): Expression<Value, From> {
  const type = requireNumeric("round", value);
  const most = type.kind === "decimal" ? type.scale : 0;
  if (!Number.isInteger(digits) || digits < 0 || digits > most) {
    throw new InvalidValueError(
      `round() takes ${most === 0 ? "no digits after the point here" : `0 to ${most} digits here`}.`,
      { hint: "Floating-point numbers have no exact digits: use a decimal." },
    );
  }
  return rounded("round", value, digits);
}

const ORDERED = new Set([
  "bigint",
  "date",
  "decimal",
  "double",
  "integer",
  "text",
  "time",
  "timestamp",
]);

type Comparable = bigint | number | string | Date | null;

function extreme(name: "greatest" | "least", parts: readonly unknown[]): AnyExpression {
  const [first] = parts as readonly [AnyExpression];
  const type = first instanceof Expression ? typeOf(first) : undefined;
  if (type === undefined || !ORDERED.has(type.kind)) {
    throw new InvalidValueError(
      `${name}() takes an expression of numbers, texts, days or instants first.`,
      { hint: "Give a fragment its type: sql`…`.as(integer())." },
    );
  }
  const nodes = parts.map((part): AnyExpression => {
    if (part === undefined || part === null)
      throw new InvalidValueError(`A value of ${name}() is ${String(part)}.`);
    if (!(part instanceof Expression)) return new ValueNode(part, type);
    const other = typeOf(part);
    if (other !== undefined && isAlike(type, other)) return part;
    throw new InvalidValueError(`The expressions of ${name}() are of different types.`);
  });
  return new CallNode(name, nodes, type);
}

/** The largest of the values; NULL where one of them is. */
export function greatest<Value extends Comparable, From extends string>(
  first: Expression<Value, From>,
  ...others: readonly [Other<Value>, ...Other<Value>[]]
): Expression<Value, From> {
  return extreme("greatest", [first, ...others]) as Expression<Value, From>;
}

/** The smallest of the values; NULL where one of them is. */
export function least<Value extends Comparable, From extends string>(
  first: Expression<Value, From>,
  ...others: readonly [Other<Value>, ...Other<Value>[]]
): Expression<Value, From> {
  return extreme("least", [first, ...others]) as Expression<Value, From>;
}

type Other<Value> = Expression<NoInfer<Value>, string> | (NoInfer<Value> & {});

/** A number from 0 up to, and without, 1: another one for each row. */
export function random(): Expression<number> {
  return new CallNode("random", [], DOUBLE);
}
