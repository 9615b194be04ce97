/**
 * Texts of a column that says `caseInsensitive()` are compared by what they are with ASCII's capital letters made small.
 * Templates say so where two texts meet, and databases have one function to render.
 */

import { UnsupportedError } from "../core/error.ts";
import { CallNode, Expression, nodeOf, ParameterNode, type AnyExpression } from "./expression.ts";
import { intern, type LogicalType, type TextType } from "./logical-type.ts";
import type { SelectionNode, SelectionRecord } from "./statement.ts";
import { refuseSealed } from "./sealed.ts";
import { typeOf } from "./type-of.ts";

export function isCaseInsensitive(type: LogicalType | undefined): type is TextType {
  return type?.kind === "text" && type.isCaseInsensitive === true;
}

/** The type of a value that is compared with one of this type. */
export function foldedType(type: LogicalType | undefined): LogicalType {
  return intern({
    kind: "text",
    length: type?.kind === "text" ? type.length : undefined,
    isFolded: true,
  });
}

export function folded(expression: AnyExpression): AnyExpression {
  const node = nodeOf(expression);
  const type = foldedType(typeOf(node));
  return node.kind === "parameter"
    ? new ParameterNode(node.index, type)
    : new CallNode("fold", [node], type);
}

/** The expression as it is compared with others of its type. */
export function comparable(expression: AnyExpression): AnyExpression {
  return isCaseInsensitive(typeOf(expression)) ? folded(expression) : expression;
}

/** Expressions as they are compared with one another: without regard to case where one of them says so. */
export function allComparable<Expressions extends readonly AnyExpression[]>(
  ...expressions: Expressions
): Expressions {
  return expressions.some((expression) => isCaseInsensitive(typeOf(expression)))
    ? (expressions.map(folded) as unknown as Expressions)
    : expressions;
}

export function foldedSelection(record: SelectionRecord): SelectionRecord {
  const values = record.values.map((value): SelectionNode =>
    value instanceof Expression ? folded(value) : foldedSelection(value),
  );
  return { keys: record.keys, values, source: undefined };
}

export function refuseArrays(what: string, expressions: readonly AnyExpression[]): void {
  if (!expressions.some((expression) => typeOf(expression)?.kind === "array")) return;
  throw new UnsupportedError({
    dialect: "Plinth",
    feature: `${what} of arrays as a whole, as databases differ in what is equal and what comes first`,
    instead: "Use arrayContains(), arrayContained(), arrayOverlaps() and arrayLength().",
  });
}

/** Of texts that are equal but for their case, databases would give now this one, now that one. */
export function refuseFolding(what: string, expressions: readonly AnyExpression[]): void {
  refuseArrays(what, expressions);
  refuseSealed(what, expressions);
  if (!expressions.some((expression) => isCaseInsensitive(typeOf(expression)))) return;
  throw new UnsupportedError({
    dialect: "Plinth",
    feature: `${what} of texts that are caseInsensitive(), as it leaves open which spelling is given`,
    instead: "Take lower(column) instead of the column.",
  });
}

/** Every expression of a selection. */
export function leavesOf(record: SelectionRecord): AnyExpression[] {
  return record.values.flatMap((value) =>
    value instanceof Expression ? [value] : leavesOf(value),
  );
}
