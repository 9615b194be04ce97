/**
 * Arrays as JSON, for databases without arrays of their own. An element has one spelling, so that elements are equal when
 * their spellings are: whole numbers of 32 bits and truth values as JSON has them, everything else as text.
 */

import { instantOf } from "../../core/temporal.ts";
import type { ArrayType, LogicalType } from "../../ast/logical-type.ts";
import { InvalidValueError } from "../../core/error.ts";
import type { Decode, Encode } from "./type-map.ts";

function spellingOf(checked: unknown): unknown {
  if (checked instanceof Date) return checked.toISOString();
  if (checked instanceof Uint8Array) return Buffer.from(checked).toString("hex");
  return String(checked);
}

function isPlain(element: LogicalType): boolean {
  return element.kind === "integer" || element.kind === "boolean";
}

/** Whether elements are texts in JSON. */
export function hasTextElements({ element }: ArrayType): boolean {
  return !isPlain(element);
}

/** The JSON of elements that were checked. */
export function storeArray({ element }: ArrayType): Encode {
  if (isPlain(element)) return (checked) => JSON.stringify(checked);
  return (checked) =>
    JSON.stringify(
      (checked as readonly unknown[]).map((value) => (value === null ? null : spellingOf(value))),
    );
}

function elementReader(element: LogicalType): Decode {
  switch (element.kind) {
    case "integer":
    case "double":
    case "real":
      return Number;
    case "boolean":
      return (spelling) => spelling === true || spelling === 1;
    case "bigint":
      return element.mode === "number" ? Number : (spelling) => BigInt(spelling as string);
    case "timestamp":
      if (element.mode === "string") return String;
      return element.mode === "date"
        ? (spelling) => new Date(String(spelling))
        : (spelling) => instantOf(String(spelling));
    case "bytes":
      return (spelling) => new Uint8Array(Buffer.from(String(spelling), "hex"));
    default:
      return String;
  }
}

export function readArray({ element }: ArrayType): Decode {
  const read = elementReader(element);
  return (cell) => {
    const list = parsed(cell);
    return list.map((spelling) => (spelling === null ? null : read(spelling)));
  };
}

function parsed(cell: unknown): readonly unknown[] {
  try {
    const list: unknown = JSON.parse(String(cell));
    if (Array.isArray(list)) return list;
  } catch {
    // The error of JSON.parse quotes the text.
  }
  throw new InvalidValueError("A text of the result is no array in JSON.");
}
