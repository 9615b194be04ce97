/** Who holds a connection that others wait for. */

import { programLines } from "../../core/caller.ts";
import type { Clock } from "../../core/clock.ts";
import type { Holder } from "../../core/error.ts";

/** Its stack becomes text only when somebody asks. */
export interface Trace {
  readonly stack?: string;
}

export interface Held {
  readonly sinceMs: number;
  /** Made where the connection was asked for. */
  readonly trace: Trace | undefined;
}

/** A stack takes as long as a small statement. */
const MS_PER_TRACE = 5;

/**
 * The stacks of those who ask for a connection: of all of them where few do, else of two hundred a second. They can't be
 * made later, when somebody wants to know.
 */
export class Traces {
  readonly #clock: Clock;
  readonly #most: number;
  #left: number;
  /** When it was last counted how many are left. */
  #countedMs: number;

  /** @param most How many can be made at once: as many as there are connections. */
  constructor(clock: Clock, most: number) {
    this.#clock = clock;
    this.#most = most;
    this.#left = most;
    this.#countedMs = clock.monotonicMs();
  }

  /** @param asked The function whose caller it leads to. */
  take(asked: (...parameters: never[]) => unknown): Trace | undefined {
    if (this.#left === 0) this.#count();
    if (this.#left === 0) return undefined;
    this.#left--;
    const trace: Trace = {};
    Error.captureStackTrace(trace, asked);
    return trace;
  }

  #count(): void {
    const nowMs = this.#clock.monotonicMs();
    const earned = Math.floor((nowMs - this.#countedMs) / MS_PER_TRACE);
    if (earned === 0) return;
    this.#left = Math.min(this.#most, earned);
    this.#countedMs = nowMs;
  }
}

/** How many a hint names. */
const NAMED_HOLDERS = 3;

/** How much of a statement a hint shows. */
const SHOWN_LENGTH = 80;

/**
 * The text up to where somebody wrote data into it.
 *
 * @param quote What stands around names, so that another sign stands around data.
 */
export function withoutData(text: string, quote: string): string {
  const data = quote === '"' ? /'|\$\w*\$/ : /['"]/;
  const at = text.search(data);
  return at === -1 ? text : `${text.slice(0, at)}…`;
}

/** @param statement What it ran last. */
export function holderOf({ sinceMs, trace }: Held, nowMs: number, statement?: string): Holder {
  return { heldMs: Math.round(nowMs - sinceMs), stack: programLines(trace?.stack), statement };
}

function placeOf({ stack, statement }: Holder): string {
  const [innermost] = stack;
  if (innermost !== undefined) return innermost;
  if (statement === undefined) return "at an unknown place";
  const line = statement.replaceAll(/\s+/g, " ");
  return `by who last ran ${line.length > SHOWN_LENGTH ? `${line.slice(0, SHOWN_LENGTH)}…` : line}`;
}

/** The beginning of a hint. */
export function saidOf(holders: readonly Holder[]): string {
  const named = holders
    .slice(0, NAMED_HOLDERS)
    .map((holder) => `for ${(holder.heldMs / 1000).toFixed(1)} s ${placeOf(holder)}`);
  return named.length === 0 ? "" : `Held longest: ${named.join("; ")}. `;
}
