/** A cache's entries in its store, which may be away: then readers are told so, soon, and never wait for it again and again. */

import type { Clock } from "../../core/clock.ts";
import { companionKey, type CompanionKey } from "../kv/key.ts";
import type { Datum, Store } from "../kv/store.ts";
import { isTrouble } from "../trouble.ts";
import { decodeValue, readBody, writeBody, type Body, type Stamps } from "./body.ts";
import { Circuit } from "./circuit.ts";
import type { AnyCodec } from "./codec.ts";
import type { Metrics } from "./metrics.ts";
import * as versions from "./versions.ts";

export interface ShelfSettings {
  readonly namespace: readonly string[];
  readonly codec: AnyCodec;
  readonly staleMs: number;
  readonly leaseMs: number;
  readonly timeoutMs: number;
}

/** What a key holds. */
export type Look =
  | { readonly state: "fresh" | "stale"; readonly value: unknown; readonly body: Body }
  | {
      readonly state: "missing";
      /** The version of what stands there and is good for nothing, if something does. */
      readonly voids: string | undefined;
      /** Whether somebody may be loading it. */
      readonly isClaimed: boolean;
    }
  | { readonly state: "away" };

const AWAY = { state: "away" } as const;
const MISSING = { state: "missing", voids: undefined, isClaimed: false } as const;
const CLAIMED = { state: "missing", voids: undefined, isClaimed: true } as const;

/** How long a version is held for a load under way: what takes longer isn't kept. */
const HOLD_MS = 60_000;

export type Key = readonly string[];

type TagVersions = ReadonlyMap<string, string | undefined>;
const NO_VERSIONS: TagVersions = new Map();

export class Shelf {
  readonly #store: Store;
  /** For reads, and for what can as well be left undone. */
  readonly #quick: Store;
  readonly #settings: ShelfSettings;
  readonly #metrics: Metrics;
  readonly #clock: Clock;
  readonly #circuit: Circuit;

  constructor(store: Store, settings: ShelfSettings, metrics: Metrics, clock: Clock) {
    this.#store = store;
    this.#quick = store.within(settings.timeoutMs);
    this.#settings = settings;
    this.#metrics = metrics;
    this.#clock = clock;
    this.#circuit = new Circuit(clock);
  }

