import { createDatabaseQueue, databaseBackend } from "../../outbox/queue/queue.ts";
import { queueTables } from "../../outbox/queue/tables.ts";
import { defineSchema } from "../../schema/schema.ts";
import { table } from "../../schema/table.ts";
import { integer, text } from "../../schema/types.ts";
import type { NewJob } from "../../services/queue/backend.ts";
import { uuidv7 } from "../../core/uuid.ts";
import { failureOf, until, type Kit } from "./kit.ts";

const orders = table("orders", { id: integer().primaryKey(), title: text().notNull() });
const schema = defineSchema({ orders, ...queueTables });
const { plinthJobs } = queueTables;

interface Jobs {
  "order.paid": { id: number };
  other: null;
}

function job(name: string, options: Partial<NewJob> = {}): NewJob {
  const retries = { attempts: 3, backoffMs: 0, maxBackoffMs: 0 };
  return { id: uuidv7(), name, payload: "null", delayMs: 0, priority: 0, ...retries, ...options };
}

/** Jobs on the application's database. */
export function queueCases({ expect, group, schemaGroup }: Kit): void {
  schemaGroup("queue", schema, (test) => {
    test("does what was committed, and knows nothing of what was rolled back", async ({ db }) => {
      const queue = createDatabaseQueue<Jobs>(db);
      const ids: number[] = [];
      await db.transaction(async (tx) => {
        await tx.insert(orders).values({ id: 1, title: "one" });
        await queue.add("order.paid", { id: 1 }, { tx });
        const undone = tx.transaction(async (inner) => {
          await queue.add("order.paid", { id: 2 }, { tx: inner });
          throw new Error("undone");
        });
        await undone.catch(() => {});
      });
      const undone = db.transaction(async (tx) => {
        await queue.addMany([{ name: "order.paid", payload: { id: 3 } }], { tx });
        throw new Error("undone");
      });
      expect(await failureOf(undone)).toMatchObject({ message: "undone" });
      expect(await db.from(plinthJobs).count()).toBe(1);
      const worker = await queue.work("order.paid", ({ id }) => void ids.push(id));
      await until(async () => (await db.from(plinthJobs).count()) === 0);
      expect(ids).toEqual([1]);
      await worker.stop();
      await queue.close();
    });

    test("a job that is completed in a transaction is done exactly if that is committed", async ({
      db,
    }) => {
      const queue = createDatabaseQueue<Jobs>(db, {
        defaults: { backoff: { baseMs: 1, maxMs: 1 } },
      });
      const { id } = await queue.add("other", null);
      const worker = await queue.work("other", async (_, own) => {
        await db.transaction(async (tx) => {
          await tx.insert(orders).values({ id: own.attempt, title: "done" });
          await own.complete({ tx });
          if (own.attempt < 3) throw new Error("not yet");
        });
      });
      await until(async () => (await queue.get(id)) === undefined);
      expect((await db.from(orders)).map((order) => order.id)).toEqual([3]);
      await worker.stop();
      await queue.close();
    });

    test("hands out by priority and age, each delivery with a token that ends the one before", async ({
      db,
    }) => {
      const backend = databaseBackend(db);
      await backend.check();
      const added = [job("a"), job("b", { priority: 9 }), job("a"), job("c")];
      await backend.add(added);
      const [first, ...others] = await backend.claim(["a", "b"], 5, 60_000);
      expect([first!.id, ...others.map(({ id }) => id)]).toEqual([
        added[1]!.id,
        added[0]!.id,
        added[2]!.id,
      ]);
      expect(await backend.settle([{ ...first!, kind: "release" }])).toEqual([true]);
      const [again] = await backend.claim(["b"], 1, 60_000);
      expect([again!.attempt, again!.token > first!.token]).toEqual([1, true]);
      const late = { id: first!.id, token: first!.token };
      expect(await backend.settle([{ ...late, kind: "done" }])).toEqual([false]);
      expect(await backend.settle([{ ...late, kind: "dead", error: "x" }])).toEqual([false]);
      expect(await backend.renew([late, again!], 60_000)).toEqual([false, true]);
      const all = [again!, ...others].map((each) => ({ ...each, kind: "done" }) as const);
      expect(await backend.settle(all)).toEqual([true, true, true]);
      expect(await backend.counts()).toMatchObject({ waiting: 1, active: 0 });
    });

    test("a key is one job's, in one transaction as in several", async ({ db }) => {
      const queue = createDatabaseQueue<Jobs>(db);
      const added = await db.transaction(async (tx) => [
        await queue.add("other", null, { unique: "k", tx }),
        await queue.add("other", null, { unique: "k", tx }),
        await queue.add("order.paid", { id: 1 }, { unique: "k", tx }),
      ]);
      const [later] = await queue.addMany([{ name: "other", payload: null, unique: "k" }]);
      expect([...added, later!].map(({ isNew }) => isNew)).toEqual([true, false, true, false]);
      expect(new Set([added[0]!.id, added[1]!.id, later!.id]).size).toBe(1);
      await queue.close();
    });

    test("delays of any length are the database's", async ({ db }) => {
      const queue = createDatabaseQueue<Jobs>(db);
      for (const days of [1, 30, 30.25, 3_000, 18_000.5]) {
        const delayMs = days * 86_400_000;
        const { id } = await queue.add("other", null, { delayMs, ttlMs: 2 * delayMs });
        const found = await queue.get(id);
        const lateMs = found!.at.getTime() - found!.addedAt.getTime() - delayMs;
        // The server may read its clock for either of them, and be busy elsewhere in between.
        expect([Math.abs(lateMs) < 60_000, found!.state]).toEqual([true, "delayed"]);
      }
      await queue.close();
    });

    test("refuses another database's transaction, with nothing sent", async ({ db }) => {
      const queue = createDatabaseQueue<Jobs>(db);
      const tx = { ["~engine"]: {} } as never;
      expect(await failureOf(queue.add("other", null, { tx }))).toMatchObject({
        code: "E_INVALID_VALUE",
      });
      expect(await db.from(plinthJobs).count()).toBe(0);
      await queue.close();
    });
  });

  group("queue without tables", { orders }, (test) => {
    test("is refused at once, and told what to add", async ({ db }) => {
      const made = Promise.resolve().then(() => createDatabaseQueue(db));
      expect(await failureOf(made)).toMatchObject({ code: "E_SCHEMA" });
    });
  });
}
