/** Takes what nobody else delivers: of processes that ended, of those without a handler, and what is to be tried again. */

import { isClosed } from "../core/error.ts";
import { Wakeup } from "../core/wakeup.ts";
import type { Deliveries } from "./deliveries.ts";
import type { Leases } from "./leases.ts";

export interface DispatcherSettings {
  readonly leases: Leases;
  readonly deliveries: Deliveries;
  /** Those that have a handler here. */
  readonly topics: () => readonly string[];
  readonly leaseMs: number;
  readonly pollMs: number;
  readonly monotonicMs: () => number;
  readonly random: () => number;
  readonly onError: (error: unknown) => void;
  /** The database was closed, so that there is nothing more to do. */
  readonly onClosed: () => void;
}

/** How many are taken at a time. */
const MAX_BATCH = 100;

export class Dispatcher {
  readonly #settings: DispatcherSettings;
  #isRunning = true;
  /** Whether it left off for want of room, so that there may be more. */
  isFull = false;
  readonly #sleeping = new Wakeup();
  readonly #done: Promise<void>;

  constructor(settings: DispatcherSettings) {
    this.#settings = settings;
    this.#done = this.#run();
  }

  /** There may be something to take. */
  wake(): void {
    this.#sleeping.wake();
  }

  async stop(): Promise<void> {
    this.#isRunning = false;
    this.wake();
    await this.#done;
  }

  async #run(): Promise<void> {
    const { onError, pollMs, random } = this.#settings;
    while (this.#isRunning) {
      let isMore = false;
      try {
        isMore = await this.#take();
      } catch (error) {
        if (isClosed(error)) {
          this.#settings.onClosed();
          return;
        }
        onError(error);
      }
      // Not all at the same time, when many began together.
      if (!isMore) await this.#sleeping.wait(pollMs * (0.8 + 0.2 * random()));
    }
  }

  /** @returns whether there may be more that could be taken at once. */
  async #take(): Promise<boolean> {
    const { deliveries, leaseMs, leases, monotonicMs, topics } = this.#settings;
    const count = Math.min(MAX_BATCH, deliveries.appetite);
    const names = topics();
    this.isFull = count === 0;
    if (count === 0 || names.length === 0 || !(await leases.isAnyDue(names))) return false;
    const takenMs = monotonicMs();
    const entries = await leases.take(names, count, leaseMs);
    deliveries.accept(entries, takenMs + leaseMs);
    this.isFull = entries.length === count;
    return this.isFull;
  }
}
