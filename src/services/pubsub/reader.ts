/** A subscriber's events as the program gets them. */

import { EventsLostError, InvalidValueError, type LossReason } from "../../core/error.ts";
import type { TextCodec } from "../cache/codec.ts";
import type { Parts } from "../kv/key.ts";
import type { ChannelEvent, EventLoss, SubscribeOptions, Subscription } from "./contract.ts";
import type { Feed } from "./feed.ts";
import type { Item, Subscriber } from "./subscriber.ts";

export class Reader<Data, Channel extends Parts> implements Subscription<
  ChannelEvent<Data, Channel>
> {
  readonly ready: Promise<string>;
  readonly #channel: Channel;
  readonly #codec: TextCodec;
  readonly #onLost: ((loss: EventLoss<Channel>) => void) | undefined;
  readonly #signal: AbortSignal | undefined;
  readonly #subscriber: Subscriber;
  #isRead = false;
  readonly stop = (): void => {
    this.#signal?.removeEventListener("abort", this.stop);
    this.#subscriber.stop();
  };

  constructor(
    channel: Channel,
    subscriber: Subscriber,
    feed: Feed,
    codec: TextCodec,
    { onLost, signal }: SubscribeOptions<Channel>,
  ) {
    this.#channel = channel;
    this.#subscriber = subscriber;
    this.#codec = codec;
    this.#onLost = onLost;
    this.#signal = signal;
    this.ready = feed.ready.then(() => String(subscriber.start));
    this.ready.catch(() => {});
    if (signal?.aborted === true) this.stop();
    else signal?.addEventListener("abort", this.stop, { once: true });
  }

  #read(item: Item): ChannelEvent<Data, Channel> | undefined {
    if ("loss" in item) {
      this.#tellLoss(item.loss.reason, item.loss.position);
      return undefined;
    }
    const { key, position, text } = item.event;
    let data: Data;
    try {
      // What was published on this channel, by its own codec.
      data = this.#codec.decode(text) as Data;
    } catch {
      this.#tellLoss("unreadable", position);
      return undefined;
    }
    const id = String(position);
    return { id, channel: this.#channel, data, key: key === "" ? undefined : key };
  }

  #tellLoss(reason: LossReason, position: number): void {
    if (this.#onLost === undefined) throw new EventsLostError(reason);
    this.#onLost({ channel: this.#channel, reason, id: String(position) });
  }

  [Symbol.asyncIterator](): AsyncGenerator<ChannelEvent<Data, Channel>> {
    if (this.#isRead) {
      throw new InvalidValueError("A subscription is read once, and this one has been.", {
        hint: "Subscribe again, after the id of the last event.",
      });
    }
    this.#isRead = true;
    return this.#readAll();
  }

  async *#readAll(): AsyncGenerator<ChannelEvent<Data, Channel>> {
    try {
      for (;;) {
        const item = await this.#subscriber.next();
        if (item === undefined) return;
        const event = this.#read(item);
        if (event !== undefined) yield event;
      }
    } finally {
      this.stop();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stop();
  }
}
