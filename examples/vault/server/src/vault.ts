import { createOutbox, createRowCache, type Outbox, type RowCache } from "plinth/outbox";
import { openDatabase, prepare, type Db } from "./database.ts";
import type { schema } from "./entities/schema.ts";
import { announcement, queueMessages, type Topics } from "./messages.ts";
import { endOfSessions } from "./sessions.ts";
import { openServices, type Services } from "./store.ts";

/** The database and the store, each with its own connections and its own URL. */
export interface Vault extends Services, AsyncDisposable {
  readonly db: Db;
  /** Delivers what commits leave behind. */
  readonly outbox: Outbox<Topics>;
  /** Reads of the database by the cache. */
  readonly rows: RowCache<typeof schema>;
}

export interface VaultUrls {
  /** Default: `DATABASE_URL`, or the file `vault.sqlite`. */
  readonly database?: string | undefined;
  /** Default: `STORE_URL`, `REDIS_URL` or `VALKEY_URL`, or the file `vault-store.sqlite`. */
  readonly store?: string | undefined;
}

/** Opens both, and applies the migrations that are pending. */
export async function openVault({ database, store }: VaultUrls = {}): Promise<Vault> {
  const services = await openServices(store);
  try {
    const db = await openDatabase(database, [endOfSessions(services), announcement]);
    await prepare(db).catch(async (error: unknown) => {
      await db.close();
      throw error;
    });
    const outbox = createOutbox<Topics>(db, {
      handlers: { "files.shared": (shares, event) => queueMessages(services, shares, event) },
    }).start();
    const close = async (): Promise<void> => {
      await outbox.close();
      await services.messages.close();
      await db.close();
      await services.store.close();
    };
    const rows = createRowCache(db, services.cache);
    return { ...services, db, outbox, rows, [Symbol.asyncDispose]: close };
  } catch (error) {
    await services.store.close();
    throw error;
  }
}
