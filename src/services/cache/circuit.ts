import type { Clock } from "../../core/clock.ts";

/** Failures in a row, after which the store isn't asked any more. */
const MAX_FAILURES = 3;
/** One asks again so much later. */
const PAUSE_MS = 1_000;

/** Spares readers the waiting for a store that doesn't answer: after a few failures only one of them tries, now and then. */
export class Circuit {
  readonly #clock: Clock;
  #failures = 0;
  #retryAtMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether to ask the store. A true of a broken circuit is for one caller, which is to say how it went. */
  allows(): boolean {
    if (this.#failures < MAX_FAILURES) return true;
    const nowMs = this.#clock.monotonicMs();
    if (nowMs < this.#retryAtMs) return false;
    this.#retryAtMs = nowMs + PAUSE_MS;
    return true;
  }

  succeeded(): void {
    this.#failures = 0;
  }

  failed(): void {
    this.#failures++;
    this.#retryAtMs = this.#clock.monotonicMs() + PAUSE_MS;
  }
}
