/** The database's clock, by which leases begin and end: those of processes differ. */

import { CallNode, ValueNode, type Expression } from "../ast/expression.ts";
import type { LogicalType } from "../ast/logical-type.ts";

const INSTANT: LogicalType = { kind: "timestamp", precision: 3, mode: "date" };
const INTEGER: LogicalType = { kind: "integer", bits: 32 };

/** To compare with: in a transaction it may be that of its beginning, and an index serves the comparison. */
export const now: Expression<Date> = new CallNode("now", [], INSTANT);

/** To store: that of the statement. */
export const clock: Expression<Date> = new CallNode("clock", [], INSTANT);

/** So many milliseconds, a whole number, after the statement. */
export function later(durationMs: number): Expression<Date> {
  const amount = new ValueNode(Math.round(durationMs), INTEGER);
  return new CallNode("dateAdd", [clock, amount], INSTANT, undefined, "millisecond");
}
