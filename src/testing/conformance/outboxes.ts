import { createOutbox, type Outbox, type OutboxOptions } from "../../outbox/outbox.ts";
import { outboxTables } from "../../outbox/tables.ts";
import type { OutboxEvent } from "../../outbox/topics.ts";
import type { Database } from "../../query/database.ts";
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
      const onError: OutboxOptions<object>["onError"] = (_, event) => errors.push(event?.isDead);
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

    test("refuses what it can't keep, before anything is sent", async ({ db }) => {
      await db.transaction(async (tx) => {
        const durable = (): string => tx.afterCommit({ durable: true, topic: "t" });
        expect(await failureOf(durable)).toMatchObject({ code: "E_CONFIG" });
      });
      await using outbox = createOutbox(db);
      expect(await failureOf(() => void createOutbox(db))).toMatchObject({ code: "E_CONFIG" });
      await db.transaction(async (tx) => {
        for (const topic of ["", "x".repeat(201), "plinth:t"])
          expect(await failureOf(() => outbox.add(tx, topic, 1))).toMatchObject({
            code: "E_INVALID_VALUE",
          });
        const odd = (): string => outbox.add(tx, "t", () => 1);
        expect(await failureOf(odd)).toMatchObject({ code: "E_INVALID_VALUE" });
      });
      const ended = await db.transaction(async (tx) => tx);
      expect(await failureOf(() => outbox.add(ended, "t", 1))).toMatchObject({
        code: "E_TRANSACTION_CLOSED",
      });
      const zero = { pollMs: 0 };
      expect(await failureOf(() => void createOutbox(db, zero))).toMatchObject({
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
