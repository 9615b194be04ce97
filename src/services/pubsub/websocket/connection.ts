/** One client: what it listens to, at the speed at which it reads. */

import { InvalidValueError } from "../../../core/error.ts";
import type { ChannelEvent, EventLoss, PubSub, Subscription } from "../contract.ts";
import {
  parseClientMessage,
  writeServerMessage,
  type ClientMessage,
  type RefusalReason,
  type ServerMessage,
} from "./protocol.ts";
import { CloseCode, type ServerSocket } from "./socket.ts";

type Channel = readonly string[];

export interface ConnectionSettings {
  readonly mayRead: (channel: Channel) => boolean | PromiseLike<boolean>;
  readonly maxChannels: number;
  readonly maxBufferedBytes: number;
  readonly maxMessageLength: number;
  readonly heartbeatMs: number;
  readonly stalledMs: number;
  readonly onError: (error: unknown) => void;
}

/** How often it is looked whether what was sent has left: no event tells. */
const DRAIN_EVERY_MS = 25;
/** What may wait in this process for each channel; the rest waits in the log. */
const BOUNDS = { maxBuffered: 32, maxBufferedBytes: 65_536 };
/** Requests that wait for their turn. */
const MAX_REQUESTS = 100;

export class Connection {
  readonly #pubsub: PubSub;
  readonly #socket: ServerSocket;
  readonly #settings: ConnectionSettings;
  readonly #subscriptions = new Map<string, Subscription<ChannelEvent<unknown, Channel>>>();
  readonly #closed = Promise.withResolvers<void>();
  readonly #heartbeat: NodeJS.Timeout;
  #turn: Promise<void> = Promise.resolve();
  /** Of which it is being asked whether it may be read; none once the application has taken it back. */
  #asked: string | undefined;
  #requests = 0;
  #isSilent = false;
  #isOver = false;
  #draining: Promise<void> | undefined;

