import {
  createCache,
  createQueue,
  createSessions,
  openStore,
  type Cache,
  type Queue,
  type Sessions,
  type Store,
} from "plinth/services";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** What is kept with a session: for the list of a user's devices. */
export interface Device {
  readonly agent: string;
}

/** What waits for whom, by what it is about. */
export interface Messages {
  readonly "file.shared": { readonly fileId: number; readonly userId: number };
}

/** The store's part of the program, with a connection of its own beside the database's. */
export interface Services {
  readonly store: Store;
  /** Under `session:{user id}`; of tokens only hashes are kept. */
  readonly sessions: Sessions<Device>;
  /** Under `cache:…`: what was read from the database, until somebody changes it. */
  readonly cache: Cache;
  /** Under `queue:messages`: what waits for somebody, for a day at most. */
  readonly messages: Queue<Messages>;
}

/**
 * @param url Default: `STORE_URL`, `REDIS_URL` or `VALKEY_URL`, or the file `vault-store.sqlite` beside the database's, which
 * needs no server and is shared by the processes of a machine.
 */
export async function openServices(url?: string): Promise<Services> {
  const { REDIS_URL, STORE_URL, VALKEY_URL } = process.env;
  const given = [url, STORE_URL, REDIS_URL, VALKEY_URL].find(Boolean);
  const store = await openStore(given ?? "sqlite:vault-store.sqlite");
  return {
    store,
    sessions: createSessions<Device>(store, { idleMs: 7 * DAY_MS, maxMs: 30 * DAY_MS }),
    // A file may have to wait for a disk, a server for the network; then the database answers.
    cache: createCache(store, { namespace: "cache", ttlMs: 5 * MINUTE_MS, timeoutMs: 500 }),
    messages: createQueue<Messages>(store, { name: "messages", defaults: { ttlMs: DAY_MS } }),
  };
}
