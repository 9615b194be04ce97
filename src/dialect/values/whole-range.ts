import type { CallNode } from "../../ast/expression.ts";
import type { LogicalType } from "../../ast/logical-type.ts";

/** What gives a number that may be beyond its type though its operands aren't. */
const GROWING = new Set<string>(["abs", "add", "divide", "multiply", "negate", "subtract"]);

/** Of how many bits the whole numbers of a type are; 54 is what JavaScript's numbers are exact to. */
export type WholeBits = 16 | 32 | 54 | 64;

export function wholeBitsOf(type: LogicalType | undefined): WholeBits | undefined {
  switch (type?.kind) {
    case "integer":
      return type.bits;
    case "bigint":
      return type.mode === "number" ? 54 : 64;
    default:
      return undefined;
  }
}

/** Of how many bits what a function gives must be; undefined where it can't be more. */
export function growingBitsOf({ name, type }: CallNode<unknown, string>): WholeBits | undefined {
  return GROWING.has(name) ? wholeBitsOf(type) : undefined;
}

/**
 * By what a whole number is multiplied, and divided again, so that databases whose computing of 64 bits is never beyond
 * them refuse what is beyond fewer.
 */
export function stretchOf(bits: WholeBits): bigint {
  return 2n ** BigInt(64 - bits);
}
