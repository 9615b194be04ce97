/** Conditions and functions: what stands in `where`, `on`, `having` and in a selection. */

import {
  BetweenNode,
  CallNode,
  CompareNode,
  Expression,
  InListNode,
  InQueryNode,
  LogicNode,
  NotNode,
  NullTestNode,
  PatternNode,
  SubqueryNode,
  ValueNode,
  type AnyExpression,
  type CompareOperator,
  type Condition,
} from "../ast/expression.ts";
import { refuseArrays } from "../ast/folding.ts";
import { intern, type LogicalType } from "../ast/logical-type.ts";
import type { SelectStatement } from "../ast/statement.ts";
import { typeOf } from "../ast/type-of.ts";
import { BuildError, InvalidValueError, UnsupportedError } from "../core/error.ts";
import type { Lookup } from "../schema/encrypted.ts";
import type { IsUnion } from "../schema/table.ts";
import { widthOf } from "./read/selection.ts";
import type { Query } from "./types.ts";

/** A value for an expression, or another expression of that type, which may be NULL. */
export type Operand<Value> = Value | Expression<Value | null, string>;

const BIGINT_AS_NUMBER: LogicalType = { kind: "bigint", mode: "number" };
const DOUBLE: LogicalType = { kind: "double" };

export function operand(left: AnyExpression, right: unknown, name: string): AnyExpression {
  if (right instanceof Expression) return right;
  if (right === undefined || right === null) {
    throw new InvalidValueError(
      `The value of ${name}() is ${right === null ? "null" : "undefined"}.`,
      {
        hint:
          right === null
            ? "A comparison with NULL is never true: use isNull() or isNotNull()."
            : "Leave the condition out instead: and(…) and or(…) skip an operand that is undefined.",
      },
    );
  }
  return new ValueNode(right, typeOf(left));
}

/** JSON is one value to a database that takes it apart, and a text to one that doesn't: equal or not by its spelling. */
export function refuseJson(expression: AnyExpression, name: string): void {
  const kind = typeOf(expression)?.kind;
  if (kind === "array") refuseArrays(`${name}()`, [expression]);
  if (kind !== "json") return;
  throw new UnsupportedError({
    dialect: "Plinth",
    feature: `${name}() of JSON as a whole, as databases differ in what is equal`,
    instead: "Compare a part that you take out of it, or what you read in the program.",
  });
}

/** What databases would do by the text, by the place in the declaration, or not at all. */
function refuseEnum(expression: AnyExpression, name: string): void {
  if (typeOf(expression)?.kind !== "enum") return;
  throw new UnsupportedError({
    dialect: "Plinth",
    feature: `${name}() of an enum`,
    instead: "Name the values that are meant: inArray(column, [...]).",
  });
}

function compare(
  operator: CompareOperator,
  name: string,
  left: AnyExpression,
  right: unknown,
): Condition {
  refuseJson(left, name);
  if (operator !== "=" && operator !== "<>") refuseEnum(left, name);
  return new CompareNode(operator, left, operand(left, right, name));
}

/** `left = right` */
export function eq<Left extends AnyExpression>(
  left: Left,
  right: Operand<Lookup<Left["~value"] & {}>>,
): Condition {
  return compare("=", "eq", left, right);
}

/** `left <> right` */
export function ne<Left extends AnyExpression>(
  left: Left,
  right: Operand<Lookup<Left["~value"] & {}>>,
): Condition {
  return compare("<>", "ne", left, right);
}

/** `left < right` */
export function lt<Left extends AnyExpression>(
  left: Left,
  right: Operand<Left["~value"] & {}>,
): Condition {
  return compare("<", "lt", left, right);
}

/** `left <= right` */
export function lte<Left extends AnyExpression>(
  left: Left,
  right: Operand<Left["~value"] & {}>,
): Condition {
  return compare("<=", "lte", left, right);
}

/** `left > right` */
export function gt<Left extends AnyExpression>(
  left: Left,
  right: Operand<Left["~value"] & {}>,
): Condition {
  return compare(">", "gt", left, right);
}

