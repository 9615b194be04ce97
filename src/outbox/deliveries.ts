/** The entries that this process has: they wait for their turn, are handled, and what became of them is written down. */

import { AsyncLocalStorage } from "node:async_hooks";
import { pauseMs } from "../core/retry.ts";
import { jsonCodec } from "../services/cache/codec.ts";
import { atMost } from "../core/stop.ts";
import { errorText } from "../services/error-text.ts";
import { Acknowledgements } from "./acknowledgements.ts";
import { handled } from "./handling.ts";
import { FIRST_LEASE_MS, type Entry, type Leases } from "./leases.ts";
import type { Topic } from "./topics.ts";

export interface DeliverySettings {
  readonly leases: Leases;
  readonly topics: ReadonlyMap<string, Topic>;
  /** How many are handled at a time. */
  readonly concurrency: number;
  readonly leaseMs: number;
  readonly monotonicMs: () => number;
  readonly random: () => number;
  readonly onError: (error: unknown, event?: FailedEvent) => void;
  /** Called when there is room again. */
  readonly onRoom: () => void;
}

/** Of which entry an error is. */
export interface FailedEvent {
  readonly id: string;
  readonly topic: string;
  readonly attempt: number;
  /** Whether it was given up. */
  readonly isDead: boolean;
}

/** An entry that is held, from when it was taken until what became of it is written down. */
interface Held {
  readonly entry: Entry;
  readonly topic: Topic;
  readonly controller: AbortController;
  /** Until when nobody else takes it, at the least, by the monotonic clock of this process. */
  untilMs: number;
}

/** How often leases are looked after while there are any. */
const TICK_MS = 250;
/**
 * How many are held for each that is handled: of those that this process committed, and of those that it takes, which others
 * could take, too. The rest is in the database.
 */
const HELD_OWN = 10;
const HELD_TAKEN = 5;

export class Deliveries {
  readonly #settings: DeliverySettings;
  readonly #held = new Map<string, Held>();
  readonly #waiting: Held[] = [];
  readonly #running = new Map<Held, Promise<void>>();
  readonly #runningOf = new Map<string, number>();
  readonly #acknowledgements: Acknowledgements;
  /** Handlers know nothing of the request, or the transaction, behind which they run. */
  readonly #outside = AsyncLocalStorage.snapshot();
  #timer: NodeJS.Timeout | undefined;
  #isRenewing = false;
  #isStopping = false;

