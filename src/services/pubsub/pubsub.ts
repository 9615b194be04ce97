/** Events on channels, for all processes that share a store: told at once, kept for a while, and never missed without a word. */

import { EventsLostError, InvalidValueError } from "../../core/error.ts";
import type { LossReason } from "../../core/error.ts";
import type { TextCodec } from "../cache/codec.ts";
import { checkTtl, storeClosedError } from "../kv/check.ts";
import { encodeKey, type Parts } from "../kv/key.ts";
import type { Store } from "../kv/store.ts";
import {
  checkEventKey,
  codecFinder,
  type ChannelCodecs,
  type ChannelOf,
  type EventOf,
} from "./channel.ts";
import { Feed } from "./feed.ts";
import { EventLog, parsePosition, type LogSettings } from "./log.ts";
import { Subscriber, type Item, type SubscriberBounds } from "./subscriber.ts";

export interface PubSubOptions<Channels = Record<string, unknown>> {
  /** How the events of some channels are written, by the channels' names. Default: JSON, with dates, bigints and bytes as they were. */
  readonly codecs?: ChannelCodecs<Channels>;
  /** How long an event can be read by those who come back, in milliseconds. Default 1 hour. */
  readonly keepMs?: number;
  /** How many events of a channel, at most. 0: none, and whoever misses one is told. Default 1,000. */
  readonly keepEvents?: number;
  /** How many bytes of a channel, at most. Default 1 MiB. */
  readonly keepBytes?: number;
  /** How long an event may be, in bytes as it is written. Default 64 KiB. */
  readonly maxEventBytes?: number;
  /** How often the log is asked for events of which the store told nobody, as a cluster may while it elects. Default 10 s. */
  readonly checkEveryMs?: number;
}

export interface ChannelEvent<Data = unknown, Channel extends Parts = Parts> {
  /**
   * Where it stands in its channel, as a decimal number of up to 16 digits: the store's time in microseconds, and always more
   * than that of the event before it. What was seen last is what `after` takes.
   */
  readonly id: string;
  readonly channel: Channel;
  readonly data: Data;
  /** The publisher's own, where it gave one: the same for what it publishes again. */
  readonly key: string | undefined;
}

/** Events that a subscriber may have missed. */
export interface EventLoss<Channel extends Parts = Parts> {
  readonly channel: Channel;
  /**
   * `expired`: the log no longer has them. `rewound`: the store lost what it had told already. `unreadable`: the codec threw.
   */
  readonly reason: LossReason;
  /** It goes on behind this one. */
  readonly id: string;
}

export interface SubscribeOptions<Channel extends Parts = Parts> {
  /** The id of the last event that was seen: those behind it come first. Default: whatever is published from now on. */
  readonly after?: string | undefined;
  /** Ends it, without an error. */
  readonly signal?: AbortSignal | undefined;
  /** How many events may wait to be fetched. Default 100. */
  readonly maxBuffered?: number;
  /** How much they may take, in bytes. Default 1 MiB. */
  readonly maxBufferedBytes?: number;
  /**
   * What happens when there is no more room: `resume` reads the rest from the log when there is, and tells of what the log
   * lost until then; `end` throws `EventsLostError`. Default `resume`.
   */
  readonly whenFull?: "end" | "resume";
  /** Is told when events may have been missed, between those before and those behind. Default: `EventsLostError` is thrown. */
  readonly onLost?: (loss: EventLoss<Channel>) => void;
}

/** Events as they come; to be read once. It begins when it is made, and ends with `stop`, the signal, or a `break`. */
export interface Subscription<Event> extends AsyncIterable<Event>, AsyncDisposable {
  /**
   * From here on nothing is missed. It waits for as long as the store can't be reached.
   *
   * @returns The id behind which it reads.
   */
  readonly ready: Promise<string>;
  stop(): void;
}

export interface HandlerOptions<
  Event extends ChannelEvent,
  Channel extends Parts = Parts,
> extends SubscribeOptions<Channel> {
  /** What the handler threw; it goes on with the next event. Default: it ends, and `done` throws. */
  readonly onError?: (error: unknown, event: Event) => void;
}

/** A handler that is called for each event. */
export interface Handling extends AsyncDisposable {
  readonly ready: Promise<string>;
  /** When it has ended. @throws What the handler threw, or the store, or `EventsLostError`. */
  readonly done: Promise<void>;
  stop(): void;
}

