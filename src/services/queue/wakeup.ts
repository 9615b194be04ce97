/** Waiting that can be cut short. */

/** Timers are told at most this. */
const LONGEST_MS = 2 ** 31 - 1;

export class Wakeup {
  #isWoken = false;
  #wake: (() => void) | undefined;
  /** By the monotonic clock. */
  #atMs = Infinity;
  #timer: NodeJS.Timeout | undefined;

  /** Ends the wait, or the next one where nobody waits. */
  wake(): void {
    this.#isWoken = true;
    this.#wake?.();
  }

  /** Ends the wait that is under way, if it would last longer. */
  wakeIn(delayMs: number): void {
    if (delayMs <= 0) return this.wake();
    if (this.#wake === undefined || performance.now() + delayMs >= this.#atMs) return;
    this.#arm(delayMs);
  }

  #arm(delayMs: number): void {
    clearTimeout(this.#timer);
    this.#atMs = performance.now() + delayMs;
    this.#timer = setTimeout(() => this.#wake?.(), Math.min(delayMs, LONGEST_MS));
  }

  /** @returns Whether it was woken, and the time not over. */
  async wait(delayMs: number): Promise<boolean> {
    if (!this.#isWoken) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        this.#arm(delayMs);
      });
      clearTimeout(this.#timer);
      this.#wake = undefined;
    }
    const isWoken = this.#isWoken;
    this.#isWoken = false;
    return isWoken;
  }
}
