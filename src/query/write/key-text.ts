/** Keys in one spelling each, by which a row that was given is found among those that are stored. */

import { foldedType, isCaseInsensitive } from "../../ast/folding.ts";
import { valueTypeOf } from "../../ast/sealed.ts";
import { checkerOf, encodeFor } from "../../dialect/values/type-map.ts";
import type { AnyTableColumn } from "../../schema/table.ts";

type AnyRow = Readonly<Record<string, unknown>>;

function textOf(value: unknown): string {
  if (value instanceof Date) return String(value.getTime());
  return value instanceof Uint8Array ? Buffer.from(value).toString("hex") : String(value);
}

/** @returns a function that spells the key of a row, which has a value in each of the columns. */
export function keySpeller(columns: readonly AnyTableColumn[]): (row: AnyRow) => string {
  const checks = columns.map(({ type }) =>
    checkerOf(isCaseInsensitive(type) ? foldedType(type) : valueTypeOf(type)),
  );
  const spell = (row: AnyRow, index: number): string => {
    const { key } = columns[index]!;
    return textOf(encodeFor(key, checks[index]!, row[key]));
  };
  if (columns.length === 1) return (row) => spell(row, 0);
  return (row) => JSON.stringify(columns.map((_, index) => spell(row, index)));
}