  constructor(pubsub: PubSub, socket: ServerSocket, settings: ConnectionSettings) {
    this.#pubsub = pubsub;
    this.#socket = socket;
    this.#settings = settings;
    socket.addEventListener("message", ({ data }) => this.#hear(data));
    socket.addEventListener("close", () => this.#end());
    socket.addEventListener("error", () => this.#terminate());
    // Of a process that stood still timers come before what clients have said meanwhile.
    const beat = (): unknown => setImmediate(() => this.#beat());
    this.#heartbeat = setInterval(beat, settings.heartbeatMs);
    this.#heartbeat.unref();
  }

  /** When the socket has closed, whoever closed it. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  /** What it listens to now. */
  get channels(): Channel[] {
    return [...this.#subscriptions.keys()].map((name) => JSON.parse(name) as string[]);
  }

  /** Whoever was silent since the last beat, and was asked then, is gone. */
  #beat(): void {
    if (this.#isOver) return;
    if (this.#isSilent) {
      this.#terminate();
      return;
    }
    this.#isSilent = true;
    this.#send({ type: "ping" });
  }

  #hear(data: unknown): void {
    this.#isSilent = false;
    if (this.#isOver) return;
    if (typeof data !== "string") {
      this.close(CloseCode.unsupportedData, "Text only");
      return;
    }
    const { maxMessageLength } = this.#settings;
    const message = data.length > maxMessageLength ? undefined : parseClientMessage(data);
    if (message === undefined) this.#refuse(null, "invalid");
    else if (message.type !== "pong") this.#inTurn(message);
  }

  /** One request after the other, so that what a client asks for last is what is. */
  #inTurn(message: Exclude<ClientMessage, { type: "pong" }>): void {
    if (++this.#requests > MAX_REQUESTS) {
      this.close(CloseCode.policyViolation, "Too many requests");
      return;
    }
    const work = async (): Promise<void> => {
      try {
        if (message.type === "unsubscribe") this.unsubscribe(message.channel);
        else await this.#subscribe(message.channel, message.after);
      } catch (error) {
        this.#settings.onError(error);
        this.#refuse(message.channel, "failed");
      } finally {
        this.#requests--;
      }
    };
    this.#turn = this.#turn.then(work);
  }

  async #subscribe(channel: Channel, after: string | undefined): Promise<void> {
    const name = JSON.stringify(channel);
    if (!this.#subscriptions.has(name) && this.#subscriptions.size >= this.#settings.maxChannels) {
      this.#refuse(channel, "too many");
      return;
    }
    // An answer from before it was taken back counts no longer.
    do {
      this.#asked = name;
      if ((await this.#settings.mayRead(channel)) !== true) {
        this.#refuse(channel, "forbidden");
        return;
      }
    } while (this.#asked !== name);
    this.subscribe(channel, after);
  }

  /**
   * Lets it read a channel without asking; from an id on, or from now on. Nothing would end it where the client has left.
   */
  subscribe(channel: Channel, after?: string): void {
    if (this.#isOver) return;
    const name = JSON.stringify(channel);
    let subscription: Subscription<ChannelEvent<unknown, Channel>>;
    try {
      subscription = this.#pubsub.subscribe(channel, {
        ...BOUNDS,
        after,
        onLost: (loss) => this.#tellLoss(loss),
      });
    } catch (error) {
      if (!(error instanceof InvalidValueError)) throw error;
      this.#refuse(channel, "invalid");
      return;
    }
    this.#subscriptions.get(name)?.stop();
    this.#subscriptions.set(name, subscription);
    void this.#pump(name, channel, subscription);
  }

  /** Lets it read a channel no longer, as when somebody has lost the right to. */
  unsubscribe(channel: Channel): void {
    const name = JSON.stringify(channel);
    if (this.#asked === name) this.#asked = undefined;
    this.#subscriptions.get(name)?.stop();
    if (this.#subscriptions.delete(name)) this.#send({ type: "unsubscribed", channel });
  }

  #tellLoss({ channel, id, reason }: EventLoss<Channel>): void {
    this.#send({ type: "lost", channel, id, reason });
  }

  async #pump(
    name: string,
    channel: Channel,
    subscription: Subscription<ChannelEvent<unknown, Channel>>,
  ): Promise<void> {
    try {
      const id = await subscription.ready;
      if (this.#subscriptions.get(name) !== subscription) return;
      this.#send({ type: "subscribed", channel, id });
      for await (const event of subscription) {
        if (this.#subscriptions.get(name) !== subscription) return;
        this.#send({ type: "event", channel, id: event.id, data: event.data, key: event.key });
        if (this.#isFull) await this.#drain();
      }
    } catch (error) {
      if (this.#subscriptions.get(name) !== subscription) return;
      this.#settings.onError(error);
      this.close(CloseCode.internalError, "The events ended");
    }
  }

  get #isFull(): boolean {
    return !this.#isOver && this.#socket.bufferedAmount > this.#settings.maxBufferedBytes;
  }

  /** All channels wait for the same socket. */
  async #drain(): Promise<void> {
    this.#draining ??= this.#waitForRoom();
    await this.#draining;
    this.#draining = undefined;
  }

  async #waitForRoom(): Promise<void> {
    let leftMs = this.#settings.stalledMs;
    let least = this.#socket.bufferedAmount;
    while (this.#isFull) {
      await new Promise((resolve) => setTimeout(resolve, DRAIN_EVERY_MS));
      const { bufferedAmount } = this.#socket;
      leftMs = bufferedAmount < least ? this.#settings.stalledMs : leftMs - DRAIN_EVERY_MS;
      least = Math.min(least, bufferedAmount);
      if (leftMs <= 0) this.#terminate();
    }
  }

  #refuse(channel: Channel | null, reason: RefusalReason): void {
    this.#send({ type: "refused", channel, reason });
  }

  #send(message: ServerMessage): void {
    if (this.#isOver) return;
    try {
      this.#socket.send(writeServerMessage(message));
    } catch (error) {
      this.#settings.onError(error);
    }
  }

  #terminate(): void {
    if (this.#socket.terminate === undefined) this.#socket.close();
    else this.#socket.terminate();
    this.#end();
  }

  /** Says farewell, and ends it. */
  close(code: number = CloseCode.goingAway, reason = ""): void {
    if (this.#isOver) return;
    this.#stop();
    this.#socket.close(code, reason);
  }

  /** Ends it where the client doesn't answer to the farewell. */
  abandon(): void {
    this.#terminate();
  }

  #stop(): void {
    this.#isOver = true;
    clearInterval(this.#heartbeat);
    for (const subscription of this.#subscriptions.values()) subscription.stop();
    this.#subscriptions.clear();
  }

  #end(): void {
    this.#stop();
    this.#closed.resolve();
  }
}