/** `left >= right` */
export function gte<Left extends AnyExpression>(
  left: Left,
  right: Operand<Left["~value"] & {}>,
): Condition {
  return compare(">=", "gte", left, right);
}

/** Whether a condition says nothing: every operand of it was left out. */
export function isEmptyCondition(condition: AnyExpression): boolean {
  return condition instanceof LogicNode && condition.operands.length === 0;
}

function logic(operator: "and" | "or", operands: readonly (Condition | undefined)[]): Condition {
  const given = operands.filter((candidate): candidate is Condition => {
    if (candidate === undefined) return false;
    if (!(candidate instanceof Expression)) {
      throw new InvalidValueError(`An operand of ${operator}() is no condition.`, {
        hint: "Pass undefined to leave it out.",
      });
    }
    return !isEmptyCondition(candidate);
  });
  return given.length === 1 ? given[0]! : new LogicNode(operator, given);
}

/**
 * True where all are. An operand that is `undefined` is left out; when all are, a read has no condition and a write
 * refuses to run.
 */
export function and(...operands: (Condition | undefined)[]): Condition {
  return logic("and", operands);
}

/** True where one is. An operand that is `undefined` is left out, as in `and`. */
export function or(...operands: (Condition | undefined)[]): Condition {
  return logic("or", operands);
}

/** True where the condition is false; NULL stays NULL. */
export function not(condition: Condition): Condition {
  return isEmptyCondition(condition) ? condition : new NotNode(condition);
}

export function isNull(expression: AnyExpression): Expression<boolean> {
  return new NullTestNode(expression, false);
}

export function isNotNull(expression: AnyExpression): Expression<boolean> {
  return new NullTestNode(expression, true);
}

function inList(
  left: AnyExpression,
  values: readonly unknown[],
  isNegated: boolean,
  name: string,
): Condition {
  refuseJson(left, name);
  if (typeOf(left)?.kind === "custom") {
    throw new UnsupportedError({
      dialect: "Plinth",
      feature: `${name}() with a list of a custom type's values`,
      instead: "Compare with each of them: or(eq(…), eq(…)).",
    });
  }
  for (const value of values) {
    if (value === undefined || value === null) {
      throw new InvalidValueError(
        `The list of ${name}() holds ${value === null ? "null" : "undefined"}.`,
        {
          hint: "Combine it with isNull(): or(inArray(…), isNull(…)).",
        },
      );
    }
  }
  return new InListNode(left, values, typeOf(left), isNegated);
}

/** `unknown` for a row with one member; else a sentence that the compiler prints. */
export type OneColumn<Row> = IsUnion<keyof Row> extends true ? "a query with one column" : unknown;

function oneColumn({ statement }: Query<unknown>, name: string): SelectStatement {
  const width = widthOf(statement.selection);
  if (width === 1) return statement;
  throw new BuildError(
    "E_UNKNOWN_COLUMN",
    `${name}() takes a query with one column; this one has ${width}.`,
    { hint: "Select that column: db.select({ id: users.id }).from(users)." },
  );
}

/** Whether the value is one of a query's, which has one column. NULLs among them are never equal. */
export function inArray<
  Left extends AnyExpression,
  Row extends Readonly<Record<string, Left["~value"] | null>>,
>(left: Left, query: OneColumn<Row> & Query<Row>): Condition;
/** Whether the value is one of the list, of any length. With an empty list it is never true. */
export function inArray<Left extends AnyExpression>(
  left: Left,
  values: readonly Lookup<Left["~value"] & {}>[],
): Condition;
export function inArray(
  left: AnyExpression,
  values: Query<unknown> | readonly unknown[],
): Condition {
  return "statement" in values
    ? new InQueryNode(left, oneColumn(values, "inArray"), false)
    : inList(left, values, false, "inArray");
}

/**
 * Whether the value is none of a query's, which has one column that can't be NULL: with a NULL among them nothing would
 * ever be told to be another.
 */
