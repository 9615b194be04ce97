/** The database's clock, by which leases begin and end: those of processes differ. */

import { CallNode, ValueNode, type Expression } from "../ast/expression.ts";
import type { LogicalType } from "../ast/logical-type.ts";

const INSTANT: LogicalType = { kind: "timestamp", precision: 3, mode: "date" };
const AMOUNT: LogicalType = { kind: "bigint", mode: "number" };

/** To compare with: in a transaction it may be that of its beginning, and an index serves the comparison. */
export const now: Expression<Date> = new CallNode("now", [], INSTANT);

/** To store: that of the statement. */
export const clock: Expression<Date> = new CallNode("clock", [], INSTANT);

function moved(instant: Expression<Date>, durationMs: number): Expression<Date> {
  const amount = new ValueNode(Math.round(durationMs), AMOUNT);
  return new CallNode("dateAdd", [instant, amount], INSTANT, undefined, "millisecond");
}

/** So many milliseconds after the statement, to store. */
export function later(durationMs: number): Expression<Date> {
  return moved(clock, durationMs);
}

/** So many milliseconds ago, to compare with. */
export function ago(durationMs: number): Expression<Date> {
  return moved(now, -durationMs);
}
