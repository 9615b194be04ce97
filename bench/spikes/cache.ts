/**
 * What does a hit of the cache cost? Against the bare client of Redis, which gets and parses the same JSON, and in memory
 * against lru-cache, which gives the very object.
 *
 *     REDIS_URL=redis://127.0.0.1:6379 node spikes/cache.ts [--quick]
 *
 * Needs `npm run build` before. Each way reads 1,000 rows of eight columns.
 */
import { LRUCache } from "lru-cache";
import { createClient } from "redis";

import { createCache, createSessions, openStore } from "../../dist/entry/services.js";
import { compare, type Way } from "./compare.ts";

const url = process.env["REDIS_URL"] ?? "redis://127.0.0.1:6379";
const ROWS = 1_000;
const row = (turn: number) => ({
  id: turn,
  name: `Customer ${turn}`,
  email: `customer-${turn}@example.org`,
  city: "São Paulo",
  country: "Brazil",
  isActive: turn % 3 > 0,
  balance: turn * 1.25,
  note: null,
});
const key = (turn: number): string => String(turn % ROWS);
const load = (): never => {
  throw new Error("It isn't there.");
};

const client = createClient({ url });
await client.connect();
const shared = await openStore(url, { prefix: "bench" });
const memory = await openStore("memory:");
// A busy machine isn't what is measured.
const options = { namespace: "cache", ttlMs: 3_600_000, timeoutMs: 5_000 };
const onRedis = createCache(shared, options);
const stale = createCache(shared, { ...options, namespace: "stale", staleMs: 60_000 });
const tagged = createCache(shared, { ...options, namespace: "tagged" });
const inMemory = createCache(memory, options);
const dated = createCache(memory, { ...options, namespace: "dated" });
const lru = new LRUCache<string, object>({ max: 10 * ROWS });
const sessions = createSessions(shared, { namespace: "sessions" });
const tokens: string[] = [];
for (let turn = 0; turn < ROWS; turn++) {
  const value = row(turn);
  await client.set(`bare:${turn}`, JSON.stringify(value), { EX: 3_600 });
  await onRedis.set(key(turn), value);
  await stale.set(key(turn), value);
  await tagged.set(key(turn), value, { tags: ["customers"] });
  await inMemory.set(key(turn), value);
  await dated.set(key(turn), { ...value, at: new Date(), amount: 1n });
  lru.set(key(turn), value);
  tokens.push((await sessions.create(key(turn), undefined)).token);
}

const ways: Record<string, Way> = {
  "redis, get and JSON.parse": async (turn) =>
    JSON.parse((await client.get(`bare:${key(turn)}`))!) as unknown,
  "plinth, getOrLoad": (turn) => onRedis.getOrLoad(key(turn), load),
  "plinth, getOrLoad with staleMs": (turn) => stale.getOrLoad(key(turn), load),
  "plinth, getOrLoad with a tag": (turn) => tagged.getOrLoad(key(turn), load),
  "plinth, sessions.find": (turn) => sessions.find(tokens[turn % ROWS]!),
};

console.log(`node ${process.version}, redis 6.3.1, lru-cache 11.5.3`);
await compare("a hit on Redis, one at a time", ways, { inFlight: 1 });
await compare("a hit on Redis, 64 at once", ways, { inFlight: 64 });
await compare("a hit in memory", {
  "lru-cache, the very object": (turn) => lru.get(key(turn)),
  "lru-cache, structuredClone": (turn) => structuredClone(lru.get(key(turn))),
  "plinth, getOrLoad": (turn) => inMemory.getOrLoad(key(turn), load),
  "plinth, getOrLoad with a date and a bigint": (turn) => dated.getOrLoad(key(turn), load),
});

await onRedis.clear();
await stale.clear();
await tagged.clear();
await tagged.invalidateTags("customers");
await shared.clear("sessions");
for (let turn = 0; turn < ROWS; turn++) await client.del(`bare:${turn}`);
await shared.close();
await memory.close();
client.destroy();
