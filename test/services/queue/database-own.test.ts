// What a queue on a database does beside what every queue does.
import { setTimeout as sleep } from "node:timers/promises";
import { connect, createTables, defineSchema } from "plinth";
import { createDatabaseQueue, queueTables } from "plinth/outbox";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase, testServers, type TestDatabase } from "../../servers/databases.ts";
import { until } from "./kit.ts";

const schema = defineSchema({ ...queueTables });
const open = (url: string) => connect(url, { schema });

describe.each(testServers())("a queue on $name", (server) => {
  let own: TestDatabase;
  let db: Awaited<ReturnType<typeof open>>;
  beforeAll(async () => {
    own = await createTestDatabase(server);
    db = await open(own.url);
    await createTables(db, schema);
  });
  afterAll(async () => {
    await db.close();
    await own.drop();
  });

  test("who only looks at it leaves nothing", async () => {
    const queue = createDatabaseQueue(db, { name: "unknown" });
    expect(await queue.counts()).toMatchObject({ waiting: 0, isPaused: false });
    expect(await queue.list("dead")).toEqual([]);
    expect(await db.from(queueTables.plinthQueues)).toEqual([]);
    await queue.close();
  });

  test("it goes on when its tables were emptied", async () => {
    const queue = createDatabaseQueue<{ a: number }>(db, { name: "emptied" });
    const done: number[] = [];
    await using _worker = await queue.work("a", (payload) => void done.push(payload));
    await queue.add("a", 1);
    await until(() => done.length === 1);
    for (const each of Object.values(queueTables)) await db.delete(each).all();
    await queue.pause();
    expect(await queue.counts()).toMatchObject({ isPaused: true });
    await db.delete(queueTables.plinthQueues).all();
    await queue.add("a", 2, { delayMs: 50 });
    await until(() => done.length === 2);
    await queue.close();
  });

  if (server.url !== undefined)
    test("a key that another took since the transaction began is that one's", async () => {
      const queue = createDatabaseQueue<{ a: number }>(db, { name: "snapshot" });
      const other = await queue.add("a", 1, { unique: "before", delayMs: 60_000 });
      let isFirst = true;
      const added = await db.transaction(
        async (tx) => {
          await tx.from(queueTables.plinthJobs);
          if (isFirst) await queue.add("a", 1, { unique: "since", delayMs: 60_000 });
          isFirst = false;
          return [
            await queue.add("a", 2, { unique: "before", tx }),
            await queue.add("a", 2, { unique: "since", tx }),
          ];
        },
        { isolation: "repeatable read", retries: 3 },
      );
      expect(added.map(({ isNew }) => isNew)).toEqual([false, false]);
      expect(added[0]!.id).toBe(other.id);
      await queue.close();
    });

  test("a schedule whose row was deleted goes on", async () => {
    const queue = createDatabaseQueue<{ a: null }>(db, { name: "scheduled" });
    await queue.schedule("a", "* * * * * *", null);
    await db.delete(queueTables.plinthSchedules).all();
    await until(async () => (await queue.counts()).waiting > 0);
    await queue.close();
  });

  test("what is no transaction, or has ended, is refused, and nothing added", async () => {
    const queue = createDatabaseQueue<{ a: number }>(db, { name: "transactions" });
    const refused = { code: "E_INVALID_VALUE" };
    for (const tx of [db, null, {}] as never[]) {
      await expect(queue.add("a", 1, { tx })).rejects.toMatchObject(refused);
    }
    const ended = await db.transaction(async (tx) => tx);
    await expect(queue.add("a", 1, { tx: ended })).rejects.toMatchObject({
      code: "E_TRANSACTION_CLOSED",
    });
    await sleep(20);
    expect(await queue.counts()).toMatchObject({ waiting: 0 });
    await queue.close();
  });
});

test("a schedule ends with its database", async () => {
  const db = await open("sqlite::memory:");
  await createTables(db, schema);
  const queue = createDatabaseQueue<{ a: null }>(db);
  const schedule = await queue.schedule("a", "* * * * * *", null);
  await db.close();
  await until(() => schedule.next() === undefined);
  await queue.close();
});
