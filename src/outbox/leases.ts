/** The statements by which entries are taken, kept, and let go. Each is right whoever does what at the same time. */

import { and, eq, inArray, lte } from "../query/expression.ts";
import { add, subtract } from "../query/functions/arithmetic.ts";
import type { Database } from "../query/database.ts";
import { clock, later, now } from "./instants.ts";
import { locked, lockingOptions } from "./locked.ts";
import { plinthOutbox as entries } from "./tables.ts";

/** An entry that was taken. */
export interface Entry {
  readonly id: string;
  readonly topic: string;
  readonly body: string;
  readonly createdAt: Date;
  /** Counts this one. */
  readonly attempt: number;
}

/**
 * The lease of an entry that isn't handled yet, in milliseconds, so that others have it soon when the process ends. A handler
 * that runs gets leases of the full time.
 */
export const FIRST_LEASE_MS = 1_000;

/** The entries that one run of an outbox has, told by a token that no other run has. */
export class Leases {
  readonly token: string;
  readonly #db: Database;

  constructor(db: Database, token: string) {
    this.#db = db;
    this.token = token;
  }

  #held(ids: readonly string[]): ReturnType<typeof and> {
    return and(eq(entries.lease, this.token), inArray(entries.id, [...ids]));
  }

  /** Whether there is anything to take: cheaper than `take`, which writes or locks. */
  async isAnyDue(topics: readonly string[]): Promise<boolean> {
    const found = await this.#db
      .select({ id: entries.id })
      .from(entries)
      .where(and(lte(entries.dueAt, now), inArray(entries.topic, topics)))
      .limit(1);
    return found.length > 0;
  }

  /**
   * Takes what is due, whatever its id: transactions commit in another order than that in which they made theirs. What
   * somebody else is taking is passed over.
   */
  take(topics: readonly string[], count: number, leaseMs: number): Promise<Entry[]> {
    const db = this.#db;
    return db.transaction(async (tx) => {
      const due = tx
        .from(entries)
        .where(and(lte(entries.dueAt, now), inArray(entries.topic, topics)))
        .orderBy(entries.dueAt)
        .limit(count);
      const rows = await locked(tx, due);
      if (rows.length === 0) return [];
      const ids = rows.map(({ id }) => id);
      await tx
        .update(entries)
        .set({ attempts: add(entries.attempts, 1), dueAt: later(leaseMs), lease: this.token })
        .where(inArray(entries.id, ids));
      return rows.map(({ id, topic, payload, createdAt, attempts }) => ({
        id,
        topic,
        body: payload,
        createdAt,
        attempt: attempts + 1,
      }));
    }, lockingOptions(db));
  }

  /** @returns which of them are still held. */
  async renew(ids: readonly string[], leaseMs: number): Promise<ReadonlySet<string>> {
    const { affectedRows } = await this.#db
      .update(entries)
      .set({ dueAt: later(leaseMs) })
      .where(this.#held(ids));
    if (affectedRows === ids.length) return new Set(ids);
    const left = await this.#db.select({ id: entries.id }).from(entries).where(this.#held(ids));
    return new Set(left.map(({ id }) => id));
  }

  /** @returns how many it was refused for, as somebody else has them by now. */
  async delivered(ids: readonly string[]): Promise<number> {
    const { affectedRows } = await this.#db.delete(entries).where(this.#held(ids));
    return ids.length - affectedRows;
  }

  /** @param pauseMs How long until it is due again; undefined where it is given up. */
  async failed(id: string, error: string, pauseMs: number | undefined): Promise<boolean> {
    const isDead = pauseMs === undefined;
    const { affectedRows } = await this.#db
      .update(entries)
      .set({
        dueAt: isDead ? null : later(pauseMs),
        deadAt: isDead ? clock : null,
        lease: null,
        lastError: error,
      })
      .where(this.#held([id]));
    return affectedRows === 1;
  }

  /** Gives back what was taken and not begun. */
  async release(ids: readonly string[]): Promise<void> {
    await this.#db
      .update(entries)
      .set({ attempts: subtract(entries.attempts, 1), dueAt: clock, lease: null })
      .where(this.#held(ids));
  }
}
