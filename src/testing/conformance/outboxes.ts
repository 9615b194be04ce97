import { uuidv7 } from "../../core/uuid.ts";
import type { FailedEvent } from "../../outbox/deliveries.ts";
import { createOutbox } from "../../outbox/outbox.ts";
import { outboxTables } from "../../outbox/tables.ts";
import type { OutboxEvent } from "../../outbox/topics.ts";
import { defineSchema } from "../../schema/schema.ts";
import { table } from "../../schema/table.ts";
import { integer, text } from "../../schema/types.ts";
import { failureOf, until, type Kit } from "./kit.ts";
import { outboxHandlingCases } from "./outbox-handling.ts";
import { delivering, isEmpty, soon } from "./outbox-kit.ts";

const orders = table("orders", { id: integer().primaryKey(), title: text().notNull() });
const schema = defineSchema({ orders, ...outboxTables });
const { plinthInbox, plinthOutbox } = outboxTables;

interface Told {
  readonly payload: unknown;
  readonly event: OutboxEvent;
}

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
      const onError = (_: unknown, event?: FailedEvent): unknown => {
        errors.push(event?.isDead);
        const error = new Error("which must not count");
        if (errors.length % 2 === 0) throw error;
        return Promise.reject(error);
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
        const none = { waiting: 0, oldest: undefined, topics: [] };
        expect(await outbox.counts()).toEqual({ ...none, dead: 4 });
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

    test("keeps what is to be kept for longer than there are dates", async ({ db }) => {
      const days = 2 ** 31 - 1;
      await using outbox = createOutbox(db, { keepDeadDays: days, keepDoneDays: days });
      const long = new Date("1970-01-02T00:00:00Z");
      await db.insert(plinthInbox).values({ consumer: "points", eventId: "old", at: long });
      await outbox.clean();
      expect(await db.from(plinthInbox).count()).toBe(1);
    });

    outboxHandlingCases(test, expect);

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
