import type { IsolationLevel } from "../../dialect/dialect.ts";
import { eq } from "../../query/expression.ts";
import type { Executor, Transaction } from "../../query/client.ts";
import { sql } from "../../query/sql.ts";
import { table } from "../../schema/table.ts";
import { integer, text } from "../../schema/types.ts";
import { failureOf, outside, type Kit } from "./kit.ts";

const accounts = table("accounts", {
  id: integer().primaryKey(),
  balance: integer().notNull(),
  note: text(),
});

const balanceOf = async (db: Executor, id = 1): Promise<number | undefined> =>
  (await db.from(accounts).find(id))?.balance;

class Stop extends Error {}

/** What is done together, or not at all. */
export function transactionCases({ expect, group }: Kit): void {
  group("transactions", { accounts }, (test) => {
    test("commit when their work returns, and give what it gave", async ({ db }) => {
      const given = await db.transaction(async (tx) => {
        await tx.insert(accounts).values({ id: 1, balance: 5 });
        expect(await balanceOf(tx)).toBe(5);
        return { answer: 42 };
      });
      expect(given).toEqual({ answer: 42 });
      expect(await balanceOf(db)).toBe(5);
    });

    test("take a write or a query as their whole work, as both are promises", async ({ db }) => {
      const [row] = await db.transaction((tx) =>
        tx.insert(accounts).values({ id: 1, balance: 5 }).returning(),
      );
      expect(row).toEqual({ id: 1, balance: 5, note: null });
      expect(await db.transaction((tx) => tx.from(accounts))).toEqual([row]);

      let isSettled = false;
      const again = db.insert(accounts).values({ id: 1, balance: 6 });
      const code = await again
        .finally(() => {
          isSettled = true;
        })
        .then(
          () => "none",
          (error: unknown) => Reflect.get(Object(error), "code"),
        );
      expect([code, isSettled]).toEqual(["E_UNIQUE_VIOLATION", true]);
      expect(await db.from(accounts).catch(() => [])).toEqual([row]);
    });

    test("roll back when their work throws, with its own error", async ({ db }) => {
      await db.insert(accounts).values({ id: 1, balance: 5 });
      const stop = new Stop();
      const failed = db.transaction(async (tx) => {
        await tx.update(accounts).set({ balance: 0 }).all();
        await tx.insert(accounts).values({ id: 2, balance: 1 });
        throw stop;
      });
      expect((await failureOf(failed)) === stop).toBe(true);
      expect(await db.from(accounts)).toEqual([{ id: 1, balance: 5, note: null }]);
    });

    test("roll back when one of their statements fails and nobody catches it", async ({ db }) => {
      await db.insert(accounts).values({ id: 1, balance: 5 });
      const failed = db.transaction(async (tx) => {
        await tx.insert(accounts).values({ id: 2, balance: 1 });
        await tx.insert(accounts).values({ id: 1, balance: 1 });
      });
      expect(await failureOf(failed)).toMatchObject({ code: "E_UNIQUE_VIOLATION" });
      expect(await db.from(accounts).count()).toBe(1);
    });

    test("may fail before they have done anything", async ({ db }) => {
      const stop = new Stop();
      expect((await failureOf(db.transaction(() => Promise.reject(stop)))) === stop).toBe(true);
      expect(await db.transaction(async () => "nothing")).toBe("nothing");
      expect(db.stats().leased).toBe(0);
    });

    test("take along what was under way beside the statement that failed", async ({ db }) => {
      const stop = new Stop();
      const rows = Array.from({ length: 2_000 }, (_, id) => ({ id, balance: 1 }));
      const beside: ((tx: Transaction) => PromiseLike<unknown>)[] = [
        (tx) => tx.insert(accounts).values({ id: 1, balance: 1 }),
        (tx) => tx.insert(accounts).values(rows),
        (tx) => tx.insert(accounts).values(rows.slice(0, 3)).returning(),
        (tx) =>
          tx.transaction(async (inner) => {
            await inner.insert(accounts).values({ id: 1, balance: 1 });
            await inner.from(accounts);
            await inner.insert(accounts).values({ id: 2, balance: 1 });
          }),
      ];
      for (const work of beside) {
        for (const failing of [
          () => Promise.reject(stop),
          (tx: Transaction) => tx.transaction(() => Promise.reject(stop)),
        ]) {
          let done: Promise<unknown> | undefined;
          const failed = db.transaction(async (tx) => {
            const failure = failing(tx);
            done = Promise.allSettled([work(tx)]);
            await failure;
          });
          expect((await failureOf(failed)) === stop).toBe(true);
          await done;
          expect(await db.from(accounts).count()).toBe(0);
          expect(db.stats().leased).toBe(0);
        }
      }
    });

    test("are begun and ended by no SQL, which would leave others in them", async ({ db }) => {
      const texts = ["begin", " /* so */ START  TRANSACTION", "-- so\ncommit", "savepoint a"];
      for (const statement of texts) {
        const refusal = { code: "E_UNSUPPORTED" };
        expect(await failureOf(db.execute(sql.raw(statement)))).toMatchObject(refusal);
        const failed = db.transaction((tx) => tx.execute(sql.raw(statement)));
        expect(await failureOf(failed)).toMatchObject(refusal);
      }
    });

    test.needing(
      (can) => can.transactionalDdl,
      "undo changes of tables, or refuse them",
      async ({ db }) => {
        const stop = new Stop();
        const failed = db.transaction(async (tx) => {
          await tx.insert(accounts).values({ id: 1, balance: 1 });
          try {
            await tx.execute(sql`create table brief (id integer)`);
          } catch (error) {
            await tx.insert(accounts).values({ id: 2, balance: 1 });
            throw error;
          }
          throw stop;
        });
        const failure = await failureOf(failed);
        expect(await db.from(accounts).count()).toBe(0);
        if (failure !== stop) throw failure;
        expect(await failureOf(db.execute(sql`select * from brief`))).toMatchObject({
          code: "E_MISSING_TABLE",
        });
      },
    );

    test("may wait for what is asked beside them while a write waits for them", async ({ db }) => {
      await db.insert(accounts).values({ id: 1, balance: 0 });
      let write: Promise<unknown> | undefined;
      await db.transaction(async (tx) => {
        await tx.update(accounts).set({ balance: 1 }).where(eq(accounts.id, 1));
        const others = async (): Promise<void> => {
          write = Promise.resolve(
            db.update(accounts).set({ balance: 2 }).where(eq(accounts.id, 1)),
          );
          if (!db.can.concurrentWriters) return;
          const beside = await Promise.all([balanceOf(db), balanceOf(db), balanceOf(db)]);
          expect(beside).toEqual([0, 0, 0]);
        };
        await outside(others);
      });
      await write;
      expect(await balanceOf(db)).toBe(2);
    });

    test("take no isolation but those that there are", async ({ db }) => {
      const isolation = "serializable; drop table accounts" as IsolationLevel;
      const failed = db.transaction(async () => {}, { isolation });
      expect(await failureOf(failed)).toMatchObject({ code: "E_INVALID_VALUE" });
      expect(await db.from(accounts).count()).toBe(0);
    });

    test("may be nested: the inner one fails and the outer one goes on", async ({ db }) => {
      const stop = new Stop();
      await db.transaction(async (tx) => {
        await tx.insert(accounts).values({ id: 1, balance: 1 });
        const failed = tx.transaction(async (inner) => {
          await inner.insert(accounts).values({ id: 2, balance: 2 });
          await inner.update(accounts).set({ balance: 9 }).all();
          throw stop;
        });
        expect((await failureOf(failed)) === stop).toBe(true);
        expect(await balanceOf(tx)).toBe(1);
        const value = await tx.transaction(async (inner) => {
          await inner.insert(accounts).values({ id: 3, balance: 3 });
          return inner.transaction(async (innermost) => balanceOf(innermost, 3));
        });
        expect(value).toBe(3);
      });
      expect((await db.from(accounts).orderBy(accounts.id)).map((row) => row.id)).toEqual([1, 3]);
    });

    test("go on after a statement that failed in an inner one", async ({ db }) => {
      await db.transaction(async (tx) => {
        await tx.insert(accounts).values({ id: 1, balance: 1 });
        const twice = tx.transaction(async (inner) =>
          inner.insert(accounts).values({ id: 1, balance: 2 }),
        );
        expect(await failureOf(twice)).toMatchObject({ code: "E_UNIQUE_VIOLATION" });
        await tx.insert(accounts).values({ id: 2, balance: 2 });
      });
      expect(await db.from(accounts).count()).toBe(2);
    });

    test("undo what inner ones did when they fail themselves", async ({ db }) => {
      const failed = db.transaction(async (tx) => {
        await tx.transaction(async (inner) => inner.insert(accounts).values({ id: 1, balance: 1 }));
        throw new Stop();
      });
      await failureOf(failed);
      expect(await db.from(accounts).count()).toBe(0);
    });

    test("run inner ones that begin at the same time one after the other", async ({ db }) => {
      const seen: string[] = [];
      await db.transaction(async (tx) => {
        const outcomes = await Promise.allSettled(
          [1, 2, 3, 4].map((id) =>
            tx.transaction(async (inner) => {
              seen.push(`begin ${id}`);
              await inner.insert(accounts).values({ id, balance: id });
              await new Promise((resolve) => setTimeout(resolve, 2));
              seen.push(`end ${id}`);
              if (id % 2 === 0) throw new Stop();
            }),
          ),
        );
        expect(outcomes.map(({ status }) => status)).toEqual([
          "fulfilled",
          "rejected",
          "fulfilled",
          "rejected",
        ]);
      });
      expect(seen).toEqual([1, 2, 3, 4].flatMap((id) => [`begin ${id}`, `end ${id}`]));
      expect((await db.from(accounts).orderBy(accounts.id)).map((row) => row.id)).toEqual([1, 3]);
    });

    test("refuse their handle once they have ended", async ({ db }) => {
      let kept: Transaction | undefined;
      let inner: Transaction | undefined;
      await db.transaction(async (tx) => {
        kept = tx;
        await tx.transaction(async (nested) => {
          inner = nested;
        });
        const late = inner!.insert(accounts).values({ id: 1, balance: 1 });
        expect(await failureOf(late)).toMatchObject({ code: "E_TRANSACTION_CLOSED" });
      });
      const uses = [
        () => kept!.from(accounts),
        () => kept!.from(accounts).first(),
        () => kept!.insert(accounts).values({ id: 1, balance: 1 }),
        () => kept!.delete(accounts).all().returning(),
        () => kept!.execute(sql`select 1`),
        () => kept!.transaction(async () => 1),
      ];
      for (const use of uses)
        expect(await failureOf(use)).toMatchObject({ code: "E_TRANSACTION_CLOSED" });
      const failed = db.transaction(async (tx) => {
        kept = tx;
        throw new Stop();
      });
      await failureOf(failed);
      expect(await failureOf(() => kept!.from(accounts))).toMatchObject({
        code: "E_TRANSACTION_CLOSED",
      });
      expect(await db.from(accounts).count()).toBe(0);
    });

    test("that only read refuse to write, and see one state", async ({ db }) => {
      await db.insert(accounts).values({ id: 1, balance: 5 });
      const read = await db.transaction((tx) => balanceOf(tx), { readOnly: true });
      expect(read).toBe(5);
      const writes: ((tx: Transaction) => PromiseLike<unknown>)[] = [
        async (tx) => tx.insert(accounts).values({ id: 2, balance: 1 }),
        async (tx) => tx.update(accounts).set({ balance: 0 }).all(),
        (tx) => tx.delete(accounts).all(),
        (tx) => tx.execute(sql`delete from ${accounts}`),
      ];
      for (const write of writes) {
        const failed = db.transaction(
          async (tx) => {
            await write(tx);
          },
          { readOnly: true },
        );
        expect(await failureOf(failed)).toMatchObject({ code: "E_READ_ONLY" });
      }
      await db.insert(accounts).values({ id: 3, balance: 1 });
      expect((await db.from(accounts).orderBy(accounts.id)).map((row) => row.balance)).toEqual([
        5, 1,
      ]);
    });

    test("take every level of isolation", async ({ db }) => {
      const levels = [
        "read uncommitted",
        "read committed",
        "repeatable read",
        "serializable",
      ] as const;
      for (const [id, isolation] of levels.entries()) {
        await db.transaction(async (tx) => tx.insert(accounts).values({ id, balance: 1 }), {
          isolation,
        });
        const count = await db.transaction((tx) => tx.from(accounts).count(), {
          isolation,
          readOnly: true,
        });
        expect(count).toBe(id + 1);
      }
    });

    test("hide what they did from others until they commit", async ({ db, can }) => {
      await db.insert(accounts).values({ id: 1, balance: 5 });
      let beside: Promise<number | undefined> | undefined;
      const failed = db.transaction(async (tx) => {
        await tx.update(accounts).set({ balance: 6 }).all();
        beside = outside(() => balanceOf(db));
        // A database in this process may have to wait for the one writer; a server never does.
        if (!can.isEmbedded) expect(await beside).toBe(5);
        throw new Stop();
      });
      await failureOf(failed);
      expect(await beside).toBe(5);
      await db.transaction(async (tx) => tx.update(accounts).set({ balance: 7 }).all());
      expect(await balanceOf(db)).toBe(7);
    });

    test("that count one number up at the same time lose no step", async ({ db, can }) => {
      await db.insert(accounts).values({ id: 1, balance: 0 });
      const step = (tx: Transaction): PromiseLike<{ balance: number }[]> => {
        const query = tx.from(accounts).where(eq(accounts.id, 1));
        return can.rowLocks ? query.forUpdate() : query;
      };
      await Promise.all(
        Array.from({ length: 20 }, () =>
          db.transaction(async (tx) => {
            const [row] = await step(tx);
            await new Promise((resolve) => setTimeout(resolve, 1));
            await tx
              .update(accounts)
              .set({ balance: row!.balance + 1 })
              .where(eq(accounts.id, 1));
          }),
        ),
      );
      expect(await balanceOf(db)).toBe(20);
      expect(db.stats()).toMatchObject({ leased: 0, waiting: 0 });
    });

    test.needing(
      (can) => can.rowLocks,
      "hold the rows that they lock",
      async ({ db }) => {
        await db.insert(accounts).values({ id: 1, balance: 0 });
        let isDone = false;
        let other: Promise<number | undefined> | undefined;
        await db.transaction(async (tx) => {
          const locked = await tx.from(accounts).where(eq(accounts.id, 1)).forUpdate();
          expect(locked).toEqual([{ id: 1, balance: 0, note: null }]);
          const locksToo = async (second: Transaction): Promise<number | undefined> => {
            const [row] = await second.from(accounts).where(eq(accounts.id, 1)).forUpdate();
            isDone = true;
            return row?.balance;
          };
          other = outside(() => db.transaction(locksToo));
          await new Promise((resolve) => setTimeout(resolve, 50));
          expect(isDone).toBe(false);
          await tx.update(accounts).set({ balance: 1 }).all();
        });
        expect(await other).toBe(1);
      },
    );

    test.needing(
      (can) => can.rowLocks,
      "skip the rows that another one locks, or fail at once, or share them",
      async ({ db, can }) => {
        await db.insert(accounts).values([
          { id: 1, balance: 1 },
          { id: 2, balance: 2 },
        ]);
        const rows = (tx: Executor) => tx.from(accounts).orderBy(accounts.id);
        const ids = (found: { id: number }[]): number[] => found.map((row) => row.id);
        const both = (): unknown => rows(db).forUpdate({ noWait: true, skipLocked: true });
        expect(await failureOf(both)).toMatchObject({ code: "E_INVALID_VALUE" });
        if (!can.concurrentWriters) {
          // Nobody else locks anything meanwhile.
          const all = await db.transaction((tx) => rows(tx).forUpdate({ skipLocked: true }));
          expect(ids(all)).toEqual([1, 2]);
          return;
        }
        await db.transaction(async (tx) => {
          await tx.from(accounts).where(eq(accounts.id, 1)).forUpdate();
          await db.transaction(async (other) => {
            expect(ids(await rows(other).forUpdate({ skipLocked: true }))).toEqual([2]);
          });
          const failing = db.transaction((other) => rows(other).forUpdate({ noWait: true }));
          expect(await failureOf(failing)).toMatchObject({ code: "E_TIMEOUT" });
        });
        await db.transaction(async (tx) => {
          expect(ids(await rows(tx).forShare())).toEqual([1, 2]);
          await db.transaction(async (other) => {
            expect(ids(await rows(other).forShare())).toEqual([1, 2]);
            expect(ids(await rows(other).forUpdate({ skipLocked: true }))).toEqual([]);
          });
        });
      },
    );

    test("do several reads at once", async ({ db }) => {
      await db
        .insert(accounts)
        .values(Array.from({ length: 10 }, (_, id) => ({ id, balance: id })));
      const balances = await db.transaction((tx) =>
        Promise.all(Array.from({ length: 10 }, (_, id) => balanceOf(tx, id))),
      );
      expect(balances).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    });

    test("write many rows and read them back inside", async ({ db }) => {
      const rows = Array.from({ length: 2_000 }, (_, id) => ({ id, balance: id }));
      const failed = db.transaction(async (tx) => {
        await tx.insert(accounts).values(rows);
        expect((await tx.update(accounts).set({ note: "x" }).all().returning()).length).toBe(2_000);
        throw new Stop();
      });
      expect((await failureOf(failed)) instanceof Stop).toBe(true);
      expect(await db.from(accounts).count()).toBe(0);
    });
  });
}
