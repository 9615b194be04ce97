/** What the parts of this room share: entries of transactions, and who delivers them. */

import type { Gatherer, TransactionRunner } from "../connect/transaction/transaction.ts";
import type { Engine } from "../connect/source.ts";
import { ConfigError, InvalidValueError, isClosed } from "../core/error.ts";
import { tellOf } from "../core/listener.ts";
import { uuidv7 } from "../core/uuid.ts";
import { stackOf, warn } from "../core/warning.ts";
import { Database } from "../query/database.ts";
import { jsonCodec } from "../services/cache/codec.ts";
import { cleanOld } from "./cleaning.ts";
import { countEntries, retryDead, type DeadChoice, type OutboxCounts } from "./dead.ts";
import { Deliveries, type FailedEvent } from "./deliveries.ts";
import { Dispatcher } from "./dispatcher.ts";
import { clock, later } from "./instants.ts";
import { FIRST_LEASE_MS, Leases, type Entry } from "./leases.ts";
import { neglected } from "./neglected.ts";
import { Repeated } from "./repeated.ts";
import { plinthOutbox } from "./tables.ts";
import { isTopic, TOPIC_RULE, topicOf, type Topic } from "./topics.ts";
import { Wakes, type OutboxWake } from "./wakes.ts";

export interface OutboxStats {
  /** Entries that are handled, wait for it in memory, or aren't written down as delivered yet. */
  readonly held: number;
  /** Entries that were delivered here when their lease had passed to somebody else, who delivered them again. */
  readonly late: number;
}

export interface CoreSettings {
  readonly concurrency: number;
  readonly keepDeadMs: number;
  readonly keepDoneMs: number;
  readonly leaseMs: number;
  readonly pollMs: number;
  readonly wake: OutboxWake | undefined;
  readonly onError: ((error: unknown, event?: FailedEvent) => void) | undefined;
}

/** What is left of a first lease must be enough to begin in. */
const LEAST_LEFT_MS = 200;
const CLEAN_EVERY_MS = 600_000;

export class OutboxCore implements Gatherer<Entry> {
  readonly db: Database;
  readonly #engine: Engine;
  readonly #settings: CoreSettings;
  readonly #topics = new Map<string, Topic>();
  readonly #wakes: Wakes;
  #deliveries: Deliveries | undefined;
  #dispatcher: Dispatcher | undefined;
  #cleaning: Repeated | undefined;
  #unlisten: (() => void) | undefined;
  #lateCount = 0;
  #hasWarned = false;
  readonly #neglected = new Set<string>();

  constructor(engine: Engine, settings: CoreSettings) {
    this.#engine = engine;
    this.#settings = settings;
    // Plans of its own: nobody watches its tables, and nobody's scopes are in its statements.
    this.db = Database.of(engine, undefined);
    this.#wakes = new Wakes(settings.wake, engine.notices, (error) => this.#report(error));
  }

