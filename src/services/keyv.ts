/** A store in the form that Keyv takes, for the libraries that are written for it. */

import { InvalidValueError } from "../core/error.ts";
import { partsOfNamespace } from "./kv/key.ts";
import type { Store } from "./kv/store.ts";

/** What Keyv 5 and 6 ask of a store. */
export interface KeyvStore {
  /** Set by Keyv: a part of the keys, behind the adapter's own. */
  namespace: string | undefined;
  get(key: string): Promise<string | undefined>;
  getMany(keys: readonly string[]): Promise<(string | undefined)[]>;
  /** @param ttlMs How long it is kept. None, or 0: until it is deleted. */
  set(key: string, value: unknown, ttlMs?: number): Promise<boolean>;
  delete(key: string): Promise<boolean>;
  deleteMany(keys: readonly string[]): Promise<boolean[]>;
  has(key: string): Promise<boolean>;
  hasMany(keys: readonly string[]): Promise<boolean[]>;
  /** Deletes all below the namespace. */
  clear(): Promise<void>;
  iterator(): AsyncGenerator<[key: string, value: string | undefined]>;
}

export interface KeyvStoreOptions {
  /** What the keys begin with. Default `"keyv"`. */
  readonly namespace?: string;
}

class StoreKeyv implements KeyvStore {
  namespace: string | undefined;
  readonly #store: Store;
  readonly #place: readonly string[];

  constructor(store: Store, place: readonly string[]) {
    this.#store = store;
    this.#place = place;
  }

  /** One part more where Keyv has a namespace, so that neither reaches the other. */
  get #space(): readonly string[] {
    return this.namespace === undefined
      ? [...this.#place, "all"]
      : [...this.#place, "of", this.namespace];
  }

  #key(key: string): readonly string[] {
    return [...this.#space, key];
  }

  async get(key: string): Promise<string | undefined> {
    return await this.#store.get(this.#key(key));
  }

  async getMany(keys: readonly string[]): Promise<(string | undefined)[]> {
    return await this.#store.getMany(keys.map((key) => this.#key(key)));
  }

  async set(key: string, value: unknown, ttlMs?: number): Promise<boolean> {
    if (typeof value !== "string") {
      throw new InvalidValueError("Keyv gave the store something else than a text.", {
        hint: "Leave Keyv its serialization.",
      });
    }
    return await this.#store.set(this.#key(key), value, { ttlMs: ttlMs || undefined });
  }

  async delete(key: string): Promise<boolean> {
    return (await this.#store.delete(this.#key(key))) > 0;
  }

  async deleteMany(keys: readonly string[]): Promise<boolean[]> {
    return await Promise.all(keys.map((key) => this.delete(key)));
  }

  async has(key: string): Promise<boolean> {
    return (await this.#store.ttlMs(this.#key(key))) !== undefined;
  }

  async hasMany(keys: readonly string[]): Promise<boolean[]> {
    return await Promise.all(keys.map((key) => this.has(key)));
  }

  async clear(): Promise<void> {
    await this.#store.clear(this.#space);
  }

  async *iterator(): AsyncGenerator<[key: string, value: string | undefined]> {
    const depth = this.#space.length;
    for await (const parts of this.#store.list(this.#space)) {
      const key = parts[depth]!;
      yield [key, await this.get(key)];
    }
  }
}

/**
 * @example
 * const keyv = new Keyv({ store: createKeyvStore(store), namespace: "http" });
 */
export function createKeyvStore(
  store: Store,
  { namespace = "keyv" }: KeyvStoreOptions = {},
): KeyvStore {
  return new StoreKeyv(store, partsOfNamespace(namespace));
}