export function notInArray<
  Left extends AnyExpression,
  Row extends Readonly<Record<string, Left["~value"] & {}>>,
>(left: Left, query: OneColumn<Row> & Query<Row>): Condition;
/** Whether the value is none of the list. With an empty list it is always true. */
export function notInArray<Left extends AnyExpression>(
  left: Left,
  values: readonly Lookup<Left["~value"] & {}>[],
): Condition;
export function notInArray(
  left: AnyExpression,
  values: Query<unknown> | readonly unknown[],
): Condition {
  return "statement" in values
    ? new InQueryNode(left, oneColumn(values, "notInArray"), true)
    : inList(left, values, true, "notInArray");
}

/** `low <= expression and expression <= high` */
export function between<Middle extends AnyExpression>(
  expression: Middle,
  low: Operand<Middle["~value"] & {}>,
  high: Operand<Middle["~value"] & {}>,
): Condition {
  refuseJson(expression, "between");
  refuseEnum(expression, "between");
  return new BetweenNode(
    expression,
    operand(expression, low, "between"),
    operand(expression, high, "between"),
  );
}

type TextExpression = Expression<string | null, string>;

// eslint-disable-next-line no-control-regex
const ASCII = /^[\0-\x7f]*$/;

function pattern(
  operator: "like" | "ilike",
  left: AnyExpression,
  text: string | AnyExpression,
  isNegated: boolean,
): Condition {
  refuseEnum(left, operator);
  if (typeof text === "string") {
    // A pattern is no value of the column: it may be longer than the column's texts.
    return new PatternNode(
      operator,
      left,
      new ValueNode(text, undefined),
      ASCII.test(text),
      text.includes("\\"),
      isNegated,
    );
  }
  return new PatternNode(operator, left, operand(left, text, operator), false, true, isNegated);
}

/** `%` stands for any text, `_` for one character, `\` takes the meaning from the next. Upper and lower case differ. */
export function like(left: TextExpression, text: string | TextExpression): Condition {
  return pattern("like", left, text, false);
}

/** `like` for which upper and lower case are the same. */
export function ilike(left: TextExpression, text: string | TextExpression): Condition {
  return pattern("ilike", left, text, false);
}

export function notLike(left: TextExpression, text: string | TextExpression): Condition {
  return pattern("like", left, text, true);
}

export function notIlike(left: TextExpression, text: string | TextExpression): Condition {
  return pattern("ilike", left, text, true);
}

function escapePattern(text: string): string {
  return text.replaceAll(/[%_\\]/g, String.raw`\$&`);
}

/** Whether the text has this in it, character by character: `%` and `_` mean themselves. */
export function contains(left: TextExpression, text: string): Condition {
  return pattern("like", left, `%${escapePattern(text)}%`, false);
}

export function startsWith(left: TextExpression, text: string): Condition {
  return pattern("like", left, `${escapePattern(text)}%`, false);
}

export function endsWith(left: TextExpression, text: string): Condition {
  return pattern("like", left, `%${escapePattern(text)}`, false);
}

/** How many rows, or how many in which the expression isn't NULL. */
export function count(expression?: AnyExpression): Expression<number> {
  return new CallNode("count", expression === undefined ? [] : [expression], BIGINT_AS_NUMBER);
}

export function countDistinct(expression: AnyExpression): Expression<number> {
  return new CallNode("countDistinct", [expression], BIGINT_AS_NUMBER);
}

type Summable = bigint | number | string | null;

/** A sum has more digits than what is summed. */
const SUM_DIGITS = 18;

function sumType(type: LogicalType | undefined): LogicalType {
  if (type?.kind === "integer") return BIGINT_AS_NUMBER;
  if (type?.kind === "real") return DOUBLE;
  if (type?.kind !== "decimal") return type ?? DOUBLE;
  return intern({ ...type, precision: Math.max(type.precision, SUM_DIGITS) });
}

