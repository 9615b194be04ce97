import { uuidv7 } from "../../core/uuid.ts";
import { Leases } from "../../outbox/leases.ts";
import { createOutbox } from "../../outbox/outbox.ts";
import { plinthOutbox } from "../../outbox/tables.ts";
import type { OutboxEvent } from "../../outbox/topics.ts";
import { eq } from "../../query/expression.ts";
import { until, type DefineCase, type Expect } from "./kit.ts";
import { delivering, isEmpty, soon } from "./outbox-kit.ts";

/** How handlers are run: who has an entry, for how long, how many at a time, and what becomes of them at the end. */
export function outboxHandlingCases(test: DefineCase, expect: Expect): void {
  test("leases an entry to one, and hears nobody else", async ({ db }) => {
    const outbox = createOutbox(db);
    try {
      const id = await db.transaction(async (tx) => outbox.add(tx, "t", 1));
      const both = [new Leases(db, uuidv7()), new Leases(db, uuidv7())] as const;
      const [taken, other] = await Promise.all([
        both[0].take(["t"], 9, 60_000),
        both[1].take(["t"], 9, 60_000),
      ]);
      expect([...taken, ...other]).toMatchObject([{ id, topic: "t", attempt: 1 }]);
      const [first, second] = taken.length === 1 ? both : [both[1], both[0]];
      expect(await second.take(["t"], 9, 60_000)).toEqual([]);
      expect(await second.isAnyDue(["t"])).toBe(false);
      // As if its time were over.
      await db
        .update(plinthOutbox)
        .set({ dueAt: new Date(0) })
        .all();
      expect(await second.isAnyDue(["t"])).toBe(true);
      expect(await second.isAnyDue(["other"])).toBe(false);
      expect(await second.take(["t"], 9, 60_000)).toMatchObject([{ id, attempt: 2 }]);
      expect([...(await first.renew([id], 200))]).toEqual([]);
      expect(await first.delivered([id])).toBe(1);
      expect(await first.failed(id, "late", undefined)).toBe(false);
      await first.release([id]);
      expect([...(await second.renew([id, uuidv7()], 60_000))]).toEqual([id]);
      expect(await db.from(plinthOutbox)).toMatchObject([{ attempts: 2, deadAt: null }]);
      await second.release([id]);
      expect(await db.from(plinthOutbox)).toMatchObject([{ attempts: 1, lease: null }]);
      expect(await second.take(["t"], 9, 60_000)).toMatchObject([{ id, attempt: 2 }]);
      expect(await second.delivered([id])).toBe(0);
      expect(await isEmpty(db)).toBe(true);
    } finally {
      await outbox.close();
    }
  });

  test("renews the lease while a handler runs, and ends one whose time is over", async ({ db }) => {
    const attempts: number[] = [];
    const signals: AbortSignal[] = [];
    let againCount = 0;
    const handlers = {
      slow: async (_: null, { attempt, id }: OutboxEvent) => {
        attempts.push(attempt);
        const isRenewed = async (): Promise<boolean> => {
          const row = await db.from(plinthOutbox).find(id);
          return (row?.dueAt?.getTime() ?? Infinity) > Date.now() + 10_000;
        };
        await until(isRenewed);
        // Longer than it is held at first. Before that a machine that is busy elsewhere may have lost it.
        const begun = attempts.length;
        await new Promise((resolve) => setTimeout(resolve, 1_200));
        againCount += attempts.length - begun;
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
    const options = { handlers, leaseMs: 60_000, onError: () => undefined };
    await delivering(db, options, async (outbox) => {
      await db.transaction(async (tx) => outbox.add(tx, "slow", null));
      await db.transaction(async (tx) => outbox.add(tx, "endless", null));
      await until(async () => (await outbox.counts()).dead === 1);
      expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
      const [dead] = await outbox.dead();
      expect(dead!.lastError?.startsWith("TimeoutError: The handler of")).toBe(true);
      await until(async () => (await outbox.counts()).waiting === 0);
      // What the database has isn't known here yet.
      await until(() => outbox.stats().held === 0);
      expect([attempts[0], againCount]).toEqual([1, 0]);
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
}