/** Of this process, since the pub/sub was made. */
export interface PubSubStats {
  /** Channels that are heard now, and who reads them. */
  readonly channels: number;
  readonly subscribers: number;
  /** What waits to be fetched now, by all subscribers, in bytes: about. */
  readonly bufferedBytes: number;
  /** How often the log was read. */
  readonly reads: number;
  /** How often a subscriber was told that it may have missed something. */
  readonly losses: number;
}

/** For those who write an event down before they publish it. */
export interface RawPublisher {
  /** @throws {InvalidValueError} what `publish` would throw. */
  encode(channel: Parts, data: unknown): string;
  publish(channel: Parts, text: string, key: string): Promise<string>;
}

export interface PubSub<Channels = Record<string, unknown>> extends AsyncDisposable {
  readonly "~raw": RawPublisher;
  /**
   * Tells everybody who listens to the channel, in all processes, and keeps it for those who come back.
   *
   * @param options.key The same key, again, is told once, for as long as the log has it: for those who may publish twice.
   * @returns The event's id.
   * @throws {ConnectionError | TimeoutError} when the store is away. With a key it is safe to try again.
   */
  publish<const Channel extends ChannelOf<Channels>>(
    channel: Channel,
    data: EventOf<Channels, Channel>,
    options?: { readonly key?: string | undefined },
  ): Promise<string>;
  /**
   * The events of a channel, in their order, each once.
   *
   * @example
   * for await (const { id, data } of pubsub.subscribe(["channel", channelId], { after })) send(id, data);
   */
  subscribe<const Channel extends ChannelOf<Channels>>(
    channel: Channel,
    options?: SubscribeOptions<Channel>,
  ): Subscription<ChannelEvent<EventOf<Channels, Channel>, Channel>>;
  /** Calls the handler for each event, and waits for what it returns before the next. */
  on<const Channel extends ChannelOf<Channels>>(
    channel: Channel,
    handler: (event: ChannelEvent<EventOf<Channels, Channel>, Channel>) => void | PromiseLike<void>,
    options?: HandlerOptions<ChannelEvent<EventOf<Channels, Channel>, Channel>, Channel>,
  ): Handling;
  stats(): PubSubStats;
  /** Ends all subscriptions, without an error. The store stays open. */
  close(): Promise<void>;
}

function checkCount(name: string, count: number, least: number): number {
  if (Number.isSafeInteger(count) && count >= least) return count;
  throw new InvalidValueError(`${name} is not a whole number from ${least} on.`);
}

interface Settings extends LogSettings {
  readonly maxEventBytes: number;
  readonly checkEveryMs: number;
}

function settingsOf(options: PubSubOptions<never>): Settings {
  const { keepBytes = 2 ** 20, keepEvents = 1_000, keepMs = 3_600_000 } = options;
  const { checkEveryMs = 10_000, maxEventBytes = 65_536 } = options;
  return {
    keepMs: checkTtl(keepMs),
    keepEvents: checkCount("keepEvents", keepEvents, 0),
    keepBytes: checkCount("keepBytes", keepBytes, 0),
    maxEventBytes: checkCount("maxEventBytes", maxEventBytes, 1),
    checkEveryMs: checkTtl(checkEveryMs),
  };
}

function boundsOf(options: SubscribeOptions<never>): SubscriberBounds {
  const { maxBuffered = 100, maxBufferedBytes = 2 ** 20, whenFull = "resume" } = options;
  if (whenFull !== "resume" && whenFull !== "end") {
    throw new InvalidValueError('whenFull is "resume" or "end".');
  }
  return {
    maxBuffered: checkCount("maxBuffered", maxBuffered, 1),
    maxBufferedBytes: checkCount("maxBufferedBytes", maxBufferedBytes, 1),
    whenFull,
  };
}

/** A subscriber's events, decoded. */
class Reader<Data, Channel extends Parts> implements Subscription<ChannelEvent<Data, Channel>> {
  readonly ready: Promise<string>;
  readonly #channel: Channel;
  readonly #codec: TextCodec;
  readonly #onLost: ((loss: EventLoss<Channel>) => void) | undefined;
  readonly #signal: AbortSignal | undefined;
  readonly #subscriber: Subscriber;
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

