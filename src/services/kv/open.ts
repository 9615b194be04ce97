/** Which store a URL means. */

import { systemClock } from "../../core/clock.ts";
import { ConfigError } from "../../core/error.ts";
import { encodePrefix } from "./key.ts";
import { LocalStore } from "./local-store.ts";
import { MemoryEngine } from "./memory.ts";
import type { Store } from "./store.ts";

export interface StoreOptions {
  /** What every key begins with: `"app"` makes `app:session:42`. Default: nothing, `session:42`. */
  readonly prefix?: string;
}

const MEBIBYTE = 2 ** 20;

function openMemoryStore({ prefix }: StoreOptions): Store {
  const engine = new MemoryEngine({ maxBytes: 256 * MEBIBYTE, eviction: "refuse" }, systemClock);
  return new LocalStore(engine, encodePrefix(prefix));
}

export async function openStore(url: string, options: StoreOptions = {}): Promise<Store> {
  if (url === "memory:") return openMemoryStore(options);
  throw new ConfigError("The store's URL has a scheme that isn't known.", {
    hint: "Write memory:, sqlite:store.db or redis://host.",
  });
}
