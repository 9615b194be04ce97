/** Waiting that can be cut short. */

import { LONGEST_MS } from "./stop.ts";

export class Wakeup {
  #isWoken = false;
  #wake: (() => void) | undefined;
  /** When the wait ends, or is to end once there is one, by the monotonic clock. */
  #atMs = Infinity;
  #timer: NodeJS.Timeout | undefined;

  /** Ends the wait, or the next one where nobody waits. */
  wake(): void {
    this.#isWoken = true;
    this.#wake?.();
  }

  /** Ends the wait, or the next one, after that time at the latest. */
  wakeIn(delayMs: number): void {
    if (delayMs <= 0) return this.wake();
    this.#endBy(performance.now() + delayMs);
  }

  #endBy(atMs: number): void {
    if (atMs >= this.#atMs) return;
    this.#atMs = atMs;
    if (this.#wake === undefined) return;
    clearTimeout(this.#timer);
    const leftMs = Math.max(0, atMs - performance.now());
    this.#timer = setTimeout(() => this.#wake?.(), Math.min(leftMs, LONGEST_MS));
  }

  /** @returns Whether it was woken, and the time not over. */
  async wait(delayMs: number): Promise<boolean> {
    if (!this.#isWoken) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        const atMs = Math.min(this.#atMs, performance.now() + Math.min(delayMs, LONGEST_MS));
        this.#atMs = Infinity;
        this.#endBy(atMs);
      });
      clearTimeout(this.#timer);
      this.#wake = undefined;
      this.#atMs = Infinity;
    }
    const isWoken = this.#isWoken;
    this.#isWoken = false;
    return isWoken;
  }
}