  /**
   * @param work Gets a store that it may wait for; for a further call, one that it may wait for as long as is left.
   * @returns Undefined where the store is away.
   */
  async #attempt<Result>(
    work: (store: Store, later: () => Store) => Promise<Result>,
  ): Promise<Result | undefined> {
    const startMs = this.#clock.monotonicMs();
    const later = (): Store => {
      const leftMs = startMs + this.#settings.timeoutMs - this.#clock.monotonicMs();
      return this.#store.within(Math.max(1, leftMs));
    };
    try {
      const result = await work(this.#quick, later);
      this.#circuit.succeeded();
      return result;
    } catch (error) {
      if (!isTrouble(error)) throw error;
      this.#circuit.failed();
      this.#metrics.count("storeError", { error });
      return undefined;
    }
  }

  /** @param tags Those that it may stand and fall with: their versions then come with it. */
  async look(key: Key, tags: readonly string[] = []): Promise<Look> {
    if (!this.#circuit.allows()) return AWAY;
    return (await this.#attempt((store, later) => this.#read(store, later, key, tags))) ?? AWAY;
  }

  async #read(store: Store, later: () => Store, key: Key, tags: readonly string[]): Promise<Look> {
    const { codec, staleMs } = this.#settings;
    if (tags.length > 0 && staleMs === 0 && codec.isBinary !== true) {
      const [held, ...found] = await store.getMany([key, ...tags.map((tag) => this.#tagKey(tag))]);
      return await this.#judge(later, held, true, new Map(tags.map((tag, at) => [tag, found[at]])));
    }
    if (staleMs > 0) {
      const { held, leftMs } = await versions.peek(store, key);
      return await this.#judge(later, held, leftMs > staleMs);
    }
    // The usual, and what a store does fastest.
    const held = codec.isBinary === true ? await store.getBytes(key) : await store.get(key);
    return await this.#judge(later, held, true);
  }

  async #judge(
    later: () => Store,
    datum: Datum | undefined,
    isFresh: boolean,
    known: TagVersions = NO_VERSIONS,
  ): Promise<Look> {
    const held = datum === undefined ? undefined : versions.readHeld(datum);
    if (held === undefined) return MISSING;
    if (held.body === undefined) return CLAIMED;
    const found = this.#decode(held.body);
    if (found === undefined || !(await this.#areCurrent(later, found.body.stamps, known))) {
      return { state: "missing", voids: held.version, isClaimed: false };
    }
    return { state: isFresh ? "fresh" : "stale", ...found };
  }

  /** Undefined where it is of another version of the program, or another's. */
  #decode(text: Datum): { readonly body: Body; readonly value: unknown } | undefined {
    try {
      const body = readBody(text);
      return { body, value: decodeValue(this.#settings.codec, body.payload) };
    } catch {
      return undefined;
    }
  }

  async #areCurrent(later: () => Store, stamps: Stamps, known: TagVersions): Promise<boolean> {
    if (!stamps.every(([tag, version]) => !known.has(tag) || known.get(tag) === version))
      return false;
    const further = stamps.filter(([tag]) => !known.has(tag));
    if (further.length === 0) return true;
    const current = await later().getMany(further.map(([tag]) => this.#tagKey(tag)));
    return further.every(([, version], index) => current[index] === version);
  }

  #tagKey(tag: string): CompanionKey {
    // In no entry's place, as entries have no companions.
    return companionKey([...this.#settings.namespace, tag], "tag");
  }

  /**
   * Asks to load what is missing, or stale. The order matters: first the entry's version, then those of its tags, and then
   * the load.
   *
   * @returns Undefined where the store is away.
   */
  async claim(
    key: Key,
    { tags, ttlMs, voids }: { tags: readonly string[]; ttlMs: number; voids: string | undefined },
  ): Promise<{ readonly claim: versions.Claim; readonly stamps: Stamps } | undefined> {
    const { leaseMs, staleMs } = this.#settings;
    return await this.#attempt(async (store, later) => {
      const options = { holdMs: Math.max(HOLD_MS, leaseMs), leaseMs, staleMs, voids };
      const claim = await versions.claim(store, key, options);
      const stamps = claim.kind === "filled" ? [] : await this.#stamp(later, tags, ttlMs);
      return { claim, stamps };
    });
  }

  async #stamp(later: () => Store, tags: readonly string[], ttlMs: number): Promise<Stamps> {
    if (tags.length === 0) return [];
    const store = later();
    const holdMs = ttlMs + this.#settings.staleMs + HOLD_MS;
    const stampOf = async (tag: string): Promise<readonly [string, string]> => [
      tag,
      await versions.stampOf(store, this.#tagKey(tag), holdMs),
    ];
    return await Promise.all(tags.map(stampOf));
  }

  /**
   * After a claim without an answer: it may have been granted, and then others would wait for nothing. Stands behind the claim
   * in the store, and nobody waits for it.
   */
  abandon(key: Key): void {
    if (!this.#circuit.allows()) return;
    this.#attempt((store) => store.delete(key)).catch(() => undefined);
  }

  /** What a claim found written. */
  async judgeFilled(held: Uint8Array): Promise<Look> {
    return (await this.#attempt((_, later) => this.#judge(later, held, true))) ?? AWAY;
  }

  /** Writes what was loaded, unless the key's version has moved, or the store is away. */
  async fill(key: Key, body: Body, options: { version: string; ttlMs: number }): Promise<void> {
    const ttlMs = options.ttlMs + this.#settings.staleMs;
    const isWritten = await this.#attempt((store) =>
      versions.fill(store, key, writeBody(body), { version: options.version, ttlMs }),
    );
    if (isWritten === false) this.#metrics.count("refusal");
  }

  async release(key: Key, head: string): Promise<void> {
    await this.#attempt((store) => versions.release(store, key, head));
  }

  // What follows must be done, so it takes the store's time, and fails where the store does.

  async write(
    key: Key,
    payload: Datum | undefined,
    tags: readonly string[],
    ttlMs: number,
  ): Promise<void> {
    const stamps = await this.#stamp(() => this.#store, tags, ttlMs);
    const whole = versions.writeHeld(writeBody({ payload, stamps }));
    await this.#store.set(key, whole, { ttlMs: ttlMs + this.#settings.staleMs });
  }

  async remove(keys: readonly Key[]): Promise<void> {
    await this.#store.delete(...keys);
  }

  async removeTags(tags: readonly string[]): Promise<void> {
    await this.#store.delete(...tags.map((tag) => this.#tagKey(tag)));
  }

  async removeAll(): Promise<number> {
    return await this.#store.clear(this.#settings.namespace);
  }
}
