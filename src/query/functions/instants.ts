/** Computing with instants and days, in UTC, however the database stores them. */

import { CallNode, Expression, ValueNode, type AnyExpression } from "../../ast/expression.ts";
import type { LogicalType } from "../../ast/logical-type.ts";
import { typeOf } from "../../ast/type-of.ts";
import { InvalidValueError } from "../../core/error.ts";
import { isAlike } from "../alike.ts";

const INTEGER: LogicalType = { kind: "integer", bits: 32 };
const COUNT: LogicalType = { kind: "bigint", mode: "number" };

const DAY_UNITS = ["day", "week", "month", "quarter", "year"] as const;
const TIME_UNITS = ["second", "minute", "hour"] as const;
const DAY_PARTS = ["year", "quarter", "month", "day", "dayOfWeek"] as const;

/** What an instant is cut to or moved by. For days, not the hour and what is below it. */
export type DateUnit = (typeof DAY_UNITS)[number] | (typeof TIME_UNITS)[number];
/** A part of an instant or a day. `dayOfWeek` counts from Monday, 1, to Sunday, 7. */
export type DatePart = (typeof DAY_PARTS)[number] | (typeof TIME_UNITS)[number];
/** What lies between two instants is counted in. */
export type DateSpan = "day" | "hour" | "minute" | "second" | "week";

/** `Date` or a string of a timestamp, or the string of a day. */
type Instant = Date | string | null;
type NullOf<Value> = Extract<Value, null>;

function requireInstant(
  name: string,
  instant: AnyExpression,
  unit: string,
  ofDays: readonly string[],
): LogicalType {
  const type = instant instanceof Expression ? typeOf(instant) : undefined;
  if (type?.kind !== "timestamp" && type?.kind !== "date") {
    throw new InvalidValueError(`${name}() takes an expression of the type timestamp or date.`, {
      hint: "Give a fragment its type: sql`…`.as(timestamp()).",
    });
  }
  const known = type.kind === "date" ? ofDays : [...ofDays, ...TIME_UNITS];
  if (known.includes(unit)) return type;
  throw new InvalidValueError(
    `${name}() of a ${type.kind} takes one of ${known.map((word) => `"${word}"`).join(", ")}.`,
  );
}

/** A part of an instant in UTC, or of a day, as a whole number: the second without its fraction. */
export function datePart<Value extends Instant, From extends string>(
  part: DatePart,
  instant: Expression<Value, From>,
): Expression<number | NullOf<Value>, From> {
  requireInstant("datePart", instant, part, DAY_PARTS);
  return new CallNode("datePart", [instant], INTEGER, undefined, part);
}

/**
 * The beginning of the unit that the instant is in, in UTC. Weeks begin on Monday.
 *
 * @example
 * db.select({ month: dateTrunc("month", orders.paidAt), total: sum(orders.total) }).from(orders).groupBy(…)
 */
export function dateTrunc<Value extends Instant, From extends string>(
  unit: DateUnit,
  instant: Expression<Value, From>,
): Expression<Value, From> {
  const type = requireInstant("dateTrunc", instant, unit, DAY_UNITS);
  return new CallNode("dateTrunc", [instant], type, undefined, unit);
}

const MAX_AMOUNT = 1_000_000_000;

/**
 * The instant so many units later, or earlier for a negative number. Where a month is too short for the day, its last day
 * is taken. What comes out must be in the years 1 to 9999.
 */
export function dateAdd<Value extends Instant, From extends string>(
  instant: Expression<Value, From>,
  amount: number,
  unit: DateUnit,
): Expression<Value, From> {
  const type = requireInstant("dateAdd", instant, unit, DAY_UNITS);
  if (!Number.isInteger(amount) || Math.abs(amount) > MAX_AMOUNT)
    throw new InvalidValueError("dateAdd() takes a whole number of units.");
  return new CallNode("dateAdd", [instant, new ValueNode(amount, INTEGER)], type, undefined, unit);
}

/** How many whole units lie from the second instant to the first; negative where the first is earlier. */
export function dateDiff<Value extends Instant, Left extends string, Right extends string = never>(
  unit: DateSpan,
  later: Expression<Value, Left>,
  earlier: Expression<NoInfer<Value> | null, Right> | (NoInfer<Value> & {}),
): Expression<number | NullOf<Value>, Left | Right> {
  const type = requireInstant("dateDiff", later, unit, ["day", "week"]);
  const other = earlier instanceof Expression ? earlier : new ValueNode(earlier, type);
  const otherType = typeOf(other);
  if (otherType === undefined || !isAlike(type, otherType))
    throw new InvalidValueError("dateDiff() takes two instants, or two days.");
  return new CallNode("dateDiff", [later, other], COUNT, undefined, unit);
}
