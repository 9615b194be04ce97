/** Time and sleep of a database, so that a test can hand in its own. */
export interface Clock {
  /** Milliseconds that never go backwards. */
  monotonicMs(): number;
  /** Milliseconds since 1970. */
  nowMs(): number;
  sleep(durationMs: number): Promise<void>;
}

/** Resolves when timers and sockets have had their turn, which loops of promises alone don't let them have. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

export const systemClock: Clock = {
  monotonicMs: () => performance.now(),
  nowMs: () => Date.now(),
  sleep: (durationMs) => new Promise((resolve) => setTimeout(resolve, durationMs)),
};
