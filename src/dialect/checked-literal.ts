import type { LogicalType } from "../ast/logical-type.ts";
import type { LiteralModel } from "../schema/sql-model.ts";
import { checkerOf } from "./values/type-map.ts";

/** A model keeps bigints, instants, bytes and JSON as text; the check wants what a program would write. */
export function checkedLiteral(type: LogicalType, value: LiteralModel): unknown {
  if (type.kind === "json") return value;
  if (type.kind === "array") {
    const elements = JSON.parse(String(value)) as readonly (LiteralModel | null)[];
    return elements.map((one) => (one === null ? null : checkedLiteral(type.element, one)));
  }
  if (type.kind === "bigint" && type.mode === "bigint") return checkerOf(type)(BigInt(value));
  if (type.kind === "bytes")
    return checkerOf(type)(new Uint8Array(Buffer.from(String(value), "hex")));
  if (type.kind === "timestamp" && type.mode === "date")
    return checkerOf(type)(new Date(String(value)));
  if (type.kind === "timestamp" && type.mode === "temporal")
    return checkerOf({ ...type, mode: "string" })(value);
  return checkerOf(type)(value);
}
