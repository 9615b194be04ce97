import { ConfigError } from "../../core/error.ts";
import type { Store } from "./store.ts";

/** For what is worth nothing if some of it may vanish. */
export async function refuseEviction(store: Store, what: string): Promise<void> {
  const { evicts, name } = await store.policy();
  if (!evicts) return;
  throw new ConfigError(`The store may drop what hasn't expired (${name}), and ${what}.`, {
    hint: "Use a store of its own for caches, and maxmemory-policy noeviction for this one.",
  });
}
