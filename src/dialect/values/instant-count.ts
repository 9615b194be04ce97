/** Instants as what has passed since 1970. */

import type { TimestampType } from "../../ast/logical-type.ts";
import type { Decode, Encode } from "./type-map.ts";

/** Undefined where the database keeps them in a type of its own. */
export function countUnit(storage: string | undefined): "milliseconds" | "seconds" | undefined {
  return storage === "milliseconds" || storage === "seconds" ? storage : undefined;
}

/** Microseconds since 1970 of a canonical instant. */
export function microseconds(text: string): bigint {
  const fraction = /\.(\d+)/.exec(text)?.[1] ?? "";
  return BigInt(Date.parse(`${text.slice(0, 19)}Z`)) * 1000n + BigInt(fraction.padEnd(6, "0"));
}

export function isoOfMicroseconds(value: bigint, precision: number): string {
  const second = (value - (((value % 1_000_000n) + 1_000_000n) % 1_000_000n)) / 1_000_000n;
  const fraction = String(value - second * 1_000_000n)
    .padStart(6, "0")
    .slice(0, precision);
  const base = new Date(Number(second) * 1000).toISOString().slice(0, 19);
  return `${base}${precision > 0 ? `.${fraction}` : ""}Z`;
}

/** Of an instant between two it gives the earlier one. */
export function storeCount(unit: "milliseconds" | "seconds"): Encode {
  const unitMs = unit === "seconds" ? 1000 : 1;
  return (value) => {
    const ms = value instanceof Date ? value.getTime() : Date.parse(String(value));
    return Math.floor(ms / unitMs);
  };
}

export function readCount(
  { mode, precision }: TimestampType,
  unit: "milliseconds" | "seconds",
): Decode {
  const unitMs = unit === "seconds" ? 1000 : 1;
  if (mode === "date") return (cell) => new Date(Number(cell) * unitMs);
  return (cell) => isoOfMicroseconds(BigInt(Number(cell) * unitMs) * 1000n, precision);
}
