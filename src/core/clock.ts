/** The only place that reads time or sleeps, so that a test can hand in its own. */
export interface Clock {
  /** Milliseconds that never go backwards. */
  monotonicMs(): number;
  /** Milliseconds since 1970. */
  nowMs(): number;
  sleep(durationMs: number): Promise<void>;
}

export const systemClock: Clock = {
  monotonicMs: () => performance.now(),
  nowMs: () => Date.now(),
  sleep: (durationMs) => new Promise((resolve) => setTimeout(resolve, durationMs)),
};
