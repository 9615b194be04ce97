// Settings are read with nearly every request and written once a month: so they are kept in a store beside the database.
import { mkdirSync } from "node:fs";
import type { Executor } from "plinth";
import { createCache, openStore, type Store } from "plinth/services";
import type { Actor } from "./audit.ts";
import { readSetting, resetSetting, writeSetting, type SettingKey } from "./settings.ts";

/** A file that all processes of the machine share, unless `DIDHUB_STORE` names a server of Redis. */
export async function openSettingsStore(): Promise<Store> {
  const url = process.env["DIDHUB_STORE"] || undefined;
  if (url === undefined) mkdirSync("data", { recursive: true });
  return openStore(url ?? "sqlite:data/store.sqlite");
}

/**
 * What is written is seen by all who read here at once. Where the store is away then, `write` and `reset` throw: the setting
 * is changed, and seen by all within five minutes. So is what seeds write, which go by this.
 */
export interface CachedSettings {
  read(key: SettingKey): Promise<string>;
  write(actor: Actor, setting: Parameters<typeof writeSetting>[2]): Promise<void>;
  reset(actor: Actor, key: SettingKey): Promise<void>;
}

export interface CachedSettingsOptions {
  /** How long the store may take before the database is asked, in milliseconds. Default 50. */
  readonly timeoutMs?: number;
}

/** @param db Not a transaction: what it has changed would be kept before anybody knows whether it holds. */
export function cacheSettings(
  db: Executor,
  store: Store,
  options: CachedSettingsOptions = {},
): CachedSettings {
  const cache = createCache<string>(store, {
    ...options,
    namespace: "didhub:settings",
    ttlMs: 5 * 60_000,
  });
  return {
    read: (key) => cache.getOrLoad(key, () => readSetting(db, key)),
    async write(actor, setting) {
      await writeSetting(db, actor, setting);
      await cache.delete(setting.key);
    },
    async reset(actor, key) {
      await resetSetting(db, actor, key);
      await cache.delete(key);
    },
  };
}
