/** Flags of a bit field by their names: in conditions, in updates, and in a value at hand. */

import {
  CallNode,
  CompareNode,
  ValueNode,
  type AnyExpression,
  type Condition,
  type Expression,
} from "../../ast/expression.ts";
import type { BigintType } from "../../ast/logical-type.ts";
import { typeOf } from "../../ast/type-of.ts";
import { InvalidValueError } from "../../core/error.ts";
import type { Bits } from "../../schema/bit-field.ts";

type BitsExpression<Flag extends string> = Expression<Bits<Flag> | null, string>;

const ALL_BITS = 2n ** 63n - 1n;

type FlagType = BigintType & Required<Pick<BigintType, "flags">>;

function fieldOf(column: AnyExpression): FlagType {
  const type = typeOf(column);
  if (type?.kind === "bigint" && type.flags !== undefined) return type as FlagType;
  throw new InvalidValueError("Flags have names only in a column that is a bitField().");
}

function maskOf({ flags }: FlagType, names: readonly string[]): bigint {
  if (!Array.isArray(names)) throw new InvalidValueError("Flags are given as a list of names.");
  let mask = 0n;
  for (const name of names) {
    if (!Object.hasOwn(flags, name)) {
      throw new InvalidValueError("The list has a name that is no flag of the column.", {
        hint: `It has ${Object.keys(flags).join(", ")}.`,
      });
    }
    mask |= 1n << BigInt(flags[name]!);
  }
  return mask;
}

function masked(column: AnyExpression, mask: bigint, type: FlagType): CallNode<bigint | null> {
  return new CallNode("bitAnd", [column, new ValueNode(mask, type)], type);
}

/** Whether every one of these flags is set; of none of them it is true. */
export function hasAll<Flag extends string>(
  column: BitsExpression<Flag>,
  flags: readonly NoInfer<Flag>[],
): Condition {
  const type = fieldOf(column);
  const mask = maskOf(type, flags);
  return new CompareNode("=", masked(column, mask, type), new ValueNode(mask, type));
}

/** Whether one of these flags is set; of none of them it is false. */
export function hasAny<Flag extends string>(
  column: BitsExpression<Flag>,
  flags: readonly NoInfer<Flag>[],
): Condition {
  const type = fieldOf(column);
  return new CompareNode("<>", masked(column, maskOf(type, flags), type), new ValueNode(0n, type));
}

/** Whether none of these flags is set. */
export function hasNone<Flag extends string>(
  column: BitsExpression<Flag>,
  flags: readonly NoInfer<Flag>[],
): Condition {
  const type = fieldOf(column);
  return new CompareNode("=", masked(column, maskOf(type, flags), type), new ValueNode(0n, type));
}

/** The field with these flags set, for `.set({ … })`; NULL stays NULL. Other flags stay as the row has them by then. */
export function setBits<Value extends Bits | null, From extends string>(
  column: Expression<Value, From>,
  flags: readonly FlagOf<Value>[],
): Expression<Value, From> {
  const type = fieldOf(column);
  return new CallNode("bitOr", [column, new ValueNode(maskOf(type, flags), type)], type);
}

/** The field without these flags, as `setBits`. */
export function clearBits<Value extends Bits | null, From extends string>(
  column: Expression<Value, From>,
  flags: readonly FlagOf<Value>[],
): Expression<Value, From> {
  const type = fieldOf(column);
  const kept = ALL_BITS & ~maskOf(type, flags);
  return new CallNode("bitAnd", [column, new ValueNode(kept, type)], type);
}

/** The names of a field's flags. */
export type FlagOf<Value> = Value extends Bits<infer Flag> ? Flag : never;

/** The value in which just these flags of the column are set. */
export function toBits<Flag extends string>(
  column: BitsExpression<Flag>,
  flags: readonly NoInfer<Flag>[],
): Bits<Flag> {
  return maskOf(fieldOf(column), flags);
}

/** The names of the flags that are set in a value, in the order of their places. */
export function fromBits<Flag extends string>(column: BitsExpression<Flag>, value: bigint): Flag[] {
  const { flags } = fieldOf(column);
  const names = Object.keys(flags).filter((name) => (value >> BigInt(flags[name]!)) & 1n);
  return names as Flag[];
}

/** Whether every one of these flags of the column is set in a value. */
export function includesBits<Flag extends string>(
  column: BitsExpression<Flag>,
  value: bigint,
  flags: readonly NoInfer<Flag>[],
): boolean {
  const mask = maskOf(fieldOf(column), flags);
  return (value & mask) === mask;
}
