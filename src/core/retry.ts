/** What pauses stay below. */
export interface PauseCeilings {
  /** The first is at most this long; each further one at most twice as long as the one before. */
  readonly firstMs: number;
  /** What none is longer than. */
  readonly maxMs: number;
}

/** For what is over in a moment. */
const SHORT: PauseCeilings = { firstMs: 10, maxMs: 1_000 };

/**
 * How long to pause before trying again: any time up to a ceiling that doubles, so that those who were in one another's
 * way, or failed together, don't meet again.
 *
 * @param attempt The attempt that failed, from 1.
 * @param random A number from 0 up to 1.
 */
export function pauseMs(
  attempt: number,
  random: () => number,
  { firstMs, maxMs }: PauseCeilings = SHORT,
): number {
  // 2 ** 1024 is Infinity, and 0 times that is no number.
  return random() * Math.min(maxMs, firstMs * 2 ** Math.min(attempt - 1, 60));
}
