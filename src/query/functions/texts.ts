/** Computing with texts. Places and lengths count code points. */

import { CallNode, Expression, ValueNode, type AnyExpression } from "../../ast/expression.ts";
import type { LogicalType } from "../../ast/logical-type.ts";
import type { OrderTerm } from "../../ast/statement.ts";
import { typeOf } from "../../ast/type-of.ts";
import { InvalidValueError } from "../../core/error.ts";
import { asc } from "../order.ts";

const TEXT: LogicalType = { kind: "text", length: undefined };
const INTEGER: LogicalType = { kind: "integer", bits: 32 };
const MAX_PLACE = 2 ** 31 - 1;

type TextPart = Expression<string | null, string> | string;
type FromOf<Part> = Part extends Expression<unknown, infer From> ? From : never;
type NullOf<Part> = Part extends AnyExpression ? Extract<Part["~value"], null> : never;

/** Numbers and the like are spelt differently by databases. */
function requireText(name: string, part: unknown): AnyExpression {
  if (typeof part === "string") return new ValueNode(part, TEXT);
  if (part instanceof Expression && typeOf(part)?.kind === "text") return part;
  throw new InvalidValueError(`${name}() takes texts and expressions of the type text.`, {
    hint: "Give a fragment its type: sql`…`.as(text()).",
  });
}

/** The texts one behind the other; NULL where one of them is: `coalesce(x, "")` leaves it out instead. */
export function concat<const Parts extends readonly [TextPart, ...TextPart[]]>(
  ...parts: Parts
): Expression<string | NullOf<Parts[number]>, FromOf<Parts[number]>> {
  return new CallNode(
    "concat",
    parts.map((part) => requireText("concat", part)),
    TEXT,
  );
}

/** How many code points a text has. */
export function length<Value extends string | null, From extends string>(
  expression: Expression<Value, From>,
): Expression<number | Extract<Value, null>, From> {
  return new CallNode("length", [requireText("length", expression)], INTEGER);
}

/** The text without spaces (U+0020) at its ends. */
export function trim<Value extends string | null, From extends string>(
  expression: Expression<Value, From>,
): Expression<string | Extract<Value, null>, From> {
  return new CallNode("trim", [requireText("trim", expression)], TEXT);
}

/** The text with each occurrence of another one replaced. Upper and lower case differ; an empty text occurs nowhere. */
export function replace<Value extends string | null, From extends string>(
  expression: Expression<Value, From>,
  search: string,
  replacement: string,
): Expression<string | Extract<Value, null>, From> {
  const parts = [expression, search, replacement].map((part) => requireText("replace", part));
  return new CallNode("replace", parts, TEXT);
}

function place(what: string, value: number, least: number): AnyExpression {
  if (!Number.isInteger(value) || value < least || value > MAX_PLACE)
    throw new InvalidValueError(`The ${what} of substring() is a whole number from ${least} on.`);
  return new ValueNode(value, INTEGER);
}

/**
 * A part of a text.
 *
 * @param start The place of its first code point, counted from 1 as SQL does.
 * @param size How many code points it has at most. Default: all the rest.
 */
export function substring<Value extends string | null, From extends string>(
  expression: Expression<Value, From>,
  start: number,
  size: number = MAX_PLACE,
): Expression<string | Extract<Value, null>, From> {
  const from = place("start", start, 1);
  place("size", size, 0);
  // Beyond 32 bits their sum would be too much for PostgreSQL.
  const most = new ValueNode(Math.min(size, MAX_PLACE - start), INTEGER);
  return new CallNode("substring", [requireText("substring", expression), from, most], TEXT);
}

function directionOf({ direction, nulls }: OrderTerm): string {
  return nulls === undefined ? direction : `${direction} ${nulls}`;
}

/**
 * The texts of the rows one behind the other, NULLs left out; NULL of no rows. Without `orderBy` no order is promised.
 *
 * @example
 * stringAgg(tracks.name, ", ", { orderBy: tracks.name })
 */
export function stringAgg(
  expression: Expression<string | null, string>,
  separator: string,
  options: {
    readonly orderBy?: AnyExpression | OrderTerm | readonly (AnyExpression | OrderTerm)[];
  } = {},
): Expression<string | null> {
  const { orderBy = [] } = options;
  const given = (Array.isArray(orderBy) ? orderBy : [orderBy]) as (AnyExpression | OrderTerm)[];
  const terms = given.map((term) => (term instanceof Expression ? asc(term) : term));
  const parts = [requireText("stringAgg", expression), requireText("stringAgg", separator)];
  return new CallNode(
    "stringAgg",
    [...parts, ...terms.map((term) => term.expression)],
    TEXT,
    undefined,
    terms.map(directionOf).join(),
  );
}
