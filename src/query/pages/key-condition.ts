/** The condition that keeps what follows a row in an order. */

import {
  CompareNode,
  InListNode,
  LogicNode,
  NullTestNode,
  RowCompareNode,
  ValueNode,
  type AnyExpression,
} from "../../ast/expression.ts";
import type { KeyTerm } from "./key-terms.ts";

/** Undefined is what no row meets. */
type Part = AnyExpression | undefined;

function allOf(...parts: readonly Part[]): Part {
  if (parts.includes(undefined)) return undefined;
  return parts.length === 1 ? parts[0] : new LogicNode("and", parts as AnyExpression[]);
}

function anyOf(...parts: readonly Part[]): Part {
  const given = parts.filter((part) => part !== undefined);
  return given.length > 1 ? new LogicNode("or", given) : given[0];
}

function isNull({ expression }: KeyTerm): AnyExpression {
  return new NullTestNode(expression, false);
}

function isNotNull({ expression }: KeyTerm): AnyExpression {
  return new NullTestNode(expression, true);
}

function valueOf(term: KeyTerm, value: unknown): AnyExpression {
  return new ValueNode(value, term.type);
}

function sameAs(term: KeyTerm, value: unknown): AnyExpression {
  if (value === null) return isNull(term);
  return new CompareNode("=", term.expression, valueOf(term, value));
}

/** What isn't NULL and stands behind a value in this one column. */
function behind(term: KeyTerm, value: unknown): Part {
  const { direction, expression, type } = term;
  if (type.kind === "enum") {
    // Databases compare enums by their text, or by their place.
    const place = type.values.indexOf(String(value));
    const later = direction === "asc" ? type.values.slice(place + 1) : type.values.slice(0, place);
    return later.length === 0 ? undefined : new InListNode(expression, later, type, false);
  }
  return new CompareNode(direction === "asc" ? ">" : "<", expression, valueOf(term, value));
}

function isRowComparable(terms: readonly KeyTerm[]): boolean {
  const [first, ...others] = terms;
  return (
    first!.type.kind !== "enum" &&
    others.length > 0 &&
    others.every(
      ({ canBeNull, direction, type }) =>
        !canBeNull && direction === first!.direction && type.kind !== "enum",
    )
  );
}

function compareRows(terms: readonly KeyTerm[], values: readonly unknown[]): AnyExpression {
  return new RowCompareNode(
    terms[0]!.direction === "asc" ? ">" : "<",
    terms.map(({ expression }) => expression),
    terms.map((term, place) => valueOf(term, values[place])),
  );
}

/** What stands behind the values in the order of these terms. */
function rest(terms: readonly KeyTerm[], values: readonly unknown[]): Part {
  const [term, ...others] = terms;
  const [value, ...otherValues] = values;
  if (term === undefined) return undefined;
  if (!term.canBeNull && isRowComparable(terms)) return compareRows(terms, values);
  const among = allOf(sameAs(term, value), rest(others, otherValues));
  if (value === null) return anyOf(term.nulls === "first" ? isNotNull(term) : undefined, among);
  const nulls = term.canBeNull && term.nulls === "last" ? isNull(term) : undefined;
  return anyOf(behind(term, value), nulls, among);
}

/** What stands behind the values among the rows whose first column isn't NULL. */
function amongValues(terms: readonly KeyTerm[], values: readonly unknown[]): Part {
  const [term, ...others] = terms;
  const [value, ...otherValues] = values;
  if (isRowComparable(terms)) return compareRows(terms, values);
  const inOthers = rest(others, otherValues);
  const past = behind(term!, value);
  if (inOthers === undefined) return past;
  const either = anyOf(past, allOf(sameAs(term!, value), inOthers));
  if (past === undefined || term!.type.kind === "enum") return either;
  // The first part bounds what is read of an index, which databases don't see in the second.
  const operator = term!.direction === "asc" ? ">=" : "<=";
  return allOf(new CompareNode(operator, term!.expression, valueOf(term!, value)), either);
}

/**
 * What follows a row, as conditions for one read after the other: an index serves each of them, and hardly a database
 * their union. There are two where NULLs of the first column stand behind its values, or its values behind NULLs; none
 * where nothing can follow.
 *
 * @param values Of the row, one for each term.
 */
export function keysetSegments(
  terms: readonly KeyTerm[],
  values: readonly unknown[],
): readonly AnyExpression[] {
  const [term, ...others] = terms;
  const [value, ...otherValues] = values;
  const { canBeNull, nulls } = term!;
  const segments =
    value === null
      ? [
          allOf(isNull(term!), rest(others, otherValues)),
          nulls === "first" ? isNotNull(term!) : undefined,
        ]
      : [amongValues(terms, values), canBeNull && nulls === "last" ? isNull(term!) : undefined];
  return segments.filter((segment) => segment !== undefined);
}

/** The same as one condition, for what can be read in one go only; undefined where nothing can follow. */
export function keysetCondition(
  terms: readonly KeyTerm[],
  values: readonly unknown[],
): AnyExpression | undefined {
  return anyOf(...keysetSegments(terms, values));
}
