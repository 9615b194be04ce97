/**
 * What is to be made void, written down with what makes it so: for the case that this process ends between the commit and
 * that, or the store is away. Where all goes well nobody delivers it.
 */

import type { TransactionRunner } from "../../connect/transaction/transaction.ts";
import { uuidv7 } from "../../core/uuid.ts";
import { inArray } from "../../query/expression.ts";
import { jsonCodec } from "../../services/cache/codec.ts";
import type { OutboxCore } from "../core.ts";
import { later } from "../instants.ts";
import { plinthOutbox } from "../tables.ts";

/** How long others leave an entry to the process that wrote it. With the time between two looks of theirs it is below 2 s. */
const OWN_MS = 1_000;
/** Entries that are done are deleted together, before others look at them. */
const DELETE_AFTER_MS = 200;

export class Safeguard {
  readonly #outbox: OutboxCore;
  readonly #topic: string;
  #done: string[] = [];

  constructor(outbox: OutboxCore, topic: string) {
    this.#outbox = outbox;
    this.#topic = topic;
  }

  /** @returns the entry's id. */
  async write(runner: TransactionRunner, tags: readonly string[]): Promise<string> {
    const { db } = this.#outbox;
    const id = uuidv7();
    await db["~transaction"](runner)
      .insert(plinthOutbox)
      .values({
        id,
        topic: this.#topic,
        payload: jsonCodec.encode(tags),
        createdAt: new Date(db["~engine"].clock.nowMs()),
        attempts: 0,
        dueAt: later(OWN_MS),
      });
    return id;
  }

  /** Nobody need deliver it any more. */
  done(id: string): void {
    if (this.#done.length === 0) setTimeout(() => void this.settle(), DELETE_AFTER_MS).unref();
    this.#done.push(id);
  }

  /** Deletes what is done. Never throws. */
  async settle(): Promise<void> {
    const ids = this.#done;
    this.#done = [];
    if (ids.length === 0) return;
    try {
      await this.#outbox.db.delete(plinthOutbox).where(inArray(plinthOutbox.id, ids));
    } catch {
      // What is left is delivered, and made void once more.
    }
  }
}