  /**
   * @returns what ends it.
   * @throws {ConfigError} for a topic that has a handler.
   */
  handle(name: string, work: unknown): () => void {
    if (this.#topics.has(name)) {
      throw new ConfigError(`The topic "${name}" has a handler already.`, {
        hint: "A database has one of each: share it, or close the other one first.",
      });
    }
    const topic = topicOf(name, work);
    this.#topics.set(name, topic);
    this.#dispatcher?.wake();
    return () => {
      if (this.#topics.get(name) === topic) this.#topics.delete(name);
    };
  }

  stats(): OutboxStats {
    const held = this.#deliveries?.size ?? 0;
    return { held, late: this.#lateCount + (this.#deliveries?.lateCount ?? 0) };
  }

  /**
   * Leaves an entry that is written at the end of the transaction, and delivered after its commit.
   *
   * @returns its id.
   */
  record(runner: TransactionRunner, topic: string, payload: unknown): string {
    if (!isTopic(topic)) throw new InvalidValueError(TOPIC_RULE);
    if (runner.facts.options.readOnly === true) {
      throw new InvalidValueError("A transaction that only reads leaves nothing to the outbox.", {
        hint: "Leave readOnly out.",
      });
    }
    const createdAt = new Date(this.#engine.clock.nowMs());
    const entry = { id: uuidv7(), topic, body: jsonCodec.encode(payload), createdAt, attempt: 1 };
    runner.gather(this, entry);
    return entry.id;
  }

  async beforeCommit(runner: TransactionRunner, entries: readonly Entry[]): Promise<void> {
    const deliveries = this.#deliveries;
    let room = deliveries?.room ?? 0;
    const own = new Set<Entry>();
    for (const entry of entries) {
      if (room <= 0 || !this.#topics.has(entry.topic)) continue;
      own.add(entry);
      room--;
    }
    const untilMs = this.#engine.clock.monotonicMs() + FIRST_LEASE_MS;
    const taken = { attempts: 1, dueAt: later(FIRST_LEASE_MS), lease: deliveries?.token ?? null };
    const left = { attempts: 0, dueAt: clock, lease: null };
    const rows = entries.map((entry) => ({
      id: entry.id,
      topic: entry.topic,
      payload: entry.body,
      createdAt: entry.createdAt,
      ...(own.has(entry) ? taken : left),
    }));
    await this.db["~transaction"](runner).insert(plinthOutbox).values(rows);
    runner.afterCommit(() => {
      if (own.size < entries.length) this.#wakeAll();
      const isLate = this.#engine.clock.monotonicMs() > untilMs - LEAST_LEFT_MS;
      // What is left out is taken like any other when its lease is over.
      if (own.size > 0 && !isLate && deliveries === this.#deliveries)
        deliveries?.accept([...own], untilMs);
    });
  }

  start(): void {
    if (this.#deliveries !== undefined) return;
    const { clock: time, random } = this.#engine;
    const { concurrency, leaseMs, pollMs } = this.#settings;
    const leases = new Leases(this.db, uuidv7());
    const monotonicMs = (): number => time.monotonicMs();
    const onError = (error: unknown, event?: FailedEvent): void => this.#report(error, event);
    const deliveries = new Deliveries({
      leases,
      topics: this.#topics,
      concurrency,
      leaseMs,
      monotonicMs,
      random,
      onError,
      onRoom: () => this.#afterWork(),
    });
    this.#deliveries = deliveries;
    this.#dispatcher = new Dispatcher({
      leases,
      deliveries,
      topics: () => [...this.#topics.keys()],
      leaseMs: FIRST_LEASE_MS,
      pollMs,
      monotonicMs,
      random,
      onError,
      onClosed: () => {
        this.#unlisten?.();
        void this.#cleaning?.stop();
      },
    });
    this.#cleaning = new Repeated(CLEAN_EVERY_MS * (0.5 + random() / 2), async () => {
      await this.clean().catch(onError);
      await this.tellNeglected().catch(onError);
    });
    this.#unlisten = this.#wakes.hear(() => this.#dispatcher?.wake());
  }

  /** @returns how many dead entries are tried again. */
  async retry(which: DeadChoice<never>): Promise<number> {
    const count = await retryDead(this.db, which);
    if (count > 0) this.#wakeAll();
    return count;
  }

  #wakeAll(): void {
    this.#dispatcher?.wake();
    this.#wakes.tell();
  }

  /** Deletes what is old, of the dead entries and of what was done once. */
  async clean(): Promise<void> {
    await cleanOld(this.db, this.#settings);
  }

  counts(): Promise<OutboxCounts> {
    return countEntries(this.db, (topic) => this.#topics.has(topic));
  }

  /** Tells once of each topic whose entries nobody takes. */
  async tellNeglected(): Promise<void> {
    for (const [topic, error] of await neglected(this.db, [...this.#topics.keys()])) {
      if (this.#neglected.has(topic)) continue;
      this.#neglected.add(topic);
      if (this.#settings.onError !== undefined) this.#report(error);
      else warn("PLINTH_OUTBOX_NEGLECTED", error.message, "");
    }
  }

  async stop(timeoutMs: number): Promise<void> {
    const cleaning = this.#cleaning;
    this.#cleaning = undefined;
    const deliveries = this.#deliveries;
    const dispatcher = this.#dispatcher;
    this.#unlisten?.();
    this.#deliveries = this.#dispatcher = this.#unlisten = undefined;
    await cleaning?.stop();
    await dispatcher?.stop();
    if (deliveries === undefined) return;
    await deliveries.stop(timeoutMs);
    this.#lateCount += deliveries.lateCount;
  }

  /** There was no room before, so that something may have been left. */
  #afterWork(): void {
    if (this.#dispatcher?.isFull === true && this.#deliveries?.isHungry === true)
      this.#dispatcher.wake();
  }

  #report(error: unknown, event?: FailedEvent): void {
    const { onError } = this.#settings;
    if (isClosed(error)) return;
    if (onError !== undefined) return tellOf(onError, error, event);
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    const what = event === undefined ? "An outbox" : `The handler of "${event.topic}"`;
    warn(
      "PLINTH_OUTBOX_FAILED",
      `${what} failed; it is tried again. Give createOutbox() an onError to hear of each.`,
      stackOf(error),
    );
  }
}
