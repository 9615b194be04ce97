/** What SQLite computes exactly with decimals: those that are whole numbers of their smallest unit. */

import { nodeOf, type AnyExpression, type ExpressionNode } from "../../../ast/expression.ts";
import type { DecimalType, LogicalType } from "../../../ast/logical-type.ts";
import { typeOf } from "../../../ast/type-of.ts";
import { UnsupportedError } from "../../../core/error.ts";
import type { Writer } from "../../../dialect/sql/writer.ts";
import { decimalStorage, instantStorage } from "../types.ts";

export function refuseWideDecimal(): never {
  throw new UnsupportedError({
    dialect: "SQLite",
    feature: "comparing or computing with decimals of more than 18 digits",
    instead: "Declare at most decimal({ precision: 18 }), or compare in the program.",
  });
}

export function decimalOf(expression: AnyExpression): DecimalType | undefined {
  const type: LogicalType | undefined = typeOf(expression);
  return type?.kind === "decimal" ? type : undefined;
}

/** Scaled integers compare exactly when they have the same scale, and nothing else stored as text does. */
export function checkDecimals(left: AnyExpression, right: AnyExpression): void {
  const [one, other] = [decimalOf(left), decimalOf(right)];
  if (one !== undefined && decimalStorage(one) === "text") refuseWideDecimal();
  if (one === undefined || other === undefined) return;
  if (one.scale !== other.scale || decimalStorage(one) !== decimalStorage(other)) {
    throw new UnsupportedError({
      dialect: "SQLite",
      feature: "comparing decimals of different scales",
      instead: "Declare both columns with the same scale.",
    });
  }
}

function isStoredWhole(type: LogicalType | undefined): boolean {
  switch (type?.kind) {
    case "integer":
    case "bigint":
      return true;
    case "decimal":
      return decimalStorage(type) === "scaled";
    case "timestamp":
      return instantStorage(type) !== "iso" && instantStorage(type) !== "sql";
    default:
      return false;
  }
}

/** What computes with operands that were written by `writeWhole`. */
const EXACT = new Set<string>(["add", "divide", "modulo", "multiply", "subtract"]);

function isWhole(node: ExpressionNode): boolean {
  return (
    node.kind === "column" ||
    node.kind === "output" ||
    (node.kind === "call" && EXACT.has(node.name)) ||
    !isStoredWhole(typeOf(node))
  );
}

/**
 * A number is bound as a floating-point one, with which a division would not truncate; so is what a fragment or `coalesce`
 * makes of one.
 */
export function writeWhole(expression: AnyExpression, out: Writer): void {
  const node = nodeOf(expression);
  if (isWhole(node)) out.expression(node);
  else out.sql("cast(").expression(node).sql(" as integer)");
}
