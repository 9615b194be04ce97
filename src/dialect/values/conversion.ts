/** What becomes of values when the type of their column changes: the same on every database, or refused. */

import type { DecimalType, LogicalType, TimestampType } from "../../ast/logical-type.ts";

/**
 * `"exact"`: every value stays what it is. `"checked"`: so does each that fits, and one that doesn't makes the change fail,
 * with nothing changed. `"lossy"`: values may be rounded or cut.
 */
export type Conversion = "checked" | "exact" | "lossy";

const DIGITS = { 16: 5, 32: 10, 64: 19 } as const;

/** Whole numbers by their bits. */
function bitsOf(type: LogicalType): 16 | 32 | 64 | undefined {
  if (type.kind === "integer") return type.bits;
  return type.kind === "bigint" ? 64 : undefined;
}

function fitting(fits: boolean): Conversion {
  return fits ? "exact" : "checked";
}

function fromWhole(bits: 16 | 32 | 64, to: LogicalType): Conversion | undefined {
  const target = bitsOf(to);
  if (target !== undefined) return fitting(target >= bits);
  switch (to.kind) {
    case "decimal":
      return fitting(to.precision - to.scale >= DIGITS[bits]);
    case "double":
      return bits === 64 ? "lossy" : "exact";
    case "real":
      return bits === 16 ? "exact" : "lossy";
    case "text":
      return fitting((to.length ?? Infinity) > DIGITS[bits]);
    default:
      return undefined;
  }
}

function fromDecimal(from: DecimalType, to: LogicalType): Conversion | undefined {
  const whole = from.precision - from.scale;
  const bits = bitsOf(to);
  if (bits !== undefined) return from.scale > 0 ? "lossy" : fitting(whole < DIGITS[bits]);
  switch (to.kind) {
    case "decimal":
      return to.scale < from.scale ? "lossy" : fitting(to.precision - to.scale >= whole);
    case "double":
    case "real":
      return "lossy";
    case "text":
      return fitting((to.length ?? Infinity) >= from.precision + 3);
    default:
      return undefined;
  }
}

function fromText(length: number | undefined, to: LogicalType): Conversion | undefined {
  switch (to.kind) {
    case "text":
      return fitting((to.length ?? Infinity) >= (length ?? Infinity));
    case "integer":
    case "bigint":
    case "enum":
    case "json":
      return "checked";
    default:
      return undefined;
  }
}

function fromTimestamp(from: TimestampType, to: LogicalType): Conversion | undefined {
  if (to.kind !== "timestamp") return undefined;
  return to.precision < from.precision || from.storage !== undefined || to.storage !== undefined
    ? "lossy"
    : "exact";
}

const LONGEST = { date: 10, time: 15, uuid: 36 } as const;

/** Undefined where no conversion means the same everywhere. Both are canonical. */
export function conversionOf(from: LogicalType, to: LogicalType): Conversion | undefined {
  switch (from.kind) {
    case "integer":
    case "bigint":
      return fromWhole(from.kind === "bigint" ? 64 : from.bits, to);
    case "decimal":
      return fromDecimal(from, to);
    case "double":
      return to.kind === "double" ? "exact" : to.kind === "real" ? "lossy" : undefined;
    case "real":
      return to.kind === "double" || to.kind === "real" ? "exact" : undefined;
    case "boolean":
      return to.kind === "boolean" || bitsOf(to) !== undefined ? "exact" : undefined;
    case "text":
      return fromText(from.length, to);
    case "timestamp":
      return fromTimestamp(from, to);
    case "time":
      if (to.kind === "time") return to.precision < from.precision ? "lossy" : "exact";
      return fromShort(from, to);
    case "date":
      return to.kind === "timestamp" ? "exact" : fromShort(from, to);
    case "uuid":
      return fromShort(from, to);
    case "enum":
      if (to.kind === "enum") return "checked";
      return to.kind === "text" ? fitting(to.length === undefined) : undefined;
    case "bytes":
      if (to.kind !== "bytes") return undefined;
      return fitting((to.length ?? Infinity) >= (from.length ?? Infinity));
    case "json":
      if (to.kind === "json") return "exact";
      return to.kind === "text" ? fitting(to.length === undefined) : undefined;
    default:
      return undefined;
  }
}

function fromShort(
  from: LogicalType & { readonly kind: keyof typeof LONGEST },
  to: LogicalType,
): Conversion | undefined {
  if (to.kind === from.kind) return "exact";
  return to.kind === "text" ? fitting((to.length ?? Infinity) >= LONGEST[from.kind]) : undefined;
}
