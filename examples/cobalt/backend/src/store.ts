import { openStore, type Store, type StoreOptions } from "plinth/services";
// Reads .env.
import "../plinth.config.ts";

/** A file that all processes of one machine share: enough until there are several machines. */
const embedded = "sqlite:cobalt.store.sqlite";

/** @param url Default: `VALKEY_URL`; without it the file `cobalt.store.sqlite`. */
export async function openGateStore(url?: string, options?: StoreOptions): Promise<Store> {
  return openStore([url, process.env["VALKEY_URL"]].find(Boolean) ?? embedded, options);
}
