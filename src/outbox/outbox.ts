/** Work that follows a commit for certain: rows that are written with the transaction, and delivered behind it. */

import { ConfigError, InvalidValueError } from "../core/error.ts";
import { checkStopMs } from "../core/stop.ts";
import type { Transaction } from "../query/client.ts";
import type { Database } from "../query/database.ts";
import type { AnySchema } from "../schema/schema.ts";
import { attach, outboxOf, recordEntry, requireTables, scopeOf } from "./attach.ts";
import { OutboxCore, type OutboxStats } from "./core.ts";
import {
  deadEntries,
  purgeDead,
  type DeadChoice,
  type DeadEntry,
  type DeadOptions,
  type OutboxCounts,
} from "./dead.ts";
import type { FailedEvent } from "./deliveries.ts";
import { doOnce } from "./inbox.ts";
import { FIRST_LEASE_MS } from "./leases.ts";
import { outboxTables } from "./tables.ts";
import type { OutboxWake } from "./wakes.ts";
import { checkCounts, isReserved, type OutboxHandlers } from "./topics.ts";

export interface OutboxOptions<Topics> {
  /** What is done with the entries of each topic. A process that has none for a topic leaves it to others. */
  readonly handlers?: OutboxHandlers<Topics>;
  /** How many entries this process handles at a time. Default 10. */
  readonly concurrency?: number;
  /**
   * For how long others leave alone an entry whose handler runs, in milliseconds. It is renewed while the process lives, so
   * this is how long an entry waits after a crash in the midst of its handler; before its handler began it is 1_000. At least
   * 1_000, default 10_000.
   */
  readonly leaseMs?: number;
  /** How often the process looks for what others left, in milliseconds, at the least. Default 500. */
  readonly pollMs?: number;
  /** For how many days entries are kept that were given up. Default 30. */
  readonly keepDeadDays?: number;
  /** For how many days it is kept which events were done by `once()`. Default 7. */
  readonly keepDoneDays?: number;
  /** Lets processes tell one another that there is something to deliver, where they don't by themselves. */
  readonly wake?: OutboxWake;
  /**
   * Hears of each failed attempt, with its event, of trouble with the database, and once of each topic whose entries nobody
   * takes for ten minutes. Default: a warning of the first.
   */
  readonly onError?: (error: unknown, event?: FailedEvent) => void;
}

const STOP_TIMEOUT_MS = 10_000;
const DAY_MS = 86_400_000;

/** The outbox of one database. */
export class Outbox<Topics> {
  readonly "~core": OutboxCore;
  readonly #detach: () => void;

  constructor(core: OutboxCore, detachIt: () => void) {
    this["~core"] = core;
    this.#detach = detachIt;
  }

  /**
   * Adds an entry to a transaction: written right before COMMIT, all of a transaction in one statement, and delivered after
   * it; not at all when it is rolled back, or the savepoint in which it was added.
   *
   * @param payload Plain data, with dates, bigints, bytes, maps and sets. It is taken as it is now.
   * @returns the entry's id, which its handler gets.
   * @throws {InvalidValueError} for a payload that isn't plain data.
   * @example
   * await db.transaction(async (tx) => {
   *   const user = await tx.insert(users).values(row).returning().one();
   *   outbox.add(tx, "mail.welcome", { userId: user.id });
   * });
   */
  add<Topic extends keyof Topics & string>(
    tx: Transaction,
    topic: Topic,
    payload: Topics[Topic],
  ): string {
    if (typeof topic === "string" && isReserved(topic))
      throw new InvalidValueError('Topics that begin with "plinth:" are reserved.');
    return recordEntry(this["~core"], scopeOf(tx), topic, payload);
  }

  /**
   * Does something for an event once, however often it is delivered: that it is done is written in the transaction in which
   * it is done. What `work` throws must roll back the transaction.
   *
   * @param eventId The event's id, of an outbox or of whoever else delivers at least once: 200 characters at most.
   * @param consumer Who does it; each does it once. 100 characters at most.
   * @returns whether it was done now; false where it was done before.
   * @example
   * handlers: {
   *   "order.paid": (order: { id: string }, event) =>
   *     db.transaction((tx) => outbox.once(tx, event.id, "points", () => givePoints(tx, order))),
   * }
   */
  once(tx: Transaction, eventId: string, consumer: string, work: () => unknown): Promise<boolean> {
    return doOnce(tx, eventId, consumer, work);
  }

