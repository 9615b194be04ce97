import { existsSync } from "node:fs";
import { openStore, type Store, type StoreOptions } from "plinth/services";

/** A file beside the database's, for all processes of one machine: enough until there are several machines. */
const embedded = "sqlite:guild.store.sqlite";

/**
 * Opens what is kept beside the database: limits, states of sign-ins, the cache of sessions. The keys are those of the
 * document, unless `prefix` sets one before them.
 *
 * @param url Default: `STORE_URL`, `REDIS_URL` or `VALKEY_URL`; without any of them the file `guild.store.sqlite`.
 */
export async function openGuildStore(url?: string, options?: StoreOptions): Promise<Store> {
  if (existsSync(".env")) process.loadEnvFile();
  const { REDIS_URL, STORE_URL, VALKEY_URL } = process.env;
  const given = [url, STORE_URL, REDIS_URL, VALKEY_URL].find(Boolean);
  return openStore(given ?? embedded, options);
}
