/** Keys of rows in hand: by which rows that were read apart are put together. */

import { isCaseInsensitive } from "../../ast/folding.ts";
import type { LogicalType } from "../../ast/logical-type.ts";
import type { RelationStep } from "../../schema/relation.ts";

/** What stands for the values of a key in a map. Undefined where one of them is NULL, which is equal to nothing. */
export type KeyText = (values: readonly unknown[]) => unknown;

function plainText(type: LogicalType, value: unknown): unknown {
  if (value instanceof Date) return value.getTime();
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  if (typeof value === "string")
    return isCaseInsensitive(type)
      ? value.replaceAll(/[A-Z]+/g, (text) => text.toLowerCase())
      : value;
  // Of two columns one may give bigints, and one numbers.
  return typeof value === "number" || typeof value === "boolean" ? value : String(value);
}

function textOf(type: LogicalType, value: unknown): unknown {
  const text = plainText(type, value);
  return type.kind === "bigint" ? String(text) : text;
}

const keyTexts = new WeakMap<RelationStep, KeyText>();

export function keyTextOf(step: RelationStep): KeyText {
  let text = keyTexts.get(step);
  if (text === undefined) {
    text = createKeyText(step);
    keyTexts.set(step, text);
  }
  return text;
}

function createKeyText({ to }: RelationStep): KeyText {
  const types = to.map((column) => column.type);
  const [only] = types;
  if (types.length === 1) {
    return ([value]) => (value === null || value === undefined ? undefined : textOf(only!, value));
  }
  return (values) => {
    const texts: unknown[] = [];
    for (let index = 0; index < types.length; index++) {
      const value = values[index];
      if (value === null || value === undefined) return undefined;
      texts.push(textOf(types[index]!, value));
    }
    return JSON.stringify(texts);
  };
}

/** The value as the other column takes it, where one reads bigints and the other numbers. */
export function valueFor({ type }: { readonly type: LogicalType }, value: unknown): unknown {
  if (type.kind !== "bigint") return value;
  if (type.mode === "bigint") return typeof value === "number" ? BigInt(value) : value;
  return typeof value === "bigint" ? Number(value) : value;
}
