/** A channel that somebody in this process reads: heard once, told to all of them, mended from the log where a message is missing. */

import { setTimeout as sleep } from "node:timers/promises";
import { isClosed, type DbError } from "../../core/error.ts";
import { pauseMs } from "../../core/retry.ts";
import { unlessStopped } from "../../core/stop.ts";
import type { Listening } from "../kv/store.ts";
import { isTrouble } from "../trouble.ts";
import { parseMessage, type EventLog, type LogPage, type Position, type RawEvent } from "./log.ts";
import type { Loss, Source, Subscriber } from "./subscriber.ts";

/** Whether it may be tried again, for as long as somebody waits. */
function isPassing(error: unknown): boolean {
  return isTrouble(error) && !isClosed(error);
}

/** What is missing between a position and a page of the log. */
function lossBefore(page: LogPage, position: Position): Loss | undefined {
  if (position > page.tip) return { reason: "rewound", position: page.tip };
  if (position < page.floor) return { reason: "expired", position: page.floor };
  if (page.events.length > 0 || position === page.tip) return undefined;
  return { reason: "unreadable", position: page.tip };
}

export interface FeedCounts {
  /** How often the log was asked for what no message brought. */
  reads: number;
  losses: number;
}

export class Feed implements Source {
  readonly #log: EventLog;
  readonly #counts: FeedCounts;
  readonly #onEmpty: () => void;
  readonly #subscribers = new Set<Subscriber>();
  readonly #stopped = new AbortController();
  readonly #listening: Listening;
  readonly #checking: NodeJS.Timeout;
  /** The last that was told; undefined until it is known from where on. */
  #position: Position | undefined;
  /** The last that came from the log: its message may come still. */
  #readUpTo: Position = -1;
  #isReading = false;
  #isReadingAgain = false;
  readonly ready: Promise<void>;

  /** @param checkEveryMs How often the log is asked whether a message was lost that nobody told of. */
  constructor(log: EventLog, checkEveryMs: number, counts: FeedCounts, onEmpty: () => void) {
    this.#log = log;
    this.#counts = counts;
    this.#onEmpty = onEmpty;
    this.#listening = log.listen({
      message: (text) => this.#hear(text),
      gap: () => this.check(),
      end: (error) => this.fail(error),
    });
    this.#checking = setInterval(() => this.check(), checkEveryMs);
    this.#checking.unref();
    this.ready = this.#begin();
    this.ready.catch(() => {});
  }

  get subscriberCount(): number {
    return this.#subscribers.size;
  }

  get bufferedBytes(): number {
    return this.#subscribers.values().reduce((sum, each) => sum + each.bufferedBytes, 0);
  }

  async #begin(): Promise<void> {
    const { signal } = this.#stopped;
    try {
      await unlessStopped(signal, this.#listening.ready);
      // Whatever comes after this is heard, or is in the log.
      const page = await this.#patiently(() => this.#log.read(Number.MAX_SAFE_INTEGER));
      if (page === undefined) throw signal.reason;
      this.#position = page.tip;
      this.#readUpTo = page.tip;
      for (const subscriber of this.#subscribers) subscriber.begin(page.tip);
      if (this.#isReadingAgain) this.check();
    } catch (error) {
      if (!signal.aborted) this.fail(error as DbError);
      throw error;
    }
  }

  add(subscriber: Subscriber): void {
    this.#subscribers.add(subscriber);
    if (this.#position !== undefined) subscriber.begin(this.#position);
  }

  leave(subscriber: Subscriber): void {
    if (this.#subscribers.delete(subscriber) && this.#subscribers.size === 0) this.#onEmpty();
  }

  stop(): void {
    clearInterval(this.#checking);
    this.#stopped.abort();
    this.#listening.stop();
  }

  /** Ends all who read, without an error. */
  end(): void {
    for (const subscriber of this.#subscribers) subscriber.stop();
  }

  fail(error: DbError): void {
    // Whoever waits for it to begin gets the same.
    this.#stopped.abort(error);
    for (const subscriber of this.#subscribers) subscriber.fail(error);
  }

  /** For as long as the store is in trouble; undefined once nobody waits any more. */
  async #patiently(read: () => Promise<LogPage>): Promise<LogPage | undefined> {
    const { signal } = this.#stopped;
    for (let tries = 1; !signal.aborted; tries++) {
      try {
        this.#counts.reads++;
        const page = await read();
        return signal.aborted ? undefined : page;
      } catch (error) {
        if (!isPassing(error)) throw error;
        await sleep(pauseMs(tries + 2, Math.random), undefined, { signal }).catch(() => {});
      }
    }
    return undefined;
  }

  #hear(text: string): void {
    const message = parseMessage(text);
    if (message !== undefined && !this.#isReading && message.before === this.#position) {
      this.#tell(message.event);
      return;
    }
    // What the log gave already.
    if (message !== undefined && message.event.position <= this.#readUpTo) return;
    this.check();
  }

  #tell(event: RawEvent): void {
    this.#position = event.position;
    for (const subscriber of this.#subscribers) if (subscriber.isLive) subscriber.push({ event });
  }

  #tellLoss(loss: Loss): void {
    this.#position = loss.position;
    for (const subscriber of this.#subscribers) {
      if (!subscriber.isLive) continue;
      if (loss.reason === "expired" && subscriber.position! >= loss.position) continue;
      this.#counts.losses++;
      subscriber.push({ loss });
    }
  }

  /** Reads what no message brought. */
  check(): void {
    this.#isReadingAgain = true;
    if (this.#isReading || this.#position === undefined) return;
    this.#isReading = true;
    this.#readAll()
      .catch((error: unknown) => this.fail(error as DbError))
      .finally(() => {
        this.#isReading = false;
      });
  }

  async #readAll(): Promise<void> {
    for (;;) {
      this.#isReadingAgain = false;
      const page = await this.#patiently(() => this.#log.read(this.#position!));
      if (page === undefined) return;
      const loss = lossBefore(page, this.#position!);
      if (loss !== undefined) this.#tellLoss(loss);
      for (const event of page.events) this.#tell(event);
      this.#readUpTo = this.#position!;
      if (this.#position === page.tip && !this.#isReadingAgain) return;
    }
  }

  async catchUp(subscriber: Subscriber): Promise<void> {
    if (subscriber.position === undefined || this.#position === undefined) {
      await unlessStopped(this.#stopped.signal, this.ready);
      return;
    }
    const after = subscriber.position;
    const page = await this.#patiently(() => this.#log.read(after));
    if (page === undefined || subscriber.isOver) return;
    const loss = lossBefore(page, after);
    if (loss !== undefined) {
      this.#counts.losses++;
      subscriber.accept({ loss });
    }
    for (const event of page.events) if (!subscriber.accept({ event })) return;
    // Between this and what is told next, nothing comes.
    if (subscriber.position >= this.#position) subscriber.join();
  }
}
