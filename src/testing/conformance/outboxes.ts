import { uuidv7 } from "../../core/uuid.ts";
import { Leases } from "../../outbox/leases.ts";
import { createOutbox, type Outbox, type OutboxOptions } from "../../outbox/outbox.ts";
import { outboxTables } from "../../outbox/tables.ts";
import type { OutboxEvent } from "../../outbox/topics.ts";
import type { Database } from "../../query/database.ts";
import { eq } from "../../query/expression.ts";
import { defineSchema } from "../../schema/schema.ts";
import { table } from "../../schema/table.ts";
import { integer, text } from "../../schema/types.ts";
import { failureOf, type Kit } from "./kit.ts";

const orders = table("orders", { id: integer().primaryKey(), title: text().notNull() });
const schema = defineSchema({ orders, ...outboxTables });
const { plinthInbox, plinthOutbox } = outboxTables;

/** Longer than whatever these cases wait for. */
const PATIENCE_MS = 10_000;

async function until(isSo: () => Promise<boolean> | boolean): Promise<void> {
  const endMs = performance.now() + PATIENCE_MS;
  while (!(await isSo())) {
    if (performance.now() > endMs) throw new Error("It did not come to be so in time.");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function isEmpty(db: Database): Promise<boolean> {
  return (await db.from(plinthOutbox)).length === 0;
}

interface Told {
  readonly payload: unknown;
  readonly event: OutboxEvent;
}

/** Runs `work` beside an outbox that writes down what it delivers. */
async function delivering<Topics extends object>(
  db: Database,
  options: OutboxOptions<Topics>,
  work: (outbox: Outbox<Topics>) => Promise<void>,
): Promise<void> {
  const outbox = createOutbox(db, { pollMs: 20, ...options });
  try {
    await work(outbox.start());
  } finally {
    await outbox.close();
  }
}

const soon = { firstMs: 1, maxMs: 5 };

export function outboxCases({ alone, expect, schemaGroup }: Kit): void {
  schemaGroup("outbox", schema, (test) => {
    test("delivers after the commit what was added, as it was", async ({ db }) => {
      const told: Told[] = [];
      const handle = (payload: unknown, event: OutboxEvent): void =>
        void told.push({ payload, event });
      await delivering(db, { handlers: { "order.paid": handle } }, async (outbox) => {
        const payload = {
          id: 1,
          at: new Date(5),
          sum: 10n ** 20n,
          tags: new Set(["a"]),
          none: null,
        };
        const ids = await db.transaction(async (tx) => {
          await tx.insert(orders).values({ id: 1, title: "one" });
          const first = outbox.add(tx, "order.paid", payload);
          const second = tx.afterCommit({ durable: true, topic: "order.paid", payload: [2] });
          await new Promise((resolve) => setTimeout(resolve, 30));
          expect(told.length).toBe(0);
          return [first, second];
        });
        await until(() => told.length === 2);
        expect(told.map(({ event }) => event.id)).toEqual(ids);
        expect(told.map((one) => one.payload)).toEqual([payload, [2]]);
        expect(told.map(({ event }) => [event.topic, event.attempt])).toEqual([
          ["order.paid", 1],
          ["order.paid", 1],
        ]);
        await until(() => isEmpty(db));
      });
    });

    test("delivers nothing of what was rolled back", async ({ db }) => {
      const told: unknown[] = [];
      await delivering(
        db,
        { handlers: { t: (n: number) => void told.push(n) } },
        async (outbox) => {
          const undone = db.transaction(async (tx) => {
            outbox.add(tx, "t", 1);
            throw new Error("undo");
          });
          expect(await failureOf(undone)).toMatchObject({ message: "undo" });
          await db.transaction(async (tx) => {
            outbox.add(tx, "t", 2);
            const nested = tx.transaction(async (inner) => {
              outbox.add(inner, "t", 3);
              throw new Error("undo");
            });
            await failureOf(nested);
            await tx.transaction(async (inner) => outbox.add(inner, "t", 4));
          });
          await using begun = await db.begin();
          outbox.add(begun, "t", 5);
          await begun.rollback();
          await until(() => isEmpty(db));
          await until(() => told.length >= 2);
          expect(told).toEqual([2, 4]);
        },
      );
    });

    test("tries again what failed, and gives up at last", async ({ db }) => {
      const errors: unknown[] = [];
      const attempts: number[] = [];
      const handle = (how: string, { attempt }: OutboxEvent): void => {
        attempts.push(attempt);
        if (how === "never" || attempt < 3) throw new Error(`not ${attempt}`);
      };
      const handlers = { t: { handle, attempts: 4, backoff: soon } };
      const onError: OutboxOptions<object>["onError"] = (_, event) => {
        errors.push(event?.isDead);
        throw new Error("which must not count");
      };
      await delivering(db, { handlers, onError }, async (outbox) => {
        await db.transaction(async (tx) => outbox.add(tx, "t", "later"));
        await until(() => isEmpty(db));
        expect(attempts).toEqual([1, 2, 3]);
        attempts.length = 0;
        await db.transaction(async (tx) => outbox.add(tx, "t", "never"));
        await until(async () => (await db.from(plinthOutbox))[0]?.deadAt instanceof Date);
        expect(attempts).toEqual([1, 2, 3, 4]);
        expect(errors).toEqual([false, false, false, false, false, true]);
        const [dead] = await db.from(plinthOutbox);
        expect(dead).toMatchObject({ dueAt: null, lease: null, lastError: "Error: not 4" });
      });
    });

    test("gives up what fails by an error that no database could keep as it is", async ({ db }) => {
      const handle = (payload: string): void => {
        const message = payload === "symbol" ? Symbol("no text") : payload;
        throw Object.assign(new Error(), { message });
      };
      const handlers = { t: { handle, attempts: 1 } };
      await delivering(db, { handlers, onError: () => {} }, async (outbox) => {
        const payloads = ["a\0b", "\u{1f600}".repeat(1_500), "symbol"];
        await db.transaction(async (tx) => {
          for (const payload of payloads) outbox.add(tx, "t", payload);
        });
        await until(async () => (await outbox.counts()).dead === 3);
        expect((await outbox.dead()).map(({ attempts }) => attempts)).toEqual([1, 1, 1]);
      });
    });

    test("leaves to others what it has no handler for", async ({ db }) => {
      await delivering(db, {}, async () => {
        await db.transaction(async (tx) => {
          tx.afterCommit({ durable: true, topic: "elsewhere" });
        });
        await new Promise((resolve) => setTimeout(resolve, 60));
        expect(await db.from(plinthOutbox)).toMatchObject([{ attempts: 0, lease: null }]);
      });
      const told: unknown[] = [];
      const handlers = { elsewhere: (payload: undefined) => void told.push(payload) };
      await delivering(db, { handlers }, async () => {
        await until(() => isEmpty(db));
        expect(told).toEqual([undefined]);
      });
    });

    test("does something once for an event", async ({ db }) => {
      const outbox = createOutbox(db);
      try {
        const done: number[] = [];
        const run = (n: number): Promise<boolean> =>
          db.transaction((tx) =>
            outbox.once(tx, "event-1", "points", () => {
              done.push(n);
              if (n === 0) throw new Error("not yet");
            }),
          );
        expect(await failureOf(run(0))).toMatchObject({ message: "not yet" });
        const caught = db.transaction(async (tx) => {
          await failureOf(outbox.once(tx, "event-1", "points", () => Promise.reject(new Error())));
        });
        await caught;
        expect(await Promise.all([run(1), run(2), run(3)])).toMatchObject({ length: 3 });
        expect(done.length).toBe(2);
        expect(await run(4)).toBe(false);
        expect(await db.from(plinthInbox)).toMatchObject([
          { consumer: "points", eventId: "event-1" },
        ]);
      } finally {
        await outbox.close();
      }
    });

    test("lists dead entries, tries them again, and purges them", async ({ db }) => {
      let isBroken = true;
      const done: string[] = [];
      const handle = (what: string): void => {
        if (isBroken) throw new TypeError(`no ${what}`);
        done.push(what);
      };
      const work = { handle, attempts: 1 };
      const handlers = { a: work, b: work };
      await delivering(db, { handlers, onError: () => undefined }, async (outbox) => {
        const ids = await db.transaction(async (tx) => [
          outbox.add(tx, "a", "one"),
          outbox.add(tx, "a", "two"),
          outbox.add(tx, "b", "three"),
          outbox.add(tx, "b", "four"),
        ]);
        await until(async () => (await outbox.counts()).dead === 4);
        expect(await outbox.counts()).toEqual({ waiting: 0, oldest: undefined, dead: 4 });
        const dead = await outbox.dead({ topic: "b" });
        expect(new Set(dead.map(({ payload }) => payload))).toEqual(new Set(["three", "four"]));
        expect(dead.map(({ attempts }) => attempts)).toEqual([1, 1]);
        expect((await outbox.dead({ limit: 1 })).length).toBe(1);
        const [first] = await outbox.dead({ topic: "a" });
        expect(first!.lastError).toBe(`TypeError: no ${String(first!.payload)}`);
        expect(await outbox.purge({ ids: [ids[3]!, uuidv7()] })).toBe(1);
        isBroken = false;
        expect(await outbox.retry({ topic: "a" })).toBe(2);
        await until(() => done.length === 2);
        expect(await outbox.retry("all")).toBe(1);
        await until(() => isEmpty(db));
        expect(done.toSorted()).toEqual(["one", "three", "two"]);
        expect(await outbox.purge("all")).toBe(0);
        const vague = {} as { readonly topic: "a" };
        expect(await failureOf(outbox.purge(vague))).toMatchObject({ code: "E_INVALID_VALUE" });
      });
    });

    test("deletes what is old, and nothing else", async ({ db }) => {
      const outbox = createOutbox(db, { keepDeadDays: 2, keepDoneDays: 1 });
      try {
        const days = (count: number): Date => new Date(Date.now() - count * 86_400_000);
        const entry = { topic: "t", payload: "01", createdAt: days(9), attempts: 1 };
        const dead = (deadAt: Date | null, dueAt: Date | null = null): unknown =>
          db
            .insert(plinthOutbox)
            .values({ ...entry, id: uuidv7(), deadAt, dueAt, lease: null, lastError: null });
        await dead(days(1));
        await dead(days(3));
        await dead(null, days(5));
        const many = Array.from({ length: 1_200 }, (_, n) => ({
          consumer: "c",
          eventId: String(n),
          at: days(n < 1_100 ? 2 + n / 1e6 : 0.5),
        }));
        await db.insert(plinthInbox).values(many);
        await outbox.clean();
        expect((await db.from(plinthOutbox)).length).toBe(2);
        expect((await db.from(plinthInbox)).length).toBe(100);
      } finally {
        await outbox.close();
      }
    });

    test("leases an entry to one, and hears nobody else", async ({ db }) => {
      const outbox = createOutbox(db);
      try {
        const id = await db.transaction(async (tx) => outbox.add(tx, "t", 1));
        const both = [new Leases(db, uuidv7()), new Leases(db, uuidv7())] as const;
        const [taken, other] = await Promise.all([
          both[0].take(["t"], 9, 200),
          both[1].take(["t"], 9, 200),
        ]);
        expect([...taken, ...other]).toMatchObject([{ id, topic: "t", attempt: 1 }]);
        const [first, second] = taken.length === 1 ? both : [both[1], both[0]];
        expect(await second.take(["t"], 9, 200)).toEqual([]);
        expect(await second.isAnyDue(["t"])).toBe(false);
        await until(() => second.isAnyDue(["t"]));
        expect(await second.isAnyDue(["other"])).toBe(false);
        expect(await second.take(["t"], 9, 5_000)).toMatchObject([{ id, attempt: 2 }]);
        expect([...(await first.renew([id], 200))]).toEqual([]);
        expect(await first.delivered([id])).toBe(1);
        expect(await first.failed(id, "late", undefined)).toBe(false);
        await first.release([id]);
        expect([...(await second.renew([id, uuidv7()], 5_000))]).toEqual([id]);
        expect(await db.from(plinthOutbox)).toMatchObject([{ attempts: 2, deadAt: null }]);
        await second.release([id]);
        expect(await db.from(plinthOutbox)).toMatchObject([{ attempts: 1, lease: null }]);
        expect(await second.take(["t"], 9, 5_000)).toMatchObject([{ id, attempt: 2 }]);
        expect(await second.delivered([id])).toBe(0);
        expect(await isEmpty(db)).toBe(true);
      } finally {
        await outbox.close();
      }
    });

    test("renews the lease while a handler runs, and ends one whose time is over", async ({
      db,
    }) => {
      const attempts: number[] = [];
      const signals: AbortSignal[] = [];
      const handlers = {
        slow: async (durationMs: number, { attempt }: OutboxEvent) => {
          attempts.push(attempt);
          await new Promise((resolve) => setTimeout(resolve, durationMs));
        },
        endless: {
          timeoutMs: 30,
          attempts: 2,
          backoff: soon,
          handle: (_: null, { signal }: OutboxEvent) => {
            signals.push(signal);
            return new Promise(() => undefined);
          },
        },
      };
      const options = { handlers, leaseMs: 1_000, onError: () => undefined };
      await delivering(db, options, async (outbox) => {
        await db.transaction(async (tx) => outbox.add(tx, "slow", 1_800));
        await db.transaction(async (tx) => outbox.add(tx, "endless", null));
        await until(async () => (await outbox.counts()).dead === 1);
        expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
        const [dead] = await outbox.dead();
        expect(dead!.lastError?.startsWith("TimeoutError: The handler of")).toBe(true);
        await until(async () => (await outbox.counts()).waiting === 0);
        // What the database has isn't known here yet.
        await until(() => outbox.stats().held === 0);
        expect(attempts).toEqual([1]);
        expect(outbox.stats()).toEqual({ held: 0, late: 0 });
      });
    });

    test("handles no more at a time than it was told", async ({ db }) => {
      let runningCount = 0;
      const most = { a: 0, b: 0 };
      const order: number[] = [];
      const handle = async (topic: "a" | "b", n: number): Promise<void> => {
        most[topic] = Math.max(most[topic], ++runningCount);
        if (topic === "a") order.push(n);
        await new Promise((resolve) => setTimeout(resolve, 3));
        runningCount--;
      };
      const handlers = {
        a: { handle: (n: number) => handle("a", n), concurrency: 1 },
        b: (n: number) => handle("b", n),
      };
      await delivering(db, { handlers, concurrency: 3 }, async (outbox) => {
        for (const topic of ["a", "b"] as const) {
          await db.transaction(async (tx) => {
            for (let n = 0; n < 12; n++) outbox.add(tx, topic, n);
          });
          await until(() => isEmpty(db));
        }
        expect(most).toEqual({ a: 1, b: 3 });
        expect(order).toEqual(Array.from({ length: 12 }, (_, n) => n));
      });
    });

    test("stops when what runs is done, and gives back what waits", async ({ db }) => {
      let begun = 0;
      let end = (): void => undefined;
      const ended = new Promise<void>((resolve) => {
        end = resolve;
      });
      const handlers = {
        t: async () => {
          begun++;
          await ended;
        },
      };
      const outbox = createOutbox(db, { handlers, concurrency: 1, pollMs: 20 }).start();
      try {
        await db.transaction(async (tx) => {
          for (let n = 0; n < 3; n++) outbox.add(tx, "t", n);
        });
        await until(() => begun === 1);
        const stopped = outbox.stop();
        await until(async () => {
          const waiting = await db.from(plinthOutbox).where(eq(plinthOutbox.attempts, 0));
          return waiting.length === 2;
        });
        end();
        await stopped;
        expect((await db.from(plinthOutbox)).length).toBe(2);
        // Now it only writes.
        await db.transaction(async (tx) => outbox.add(tx, "t", 4));
        expect(await outbox.counts()).toMatchObject({ waiting: 3, dead: 0 });
        expect(begun).toBe(1);
        outbox.start();
        await until(() => isEmpty(db));
        expect(begun).toBe(4);
      } finally {
        await outbox.close();
      }
    });

    test("waits for a handler for as long as it was told", async ({ db }) => {
      const ended: boolean[] = [];
      let begun = 0;
      const handle = async (_: null, { signal }: OutboxEvent): Promise<void> => {
        begun++;
        await new Promise((resolve) => setTimeout(resolve, 50));
        ended.push(signal.aborted);
      };
      await delivering(db, { handlers: { t: handle } }, async (outbox) => {
        await db.transaction(async (tx) => outbox.add(tx, "t", null));
        await until(() => begun === 1);
        await outbox.stop({ timeoutMs: Infinity });
        expect(ended).toEqual([false]);
        expect(await isEmpty(db)).toBe(true);
      });
    });

    test("waits for no handler that never ends, when it is stopped", async ({ db }) => {
      const signals: AbortSignal[] = [];
      const handle = (_: null, { signal }: OutboxEvent): Promise<never> => {
        signals.push(signal);
        return new Promise(() => undefined);
      };
      const outbox = createOutbox(db, { handlers: { t: handle } }).start();
      try {
        await db.transaction(async (tx) => outbox.add(tx, "t", null));
        await until(() => signals.length === 1);
        await outbox.stop({ timeoutMs: 20 });
        expect(signals[0]!.aborted).toBe(true);
        expect(await outbox.counts()).toMatchObject({ waiting: 1 });
      } finally {
        await outbox.close();
      }
    });

    test("refuses what it can't keep, before anything is sent", async ({ db }) => {
      await db.transaction(async (tx) => {
        const durable = (): string => tx.afterCommit({ durable: true, topic: "t" });
        expect(await failureOf(durable)).toMatchObject({ code: "E_CONFIG" });
      });
      await using outbox = createOutbox(db);
      expect(await failureOf(() => void createOutbox(db))).toMatchObject({ code: "E_CONFIG" });
      await db.transaction(async (tx) => {
        for (const topic of ["", "x".repeat(201), "plinth:t", undefined])
          expect(await failureOf(() => outbox.add(tx, topic as string, 1))).toMatchObject({
            code: "E_INVALID_VALUE",
          });
        const strange = (): string => outbox.add(tx, "t", () => 1);
        expect(await failureOf(strange)).toMatchObject({ code: "E_INVALID_VALUE" });
      });
      const once = outbox.once(db as never, "e", "c", () => 1);
      expect(await failureOf(once)).toMatchObject({ code: "E_INVALID_VALUE" });
      const reading = db.transaction(async (tx) => outbox.add(tx, "t", 1), { readOnly: true });
      expect(await failureOf(reading)).toMatchObject({ code: "E_INVALID_VALUE" });
      const ended = await db.transaction(async (tx) => tx);
      expect(await failureOf(() => outbox.add(ended, "t", 1))).toMatchObject({
        code: "E_TRANSACTION_CLOSED",
      });
      await outbox.close();
      // Timers that are told more end at once.
      for (const pollMs of [0, 2 ** 31])
        expect(await failureOf(() => void createOutbox(db, { pollMs }))).toMatchObject({
          code: "E_CONFIG",
        });
    });
  });

  schemaGroup("outbox without its tables", defineSchema({ orders }), (test) => {
    test("is refused, and told what to add", async ({ db }) => {
      expect(await failureOf(() => void createOutbox(db))).toMatchObject({ code: "E_SCHEMA" });
      await alone(async (bare) => {
        expect(await failureOf(() => void createOutbox(bare))).toMatchObject({ code: "E_SCHEMA" });
      });
    });
  });
}
