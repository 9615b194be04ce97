/** What became of deliveries, told to the backend: those that end while it is being told of others go together. */

import { systemClock } from "../../core/clock.ts";
import { ConflictError, isClosed } from "../../core/error.ts";
import { pauseMs } from "../../core/retry.ts";
import { isTrouble } from "../trouble.ts";
import type { QueueBackend, Settlement } from "./backend.ts";

const MAX_BATCH = 500;

interface Waiting {
  readonly settlement: Settlement;
  /** By the monotonic clock: later somebody else has the job. */
  readonly untilMs: number;
  readonly resolve: (isOurs: boolean) => void;
  readonly reject: (reason: unknown) => void;
}

export class Settler {
  readonly #backend: QueueBackend;
  readonly #onError: (error: unknown) => void;
  #waiting: Waiting[] = [];
  #isTelling = false;

  /** @param onError Told of each time that the backend was away. */
  constructor(backend: QueueBackend, onError: (error: unknown) => void) {
    this.#backend = backend;
    this.#onError = onError;
  }

  /**
   * @param untilMs When the lease ends, by the monotonic clock. Until then a backend that is away is asked again.
   * @returns Whether it was still this worker's.
   */
  settle(settlement: Settlement, untilMs: number): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ settlement, untilMs, resolve, reject });
      if (!this.#isTelling) void this.#tellAll();
    });
  }

  async #tellAll(): Promise<void> {
    this.#isTelling = true;
    // What ends in the same turn as this one goes with it.
    await Promise.resolve();
    for (let attempt = 1; this.#waiting.length > 0;) {
      const batch = this.#waiting.splice(0, MAX_BATCH);
      try {
        const outcomes = await this.#backend.settle(batch.map(({ settlement }) => settlement));
        batch.forEach(({ resolve }, index) => resolve(outcomes[index]!));
        attempt = 1;
      } catch (error) {
        this.#again(batch, error);
        await systemClock.sleep(pauseMs(attempt++, Math.random));
      }
    }
    this.#isTelling = false;
  }

  #again(batch: readonly Waiting[], error: unknown): void {
    this.#onError(error);
    const nowMs = systemClock.monotonicMs();
    // What others were in the way of was rolled back; what was closed stays so.
    const isWorthIt = (isTrouble(error) && !isClosed(error)) || error instanceof ConflictError;
    const again = batch.filter((each) => {
      if (isWorthIt && each.untilMs > nowMs) return true;
      each.reject(error);
      return false;
    });
    this.#waiting.unshift(...again);
  }
}
