/** A store in the memory of this process: gone with it, and nobody else's. */

import type { Clock } from "../../core/clock.ts";
import { storeClosedError, storeFullError } from "./check.ts";
import type { Access, Engine, EngineSteps } from "./local-store.ts";
import { Listeners } from "./listeners.ts";
import { MemoryKeyspace } from "./memory-keyspace.ts";
import type { Keyspace, Listener, Listening, StorePolicy } from "./store.ts";

export interface MemorySettings {
  /** About how much it may hold, in bytes. */
  readonly maxBytes: number;
  /** What happens beyond: writes fail, or what was used longest ago goes. */
  readonly eviction: "refuse" | "lru";
}

export class MemoryEngine implements Engine, EngineSteps {
  readonly steps: EngineSteps = this;
  readonly policy: StorePolicy;
  readonly #settings: MemorySettings;
  readonly #space: MemoryKeyspace;
  readonly #listeners = new Listeners();
  #isClosed = false;

  constructor(settings: MemorySettings, clock: Clock) {
    this.#settings = settings;
    this.#space = new MemoryKeyspace(clock, settings.eviction === "lru");
    this.policy = { evicts: settings.eviction === "lru", name: settings.eviction };
  }

  work<Result>(access: Access, work: (space: Keyspace) => Result): Result {
    const result = work(this.begin(access));
    this.end();
    return result;
  }

  begin(access: Access): Keyspace {
    if (this.#isClosed) throw storeClosedError();
    this.#space.tick();
    if (access === "write") this.#makeRoom();
    return this.#space;
  }

  end(): void {
    if (this.#space.hasPublished) this.#deliver();
  }

  #deliver(): void {
    for (const [name, text] of this.#space.takePublished()) this.#listeners.tell(name, text);
  }

  listen(name: string, listener: Listener): Listening {
    if (this.#isClosed) throw storeClosedError();
    this.#listeners.add(name, listener);
    return { ready: Promise.resolve(), stop: () => this.#listeners.remove(name, listener) };
  }

  #makeRoom(): void {
    const { maxBytes } = this.#settings;
    this.#space.sweepSome();
    if (this.#space.byteCount <= maxBytes) return;
    this.#space.sweepAll();
    if (this.#space.byteCount <= maxBytes) return;
    if (!this.policy.evicts) throw storeFullError();
    this.#space.evict(maxBytes);
  }

  async *keys(start: string): AsyncGenerator<readonly string[]> {
    if (this.#isClosed) throw storeClosedError();
    this.#space.tick();
    yield this.#space.keysFrom(start);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#space.clear();
    this.#listeners.end(storeClosedError());
  }
}
