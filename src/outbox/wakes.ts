/** Processes tell one another that there is something to deliver, where something between them passes that on. */

import type { Notices } from "../connect/notices.ts";
import { OnceMore } from "./once-more.ts";

/** Tells other processes that there is something to deliver. It may be lost: they look by themselves, too. */
export interface OutboxWake {
  wake(): unknown;
  /** @returns what ends it. */
  onWake(listener: () => void): () => void;
}

/** On which PostgreSQL's processes tell one another. */
const CHANNEL = "plinth_outbox";

export class Wakes {
  readonly #wake: OutboxWake | undefined;
  readonly #notices: Notices | undefined;
  readonly #onError: (error: unknown) => void;
  readonly #telling = new OnceMore(() => this.#tell());

  constructor(
    wake: OutboxWake | undefined,
    notices: Notices | undefined,
    onError: (error: unknown) => void,
  ) {
    this.#wake = wake;
    this.#notices = notices;
    this.#onError = onError;
  }

  /** @returns what ends it. */
  hear(listener: () => void): () => void {
    const ends = [this.#wake?.onWake(listener), this.#notices?.hear(CHANNEL, listener)];
    return () => {
      for (const end of ends) end?.();
    };
  }

  tell(): void {
    this.#telling.ask();
  }

  async #tell(): Promise<void> {
    try {
      await this.#wake?.wake();
      await this.#notices?.send(CHANNEL);
    } catch (error) {
      this.#onError(error);
    }
  }
}
