/** Events on channels, for all processes that share a store: told at once, kept for a while, and never missed without a word. */

import { ConnectionError, InvalidValueError } from "../../core/error.ts";
import type { TextCodec } from "../cache/codec.ts";
import { checkCount, checkDuration, checkTimeout } from "../kv/check.ts";
import type { Parts } from "../kv/key.ts";
import type { Store } from "../kv/store.ts";
import { checkEventKey, codecFinder, nameOf } from "./channel.ts";
import type {
  ChannelEvent,
  Handling,
  HandlerOptions,
  PubSub,
  PubSubOptions,
  PubSubStats,
  RawPublisher,
  SubscribeOptions,
  Subscription,
} from "./contract.ts";
import { Feed } from "./feed.ts";
import { EventLog, parsePosition, type LogSettings } from "./log.ts";
import { Reader } from "./reader.ts";
import { Subscriber, type SubscriberBounds } from "./subscriber.ts";

interface Settings extends LogSettings {
  readonly maxEventBytes: number;
  readonly checkEveryMs: number;
}

function settingsOf(options: PubSubOptions<never>): Settings {
  const { keepBytes = 2 ** 20, keepEvents = 1_000, keepMs = 3_600_000 } = options;
  const { checkEveryMs = 10_000, maxEventBytes = 65_536 } = options;
  return {
    keepMs: checkDuration("keepMs", keepMs),
    keepEvents: checkCount("keepEvents", keepEvents, 0),
    keepBytes: checkCount("keepBytes", keepBytes, 0),
    maxEventBytes: checkCount("maxEventBytes", maxEventBytes, 1),
    checkEveryMs: checkTimeout(checkEveryMs, "checkEveryMs"),
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
    if (!this.#isClosed) return;
    throw new ConnectionError("E_CLOSED", "The pub/sub is closed; nothing was published.", {
      hint: "Close it when the program ends, not before.",
    });
  }

  #logOf(channel: Parts): EventLog {
    return new EventLog(this.#store, channel, this.#settings);
  }

  #encode(channel: Parts, data: unknown): string {
    // A channel that has no name, or too long a one, is refused here, too.
    nameOf(channel);
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
    const name = nameOf(channel);
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
