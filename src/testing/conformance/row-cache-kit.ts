/** What the cases of row caches share. */

import {
  createRowCache,
  type RowCache,
  type RowCacheOptions,
} from "../../outbox/rows/row-cache.ts";
import type { Database } from "../../query/database.ts";
import { createCache } from "../../services/cache/cache.ts";
import { openStore } from "../../services/kv/open.ts";
import type { Store } from "../../services/kv/store.ts";
import type { AnySchema } from "../../schema/schema.ts";

const VOLATILE = { durable: false } as const;

/** Runs `work` with a cache in a store of its own. */
export async function caching<S extends AnySchema>(
  db: Database<S>,
  work: (rows: RowCache<S>, store: Store) => Promise<void>,
  options: RowCacheOptions = VOLATILE,
): Promise<void> {
  const store = await openStore("memory:");
  try {
    const cache = createCache(store, { namespace: "rows", ttlMs: 600_000 });
    await using rows = createRowCache(db, cache, options);
    await work(rows, store);
  } finally {
    await store.close();
  }
}