  constructor(settings: DeliverySettings) {
    this.#settings = settings;
    const { leases, onError } = settings;
    this.#acknowledgements = new Acknowledgements(leases, {
      onError,
      onWritten: (ids) => {
        for (const id of ids) this.#forget(id);
        settings.onRoom();
      },
    });
  }

  get token(): string {
    return this.#settings.leases.token;
  }

  /** How many more of its own it takes on. */
  get room(): number {
    return this.#roomFor(HELD_OWN);
  }

  /** How many more it takes that anybody could. */
  get appetite(): number {
    return this.#roomFor(HELD_TAKEN);
  }

  /** Whether it is worth while to take more. */
  get isHungry(): boolean {
    return this.appetite > (this.#settings.concurrency * HELD_TAKEN) / 2;
  }

  #roomFor(each: number): number {
    if (this.#isStopping) return 0;
    return Math.max(0, this.#settings.concurrency * each - this.#held.size);
  }

  /** How many are handled, wait for it, or aren't written down as delivered yet. */
  get size(): number {
    return this.#held.size;
  }

  /** How many were acknowledged too late, since somebody else had them. */
  get lateCount(): number {
    return this.#acknowledgements.lateCount;
  }

  /** @param untilMs Until when they are held, at the least. */
  accept(entries: readonly Entry[], untilMs: number): void {
    for (const entry of entries) {
      const topic = this.#settings.topics.get(entry.topic);
      if (topic === undefined || this.#isStopping) continue;
      // It was ours, its lease passed, and it is ours anew: what the first run says counts no more.
      this.#lose(entry.id);
      const held = { entry, topic, controller: new AbortController(), untilMs };
      this.#held.set(entry.id, held);
      this.#waiting.push(held);
    }
    this.#timer ??= setInterval(() => this.#outside(() => void this.#lookAfter()), TICK_MS);
    this.#outside(() => this.#begin());
  }

  #begin(): void {
    const { concurrency, monotonicMs } = this.#settings;
    for (let at = 0; at < this.#waiting.length && this.#running.size < concurrency;) {
      const held = this.#waiting[at]!;
      const { name, concurrency: ofTopic } = held.topic;
      const count = this.#runningOf.get(name) ?? 0;
      if (count >= ofTopic) {
        at++;
        continue;
      }
      this.#waiting.splice(at, 1);
      if (this.#held.get(held.entry.id) !== held) continue;
      // Somebody else may have it by now.
      if (monotonicMs() >= held.untilMs) {
        this.#forget(held.entry.id);
        continue;
      }
      this.#runningOf.set(name, count + 1);
      this.#running.set(held, this.#run(held));
    }
  }

  async #run(held: Held): Promise<void> {
    const { entry, topic } = held;
    try {
      if (entry.attempt > topic.attempts) {
        await this.#fail(held, new Error("The process that handled it ended, or stalled."), true);
      } else {
        const payload: unknown = jsonCodec.decode(entry.body);
        await handled(topic, payload, entry, held.controller);
        if (this.#isOwn(held)) this.#acknowledgements.add(entry.id);
      }
    } catch (error) {
      await this.#fail(held, error, entry.attempt >= topic.attempts);
    } finally {
      this.#running.delete(held);
      this.#runningOf.set(topic.name, this.#runningOf.get(topic.name)! - 1);
      if (!this.#isStopping) this.#begin();
      this.#settings.onRoom();
    }
  }

  async #fail(held: Held, error: unknown, isDead: boolean): Promise<void> {
    if (!this.#isOwn(held)) return;
    const { leases, onError, random } = this.#settings;
    const { id, topic, attempt } = held.entry;
    onError(error, { id, topic, attempt, isDead });
    const delayMs = isDead ? undefined : pauseMs(attempt, random, held.topic);
    try {
      await leases.failed(id, errorText(error), delayMs);
    } catch (unwritten) {
      // Its lease passes, and it is tried again.
      onError(unwritten);
    }
    if (this.#isOwn(held)) this.#forget(id);
  }

  #isOwn(held: Held): boolean {
    return this.#held.get(held.entry.id) === held;
  }

  #lose(id: string): void {
    this.#held.get(id)?.controller.abort(new Error("The lease of the entry is over."));
    this.#forget(id);
  }

  #forget(id: string): void {
    this.#held.delete(id);
    if (this.#held.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Keeps what is held, and lets go of what somebody else has by now. */
  async #lookAfter(): Promise<void> {
    if (this.#isRenewing) return;
    this.#isRenewing = true;
    try {
      const held = [...this.#held.values()];
      const isRun = (one: Held): boolean => this.#running.has(one);
      await this.#renew(held.filter(isRun), this.#settings.leaseMs);
      // What only waits, for its turn or to be written down, is others' soon when the process ends.
      await this.#renew(
        held.filter((one) => !isRun(one)),
        FIRST_LEASE_MS,
      );
    } catch (error) {
      this.#settings.onError(error);
    } finally {
      this.#isRenewing = false;
    }
  }

  async #renew(held: readonly Held[], leaseMs: number): Promise<void> {
    const { leases, monotonicMs } = this.#settings;
    const askedMs = monotonicMs();
    const short = held.filter(
      ({ untilMs }) => untilMs - askedMs < Math.max(leaseMs / 2, 3 * TICK_MS),
    );
    if (short.length === 0) return;
    const ids = short.map(({ entry }) => entry.id);
    const kept = await leases.renew(ids, leaseMs);
    for (const one of short) {
      if (kept.has(one.entry.id)) one.untilMs = askedMs + leaseMs;
      else if (this.#isOwn(one) && !this.#acknowledgements.has(one.entry.id))
        this.#lose(one.entry.id);
    }
  }

  /**
   * Begins nothing more, gives back what waits, and waits for what runs.
   *
   * @param timeoutMs How long; then the handlers' signals are aborted, and nobody waits for them any more.
   */
  async stop(timeoutMs: number): Promise<void> {
    this.#isStopping = true;
    const { leases, onError } = this.#settings;
    const waiting = this.#waiting.splice(0).map(({ entry }) => entry.id);
    for (const id of waiting) this.#forget(id);
    if (waiting.length > 0) await leases.release(waiting).catch(onError);
    await atMost(timeoutMs, Promise.all(this.#running.values()));
    for (const { controller } of this.#running.keys())
      controller.abort(new Error("The outbox stops."));
    await this.#acknowledgements.settle();
    this.#held.clear();
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
