/** The database's time without asking for it every time. */

import type { Executor } from "../../query/client.ts";
import { count, inArray } from "../../query/expression.ts";
import { infoOf, type AnyTable } from "../../schema/table.ts";
import { clock } from "../instants.ts";

/** For how long this process's steady clock is trusted: the server's may be set anew. */
const TRUSTED_MS = 10_000;

export class DatabaseClock {
  readonly #monotonicMs: () => number;
  /** By what the database's time is ahead of this process's steady one. */
  #aheadMs = 0;
  #askedMs = -Infinity;

  /** @param monotonicMs Milliseconds that never go backwards. */
  constructor(monotonicMs: () => number) {
    this.#monotonicMs = monotonicMs;
  }

  /** @param table Whichever: a question is about one. */
  async nowMs(client: Executor, table: AnyTable): Promise<number> {
    const startMs = this.#monotonicMs();
    if (startMs - this.#askedMs < TRUSTED_MS) return Math.floor(startMs + this.#aheadMs);
    const { now } = await client
      .select({ now: clock, none: count() })
      .from(table)
      .where(inArray(infoOf(table).columns[0]!, []))
      .one();
    const endMs = this.#monotonicMs();
    this.#aheadMs = now.getTime() - (startMs + endMs) / 2;
    this.#askedMs = endMs;
    return Math.floor(endMs + this.#aheadMs);
  }
}
