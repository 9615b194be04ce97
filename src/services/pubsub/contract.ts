/** What a pub/sub does, as the program sees it. */

import type { LossReason } from "../../core/error.ts";
import type { Parts } from "../kv/key.ts";
import type { ChannelCodecs, ChannelOf, EventOf } from "./channel.ts";

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