  /** The entries that were given up, those first that were given up first. */
  dead(options: DeadOptions<Topics> = {}): Promise<DeadEntry[]> {
    return deadEntries(this["~core"].db, options);
  }

  /**
   * Lets entries that were given up be tried again, as if they were new.
   *
   * @returns how many there were.
   */
  async retry(which: DeadChoice<Topics>): Promise<number> {
    return this["~core"].retry(which);
  }

  /**
   * Deletes entries that were given up.
   *
   * @returns how many there were.
   */
  purge(which: DeadChoice<Topics>): Promise<number> {
    return purgeDead(this["~core"].db, which);
  }

  /** What this process has in its hands. */
  stats(): OutboxStats {
    return this["~core"].stats();
  }

  /** How many entries there are now. */
  counts(): Promise<OutboxCounts> {
    return this["~core"].counts();
  }

  /** Deletes now what is older than the outbox keeps it. While it delivers it does so by itself, every ten minutes or so. */
  clean(): Promise<void> {
    return this["~core"].clean();
  }

  /** Begins to deliver: what this process commits, and what others left. Without it entries are only written. */
  start(): this {
    this["~core"].start();
    return this;
  }

  /**
   * Delivers no more: what waits is given back to others, what is handled is waited for.
   *
   * @param options.timeoutMs For how long, in milliseconds; then the handlers' signals are aborted. Default 10_000; `Infinity`
   * waits for each.
   */
  async stop({ timeoutMs = STOP_TIMEOUT_MS }: { readonly timeoutMs?: number } = {}): Promise<void> {
    await this["~core"].stop(checkStopMs(timeoutMs));
  }

  /** Stops, and gives the database up. Never throws. */
  async close(): Promise<void> {
    await this.stop();
    this.#detach();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/**
 * Makes the outbox of a database: the one that `tx.afterCommit({ durable: true, … })` uses. It delivers once `start()` is called.
 *
 * @throws {ConfigError} `E_SCHEMA` where the schema lacks `outboxTables`; `E_CONFIG` where the database has an outbox.
 * @example
 * const outbox = createOutbox(db, {
 *   handlers: {
 *     "mail.welcome": async ({ userId }: { userId: string }, event) => sendWelcome(userId, event.id),
 *   },
 * });
 * outbox.start();
 */
export function createOutbox<Topics extends object = Record<string, unknown>>(
  db: Database<AnySchema>,
  options: OutboxOptions<Topics> = {},
): Outbox<Topics> {
  const { concurrency = 10, leaseMs = 10_000, pollMs = 500 } = options;
  const { keepDeadDays = 30, keepDoneDays = 7 } = options;
  const counts = { concurrency, leaseMs, pollMs };
  checkCounts("createOutbox()", { ...counts, keepDeadDays, keepDoneDays });
  if (leaseMs < FIRST_LEASE_MS)
    throw new ConfigError(`leaseMs of createOutbox() is at least ${FIRST_LEASE_MS}.`);
  requireTables(db.schema, outboxTables, "outboxTables");
  const scope = scopeOf(db);
  if (outboxOf(scope) !== undefined) {
    throw new ConfigError("The database has an outbox already.", {
      hint: "Make one for all topics, or end the other one: await outbox.close().",
    });
  }
  const { wake, onError } = options;
  const core = new OutboxCore(scope.plans.engine, {
    ...counts,
    keepDeadMs: keepDeadDays * DAY_MS,
    keepDoneMs: keepDoneDays * DAY_MS,
    wake,
    onError,
  });
  for (const [topic, work] of Object.entries(options.handlers ?? {})) {
    if (isReserved(topic)) throw new ConfigError('Topics that begin with "plinth:" are reserved.');
    core.handle(topic, work);
  }
  return new Outbox(core, attach(scope, core));
}
