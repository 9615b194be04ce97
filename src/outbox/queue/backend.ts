/** A queue's jobs as rows of the application's database. */

import { InvalidValueError, QueryError } from "../../core/error.ts";
import type { Executor, Transaction } from "../../query/client.ts";
import type { Database } from "../../query/database.ts";
import { and, eq, lt } from "../../query/expression.ts";
import type {
  AddedJob,
  Advance,
  Claim,
  ClaimedJob,
  JobFilter,
  JobRecord,
  NewJob,
  QueueBackend,
  QueueCounts,
  Settlement,
} from "../../services/queue/backend.ts";
import type { OutboxWake } from "../wakes.ts";
import { clock } from "../instants.ts";
import { lockingOptions } from "../locked.ts";
import { addAll } from "./add.ts";
import { countJobs, findJob, listJobs, purgeJobs, retryJobs } from "./admin.ts";
import { advance } from "./advance.ts";
import { claim, isAnyWaiting } from "./claim.ts";
import { heldBy, possibleIds, type Place } from "./jobs.ts";
import { renewAll, settleAll } from "./settle.ts";
import {
  plinthJobs as jobs,
  plinthQueues as queues,
  plinthSchedules as schedules,
} from "./tables.ts";
import { listenFor, wakeAll } from "./wakes.ts";

/** What a queue on a database may be given: the transaction that a job is a part of. */
export interface InTransaction {
  readonly tx?: Transaction | undefined;
}

function missingTable(cause: QueryError): QueryError {
  return new QueryError("E_MISSING_TABLE", "The database has no tables for queues.", {
    hint: 'Spread queueTables of "plinth/outbox" into defineSchema(), then run: plinth migrate generate queues, and plinth migrate up.',
    cause,
  });
}

export class DatabaseBackend implements QueueBackend<InTransaction> {
  readonly poll: { readonly minMs: number; readonly maxMs: number };
  readonly #place: Place;
  readonly #others: OutboxWake | undefined;
  #wasEmpty = false;
  #isChecked = false;

  constructor(db: Database, queue: string, keepDoneMs: number, others?: OutboxWake) {
    this.#others = others;
    this.#place = { db, queue, keepDoneMs, options: lockingOptions(db) };
    // A look costs next to nothing where the database is in this process.
    this.poll = db.can.isEmbedded ? { minMs: 5, maxMs: 50 } : { minMs: 20, maxMs: 500 };
  }

  /** The transaction that was given, which must be of this database. */
  #transactionOf(context: InTransaction | undefined): Transaction | undefined {
    const tx = context?.tx;
    if (tx === undefined) return undefined;
    if (typeof tx?.afterCommit !== "function") {
      throw new InvalidValueError("tx is no transaction.", {
        hint: "Pass the tx of db.transaction(), or leave it out.",
      });
    }
    if (tx["~engine"] === this.#place.db["~engine"]) return tx;
    throw new InvalidValueError("The transaction is of another database than the queue.", {
      hint: "Pass the tx of db.transaction(), of the db that the queue was made with.",
    });
  }

  /** Those of this process; and other processes, where somebody tells them. */
  #wake(delayMs: number): void {
    const { db, queue } = this.#place;
    wakeAll(db["~engine"], queue, delayMs);
    if (this.#others === undefined || delayMs > 0) return;
    try {
      const told: unknown = this.#others.wake();
      // They look by themselves, too.
      if (told instanceof Promise) told.catch(() => {});
    } catch {
      // The same.
    }
  }

  async check(): Promise<void> {
    if (this.#isChecked) return;
    const { db, queue } = this.#place;
    try {
      await db.from(queues).find(queue);
      this.#isChecked = true;
    } catch (error) {
      throw error instanceof QueryError && error.code === "E_MISSING_TABLE"
        ? missingTable(error)
        : error;
    }
  }

  /** The queue's own row: who only looks makes none, and it may have been deleted with all others. */
  async #begin(): Promise<void> {
    const { db, queue } = this.#place;
    await db
      .insert(queues)
      .values({ name: queue, isPaused: false, expired: 0 })
      .onConflict(queues.name)
      .ignore();
  }

  async nowMs(): Promise<number> {
    const { db, queue } = this.#place;
    const look = db.select({ at: clock }).from(queues).where(eq(queues.name, queue));
    let row = await look.first();
    if (row === undefined) {
      await this.#begin();
      row = await look.first();
    }
    return row?.at.getTime() ?? Date.now();
  }

  async add(all: readonly NewJob[], context?: InTransaction): Promise<AddedJob[]> {
    const { db, options, queue } = this.#place;
    const tx = this.#transactionOf(context);
    const isWhole = tx !== undefined || all.length === 1;
    const add = (executor: Executor): Promise<AddedJob[]> => addAll(executor, queue, all);
    const added = isWhole ? await add(tx ?? db) : await db.transaction(add, options);
    const wake = (): void => this.#wake(Math.min(...all.map(({ delayMs }) => delayMs)));
    if (tx === undefined) wake();
    else tx.afterCommit(wake);
    return added;
  }

