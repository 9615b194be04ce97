// Settings are read with nearly every request and written once a month: so they are kept in a store beside the database.
import { mkdirSync } from "node:fs";
import type { Executor } from "plinth";
import { createCache, openStore, type Store } from "plinth/services";
import type { Actor } from "./audit.ts";
import { readSetting, resetSetting, writeSetting, type SettingKey } from "./settings.ts";

/** A file that all processes of the machine share, unless `DIDHUB_STORE` names a server of Redis. */
export async function openSettingsStore(): Promise<Store> {
  const url = process.env["DIDHUB_STORE"];
  if (url === undefined) mkdirSync("data", { recursive: true });
  return await openStore(url ?? "sqlite:data/store.sqlite");
}

export interface CachedSettings {
  read(key: SettingKey): Promise<string>;
  write(actor: Actor, setting: { readonly key: SettingKey; readonly value: string }): Promise<void>;
  reset(actor: Actor, key: SettingKey): Promise<void>;
}

/** @param db Not a transaction: what it has changed would be kept before anybody knows whether it holds. */
export function cacheSettings(db: Executor, store: Store): CachedSettings {
  const cache = createCache<string>(store, { namespace: "didhub:settings", ttlMs: 3_600_000 });
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
