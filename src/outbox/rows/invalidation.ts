/** Makes void what writes touched: at once after their commit, and for certain where an outbox keeps it. */

import type { TransactionRunner } from "../../connect/transaction/transaction.ts";
import type { WriteFollower } from "../../query/follow/followers.ts";
import type { Touched } from "../../query/follow/touched.ts";
import type { Cache } from "../../services/cache/cache.ts";
import type { OutboxCore } from "../core.ts";
import { Safeguard } from "./safeguard.ts";
import { tagsOfTouched } from "./tags.ts";

/** A store that was away is asked again so much later. */
const AGAIN_MS = 500;
/** So many tags at a time are told to it then. */
const MAX_TOLD = 5_000;
/** Beyond these, what a store that is away is to be told isn't kept in memory any more. */
const MAX_PENDING = 100_000;

export class Invalidation implements WriteFollower {
  readonly #cache: Cache;
  readonly #safeguard: Safeguard | undefined;
  readonly #endHandling: (() => void) | undefined;
  /** What the store couldn't be told. */
  readonly #pending = new Set<string>();
  #isWaiting = false;
  #isClosed = false;

  constructor(cache: Cache, outbox: OutboxCore | undefined) {
    this.#cache = cache;
    if (outbox === undefined) return;
    const topic = `plinth:invalidate:${cache.namespace}`;
    this.#safeguard = new Safeguard(outbox, topic);
    this.#endHandling = outbox.handle(topic, {
      // However long the store is away.
      attempts: Infinity,
      backoff: { firstMs: AGAIN_MS, maxMs: 5_000 },
      handle: (tags: readonly string[]) => cache.invalidateTags(...tags),
    });
  }

  get needsTransaction(): boolean {
    return this.#safeguard !== undefined;
  }

  async beforeCommit(runner: TransactionRunner, items: readonly Touched[]): Promise<void> {
    const tags = tagsOfTouched(items);
    const id = await this.#safeguard?.write(runner, tags);
    runner.whenSettled(async (isCommitted) => {
      const isVoid = await this.#void(tags);
      // What may be committed later than this is made void by the entry.
      if (isVoid && isCommitted && id !== undefined) this.#safeguard?.done(id);
    });
  }

  async tell(touched: readonly Touched[]): Promise<void> {
    await this.#void(tagsOfTouched(touched));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#pending.clear();
    this.#endHandling?.();
    await this.#safeguard?.settle();
  }

  /** @throws where the store is away. */
  async invalidate(touched: readonly Touched[]): Promise<void> {
    await this.#cache.invalidateTags(...tagsOfTouched(touched));
  }

  /** Nobody who commits waits again and again for a store that is away. */
  async #void(tags: readonly string[]): Promise<boolean> {
    const isAway = this.#isWaiting;
    // Asked in any case: from now on nobody in this process joins what was loaded before.
    const asked = this.#cache.invalidateTags(...tags).then(
      () => true,
      () => false,
    );
    return (!isAway && (await asked)) || this.#keep(tags);
  }

  #keep(tags: readonly string[]): false {
    if (this.#isClosed) return false;
    for (const tag of tags) if (this.#pending.size < MAX_PENDING) this.#pending.add(tag);
    if (!this.#isWaiting) setTimeout(() => void this.#tryAgain(), AGAIN_MS).unref();
    this.#isWaiting = true;
    return false;
  }

  async #tryAgain(): Promise<void> {
    const tags = [...this.#pending];
    // What is written meanwhile comes anew.
    this.#pending.clear();
    try {
      while (tags.length > 0) {
        await this.#cache.invalidateTags(...tags.slice(-MAX_TOLD));
        tags.splice(-MAX_TOLD);
      }
    } catch {
      // It is away still.
      for (const tag of tags) this.#pending.add(tag);
    }
    this.#isWaiting = false;
    if (this.#pending.size > 0) this.#keep([]);
  }
}
