/**
 * What Plinth uses of the package `redis` (node-redis 5 and 6), so that its types stay out of ours. A program may hand
 * over a client of its own.
 */

export type CommandPart = string | Buffer;

export interface SendOptions {
  /** How replies of a kind are read, by the first byte of the kind in the protocol. */
  readonly typeMapping?: Readonly<Record<number, unknown>>;
}

/** A connection of its own that hears what is published. */
export interface RedisSubscriber {
  subscribe(channels: string[], listener: (text: string, channel: string) => void): Promise<void>;
  unsubscribe(channels: string[]): Promise<void>;
  connect(): Promise<unknown>;
  destroy(): void;
  on(event: "error", listener: (error?: unknown) => void): unknown;
}

/** A client of one server, as `createClient` makes it. */
export interface RedisClient {
  readonly isReady: boolean;
  sendCommand(parts: CommandPart[], options?: SendOptions): Promise<unknown>;
  readonly options?: { readonly socket?: object } | undefined;
  duplicate(overrides?: object): RedisSubscriber;
  connect(): Promise<unknown>;
  destroy(): void;
  on(event: "error" | "ready", listener: (error?: unknown) => void): unknown;
  off(event: "error" | "ready", listener: (error?: unknown) => void): unknown;
}

/** A client of a cluster, as `createCluster` makes it. */
export interface RedisClusterClient {
  readonly isReady: boolean;
  readonly masters: readonly unknown[];
  /** The client of one of them. */
  nodeClient(node: unknown): RedisClient | Promise<RedisClient>;
  sendCommand(
    firstKey: string | undefined,
    isReadOnly: boolean | undefined,
    parts: CommandPart[],
    options?: SendOptions,
  ): Promise<unknown>;
  connect(): Promise<unknown>;
  destroy(): void;
  on(event: "error", listener: (error?: unknown) => void): unknown;
  off(event: "error", listener: (error?: unknown) => void): unknown;
}

export type AnyRedisClient = RedisClient | RedisClusterClient;

export function isCluster(client: AnyRedisClient): client is RedisClusterClient {
  return "masters" in client;
}
