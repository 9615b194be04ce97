import { EventEmitter } from "node:events";
import { sql } from "plinth";
import { createOutbox, type OutboxEvent } from "plinth/outbox";
import { describe, expect, test } from "vitest";
import { testServers } from "../servers/databases.ts";
import { isLong, report, shared, sleep, until } from "./kit.ts";
import { schema } from "./schema.ts";

const { plinthOutbox } = schema.tables;
const servers = testServers().filter(({ name }) => name !== "sqlite memory");
/** A minute: who hears of it before was told. */
const SELDOM_MS = 60_000;

describe.each(servers)("dispatchers on $name", (server) => {
  test("eight of them deliver each entry once while its lease holds", async () => {
    const entryCount = isLong ? 5_000 : 400;
    await using place = await shared(server);
    const begins = new Map<string, number[]>();
    let runningCount = 0;
    let most = 0;
    const handle = async (_: number, { id }: OutboxEvent): Promise<void> => {
      begins.set(id, [...(begins.get(id) ?? []), performance.now()]);
      most = Math.max(most, ++runningCount);
      await sleep(Math.random() * 20);
      runningCount--;
    };
    // While the process stands still all of its leases pass.
    const pauses: number[] = [];
    let tickMs = performance.now();
    const ticking = setInterval(() => {
      const nowMs = performance.now();
      if (nowMs - tickMs > 200) pauses.push(tickMs);
      tickMs = nowMs;
    }, 10);
    const opened = await Promise.all(Array.from({ length: 8 }, () => place.open()));
    const outboxes = opened.map((db) =>
      createOutbox(db, { handlers: { made: handle }, pollMs: 50, concurrency: 5 }).start(),
    );
    const writer = await place.open();
    const own = createOutbox<{ made: number }>(writer);
    const beganMs = performance.now();
    for (let n = 0; n < entryCount; n += 20) {
      await writer.transaction(async (tx) => {
        for (let k = 0; k < 20; k++) own.add(tx, "made", n + k);
      });
    }
    await until(async () => (await writer.from(plinthOutbox)).length === 0, 120_000);
    const tookMs = performance.now() - beganMs;
    clearInterval(ticking);
    const again = [...begins.values()].flatMap(([first, second]) =>
      second === undefined ? [] : [[first!, second] as const],
    );
    report(
      `${server.name}: ${begins.size} entries by 8 dispatchers in ${Math.round(tookMs)} ms, at most ${most} at a time, ${again.length} twice`,
    );
    expect(begins.size).toBe(entryCount);
    // A machine that is busy elsewhere for a second makes leases pass.
    const untimely = again.filter(
      ([first, second]) =>
        second - first < 900 && !pauses.some((atMs) => atMs > first - 1_000 && atMs < second),
    );
    expect(untimely).toEqual([]);
    expect(most).toBeLessThanOrEqual(40);
    for (const outbox of outboxes) await outbox.close();
  });

  test("a backlog of thousands stays in the database, but for a few", async () => {
    const entryCount = isLong ? 50_000 : 4_000;
    await using place = await shared(server);
    const db = await place.open();
    const writer = await place.open();
    const own = createOutbox<{ made: string }>(writer);
    const body = "x".repeat(500);
    for (let n = 0; n < entryCount; n += 1_000) {
      await writer.transaction(async (tx) => {
        for (let k = 0; k < 1_000; k++) own.add(tx, "made", body);
      });
    }
    let handled = 0;
    let mostHeld = 0;
    const outbox = createOutbox(db, {
      handlers: {
        made: () => {
          handled++;
          mostHeld = Math.max(mostHeld, outbox.stats().held);
        },
      },
    });
    const beganMs = performance.now();
    outbox.start();
    await until(() => handled >= entryCount, 120_000);
    await until(async () => (await outbox.counts()).waiting === 0);
    const perSecond = Math.round((entryCount * 1_000) / (performance.now() - beganMs));
    report(`${server.name}: a backlog of ${entryCount}: ${perSecond}/s, at most ${mostHeld} held`);
    expect(handled).toBe(entryCount);
    expect(mostHeld).toBeLessThanOrEqual(500);
    await outbox.close();
  });

  test("one that is told by another process delivers at once", async () => {
    await using place = await shared(server);
    const bus = new EventEmitter();
    const wake = {
      wake: () => void bus.emit("wake"),
      onWake: (listener: () => void) => {
        bus.on("wake", listener);
        return () => void bus.off("wake", listener);
      },
    };
    const told: string[] = [];
    const handlers = { made: (_: number, { id }: OutboxEvent) => void told.push(id) };
    const db = await place.open();
    const outbox = createOutbox(db, { handlers, wake, pollMs: SELDOM_MS }).start();
    const writer = await place.open();
    const own = createOutbox<{ made: number }>(writer, { wake });
    await sleep(100);
    const id = await writer.transaction(async (tx) => own.add(tx, "made", 1));
    // Long before it would look by itself.
    await until(() => told.length === 1);
    expect(told).toEqual([id]);
    await outbox.close();
    expect(bus.listenerCount("wake")).toBe(0);
  });
});

describe.each(servers.filter(({ name }) => name.startsWith("postgres")))(
  "notices of $name",
  (server) => {
    test("wake a process that only delivers, also when its connection was lost", async () => {
      await using place = await shared(server);
      const told: string[] = [];
      const handlers = { made: (_: number, { id }: OutboxEvent) => void told.push(id) };
      const db = await place.open();
      const outbox = createOutbox(db, { handlers, pollMs: SELDOM_MS }).start();
      const writer = await place.open();
      const own = createOutbox<{ made: number }>(writer);
      const isListening = async (): Promise<boolean> => {
        const { rows } = await writer.execute(
          sql<{
            pid: number;
          }>`select pid from pg_stat_activity where query like 'listen %' and datname = current_database()`,
        );
        return rows.length === 1;
      };
      await until(isListening);
      const beganMs = performance.now();
      await writer.transaction(async (tx) => own.add(tx, "made", 1));
      await until(() => told.length === 1);
      report(
        `${server.name}: delivered ${Math.round(performance.now() - beganMs)} ms after a notice`,
      );
      await writer.execute(
        sql`select pg_terminate_backend(pid) from pg_stat_activity where query like 'listen %' and datname = current_database()`,
      );
      await writer.transaction(async (tx) => own.add(tx, "made", 2));
      await until(() => told.length === 2);
      await until(isListening);
      await outbox.close();
      await until(async () => !(await isListening()));
    });
  },
);
