import { openDatabase, prepare, type Db } from "./database.ts";
import { invalidation } from "./invalidation.ts";
import { openServices, type Services } from "./store.ts";

/** The database and the store, each with its own connections and its own URL. */
export interface Vault extends Services, AsyncDisposable {
  readonly db: Db;
}

export interface VaultUrls {
  /** Default: `DATABASE_URL`, or the file `vault.sqlite`. */
  readonly database?: string | undefined;
  /** Default: `STORE_URL` or `REDIS_URL`, or the file `vault-store.sqlite`. */
  readonly store?: string | undefined;
}

/** Opens both, and applies the migrations that are pending. */
export async function openVault({ database, store }: VaultUrls = {}): Promise<Vault> {
  const services = await openServices(store);
  try {
    const db = await openDatabase(database, invalidation(services));
    const close = async (): Promise<void> => {
      await db.close();
      await services.store.close();
    };
    await prepare(db).catch(async (error: unknown) => {
      await db.close();
      throw error;
    });
    return { ...services, db, [Symbol.asyncDispose]: close };
  } catch (error) {
    await services.store.close();
    throw error;
  }
}
