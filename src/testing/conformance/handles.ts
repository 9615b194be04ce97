import type { BegunTransaction } from "../../query/begun.ts";
import { table } from "../../schema/table.ts";
import { integer } from "../../schema/types.ts";
import { failureOf, type Kit } from "./kit.ts";

const marks = table("marks", { id: integer().primaryKey() });

/** Transactions that are ended by hand, and what follows a commit. */
export function handleCases({ expect, group }: Kit): void {
  group("transactions by hand", { marks }, (test) => {
    test("are committed by commit(), and their handle has ended then", async ({ db }) => {
      const tx = await db.begin();
      await tx.insert(marks).values({ id: 1 });
      await tx.transaction((inner) => inner.insert(marks).values({ id: 2 }));
      expect(await tx.from(marks).count()).toBe(2);
      await tx.commit();

      expect(await db.from(marks).count()).toBe(2);
      const uses = [
        () => tx.commit(),
        () => tx.from(marks),
        () => tx.transaction(async () => {}),
        () => tx.afterCommit(() => {}),
      ];
      for (const use of uses)
        expect(await failureOf(use)).toMatchObject({ code: "E_TRANSACTION_CLOSED" });
      await tx.rollback();
      expect(await db.from(marks).count()).toBe(2);
      expect(db.stats()).toMatchObject({ leased: 0, waiting: 0 });
    });

    test("are rolled back by rollback(), and where their block ends without a commit", async ({
      db,
    }) => {
      const tx = await db.begin({ isolation: "serializable" });
      await tx.insert(marks).values({ id: 1 });
      await Promise.all([tx.rollback(), tx.rollback()]);
      const stop = new Error("stop");
      // As `await using` does, which not every Node that Plinth runs on can read.
      const disposing = async (work: (own: BegunTransaction) => Promise<void>): Promise<void> => {
        const own = await db.begin();
        try {
          await work(own);
        } finally {
          await own[Symbol.asyncDispose]();
        }
      };
      const failed = disposing(async (own) => {
        await own.insert(marks).values({ id: 2 });
        throw stop;
      });
      expect((await failureOf(failed)) === stop).toBe(true);
      await disposing(async (own) => {
        await own.insert(marks).values({ id: 3 });
        await own.commit();
      });
      expect(await db.from(marks)).toEqual([{ id: 3 }]);
      expect(db.stats()).toMatchObject({ leased: 0, waiting: 0 });
    });

    test("end after timeoutMs, and can't be committed then", async ({ db }) => {
      const tx = await db.begin({ timeoutMs: 2_500 });
      await tx.insert(marks).values({ id: 1 });
      await new Promise((resolve) => setTimeout(resolve, 2_600));
      expect(await failureOf(() => tx.from(marks))).toMatchObject({ code: "E_TRANSACTION_CLOSED" });
      expect(await failureOf(tx.commit())).toMatchObject({ code: "E_TIMEOUT" });
      expect(await db.from(marks).count()).toBe(0);
      expect(db.stats()).toMatchObject({ leased: 0, waiting: 0 });
    });

    test("are refused by options that make no sense", async ({ db }) => {
      const refusal = { code: "E_INVALID_VALUE" };
      expect(await failureOf(db.begin({ timeoutMs: -1 }))).toMatchObject(refusal);
      expect(await failureOf(db.begin({ isolation: "x" as "serializable" }))).toMatchObject(
        refusal,
      );
      expect(db.stats()).toMatchObject({ leased: 0, waiting: 0 });
    });
  });

  group("what follows a commit", { marks }, (test) => {
    test("is done in its order, when the rows are there for all", async ({ db }) => {
      const seen: unknown[] = [];
      await db.transaction(async (tx) => {
        tx.afterCommit(async () => {
          await new Promise((resolve) => setTimeout(resolve, 5));
          seen.push(await db.from(marks).count());
          await db.insert(marks).values({ id: 9 });
        });
        await tx.insert(marks).values({ id: 1 });
        await tx.transaction(async (inner) => inner.afterCommit(() => seen.push("inner")));
        tx.afterCommit(() => seen.push("last"));
        expect(seen).toEqual([]);
      });
      expect(seen).toEqual([1, "inner", "last"]);
      expect(await db.from(marks).count()).toBe(2);
    });

    test("is not done when the transaction, or its savepoint, is rolled back", async ({ db }) => {
      const seen: string[] = [];
      const stop = new Error("stop");
      const failed = db.transaction(async (tx) => {
        tx.afterCommit(() => seen.push("rolled back"));
        throw stop;
      });
      await failureOf(failed);
      await db.transaction(async (tx) => {
        const inner = tx.transaction(async (savepoint) => {
          savepoint.afterCommit(() => seen.push("savepoint"));
          throw stop;
        });
        await failureOf(inner);
        tx.afterCommit(() => seen.push("committed"));
      });
      const tx = await db.begin();
      tx.afterCommit(() => seen.push("by hand"));
      await tx.commit();
      expect(seen).toEqual(["committed", "by hand"]);
    });

    test("doesn't undo the commit when it fails, and says so", async ({ db }) => {
      const seen: string[] = [];
      const stop = new Error("stop");
      let runs = 0;
      const failed = db.transaction(async (tx) => {
        runs++;
        await tx.insert(marks).values({ id: 1 });
        tx.afterCommit(() => Promise.reject(stop));
        tx.afterCommit(() => seen.push("done nevertheless"));
      });
      const error = await failureOf(failed);
      expect(error).toMatchObject({ code: "E_AFTER_COMMIT" });
      expect((error as { errors: unknown[] }).errors[0] === stop).toBe(true);
      expect([runs, seen, await db.from(marks).count()]).toEqual([1, ["done nevertheless"], 1]);
    });
  });
}
