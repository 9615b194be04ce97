import { once } from "node:events";
import { count, countDistinct, gt } from "plinth";
import { createOutbox, type OutboxEvent } from "plinth/outbox";
import { describe, expect, test } from "vitest";
import { testServers } from "../servers/databases.ts";
import { isLong, report, shared, sleep, startProgram, until } from "./kit.ts";
import { effects, made } from "./schema.ts";

// One in memory dies with its process.
const servers = testServers().filter(({ name }) => name !== "sqlite memory");
/** Within 2 s others deliver what a process committed that died: promise 25. Beside other tests the machine may be late. */
const BOUND_MS = isLong ? 2_000 : 10_000;

describe.each(servers)("a process that dies or stalls on $name", { concurrent: true }, (server) => {
  test("leaves what it committed to others, who deliver it within 2 s", async () => {
    const deaths = isLong ? 20 : 3;
    await using place = await shared(server);
    const db = await place.open();
    const delivered = new Map<string, number>();
    const handle = (_: number, { id }: OutboxEvent): void =>
      void delivered.set(id, performance.now());
    const outbox = createOutbox(db, { handlers: { made: handle } }).start();
    const waits: number[] = [];
    for (let death = 0; death < deaths; death++) {
      const child = await startProgram("dies behind its commit", place.url);
      const exited = once(child, "exit");
      child.send("go");
      expect(await exited).toEqual([null, "SIGKILL"]);
      const diedMs = performance.now();
      await until(() => delivered.size === death + 1);
      waits.push([...delivered.values()].at(-1)! - diedMs);
    }
    const rows = await db.from(made);
    expect(new Set(rows.map(({ eventId }) => eventId))).toEqual(new Set(delivered.keys()));
    const longest = Math.round(Math.max(...waits));
    report(
      `${server.name}: ${deaths} deaths behind a commit, delivered ${longest} ms later at most`,
    );
    expect(longest).toBeLessThan(BOUND_MS);
    await outbox.close();
  });

  test("has its events' effects once, however often they are delivered", async () => {
    const deaths = isLong ? 20 : 3;
    await using place = await shared(server);
    const db = await place.open();
    for (let death = 0; death < deaths; death++) {
      const children = await Promise.all([
        startProgram("works", place.url),
        startProgram("works", place.url),
      ]);
      await sleep(100 + death * 37);
      for (const child of children) {
        const exited = once(child, "exit");
        child.kill("SIGKILL");
        await exited;
      }
    }
    let handled = 0;
    const outbox = createOutbox(db, {
      handlers: {
        made: async (_: number, { id }: OutboxEvent) => {
          handled++;
          await db.transaction((tx) =>
            outbox.once(tx, id, "effects", () => tx.insert(effects).values({ eventId: id })),
          );
        },
      },
    });
    outbox.start();
    await until(async () => (await outbox.counts()).waiting === 0, 60_000);
    const [events] = await db.select({ count: count() }).from(made);
    const [done] = await db
      .select({ count: count(), events: countDistinct(effects.eventId) })
      .from(effects);
    const several = await db
      .select({ eventId: effects.eventId })
      .from(effects)
      .groupBy(effects.eventId)
      .having(gt(count(), 1));
    report(
      `${server.name}: ${2 * deaths} kills, ${events!.count} events, ${done!.count} effects, ${handled} left to others`,
    );
    expect(several).toEqual([]);
    expect(done).toEqual({ count: events!.count, events: events!.count });
    await outbox.close();
  });

  test("ends by itself once its database is closed, also with an outbox that nobody stopped", async () => {
    await using place = await shared(server);
    const child = await startProgram("forgets", place.url);
    const exited = once(child, "exit");
    child.send("go");
    expect(await exited).toEqual([0, null]);
  });

  test("ends once its outbox has stopped, also with a handler that never ends", async () => {
    await using place = await shared(server);
    const child = await startProgram("waits", place.url);
    const exited = once(child, "exit");
    child.send("go");
    expect(await exited).toEqual([0, null]);
  });

  test("is replaced when it stalls past its lease, and its late word counts no more", async () => {
    await using place = await shared(server);
    const db = await place.open();
    const writer = createOutbox<{ made: number }>(db);
    const child = await startProgram("stalls", place.url);
    const said: unknown[] = [];
    child.on("message", (word) => said.push(word));
    const id = await db.transaction(async (tx) => writer.add(tx, "made", 1));
    await until(() => said.includes("handling"));
    child.kill("SIGSTOP");
    const other = await place.open();
    const told: OutboxEvent[] = [];
    let end = (): void => undefined;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const handle = async (_: number, event: OutboxEvent): Promise<void> => {
      told.push(event);
      await ended;
    };
    const handlers = { made: handle };
    // So long that a pause of this process loses it nothing.
    const outbox = createOutbox(other, { handlers, leaseMs: 60_000 }).start();
    await until(() => told.length === 1);
    expect(told).toMatchObject([{ id, attempt: 2 }]);
    // The late one ends while the other one is at it, whose entry it must not take away.
    child.kill("SIGCONT");
    await until(() => said.includes("late"));
    child.send("end");
    await until(() => said.length === 3);
    expect(said[2]).toBe("ended, and knew that it was late");
    await sleep(100);
    expect(await outbox.counts()).toMatchObject({ waiting: 1 });
    end();
    await until(async () => (await outbox.counts()).waiting === 0);
    expect(told.length).toBe(1);
    const exited = once(child, "exit");
    child.send("stop");
    expect(await exited).toEqual([0, null]);
    await outbox.close();
  });
});
