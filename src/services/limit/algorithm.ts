import type { Procedure } from "../kv/store.ts";

/**
 * What an algorithm answers: whether it lets through, how much is left, and, in milliseconds, when all of it is there
 * again, and when to try again (0 where it lets through).
 */
export type Verdict = readonly [
  isAllowed: number,
  remaining: number,
  resetMs: number,
  retryAfterMs: number,
];

/**
 * What an algorithm is asked: its rule in two numbers, how much is taken, and 1 to look only. How long ago something was
 * written follows from the key's expiry, so no clock is asked. What is refused is not counted. A key that lasts longer
 * than its rule allows, as after the server's clock was put back, is cut.
 */
export type Question = readonly [first: number, second: number, cost: number, isLook: number];

export interface Algorithm extends Procedure<Verdict> {
  /** The two numbers of a rule. */
  readonly ruleOf: (
    max: number,
    windowMs: number,
    burst: number,
  ) => readonly [first: number, second: number];
}
