/** Times of jobs, by the database's clock. */

import type { Expression } from "../../ast/expression.ts";
import { clock, later } from "../instants.ts";

/** So many milliseconds after the statement; before it where there are less than none. */
export function after(durationMs: number): Expression<Date> {
  return durationMs === 0 ? clock : later(durationMs);
}
