import { isSealed } from "../ast/sealed.ts";
import type { ArrayType, DecimalType, LogicalType } from "../ast/logical-type.ts";

/** Whole numbers that are numbers in JavaScript, whatever their size in the database. */
function isWholeNumber(type: LogicalType): boolean {
  return type.kind === "integer" || (type.kind === "bigint" && type.mode === "number");
}

/** Whether values of two types may stand in one column: decimals are so only with the same digits after the point. */
export function isAlike(left: LogicalType, right: LogicalType): boolean {
  if (isWholeNumber(left) && isWholeNumber(right)) return true;
  if (left.kind !== right.kind) return false;
  if (left.kind === "custom" || isSealed(left) || isSealed(right)) return left === right;
  if (left.kind === "array") return isAlike(left.element, (right as ArrayType).element);
  return left.kind !== "decimal" || left.scale === (right as DecimalType).scale;
}
