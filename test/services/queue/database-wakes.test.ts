// Of jobs that another process adds a worker hears by words through the server, where it sends any, and else looks by itself.
import { setTimeout as sleep } from "node:timers/promises";
import { connect, createTables } from "plinth";
import { createDatabaseQueue } from "plinth/outbox";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase, testServers, type TestDatabase } from "../../servers/databases.ts";
import { schema, type Jobs } from "./database-kit.ts";
import { until } from "./kit.ts";

const isLong = process.env["PLINTH_TEST_LONG"] !== undefined;

const servers = testServers().filter(({ name }) =>
  ["mariadb", "postgres 18", "sqlite file"].includes(name),
);

describe.each(servers)("on $name", { concurrent: true }, (server) => {
  let own: TestDatabase;
  beforeAll(async () => {
    own = await createTestDatabase(server);
    await using db = await connect(own.url, { schema });
    await createTables(db, schema);
  });
  afterAll(() => own.drop());

  test("a worker that has long had nothing to do is woken by who adds elsewhere", async () => {
    // What stands behind one of them is another process to the other.
    await using here = await connect(own.url, { schema });
    await using there = await connect(own.url, { schema });
    const [queue, other] = [createDatabaseQueue<Jobs>(here), createDatabaseQueue<Jobs>(there)];
    let begunMs = 0;
    await queue.work("run", () => void (begunMs = performance.now()));
    const waits: number[] = [];
    for (let round = 0; round < 5; round++) {
      await sleep(900);
      begunMs = 0;
      const startMs = performance.now();
      await other.add("run", round);
      await until(() => begunMs > 0);
      waits.push(begunMs - startMs);
    }
    await queue.close();
    await other.close();
    const middleMs = waits.sort((one, two) => one - two)[2]!;
    process.stdout.write(`  ${server.name}: woken after ${Math.round(middleMs)} ms\n`);
    // Beside other tests the machine itself may be late.
    expect(middleMs).toBeLessThan(isLong ? 1_000 : 10_000);
    if (here["~engine"].notices !== undefined) expect(middleMs).toBeLessThan(isLong ? 150 : 450);
  });
});

const postgres = testServers().find(({ name }) => name === "postgres 18");

describe.runIf(postgres !== undefined)("words through the server", () => {
  test("many jobs at once send few words, and a transaction sends its own when it is committed", async () => {
    const own = await createTestDatabase(postgres!);
    const db = await connect(own.url, { schema });
    await createTables(db, schema);
    const notices = db["~engine"].notices!;
    let heard = 0;
    const end = notices.hear("plinth_queue", () => void heard++);
    await until(() => heard > 0);
    heard = 0;
    const queue = createDatabaseQueue<Jobs>(db);
    await queue.counts();
    await Promise.all(Array.from({ length: 100 }, (_, index) => queue.add("run", index)));
    for (let before = -1; before !== heard;) {
      before = heard;
      await sleep(400);
    }
    expect(heard).toBeGreaterThan(0);
    expect(heard).toBeLessThan(40);
    heard = 0;
    await db.transaction(async (tx) => {
      await queue.add("run", 1, { tx });
      await sleep(50);
      expect(heard).toBe(0);
    });
    await until(() => heard > 0);
    end();
    await queue.close();
    await db.close();
    await own.drop();
  });
});
