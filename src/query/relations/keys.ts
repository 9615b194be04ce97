/** Keys of rows in hand: by which rows that were read apart are put together. */

import { isCaseInsensitive } from "../../ast/folding.ts";
import type { LogicalType } from "../../ast/logical-type.ts";
import type { SelectStatement } from "../../ast/statement.ts";
import type { RelationStep } from "../../schema/relation.ts";

/** The values of a key. */
export type Key = readonly unknown[];

/** Keys whose rows are read: each once, or found by a query. */
export type Keys = readonly Key[] | SelectStatement;

export function isFound(keys: Keys): keys is SelectStatement {
  return "kind" in keys;
}

/** What stands for the values of a key in a map. Undefined where one of them is NULL, which is equal to nothing. */
export type KeyText = (values: readonly unknown[]) => unknown;

function textOf(type: LogicalType, value: unknown): unknown {
  switch (typeof value) {
    case "number":
    case "boolean":
    case "undefined":
      return value;
    case "bigint": {
      // Of two columns one may give bigints, and one numbers.
      const number = Number(value);
      return Number.isSafeInteger(number) ? number : String(value);
    }
    case "string":
      return isCaseInsensitive(type)
        ? value.replaceAll(/[A-Z]+/g, (text) => text.toLowerCase())
        : value;
    default:
      return value === null ? undefined : objectText(value);
  }
}

function objectText(value: unknown): unknown {
  if (value instanceof Date) return value.getTime();
  return value instanceof Uint8Array ? Buffer.from(value).toString("hex") : String(value);
}

export function keyTextOf({ to }: RelationStep): KeyText {
  const [only] = to;
  if (to.length === 1) return ([value]) => textOf(only!.type, value);
  return (values) => {
    const texts: unknown[] = [];
    for (let index = 0; index < to.length; index++) {
      const text = textOf(to[index]!.type, values[index]);
      if (text === undefined) return undefined;
      texts.push(text);
    }
    return JSON.stringify(texts);
  };
}

/** As `keyTextOf`, of the values that are read of a row. */
export function keyReader<Row>(
  step: RelationStep,
  reads: readonly ((row: Row) => unknown)[],
): (row: Row) => unknown {
  const [read] = reads;
  if (reads.length === 1) {
    const { type } = step.to[0]!;
    return (row) => textOf(type, read!(row));
  }
  const text = keyTextOf(step);
  return (row) => text(reads.map((one) => one(row)));
}

/** The value as the other column takes it, where one reads bigints and the other numbers. */
export function valueFor({ type }: { readonly type: LogicalType }, value: unknown): unknown {
  if (type.kind !== "bigint") return value;
  if (type.mode === "bigint") return typeof value === "number" ? BigInt(value) : value;
  return typeof value === "bigint" ? Number(value) : value;
}
