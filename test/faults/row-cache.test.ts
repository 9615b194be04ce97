import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { connect, createTables, defineSchema, eq, gt, integer, table, type Database } from "plinth";
import { createOutbox, createRowCache, outboxTables } from "plinth/outbox";
import { createCache, openStore, type Store } from "plinth/services";
import { afterAll, describe, expect, test } from "vitest";
import {
  createTestDatabase,
  hasTestRedis,
  testRedisUrl,
  testServers,
  type TestServer,
} from "../servers/databases.ts";
import type { TransactionRunner } from "../../src/connect/transaction/transaction.ts";
import { behindProxy, failureOf, report, socketServers } from "./behind-proxy.ts";

const isLong = process.env["PLINTH_TEST_LONG"] !== undefined;

const items = table("items", { id: integer().primaryKey(), n: integer().notNull() });
const schema = defineSchema({ items, ...outboxTables });

const folder = mkdtempSync(join(tmpdir(), "plinth-row-cache-"));
const run = `row-cache-${randomBytes(6).toString("hex")}`;
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  if (!hasTestRedis()) return;
  await using store = await openStore(`${testRedisUrl()}?timeout=30s`);
  await store.clear(run);
});

interface StoreKind {
  readonly name: string;
  /** Undefined: of one process. */
  readonly urlOf: ((place: string) => string) | undefined;
}

const stores: readonly StoreKind[] = [
  { name: "memory", urlOf: undefined },
  { name: "sqlite", urlOf: (place) => `sqlite:${join(folder, `${place}.db`)}` },
  ...(hasTestRedis() ? [{ name: "redis", urlOf: () => `${testRedisUrl()}?timeout=30s` }] : []),
];

const servers = testServers().filter(({ name }) =>
  ["sqlite file", "postgres 18", "mariadb"].includes(name),
);
const pairs = servers.flatMap((server) => stores.map((store) => ({ server, store })));
const shared = pairs.filter(({ store }) => store.urlOf !== undefined);

/** Two handles on one place. */
async function openTwo(kind: StoreKind, place: string): Promise<readonly [Store, Store]> {
  if (kind.urlOf === undefined) {
    const store = await openStore("memory:");
    return [store, store];
  }
  const open = (): Promise<Store> => openStore(kind.urlOf!(place), { prefix: `${run}-${place}` });
  return [await open(), await open()];
}

/** As long as a step of a slow reader takes: mostly nothing, at times longer than a write. */
function dawdle(): Promise<unknown> {
  return Math.random() < 0.5 ? sleep(Math.random() * 4) : new Promise(setImmediate);
}

/** A store before which its user dawdles when it has something to write there. */
function slowly(store: Store): Store {
  return new Proxy(store, {
    get(target, name) {
      if (name === "within") return (timeoutMs: number) => slowly(target.within(timeoutMs));
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== "function") return member;
      const call = member.bind(target) as (...parameters: unknown[]) => unknown;
      const isSlow = (what: unknown): boolean =>
        name === "set" ||
        (name === "run" && /^(?:claim|fill)/.test((what as { readonly name: string }).name));
      return (...parameters: unknown[]) =>
        isSlow(parameters[0]) ? dawdle().then(() => call(...parameters)) : call(...parameters);
    },
  });
}

/** Rounds in each of which three slow readers and a writer meet at one row that is in no cache. */
async function interleave(
  rounds: number,
  write: (n: number) => Promise<unknown>,
  read: () => Promise<number | undefined>,
): Promise<number> {
  let stale = 0;
  for (let round = 1; round <= rounds; round++) {
    // So that there is something to load.
    await write(-round);
    const readers = [1, 2, 3].map(async () => {
      await dawdle();
      await read();
    });
    await dawdle();
    await write(round);
    let isStale = round % 2 === 0 && (await read()) !== round;
    await Promise.all(readers);
    isStale ||= (await read()) !== round;
    if (isStale) stale++;
  }
  return stale;
}

async function prepared(
  server: TestServer,
): Promise<{ readonly url: string; readonly db: Database<typeof schema>; end(): Promise<void> }> {
  const database = await createTestDatabase(server);
  const db = await connect(database.url, { schema });
  await createTables(db, schema);
  await db.insert(items).values({ id: 1, n: 0 });
  const end = async (): Promise<void> => {
    await db.close();
    await database.drop();
  };
  return { url: database.url, db, end };
}

