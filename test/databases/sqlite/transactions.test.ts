import { AsyncLocalStorage } from "node:async_hooks";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import {
  connect,
  createTables,
  defineSchema,
  eq,
  integer,
  sql,
  table,
  text,
  type Database,
} from "plinth";
import { afterEach, beforeEach, expect, test } from "vitest";

const counters = table("counters", {
  id: integer().primaryKey(),
  n: integer().notNull(),
  note: text(),
});

const outside: <Result>(work: () => Result) => Result = AsyncLocalStorage.snapshot();

let folder: string;
let url: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "plinth-sqlite-"));
  url = `sqlite:${join(folder, "test.db")}`;
});

afterEach(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));

async function filled(options = ""): Promise<Database> {
  const db = await connect(url + options);
  await createTables(db, defineSchema({ counters }));
  await db.insert(counters).values({ id: 1, n: 0 });
  return db;
}

const valueOf = async (db: Pick<Database, "from">): Promise<number> =>
  (await db.from(counters).where(eq(counters.id, 1)).one()).n;

test("200 asynchronous transactions at once never interleave", async () => {
  await using db = await filled();
  let inside = 0;
  let most = 0;
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await Promise.all(
    Array.from({ length: 200 }, (_, at) =>
      db.transaction(async (tx) => {
        most = Math.max(most, ++inside);
        const n = await valueOf(tx);
        if (at % 10 === 0) await sleep(1);
        await tx
          .update(counters)
          .set({ n: n + 1 })
          .where(eq(counters.id, 1));
        expect(await valueOf(tx)).toBe(n + 1);
        inside--;
      }),
    ),
  );

  delay.disable();
  console.log(`200 transactions: the event loop waited ${(delay.max / 1e6).toFixed(1)} ms at most`);
  if (process.env["PLINTH_TEST_LONG"] !== undefined) expect(delay.max / 1e6).toBeLessThan(2_000);
  expect(most).toBe(1);
  expect(await valueOf(db)).toBe(200);
});

test("writes outside of transactions stay out of those under way", async () => {
  await using db = await filled();
  const acknowledged: number[] = [];
  const failing = db.transaction(async (tx) => {
    await tx.update(counters).set({ note: "half" }).all();
    await sleep(20);
    throw new Error("stop");
  });
  const writes = Array.from({ length: 20 }, async (_, at) => {
    await db.insert(counters).values({ id: 100 + at, n: at });
    acknowledged.push(100 + at);
  });
  await expect(failing).rejects.toThrow("stop");
  await Promise.all(writes);

  const ids = (await db.from(counters).orderBy(counters.id)).map((row) => row.id);
  expect(ids).toEqual([1, ...acknowledged.toSorted((a, b) => a - b)]);
  expect((await db.from(counters).find(1))?.note).toBe(null);
});

