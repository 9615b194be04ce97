/** Times of jobs, by the database's clock. */

import { CallNode, ValueNode, type Expression } from "../../ast/expression.ts";
import type { LogicalType } from "../../ast/logical-type.ts";
import { clock, later } from "../instants.ts";

const INSTANT: LogicalType = { kind: "timestamp", precision: 3, mode: "date" };
const INTEGER: LogicalType = { kind: "integer", bits: 32 };
/** As many milliseconds fit into an integer of SQL; days do for what is later. */
const LONGEST_MS = 2 ** 31 - 1;
const DAY_MS = 86_400_000;

/** So many milliseconds after the statement; beyond 24 days, up to a day more. Before it where there are less than none. */
export function after(durationMs: number): Expression<Date> {
  if (durationMs === 0) return clock;
  if (Math.abs(durationMs) <= LONGEST_MS) return later(durationMs);
  const count = Math.ceil(Math.abs(durationMs) / DAY_MS);
  const days = new ValueNode(Math.sign(durationMs) * count, INTEGER);
  return new CallNode("dateAdd", [clock, days], INSTANT, undefined, "day");
}
