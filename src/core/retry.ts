/** The first pause is at most this long; each further one at most twice as long as the one before. */
const FIRST_CEILING_MS = 10;
const LAST_CEILING_MS = 1_000;

/**
 * How long to pause before trying again: any time up to a ceiling that doubles, so that those who were in one another's
 * way don't meet again.
 *
 * @param attempt The attempt that failed, from 1.
 * @param random A number from 0 up to 1.
 */
export function pauseMs(attempt: number, random: () => number): number {
  return random() * Math.min(LAST_CEILING_MS, FIRST_CEILING_MS * 2 ** (attempt - 1));
}