test("writers are served in the order in which they came", async () => {
  await using db = await filled();
  const served = table("served", { at: integer().primaryKey().autoIncrement(), who: integer() });
  await createTables(db, defineSchema({ served }));
  const holder = db.transaction(async (tx) => {
    await sleep(10);
    await tx.insert(served).values({ who: -1 });
  });
  const waiting = Array.from({ length: 10 }, (_, who) =>
    who % 2 === 1
      ? db
          .insert(served)
          .values({ who })
          .then((written) => written)
      : db.transaction(async (tx) => {
          await sleep(1);
          return tx.insert(served).values({ who });
        }),
  );
  expect(db.stats().waiting).toBe(10);
  await Promise.all([holder, ...waiting]);

  const order = (await db.from(served).orderBy(served.at)).map(({ who }) => who);
  expect(order).toEqual([-1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(db.stats()).toMatchObject({ leased: 0, waiting: 0 });
});

test("who waits too long for the writer is told, and nothing of it runs", async () => {
  await using db = await filled("?acquire_timeout=0.05");
  const beganMs = performance.now();
  await db.transaction(async (tx) => {
    const write = outside(() => Promise.resolve(db.update(counters).set({ n: 9 }).all()));
    await expect(write).rejects.toMatchObject({ code: "E_POOL_TIMEOUT" });
    let isRun = false;
    const other = outside(() =>
      db.transaction(async () => {
        isRun = true;
      }),
    );
    await expect(other).rejects.toMatchObject({ code: "E_POOL_TIMEOUT" });
    expect(isRun).toBe(false);
    await tx.update(counters).set({ n: 1 }).all();
  });
  const tookMs = performance.now() - beganMs;

  expect(tookMs).toBeGreaterThanOrEqual(95);
  expect(tookMs).toBeLessThan(15_000);
  expect(await valueOf(db)).toBe(1);
  await db.update(counters).set({ n: 2 }).all();
  expect(await valueOf(db)).toBe(2);
});

test("a reader beside a writer sees the state before it, at once", async () => {
  await using db = await filled();
  await db.transaction(async (tx) => {
    await tx.update(counters).set({ n: 1 }).all();
    expect(await valueOf(db)).toBe(0);
    expect(await db.from(counters).where(eq(counters.n, 1)).first()).toBe(undefined);
    expect(await db.transaction((reading) => valueOf(reading), { readOnly: true })).toBe(0);
    expect(await valueOf(tx)).toBe(1);
  });
  expect(await valueOf(db)).toBe(1);
});

test("a reading transaction keeps seeing one state while others write", async () => {
  await using db = await filled();
  await db.transaction(
    async (reading) => {
      expect(await valueOf(reading)).toBe(0);
      await db.update(counters).set({ n: 1 }).all();
      await db.transaction(async (tx) => tx.update(counters).set({ n: 2 }).all());
      expect(await valueOf(reading)).toBe(0);
      expect(await valueOf(db)).toBe(2);
    },
    { readOnly: true },
  );
  expect(await db.transaction((reading) => valueOf(reading), { readOnly: true })).toBe(2);
});

test("a transaction of a locked file keeps readers waiting, and they see its end", async () => {
  await using db = await filled("?locking=exclusive");
  let read: Promise<number> | undefined;
  await db.transaction(async (tx) => {
    await tx.update(counters).set({ n: 1 }).all();
    read = outside(() => valueOf(db));
    await sleep(5);
  });
  expect(await read).toBe(1);
  await expect(connect(`${url}?acquire_timeout=0.05`)).rejects.toMatchObject({ code: "E_TIMEOUT" });
});

test("a schema that another connection changes is seen by kept statements", async () => {
  await using db = await filled();
  await using other = await connect(url);
  expect((await db.from(counters).find(1))?.n).toBe(0);
  await other.execute(sql`alter table counters add column more text default 'x'`);
  await other.update(counters).set({ n: 5 }).all();

  expect(await db.from(counters).find(1)).toEqual({ id: 1, n: 5, note: null });
  await other.execute(sql`drop table counters`);
  await expect(async () => await db.from(counters)).rejects.toMatchObject({
    code: "E_MISSING_TABLE",
  });
});

test("when SQLite rolls a transaction back by itself, nothing after it stands alone", async () => {
  await using db = await filled();
  await db.execute(sql`create trigger stop before insert on counters when new.note = 'stop' begin
    select raise(rollback, 'a secret'); end`);
  const failed = db.transaction(async (tx) => {
    await tx.insert(counters).values({ id: 2, n: 2 });
    const stopped = tx.insert(counters).values({ id: 3, n: 3, note: "stop" });
    await expect(async () => await stopped).rejects.toMatchObject({ code: "E_QUERY" });
    const late = tx.insert(counters).values({ id: 4, n: 4 });
    await expect(async () => await late).rejects.toMatchObject({ code: "E_QUERY" });
    return tx.transaction((inner) => inner.insert(counters).values({ id: 5, n: 5 }));
  });
  await expect(failed).rejects.toMatchObject({ code: "E_QUERY", name: "QueryError" });
  await expect(failed).rejects.not.toThrow(/secret/);
  expect(await db.from(counters).count()).toBe(1);
  await db.transaction((tx) => tx.insert(counters).values({ id: 6, n: 6 }));
  expect(await db.from(counters).count()).toBe(2);
});

test("a transaction that outlasts close() is told, and leaves nothing", async () => {
  await (await filled()).close();
  // In memory a transaction that only reads runs on the writer's connection.
  for (const [target, readOnly] of [
    [url, false],
    ["sqlite::memory:", true],
  ] as const) {
    const db = await connect(`${target}?acquire_timeout=0.02`);
    const isClosed = Promise.withResolvers<void>();
    const failed = db.transaction(
      async (tx) => {
        if (!readOnly) await tx.insert(counters).values({ id: 2, n: 2 });
        await isClosed.promise;
        await tx.execute(sql`select 1`);
      },
      { readOnly },
    );
    const told = expect(failed).rejects.toMatchObject({ code: "E_CLOSED" });
    await db.close();
    isClosed.resolve();
    await told;
  }
  await using db = await connect(url);
  expect(await db.from(counters).count()).toBe(1);
});

test("a write that waits for a transaction two contexts above is refused, too", async () => {
  await using db = await filled();
  await using other = await connect("sqlite::memory:");
  await db.transaction(async (tx) => {
    await tx.update(counters).set({ n: 1 }).all();
    const reading = db.transaction(
      () => other.transaction(async () => db.update(counters).set({ n: 2 }).all()),
      { readOnly: true },
    );
    await expect(reading).rejects.toMatchObject({ code: "E_SELF_WAIT" });
  });
  expect(await valueOf(db)).toBe(1);
});

test("a rush of readers leaves few connections open, and a lock isn't taken once all is closed", async () => {
  const db = await filled();
  const { signal } = new AbortController();
  await Promise.all(
    Array.from({ length: 100 }, async () => db.from(counters).signal(signal).count()),
  );
  expect(db.stats().open).toBeLessThan(12);
  await db.close();
  await expect(db.withLock("late", async () => {})).rejects.toMatchObject({ code: "E_CLOSED" });
});

test("a missing column is told by its bare name, however SQLite guesses at it", async () => {
  await using db = await filled();
  const failed = db.execute(sql.raw('select * from counters where "nothing" = 1'));
  await expect(failed).rejects.toMatchObject({
    code: "E_MISSING_COLUMN",
    message: expect.stringMatching(/^There is no column "nothing"\. /),
  });
});
