/**
 * How long a job that failed waits: any time up to a ceiling that doubles with each attempt, so that what failed together
 * doesn't come back together.
 *
 * @param attempt The attempt that failed, from 1.
 * @param random A number from 0 up to 1.
 */
export function retryDelayMs(
  { backoffMs, maxBackoffMs }: { readonly backoffMs: number; readonly maxBackoffMs: number },
  attempt: number,
  random: () => number,
): number {
  // 2 ** 1024 is Infinity, and 0 times that is no number.
  const ceilingMs = Math.min(maxBackoffMs, backoffMs * 2 ** Math.min(attempt - 1, 60));
  return Math.round(random() * ceilingMs);
}
