// Node gives its globals by getters, which take longer than reading the clock.
const { process } = globalThis;

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
  // Not of `performance`, which loads its whole part of Node when it is first asked for.
  monotonicMs: () => {
    const [seconds, nanoseconds] = process.hrtime();
    return seconds * 1e3 + nanoseconds / 1e6;
  },
  nowMs: () => Date.now(),
  sleep: (durationMs) => new Promise((resolve) => setTimeout(resolve, durationMs)),
};