describe.each(pairs)("promise 24: $server.name with $store.name", ({ server, store: kind }) => {
  const rounds = isLong ? 10_000 : 60;
  const place = `race-${server.name}-${kind.name}`.replaceAll(" ", "-");

  test("no reader puts an older row over what a writer made void", async () => {
    const { db, end, url } = await prepared(server);
    const [ours, theirs] = await openTwo(kind, place);
    // A program of its own, as near as it can be in one process.
    const other = await connect(url, { schema });
    const options = { namespace: "rows", ttlMs: 600_000, timeoutMs: 30_000 };
    const durable = kind.name === "redis";
    await using outbox = durable ? createOutbox(db).start() : undefined;
    createRowCache(db, createCache(ours, options), { durable });
    const rows = createRowCache(other, createCache(slowly(theirs), options), { durable: false });
    const query = other.from(items).where(gt(items.id, 0));
    const write = (n: number): Promise<unknown> =>
      db.update(items).set({ n }).where(eq(items.id, 1));
    const stale = await interleave(rounds, write, async () => {
      const row = Math.random() < 0.5 ? rows.find(items, 1) : rows.cached(query).first();
      return (await row)?.n;
    });
    const { hits, loads } = rows.stats();

    const naive = slowly(theirs);
    const key = ["naive", "1"];
    const interleaveNaive = interleave.bind(
      undefined,
      50,
      async (n: number) => {
        await db.update(items).set({ n }).where(eq(items.id, 1));
        await ours.delete(key);
      },
      async () => {
        const held = await naive.get(key);
        if (held !== undefined) return Number(held);
        const row = await other.from(items).find(1);
        await naive.set(key, String(row?.n));
        return row?.n;
      },
    );
    let staleOfNaive = 0;
    let naiveRounds = 0;
    while (staleOfNaive === 0 && naiveRounds < 1_000) {
      staleOfNaive = await interleaveNaive();
      naiveRounds += 50;
    }
    report(
      `promise 24, ${server.name} with ${kind.name}: ${stale} stale of ${rounds} interleavings (${loads} loads, ` +
        `${hits} hits); without versions ${staleOfNaive} of ${naiveRounds}`,
    );
    expect(stale).toBe(0);
    expect(staleOfNaive).toBeGreaterThan(0);
    await outbox?.close();
    await other.close();
    await end();
    for (const store of new Set([ours, theirs])) await store.close();
  });
});

describe.each(socketServers)(
  "a connection to $name that is cut in the midst of a write",
  (server) => {
    test("leaves nothing stale, whatever became of the write", async () => {
      await using place = await behindProxy(server, "shared_connections=1&max_connections=2", {
        schema,
      });
      const { aside, db, proxy } = place;
      await createTables(aside, schema);
      await aside.insert(items).values({ id: 1, n: 0 });
      await using store = await openStore("memory:");
      const options = { namespace: "rows", ttlMs: 600_000 };
      await using _writer = createRowCache(db, createCache(store, options), { durable: false });
      await using reader = createRowCache(aside, createCache(store, options), { durable: false });
      const isFresh = async (): Promise<void> =>
        expect((await reader.find(items, 1))?.n).toBe((await aside.from(items).find(1))?.n);

      /** Until the server has done it. */
      const until = async (n: number): Promise<void> => {
        while ((await aside.from(items).find(1))?.n !== n) await sleep(5);
      };

      await isFresh();
      const committing = db.transaction(async (tx) => {
        await tx.update(items).set({ n: 1 }).where(eq(items.id, 1));
        proxy.swallow("answers");
      });
      const unknown = failureOf(committing);
      await until(1);
      proxy.cut();
      expect(await unknown).toMatchObject({ code: "E_COMMIT_UNKNOWN" });
      await isFresh();
      expect((await reader.find(items, 1))?.n).toBe(1);

      proxy.mend();
      await db.from(items).find(1);
      proxy.swallow("answers");
      const writing = db.update(items).set({ n: 2 }).where(eq(items.id, 1));
      const lost = failureOf(writing);
      await until(2);
      proxy.cut();
      expect(await lost).toMatchObject({ code: "E_CONNECTION_LOST" });
      await isFresh();
      expect((await reader.find(items, 1))?.n).toBe(2);
      proxy.mend();
    });

    test("leaves the entry of a commit that may come later than what it makes void", async () => {
      await using place = await behindProxy(server, "shared_connections=1&max_connections=2", {
        schema,
      });
      const { aside, db, proxy } = place;
      await createTables(aside, schema);
      await using store = await openStore("memory:");
      await using _outbox = createOutbox(db);
      const cache = createCache(store, { namespace: "rows", ttlMs: 600_000 });
      await using _rows = createRowCache(db, cache);
      const committing = db.transaction(async (tx) => {
        await tx.insert(items).values({ id: 1, n: 1 });
        // Behind the entry, right before COMMIT.
        const beforeCommit = async (): Promise<void> => proxy.swallow("answers");
        (tx["~runner"] as TransactionRunner).gather({ beforeCommit }, undefined);
      });
      const unknown = failureOf(committing);
      while ((await aside.from(items).count()) === 0) await sleep(5);
      proxy.cut();
      expect(await unknown).toMatchObject({ code: "E_COMMIT_UNKNOWN" });
      proxy.mend();
      await db.from(items).find(1);
      // As long as entries are kept that nobody needs.
      await sleep(400);
      expect(await aside.from(outboxTables.plinthOutbox)).toMatchObject([{ lease: null }]);
    });
  },
);

