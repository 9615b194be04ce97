/** Leads channels to WebSockets: whoever may read them gets their events, and goes on behind the last one when it comes back. */

import { tellOf } from "../../../core/listener.ts";
import { stackOf, warn } from "../../../core/warning.ts";
import { checkCount, checkTimeout } from "../../kv/check.ts";
import type { PubSub } from "../contract.ts";
import { Connection, type ConnectionSettings } from "./connection.ts";
import { CloseCode, type ServerSocket } from "./socket.ts";

export interface SocketBridgeOptions<Client> {
  /**
   * Whether a client may read a channel: asked for each that it asks for. The channel is what the client sent: a list of
   * texts, of which nothing is known.
   */
  readonly mayRead: (client: Client, channel: readonly string[]) => boolean | PromiseLike<boolean>;
  /** How many channels a client may read at once. Default 50. */
  readonly maxChannels?: number;
  /** How much may wait in a socket, in bytes, before it gets no more until some of it has left. Default 256 KiB. */
  readonly maxBufferedBytes?: number;
  /** How long a client's message may be, in characters. Default 4,096. */
  readonly maxMessageLength?: number;
  /** How often a client is asked whether it is there, in milliseconds; one that is silent until the next time is gone. Default 20 s. */
  readonly heartbeatMs?: number;
  /** How long a socket that is full may take nothing, in milliseconds, before it is given up. Default 30 s. */
  readonly stalledMs?: number;
  /** Hears of what went wrong with the store, or in `mayRead`. Default: one warning. */
  readonly onError?: (error: unknown) => void;
}

/** A client that is connected. */
export interface SocketConnection {
  /** What it reads now. */
  readonly channels: readonly (readonly string[])[];
  /** When its socket has closed. */
  readonly closed: Promise<void>;
  /** Lets it read a channel without its asking, and without `mayRead`. */
  subscribe(channel: readonly string[], after?: string): void;
  /** Lets it read a channel no longer: it is told. */
  unsubscribe(channel: readonly string[]): void;
  close(code?: number, reason?: string): void;
}

export interface SocketBridge<Client> extends AsyncDisposable {
  /** Takes a socket that is open. @param client Whatever the application knows of it, such as who it is. */
  connect(socket: ServerSocket, client: Client): SocketConnection;
  /** How many are connected. */
  readonly size: number;
  /** Says farewell to all, with the code 1001, and waits for their ends, at most 2 s; also to those who come later. */
  close(): Promise<void>;
}

const FAREWELL = "Going away";
const FAREWELL_MS = 2_000;

function createWarner(): (error: unknown) => void {
  let hasWarned = false;
  return (error) => {
    if (hasWarned) return;
    hasWarned = true;
    warn(
      "PLINTH_SOCKET_BRIDGE_FAILED",
      "A bridge to WebSockets failed for one of its clients. Give createSocketBridge() an onError to hear of each.",
      stackOf(error),
    );
  };
}

class PubSubBridge<Client> implements SocketBridge<Client> {
  readonly #pubsub: PubSub;
  readonly #mayRead: SocketBridgeOptions<Client>["mayRead"];
  readonly #settings: Omit<ConnectionSettings, "mayRead">;
  readonly #connections = new Set<Connection>();
  #isClosing = false;

  constructor(pubsub: PubSub, options: SocketBridgeOptions<Client>) {
    const { maxBufferedBytes = 262_144, maxChannels = 50, maxMessageLength = 4_096 } = options;
    const { heartbeatMs = 20_000, mayRead, onError = createWarner(), stalledMs = 30_000 } = options;
    this.#pubsub = pubsub;
    this.#mayRead = mayRead;
    this.#settings = {
      maxBufferedBytes: checkCount("maxBufferedBytes", maxBufferedBytes, 1),
      maxChannels: checkCount("maxChannels", maxChannels, 1),
      maxMessageLength: checkCount("maxMessageLength", maxMessageLength, 1),
      heartbeatMs: checkTimeout(heartbeatMs, "heartbeatMs"),
      stalledMs: checkTimeout(stalledMs, "stalledMs"),
      onError: (error) => tellOf(onError, error),
    };
  }

  get size(): number {
    return this.#connections.size;
  }

  connect(socket: ServerSocket, client: Client): SocketConnection {
    const mayRead = (channel: readonly string[]): boolean | PromiseLike<boolean> =>
      this.#mayRead(client, channel);
    const connection = new Connection(this.#pubsub, socket, { ...this.#settings, mayRead });
    this.#connections.add(connection);
    void connection.closed.then(() => this.#connections.delete(connection));
    if (this.#isClosing) connection.close(CloseCode.goingAway, FAREWELL);
    return connection;
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    const connections = [...this.#connections];
    for (const connection of connections) connection.close(CloseCode.goingAway, FAREWELL);
    const timer = setTimeout(() => {
      for (const connection of this.#connections) connection.abandon();
    }, FAREWELL_MS);
    await Promise.all(connections.map(({ closed }) => closed));
    clearTimeout(timer);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** Whatever it carries: the names of channels come from outside, and each event becomes JSON. */
export interface AnyPubSub extends Pick<PubSub, "~raw"> {
  subscribe(channel: never, options?: never): unknown;
}

/**
 * Leads the channels of a pub/sub to WebSockets of the package `ws`, or of whatever has the same events. The guide to WebSockets
 * tells what the client says, with one for browsers.
 *
 * @example
 * const bridge = createSocketBridge<User>(pubsub, {
 *   mayRead: (user, [kind, id]) => kind === "channel" && isMember(user.id, id!),
 * });
 * new WebSocketServer({ server }).on("connection", (socket, request) => bridge.connect(socket, userOf(request)));
 */
export function createSocketBridge<Client = undefined>(
  pubsub: AnyPubSub,
  options: SocketBridgeOptions<Client>,
): SocketBridge<Client> {
  // Channels are parts, whatever the map of the types says.
  return new PubSubBridge(pubsub as PubSub, options);
}
