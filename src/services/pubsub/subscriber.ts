/**
 * One who reads a channel: events that came and weren't fetched yet, up to a bound. Whoever is slower is served from the log,
 * as far as it reaches back.
 */

import { EventsLostError, type DbError, type LossReason } from "../../core/error.ts";
import type { Position, RawEvent } from "./log.ts";

export interface SubscriberBounds {
  readonly maxBuffered: number;
  readonly maxBufferedBytes: number;
  readonly whenFull: "end" | "resume";
}

/** Between two events, what isn't there any more. */
export interface Loss {
  readonly reason: LossReason;
  /** From here on it goes on without a gap. */
  readonly position: Position;
}

export type Item = { readonly event: RawEvent } | { readonly loss: Loss };

/** What an event takes beside its text: about. */
const EVENT_BYTES = 100;

function bytesOf(item: Item): number {
  return "event" in item ? EVENT_BYTES + item.event.text.length : EVENT_BYTES;
}

/** Where a subscriber gets what it hasn't been told. */
export interface Source {
  /** Takes what is behind the subscriber's position from the log, or lets it join those who are told. */
  catchUp(subscriber: Subscriber): Promise<void>;
  leave(subscriber: Subscriber): void;
}

export class Subscriber {
  /** The last that it has, in its buffer or fetched; undefined until it is known from where on. */
  position: Position | undefined;
  readonly #source: Source;
  readonly #bounds: SubscriberBounds;
  /** What is fetched stays until there is nothing else, as moving the rest costs more. */
  #buffer: Item[] = [];
  #fetched = 0;
  #byteCount = 0;
  /** Whether it is told what comes. */
  #isLive = false;
  #isOver = false;
  #start: Position | undefined;
  #error: DbError | undefined;
  #wake: (() => void) | undefined;

  constructor(source: Source, bounds: SubscriberBounds, after: Position | undefined) {
    this.#source = source;
    this.#bounds = bounds;
    this.position = after;
    this.#start = after;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  get isLive(): boolean {
    return this.#isLive;
  }

  get bufferedBytes(): number {
    return this.#byteCount;
  }

  /** From where on it reads; undefined until that is known. */
  get start(): Position | undefined {
    return this.#start;
  }

  /** @param position Where the channel is, unless the subscriber said where it was. */
  begin(position: Position): void {
    if (this.position !== undefined) return;
    this.position = position;
    this.#start = position;
    this.#isLive = true;
    this.#tell();
  }

  join(): void {
    this.#isLive = true;
  }

  /** What is told. Where there is no room for it the subscriber is served from the log from now on, or fails. */
  push(item: Item): void {
    if (this.accept(item) || this.#isOver) return;
    this.#isLive = false;
    if (this.#bounds.whenFull === "end") this.fail(new EventsLostError("slow"));
  }

  /** @returns Whether there was room for it. */
  accept(item: Item): boolean {
    if (this.#isOver) return false;
    if ("event" in item) {
      if (item.event.position <= this.position!) return true;
      if (this.#isFull(bytesOf(item))) return false;
      this.position = item.event.position;
    } else this.position = item.loss.position;
    this.#buffer.push(item);
    this.#byteCount += bytesOf(item);
    this.#tell();
    return true;
  }

  /** The first is taken whatever its size: there would be no end otherwise. */
  #isFull(byteCount: number): boolean {
    const count = this.#buffer.length - this.#fetched;
    const { maxBuffered, maxBufferedBytes } = this.#bounds;
    return count > 0 && (count >= maxBuffered || this.#byteCount + byteCount > maxBufferedBytes);
  }

  #tell(): void {
    this.#wake?.();
    this.#wake = undefined;
  }

  #shift(): Item | undefined {
    const item = this.#buffer[this.#fetched];
    if (item === undefined) return undefined;
    this.#fetched++;
    this.#byteCount -= bytesOf(item);
    if (this.#fetched === this.#buffer.length) {
      this.#buffer = [];
      this.#fetched = 0;
    }
    return item;
  }

  /** The next; undefined when it is over. One at a time. */
  async next(): Promise<Item | undefined> {
    for (;;) {
      if (this.#error !== undefined) throw this.#error;
      if (this.#isOver) return undefined;
      const item = this.#shift();
      if (item !== undefined) return item;
      await new Promise<void>((resolve, reject) => {
        this.#wake = resolve;
        if (!this.#isLive) this.#source.catchUp(this).then(resolve, reject);
      });
    }
  }

  /** Lets go of everything; whoever waits gets the end. */
  stop(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#isLive = false;
    this.#buffer = [];
    this.#fetched = 0;
    this.#byteCount = 0;
    this.#source.leave(this);
    this.#tell();
  }

  fail(error: DbError): void {
    if (this.#isOver) return;
    this.#error = error;
    this.stop();
  }
}
