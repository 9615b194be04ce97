import { DbError } from "../../core/error.ts";
import { eq } from "../../query/expression.ts";
import type { Executor, Transaction } from "../../query/client.ts";
import { sql } from "../../query/sql.ts";
import { table } from "../../schema/table.ts";
import { integer } from "../../schema/types.ts";
import { failureOf, type Kit } from "./kit.ts";

const accounts = table("accounts", {
  id: integer().primaryKey(),
  balance: integer().notNull(),
});

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const add = async (tx: Executor, id: number, amount: number): Promise<void> => {
  const set = { balance: sql<number>`${accounts.balance} + ${amount}` };
  await tx.update(accounts).set(set).where(eq(accounts.id, id));
};

/** Lets nobody on before so many have come. */
function createGate(count: number): () => Promise<void> {
  let left = count;
  let open: () => void;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return () => {
    if (--left === 0) open();
    return opened;
  };
}

/** Transactions that are in one another's way, and those that take too long. */
export function conflictCases({ expect, group }: Kit): void {
  group("conflicts", { accounts }, (test) => {
    test("of transactions that wait for one another end, and both are done", async ({ db }) => {
      await db.insert(accounts).values([1, 2].map((id) => ({ id, balance: 0 })));
      const attempts: number[] = [];
      const gate = createGate(db.can.concurrentWriters ? 2 : 1);
      const cross = (first: number, second: number, amount: number): Promise<void> =>
        db.transaction(async (tx) => {
          attempts.push(tx.attempt);
          await add(tx, first, amount);
          await gate();
          await add(tx, second, amount);
        });
      await Promise.all([cross(1, 2, 1), cross(2, 1, 10)]);

      expect((await db.from(accounts)).map(({ balance }) => balance)).toEqual([11, 11]);
      expect(attempts.filter((attempt) => attempt === 1)).toEqual([1, 1]);
      // Whoever begins anew may be in the way once more, before the other one has come to its end.
      const isUnhindered = attempts.length === 2;
      expect(isUnhindered).toBe(!db.can.concurrentWriters);
    });

    test("of serializable increments lose none of them", async ({ db }) => {
      await db.insert(accounts).values({ id: 1, balance: 0 });
      const increment = (): Promise<void> =>
        db.transaction(
          async (tx) => {
            const { balance } = await tx.from(accounts).where(eq(accounts.id, 1)).one();
            await tx
              .update(accounts)
              .set({ balance: balance + 1 })
              .where(eq(accounts.id, 1));
          },
          { isolation: "serializable", retries: 100 },
        );
      const worker = async (): Promise<void> => {
        for (let step = 0; step < 10; step++) await increment();
      };
      await Promise.all(Array.from({ length: 8 }, worker));
      expect((await db.from(accounts).one()).balance).toBe(80);
    });

    test("that a callback swallows are no commit, in a savepoint neither", async ({ db }) => {
      await db.insert(accounts).values([1, 2].map((id) => ({ id, balance: 0 })));
      const gate = createGate(db.can.concurrentWriters ? 2 : 1);
      const later: unknown[] = [];
      const cross = (first: number, second: number, amount: number): Promise<void> =>
        db.transaction(async (tx) => {
          await add(tx, first, amount);
          await gate();
          await tx.transaction((inner) => add(inner, second, amount)).catch(() => {});
          await tx.transaction(async () => {}).catch((error) => later.push(error));
        });
      await Promise.all([cross(1, 2, 1), cross(2, 1, 10)]);
      expect((await db.from(accounts)).map(({ balance }) => balance)).toEqual([11, 11]);
      expect(later.filter((error) => !(error instanceof DbError))).toEqual([]);
    });

    test("leave no transaction longer than it may take", async ({ db }) => {
      await db.insert(accounts).values({ id: 1, balance: 0 });
      let end: (() => void) | undefined;
      let kept: Transaction | undefined;
      const holder = db.transaction(async (tx) => {
        await add(tx, 1, 1);
        await new Promise<void>((resolve) => (end = resolve));
      });
      while (end === undefined) await pause(1);
      const late = db.transaction((tx) => add(tx, 1, 10), { timeoutMs: 100 });
      expect(await failureOf(late)).toMatchObject({ code: "E_TIMEOUT" });
      end();
      await holder;

      const endless = (): Promise<unknown> =>
        failureOf(
          db.transaction(
            async (tx) => {
              kept = tx;
              await add(tx, 1, 10);
              await new Promise(() => {});
            },
            { timeoutMs: 100 },
          ),
        );
      // On a busy machine the time may be over before it has begun.
      while (kept === undefined) expect(await endless()).toMatchObject({ code: "E_TIMEOUT" });
      expect(await failureOf(() => kept!.from(accounts))).toMatchObject({
        code: "E_TRANSACTION_CLOSED",
      });
      await db.transaction((tx) => add(tx, 1, 100), { timeoutMs: 10_000 });
      expect((await db.from(accounts).one()).balance).toBe(101);
      expect(db.stats()).toMatchObject({ leased: 0, waiting: 0 });
    });

    test("end with a signal that its owner aborts", async ({ db }) => {
      await db.insert(accounts).values({ id: 1, balance: 0 });
      const controller = new AbortController();
      const failed = db.transaction(
        async (tx) => {
          await add(tx, 1, 1);
          controller.abort();
          await pause(1_000);
        },
        { signal: controller.signal },
      );
      expect(await failureOf(failed)).toMatchObject({ code: "E_CANCELLED" });
      const again = db.transaction((tx) => add(tx, 1, 1), { signal: controller.signal });
      expect(await failureOf(again)).toMatchObject({ code: "E_CANCELLED" });
      expect((await db.from(accounts).one()).balance).toBe(0);
    });

    test("are settled by the outermost transaction, whose options are no savepoint's", async ({
      db,
    }) => {
      const isolation = "serializable";
      await db.transaction(
        async (tx) => {
          expect(tx.attempt).toBe(1);
          await tx.transaction(async (inner) => expect(inner.attempt).toBe(1), { isolation });
          for (const options of [
            { isolation: "read committed" },
            { readOnly: true },
            { timeoutMs: 5 },
          ] as const) {
            const nested = tx.transaction(async () => {}, options);
            expect(await failureOf(nested)).toMatchObject({ code: "E_INVALID_VALUE" });
          }
        },
        { isolation },
      );
    });
  });
}
