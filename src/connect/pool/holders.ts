/** Who holds a connection that others wait for. */

import { programLines } from "../../core/caller.ts";
import type { Holder } from "../../core/error.ts";

export interface Held {
  readonly sinceMs: number;
  /** Made where the connection was asked for; its stack becomes text only when somebody asks. */
  readonly trace: Error | undefined;
}

/** How many a hint names. */
const NAMED_HOLDERS = 3;

export function holderOf({ sinceMs, trace }: Held, nowMs: number): Holder {
  return { heldMs: Math.round(nowMs - sinceMs), stack: programLines(trace?.stack) };
}

/** The beginning of a hint. */
export function saidOf(holders: readonly Holder[]): string {
  const named = holders.slice(0, NAMED_HOLDERS).map(({ heldMs, stack }) => {
    const place = stack[0] ?? "at an unknown place";
    return `for ${(heldMs / 1000).toFixed(1)} s ${place}`;
  });
  return named.length === 0 ? "" : `Held longest: ${named.join("; ")}. `;
}