  async claim(names: readonly string[], limit: number, leaseMs: number): Promise<ClaimedJob[]> {
    const place = this.#place;
    const isCheap = !place.db.can.concurrentWriters || !place.db.can.updateReturning;
    // To look first spares those a lock or a transaction, where there was nothing before either.
    if (this.#wasEmpty && isCheap && !(await isAnyWaiting(place, names))) return [];
    const claimed = await claim(place, names, limit, leaseMs);
    this.#wasEmpty = claimed.length === 0;
    return claimed;
  }

  async settle(settlements: readonly Settlement[], context?: InTransaction): Promise<boolean[]> {
    const { db } = this.#place;
    const settled = await settleAll(this.#transactionOf(context) ?? db, this.#place, settlements);
    if (settlements.some(({ kind }) => kind === "release")) this.#wake(0);
    return settlements.map((each) => settled.has(each));
  }

  async renew(claims: readonly Claim[], leaseMs: number): Promise<boolean[]> {
    const renewed = await renewAll(this.#place.db, claims, leaseMs);
    return claims.map((each) => renewed.has(each));
  }

  async progress({ id, token }: Claim, progress: number): Promise<boolean> {
    const isHeld = heldBy(token, possibleIds([id]));
    const { affectedRows } = await this.#place.db.update(jobs).set({ progress }).where(isHeld);
    return affectedRows === 1;
  }

  async advance(): Promise<Advance> {
    let advanced = await advance(this.#place);
    if (advanced === undefined) {
      await this.#begin();
      advanced = await advance(this.#place);
    }
    return advanced ?? { released: 0, dead: 0, expired: 0, nextInMs: 0 };
  }

  async schedule(key: string): Promise<number> {
    const { db, queue } = this.#place;
    await db
      .insert(schedules)
      .values({ queue, key, settledAt: clock })
      .onConflict(schedules.queue, schedules.key)
      .ignore();
    const row = await db.from(schedules).find({ queue, key });
    return row!.settledAt.getTime();
  }

  async tick(key: string, tickMs: number, toMs: number, job: NewJob): Promise<boolean> {
    const { db, options, queue } = this.#place;
    const isOurs = await db.transaction(async (tx) => {
      const isOpen = and(
        eq(schedules.queue, queue),
        eq(schedules.key, key),
        lt(schedules.settledAt, new Date(tickMs)),
      );
      const { affectedRows } = await tx
        .update(schedules)
        .set({ settledAt: new Date(toMs) })
        .where(isOpen);
      if (affectedRows === 0 && !(await this.#settleAnew(tx, key, toMs))) return false;
      await addAll(tx, queue, [job]);
      return true;
    }, options);
    if (isOurs) this.#wake(job.delayMs);
    return isOurs;
  }

  /** Its row may have been deleted with all others. @returns Whether it was. */
  async #settleAnew(tx: Executor, key: string, toMs: number): Promise<boolean> {
    const { affectedRows } = await tx
      .insert(schedules)
      .values({ queue: this.#place.queue, key, settledAt: new Date(toMs) })
      .onConflict(schedules.queue, schedules.key)
      .ignore();
    return affectedRows === 1;
  }

  async listen(wake: (delayMs: number) => void): Promise<() => Promise<void>> {
    const { db, queue } = this.#place;
    const end = listenFor(db["~engine"], queue, wake);
    const endOthers = this.#others?.onWake(() => wake(0));
    return async () => {
      end();
      endOthers?.();
    };
  }

  async setPaused(isPaused: boolean): Promise<void> {
    await this.#begin();
    const { db, queue } = this.#place;
    await db.update(queues).set({ isPaused }).where(eq(queues.name, queue));
    if (!isPaused) this.#wake(0);
  }

  get(id: string): Promise<JobRecord | undefined> {
    return findJob(this.#place, id);
  }

  list(filter: JobFilter, limit: number): Promise<JobRecord[]> {
    return listJobs(this.#place, filter, limit);
  }

  counts(): Promise<QueueCounts> {
    return countJobs(this.#place);
  }

  async retry(filter: Pick<JobFilter, "name">, ids?: readonly string[]): Promise<number> {
    const count = await retryJobs(this.#place, filter, ids);
    if (count > 0) this.#wake(0);
    return count;
  }

  purge(filter: JobFilter, olderThanMs: number, ids?: readonly string[]): Promise<number> {
    return purgeJobs(this.#place, filter, olderThanMs, ids);
  }

  async close(): Promise<void> {}
}