/** The sum, exact for whole numbers and decimals; NULL of no rows. */
export function sum<Value extends Summable>(
  expression: Expression<Value, string>,
): Expression<Value | null> {
  return new CallNode("sum", [expression], sumType(typeOf(expression)));
}

/** The average as a floating-point number; NULL of no rows. */
export function avg(expression: Expression<Summable, string>): Expression<number | null> {
  return new CallNode("avg", [expression], DOUBLE);
}

function extreme<Value>(name: "max" | "min", expression: AnyExpression): Expression<Value | null> {
  refuseEnum(expression, name);
  return new CallNode(name, [expression], typeOf(expression));
}

/** The smallest value; NULL of no rows. */
export function min<Value>(expression: Expression<Value, string>): Expression<Value | null> {
  return extreme("min", expression);
}

/** The largest value; NULL of no rows. */
export function max<Value>(expression: Expression<Value, string>): Expression<Value | null> {
  return extreme("max", expression);
}

const TEXT: LogicalType = { kind: "text", length: undefined };

export function lower<Value extends string | null, From extends string>(
  expression: Expression<Value, From>,
): Expression<Value, From> {
  refuseEnum(expression, "lower");
  return new CallNode("lower", [expression], TEXT);
}

export function upper<Value extends string | null, From extends string>(
  expression: Expression<Value, From>,
): Expression<Value, From> {
  refuseEnum(expression, "upper");
  return new CallNode("upper", [expression], TEXT);
}

/** What may stand in for an expression that is NULL. */
type StandIn<First extends AnyExpression> =
  | (First["~value"] & {})
  | Expression<First["~value"] | null, string>;

/** `null` where each of them may be NULL. */
type NullOfAll<Others extends readonly unknown[]> = {
  [Place in keyof Others]: Others[Place] extends AnyExpression
    ? null extends Others[Place]["~value"]
      ? never
      : true
    : true;
}[number] extends never
  ? null
  : never;

/** The tables whose absence leaves nothing; a value among them is always there. */
type FromOfAll<Others extends readonly unknown[]> = {
  [Place in keyof Others]: Others[Place] extends AnyExpression ? never : true;
}[number] extends never
  ? Extract<Others[number], AnyExpression>["~from"]
  : never;

/** The first that is not NULL of the expression and the others. */
export function coalesce<
  First extends AnyExpression,
  Other extends (First["~value"] & {}) | Expression<First["~value"] | null, string>,
>(
  expression: First,
  otherwise: Other,
): Other extends AnyExpression
  ? Expression<(First["~value"] & {}) | (Other["~value"] & null), Other["~from"]>
  : Expression<First["~value"] & {}>;
export function coalesce<
  First extends AnyExpression,
  Others extends readonly [StandIn<First>, StandIn<First>, ...StandIn<First>[]],
>(
  expression: First,
  ...others: Others
): Expression<(First["~value"] & {}) | NullOfAll<Others>, FromOfAll<Others>>;
export function coalesce(expression: AnyExpression, ...others: readonly unknown[]): AnyExpression {
  if (others.length === 0) throw new InvalidValueError("coalesce() takes what stands in for NULL.");
  const rest = others.map((other) => operand(expression, other, "coalesce"));
  return new CallNode("coalesce", [expression, ...rest], typeOf(expression));
}

/** Whether a query has a row. It may read columns of the query around it. */
export function exists(query: Query<unknown>): Expression<boolean> {
  return new SubqueryNode("exists", query.statement);
}

/** Whether a query has no row. */
export function notExists(query: Query<unknown>): Expression<boolean> {
  return new NotNode(new SubqueryNode("exists", query.statement)) as Expression<boolean>;
}

/**
 * A query with one column as a value: that of its row, NULL where it has none. It may read columns of the query around
 * it.
 *
 * @throws {BuildError} `E_UNKNOWN_COLUMN` when the query has several columns.
 */
export function scalar<Row extends object>(
  query: OneColumn<Row> & Query<Row>,
): Expression<Row[keyof Row] | null> {
  return new SubqueryNode("value", oneColumn(query, "scalar"));
}
