/** Of which type a value of SQLite is that was computed, where its kind doesn't say it. */

import type { LogicalType } from "../../../ast/logical-type.ts";
import { isScaled, type Value } from "./values.ts";

const JSON_TYPE: LogicalType = { kind: "json" };
const DATE_TYPE: LogicalType = { kind: "date" };
const TIME_TYPE: LogicalType = { kind: "time", precision: 0 };

const JSON_FUNCTIONS =
  /^(?:->|json|json_array|json_group_array|json_group_object|json_insert|json_object|json_patch|json_quote|json_replace|json_set)$/;

/** A decimal is stored as a whole number of its smallest unit, which only some operators keep. */
export function typeOfOperation(opcode: string, values: readonly Value[]): Value["type"] {
  const isSum = opcode === "Add" || opcode === "Subtract";
  if (isSum && values.every(({ type }) => type === values[0]!.type) && isScaled(values[0]!))
    return values[0]!.type;
  return values.some(isScaled) ? "unclear" : undefined;
}

/** @param given The arguments, behind which others may stand that it isn't given. */
export function typeOfCall(name: string, given: readonly Value[]): Value["type"] {
  if (JSON_FUNCTIONS.test(name)) return JSON_TYPE;
  const [first] = given;
  if (first === undefined) return timeTypeOf(name, given);
  if (name === "nullif") return first.type;
  if ((name === "max" || name === "min") && given.every(({ type }) => type === first.type))
    return first.type;
  if (given.some(isScaled)) return "unclear";
  return timeTypeOf(name, given);
}

function timeTypeOf(name: string, given: readonly Value[]): LogicalType | undefined {
  if (name === "date" || name === "current_date") return DATE_TYPE;
  const isWhole = given.every(({ constant }) => constant === "now") || given.length === 1;
  return (name === "time" && isWhole) || name === "current_time" ? TIME_TYPE : undefined;
}

/** @param type Of all that it was given. */
export function typeOfAggregate(name: string, type: Value["type"]): Value["type"] {
  if (JSON_FUNCTIONS.test(name)) return JSON_TYPE;
  if (/^(?:min|max|first_value|last_value|nth_value|lag|lead)$/.test(name)) return type;
  const isDecimal = type !== undefined && type !== "unclear" && type.kind === "decimal";
  if (name === "sum" && isDecimal) return type;
  const isCounting = /^(?:count|row_number|rank|dense_rank|percent_rank|cume_dist|ntile)$/.test(
    name,
  );
  return !isCounting && (isDecimal || type === "unclear") ? "unclear" : undefined;
}
