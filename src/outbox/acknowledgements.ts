/** What was delivered is written down in as few statements as there is time for: those that come meanwhile go together. */

import { isClosed } from "../core/error.ts";
import { pauseMs } from "../core/retry.ts";
import type { Leases } from "./leases.ts";

export interface AcknowledgementSettings {
  readonly onError: (error: unknown) => void;
  /** Called with what is written down, or was refused. */
  readonly onWritten: (ids: readonly string[]) => void;
}

const MAX_BATCH = 500;
/** How many turns of promises are waited for others that end. */
const TURNS = 8;
/** How often a batch is tried; then its leases pass, and the entries are delivered again. */
const MAX_ATTEMPTS = 5;

export class Acknowledgements {
  readonly #leases: Leases;
  readonly #settings: AcknowledgementSettings;
  readonly #ids = new Set<string>();
  #writing: Promise<void> | undefined;
  lateCount = 0;

  constructor(leases: Leases, settings: AcknowledgementSettings) {
    this.#leases = leases;
    this.#settings = settings;
  }

  /** Whether it isn't written down yet. */
  has(id: string): boolean {
    return this.#ids.has(id);
  }

  add(id: string): void {
    this.#ids.add(id);
    this.#writing ??= this.#write();
  }

  /** Waits until all of it is written down, or can't be. */
  async settle(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
  }

  async #write(): Promise<void> {
    // What ends together goes together. Not by a timer's turn, which is far where SQLite is busy in this process.
    for (let turn = 0; turn < TURNS; turn++) await Promise.resolve();
    let attempt = 1;
    while (this.#ids.size > 0) {
      const ids = [...this.#ids].slice(0, MAX_BATCH);
      try {
        this.lateCount += await this.#leases.delivered(ids);
      } catch (error) {
        this.#settings.onError(error);
        if (!isClosed(error) && attempt++ < MAX_ATTEMPTS) {
          await new Promise((resolve) => setTimeout(resolve, pauseMs(attempt + 3, Math.random)));
          continue;
        }
      }
      attempt = 1;
      for (const id of ids) this.#ids.delete(id);
      this.#settings.onWritten(ids);
    }
    this.#writing = undefined;
  }
}
