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
 * Arguments: how many in a window, how long it is in milliseconds, how much is taken, how many at once, and 1 to look only.
 * What is refused is not counted. A key never ends later than the rule allows, even if the server's clock was put back.
 */
export type Algorithm = Procedure<Verdict>;

/** As the limiter passes them to the local form. */
export type Rule = readonly [
  max: number,
  windowMs: number,
  cost: number,
  burst: number,
  isLook: number,
];
