/**
 * SQLite makes a floating-point number of a whole number beyond 64 bits, and knows no smaller ones. So what is computed
 * goes through a function that refuses it: a tenth of a microsecond for each value.
 */

import type { DatabaseSync } from "node:sqlite";
import type { CallNode } from "../../../ast/expression.ts";
import { InvalidValueError } from "../../../core/error.ts";
import { growingBitsOf, type WholeBits } from "../../../dialect/values/whole-range.ts";
import { decimalStorage } from "../types.ts";

type Scalar = null | number | bigint | string | Uint8Array;

const WIDTHS: readonly WholeBits[] = [16, 32, 54, 64];
const FINITE = "plinth_finite";

/** What gives a decimal that may be of more digits than its operands are. */
const GROWING_DECIMALS = new Set<string>([
  "abs",
  "add",
  "ceil",
  "divide",
  "floor",
  "multiply",
  "negate",
  "round",
  "subtract",
]);

const GROWING_DOUBLES = new Set<string>(["add", "avg", "divide", "multiply", "subtract", "sum"]);

/** The name of the function that refuses whole numbers of more bits. */
export function rangeCheck(bits: WholeBits): string {
  return `plinth_int${bits}`;
}

/** The function around what is computed; undefined where it can't be beyond its type. */
export function rangeCheckOf(node: CallNode<unknown, string>): string | undefined {
  const { name, type } = node;
  if (type?.kind === "double") return GROWING_DOUBLES.has(name) ? FINITE : undefined;
  if (type?.kind === "decimal") {
    const isWhole = decimalStorage(type) === "scaled" && GROWING_DECIMALS.has(name);
    return isWhole ? rangeCheck(64) : undefined;
  }
  const bits = growingBitsOf(node);
  return bits === undefined ? undefined : rangeCheck(bits);
}

function refuse(): never {
  throw new InvalidValueError("The result of a computation is outside the range of its type.", {
    code: "E_OUT_OF_RANGE",
  });
}

export function addRangeChecks(database: DatabaseSync): void {
  for (const bits of WIDTHS) {
    const bound = 2n ** BigInt(bits - 1);
    const options = { deterministic: true, useBigIntArguments: true };
    database.function(rangeCheck(bits), options, (value: Scalar) => {
      if (typeof value === "bigint") return value >= -bound && value < bound ? value : refuse();
      return typeof value === "number" && Math.abs(value) >= bound ? refuse() : value;
    });
  }
  database.function(FINITE, { deterministic: true }, (value: Scalar) =>
    value === Infinity || value === -Infinity ? refuse() : value,
  );
}
