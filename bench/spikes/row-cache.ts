/**
 * What does a row by its key cost from a row cache, and what does a write cost beside one?
 *
 *     node spikes/row-cache.ts [DATABASE_URL [STORE_URL]]
 *
 * Needs `npm run build` before, and an empty database. Default: SQLite and a store in memory.
 */
import {
  connect,
  createTables,
  defineSchema,
  eq,
  integer,
  sql,
  table,
  text,
} from "../../dist/entry/main.js";
import { createOutbox, createRowCache, outboxTables } from "../../dist/entry/outbox.js";
import { createCache, openStore } from "../../dist/entry/services.js";

const [url = "sqlite::memory:", storeUrl = "memory:"] = process.argv.slice(2);
const ROWS = 100;
const items = table("spike_items", {
  id: integer().primaryKey(),
  name: text().notNull(),
  city: text(),
  count: integer(),
  rank: integer(),
  note: text(),
  parent: integer(),
  kind: text(),
});
const schema = defineSchema({ items, ...outboxTables });

async function measure(
  what: string,
  count: number,
  work: (turn: number) => PromiseLike<unknown>,
): Promise<void> {
  for (let turn = 0; turn < count / 5; turn++) await work(turn);
  const startMs = performance.now();
  for (let turn = 0; turn < count; turn++) await work(turn);
  const us = ((performance.now() - startMs) * 1_000) / count;
  console.log(what.padEnd(28), `${us.toFixed(1).padStart(8)} µs`);
}

const db = await connect(url, { schema });
const store = await openStore(storeUrl, { prefix: "bench" });
await createTables(db, schema);
const ids = Array.from({ length: ROWS }, (_, id) => id);
await db
  .insert(items)
  .values(ids.map((id) => ({ id, name: `Item ${id}`, city: "São Paulo", count: id, kind: "a" })));
const update = (turn: number) =>
  db
    .update(items)
    .set({ rank: turn })
    .where(eq(items.id, turn % ROWS));

await measure("find", 5_000, (turn) => db.from(items).find(turn % ROWS));
await measure("update", 1_000, update);
const options = { ttlMs: 600_000, timeoutMs: 5_000 };
const cache = createCache(store, { ...options, namespace: "row-cache" });
const rows = createRowCache(db, cache, { durable: false });
await measure("find, cached", 5_000, (turn) => rows.find(items, turn % ROWS));
await measure("100 rows, cached", 300, () => rows.findMany(items, ids));
await measure("update, beside a cache", 1_000, update);
const outbox = createOutbox(db).start();
const durable = createCache(store, { ...options, namespace: "row-cache-durable" });
createRowCache(db, durable);
await measure("update, beside a durable one", 1_000, update);
await outbox.close();
await cache.clear();
for (const drop of [
  sql`drop table spike_items`,
  sql`drop table plinth_outbox`,
  sql`drop table plinth_inbox`,
])
  await db.execute(drop);
await store.close();
await db.close();