  async *[Symbol.asyncIterator](): AsyncGenerator<ChannelEvent<Data, Channel>> {
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

class StorePubSub implements PubSub {
  readonly #store: Store;
  readonly #settings: Settings;
  readonly #codecOf: (channel: Parts) => TextCodec;
  readonly #feeds = new Map<string, Feed>();
  readonly #counts = { reads: 0, losses: 0 };
  #isClosed = false;
  readonly "~raw": RawPublisher = {
    encode: (channel, data) => this.#encode(channel, data),
    publish: (channel, text, key) => this.#publish(channel, text, key),
  };

  constructor(store: Store, options: PubSubOptions<never>) {
    this.#store = store;
    this.#settings = settingsOf(options);
    this.#codecOf = codecFinder(options.codecs ?? {});
  }

  #check(): void {
    if (this.#isClosed) throw storeClosedError();
  }

  #logOf(channel: Parts): EventLog {
    return new EventLog(this.#store, channel, this.#settings);
  }

  #encode(channel: Parts, data: unknown): string {
    // A channel that has no name is refused here, too.
    encodeKey("", channel);
    const text = this.#codecOf(channel).encode(data);
    if (Buffer.byteLength(text) <= this.#settings.maxEventBytes) return text;
    throw new InvalidValueError(
      `An event is longer than maxEventBytes, ${this.#settings.maxEventBytes}.`,
      { code: "E_VALUE_TOO_LONG", hint: "Tell of what there is, and let who wants it read it." },
    );
  }

  async publish(
    channel: Parts,
    data: unknown,
    { key }: { readonly key?: string | undefined } = {},
  ): Promise<string> {
    const checked = key === undefined ? "" : checkEventKey(key);
    return await this.#publish(channel, this.#encode(channel, data), checked);
  }

  async #publish(channel: Parts, text: string, key: string): Promise<string> {
    this.#check();
    return String(await this.#logOf(channel).publish(text, key));
  }

  #feedOf(channel: Parts): Feed {
    const name = encodeKey("", channel);
    let feed = this.#feeds.get(name);
    if (feed === undefined) {
      const made = new Feed(this.#logOf(channel), this.#settings.checkEveryMs, this.#counts, () => {
        made.stop();
        if (this.#feeds.get(name) === made) this.#feeds.delete(name);
      });
      feed = made;
      this.#feeds.set(name, feed);
    }
    return feed;
  }

  subscribe<const Channel extends Parts>(
    channel: Channel,
    options: SubscribeOptions<Channel> = {},
  ): Subscription<ChannelEvent<unknown, Channel>> {
    this.#check();
    const bounds = boundsOf(options);
    const after = options.after === undefined ? undefined : parsePosition(options.after);
    const feed = this.#feedOf(channel);
    const subscriber = new Subscriber(feed, bounds, after);
    feed.add(subscriber);
    return new Reader(channel, subscriber, feed, this.#codecOf(channel), options);
  }

  on<const Channel extends Parts>(
    channel: Channel,
    handler: (event: ChannelEvent<unknown, Channel>) => void | PromiseLike<void>,
    options: HandlerOptions<ChannelEvent<unknown, Channel>, Channel> = {},
  ): Handling {
    const subscription = this.subscribe(channel, options);
    const { ready, stop } = subscription;
    const done = handleAll(subscription, handler, options.onError);
    return { ready, done, stop, [Symbol.asyncDispose]: async () => stop() };
  }

  stats(): PubSubStats {
    let subscribers = 0;
    let bufferedBytes = 0;
    for (const feed of this.#feeds.values()) {
      subscribers += feed.subscriberCount;
      bufferedBytes += feed.bufferedBytes;
    }
    return { channels: this.#feeds.size, subscribers, bufferedBytes, ...this.#counts };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const feed of this.#feeds.values()) feed.end();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

async function handleAll<Event>(
  events: AsyncIterable<Event>,
  handler: (event: Event) => void | PromiseLike<void>,
  onError: ((error: unknown, event: Event) => void) | undefined,
): Promise<void> {
  for await (const event of events) {
    try {
      await handler(event);
    } catch (error) {
      if (onError === undefined) throw error;
      onError(error, event);
    }
  }
}

/**
 * Channels for events, told to all processes that share the store. The type says what each channel carries: a name with
 * `{…}` in it stands for all channels that have a text there.
 *
 * @example
 * interface Channels { global: Notice; "channel:{channelId}": Message }
 * const pubsub = createPubSub<Channels>(store);
 * await pubsub.publish(["channel", channelId], message);
 */
export function createPubSub<Channels = Record<string, unknown>>(
  store: Store,
  options: PubSubOptions<Channels> = {},
): PubSub<Channels> {
  // What the types promise of each channel, the codecs keep; nothing below looks into an event.
  return new StorePubSub(store, options as PubSubOptions<never>) as unknown as PubSub<Channels>;
}