const nodeOptions = [
  "--no-warnings",
  "--import",
  fileURLToPath(new URL("../docs/plinth-from-sources.mjs", import.meta.url)),
  "--input-type=module",
  "--eval",
];

/** Writes once, and ends itself by kill -9 between its commit and what makes the caches void. */
function dying(url: string, storeUrl: string, prefix: string, n: number): string {
  return `
    import { connect, defineSchema, eq, integer, table } from "plinth";
    import { createOutbox, createRowCache, outboxTables } from "plinth/outbox";
    import { createCache, openStore } from "plinth/services";
    const items = table("items", { id: integer().primaryKey(), n: integer().notNull() });
    const db = await connect(${JSON.stringify(url)}, { schema: defineSchema({ items, ...outboxTables }) });
    const store = await openStore(${JSON.stringify(storeUrl)}, { prefix: ${JSON.stringify(prefix)} });
    const deadly = new Proxy(store, {
      get(target, name) {
        if (name === "delete") return () => process.kill(process.pid, "SIGKILL");
        const member = Reflect.get(target, name, target);
        return typeof member === "function" ? member.bind(target) : member;
      },
    });
    createOutbox(db).start();
    createRowCache(db, createCache(deadly, { namespace: "rows", ttlMs: 600_000 }));
    await db.update(items).set({ n: ${n} }).where(eq(items.id, 1));
  `;
}

describe.each(shared)("promise 25: $server.name with $store.name", ({ server, store: kind }) => {
  test("a program that ends between its commit and what follows leaves caches stale for 2 s at most", async () => {
    const kills = isLong ? 20 : 1;
    const place = `crash-${server.name}-${kind.name}`.replaceAll(" ", "-");
    const { db, end, url } = await prepared(server);
    const storeUrl = kind.urlOf!(place);
    const prefix = `${run}-${place}`;
    await using store = await openStore(storeUrl, { prefix });
    const outbox = createOutbox(db).start();
    const options = { namespace: "rows", ttlMs: 600_000, timeoutMs: 30_000 };
    const rows = createRowCache(db, createCache(store, options));
    const staleMs: number[] = [];
    for (let n = 1; n <= kills; n++) {
      expect((await rows.find(items, 1))?.n).toBe(n - 1);
      const child = spawn(process.execPath, [...nodeOptions, dying(url, storeUrl, prefix, n)], {
        stdio: ["ignore", "inherit", "inherit"],
      });
      const ended = new Promise((resolve) => child.once("close", resolve));
      while ((await db.from(items).find(1))?.n !== n) await sleep(2);
      const committedMs = performance.now();
      while ((await rows.find(items, 1))?.n !== n) await sleep(2);
      staleMs.push(performance.now() - committedMs);
      await ended;
      expect(child.signalCode).toBe("SIGKILL");
    }
    await outbox.close();
    await end();
    const [least, greatest] = [Math.min(...staleMs), Math.max(...staleMs)].map(Math.round);
    report(
      `promise 25, ${server.name} with ${kind.name}: ${kills} kills, stale for ${least} to ${greatest} ms`,
    );
    // The promise is 2 s; beside other tests the machine itself may be late.
    expect(greatest).toBeLessThanOrEqual(isLong ? 2_000 : 10_000);
  });
});
