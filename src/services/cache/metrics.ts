/** How a cache does: counts, and a channel for whoever listens. */

import { channel } from "node:diagnostics_channel";

export interface CacheStats {
  /** Reads that the store answered with a value, or that there is none. */
  readonly hits: number;
  /** Reads that it answered with a value at the end of its time, which one of them loads anew. */
  readonly staleHits: number;
  /** Reads that it had nothing for. */
  readonly misses: number;
  /** Reads that went by the store, because it is away. */
  readonly bypasses: number;
  /** Loaders that ran. */
  readonly loads: number;
  /** Loaders that failed. */
  readonly loadErrors: number;
  /** Reads that waited for another's load, in this process or another. */
  readonly shared: number;
  /** Values that were loaded and not kept, as their key had changed meanwhile. */
  readonly refusals: number;
  /** Calls to the store that failed, or took too long. */
  readonly storeErrors: number;
}

/** What is published on the channel `plinth:cache`. */
export interface CacheEvent {
  readonly namespace: string;
  /** As the counts of `CacheStats` are called, in the singular. */
  readonly kind:
    | "bypass"
    | "hit"
    | "load"
    | "loadError"
    | "miss"
    | "refusal"
    | "shared"
    | "staleHit"
    | "storeError";
  /** Of `load` and `loadError`: how long the loader ran. */
  readonly durationMs?: number;
  /** Of `loadError` and `storeError`. */
  readonly error?: unknown;
}

/** The channel `plinth:cache` of `node:diagnostics_channel`. Nothing of it costs anything while nobody listens. */
const cacheChannel = channel("plinth:cache");

const counts = {
  bypass: "bypasses",
  hit: "hits",
  load: "loads",
  loadError: "loadErrors",
  miss: "misses",
  refusal: "refusals",
  shared: "shared",
  staleHit: "staleHits",
  storeError: "storeErrors",
} as const satisfies Record<CacheEvent["kind"], keyof CacheStats>;

export class Metrics {
  readonly #namespace: string;
  readonly #stats: Record<keyof CacheStats, number> = {
    hits: 0,
    staleHits: 0,
    misses: 0,
    bypasses: 0,
    loads: 0,
    loadErrors: 0,
    shared: 0,
    refusals: 0,
    storeErrors: 0,
  };

  constructor(namespace: string) {
    this.#namespace = namespace;
  }

  count(kind: CacheEvent["kind"], details?: Pick<CacheEvent, "durationMs" | "error">): void {
    this.#stats[counts[kind]]++;
    if (!cacheChannel.hasSubscribers) return;
    const event: CacheEvent = { namespace: this.#namespace, kind, ...details };
    cacheChannel.publish(event);
  }

  read(): CacheStats {
    return { ...this.#stats };
  }
}
