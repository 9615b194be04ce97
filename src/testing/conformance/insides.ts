import { createTables } from "../../migrate/create-tables.ts";
import { defineSchema } from "../../schema/schema.ts";
import { table } from "../../schema/table.ts";
import { integer } from "../../schema/types.ts";
import { failureOf, type Kit } from "./kit.ts";

const marks = table("marks", { id: integer().primaryKey() });

/** `db` inside the callback of a transaction. */
export function insideCases({ expect, group, alone }: Kit): void {
  group("db inside a transaction", { marks }, (test) => {
    test("never waits for the transaction that waits for it", async ({ db, can }) => {
      const startMs = performance.now();
      await db.transaction(async (tx) => {
        await tx.insert(marks).values({ id: 1 });
        const uses = [
          () => db.insert(marks).values({ id: 2 }),
          () => db.transaction((other) => other.insert(marks).values({ id: 3 })),
          () => tx.transaction(async () => db.insert(marks).values({ id: 4 })),
          () =>
            tx.transaction(() => db.withLock("a", async () => db.insert(marks).values({ id: 6 }))),
        ];
        for (const use of uses) {
          if (can.concurrentWriters) await use();
          else expect(await failureOf(use)).toMatchObject({ code: "E_SELF_WAIT" });
        }
      });
      expect(performance.now() - startMs < 20_000).toBe(true);
      expect(await db.from(marks).count()).toBe(can.concurrentWriters ? 5 : 1);
      await db.insert(marks).values({ id: 5 });
    });
  });

  group("ambient transactions", {}, (test) => {
    const settings = { ambientTransactions: true };
    const stop = new Error("stop");

    test("take along what db does inside their callback, however deep", async () => {
      await alone(async (db) => {
        await createTables(db, defineSchema({ marks }));
        await db.insert(marks).values({ id: 0 });
        const deep = async (id: number): Promise<void> => {
          await new Promise((resolve) => setTimeout(resolve, 1));
          await db.insert(marks).values({ id });
        };
        const failed = db.transaction(async (tx) => {
          await deep(1);
          expect(await tx.from(marks).count()).toBe(2);
          throw stop;
        });
        expect((await failureOf(failed)) === stop).toBe(true);
        expect(await db.from(marks).count()).toBe(1);
        await db.transaction(async () => {
          await deep(2);
          const inner = db.transaction(async () => {
            await deep(3);
            throw stop;
          });
          await failureOf(inner);
          await Promise.all([deep(4), deep(5)]);
          expect(await db.from(marks).count()).toBe(4);
        });
        expect((await db.from(marks).orderBy(marks.id)).map(({ id }) => id)).toEqual([0, 2, 4, 5]);
      }, settings);
    });

    test("keep apart what runs at the same time, and refuse what outlives them", async () => {
      await alone(async (db) => {
        await createTables(db, defineSchema({ marks }));
        await Promise.all(
          [1, 2, 3, 4].map((id) =>
            db
              .transaction(async () => {
                await db.insert(marks).values({ id });
                await new Promise((resolve) => setTimeout(resolve, 2));
                if (id % 2 === 0) throw stop;
              })
              .catch(() => {}),
          ),
        );
        expect((await db.from(marks).orderBy(marks.id)).map(({ id }) => id)).toEqual([1, 3]);
        let late: Promise<unknown> | undefined;
        const isOver = Promise.withResolvers<void>();
        await db.transaction(async (tx) => {
          await tx.from(marks);
          late = (async () => {
            await isOver.promise;
            await db.insert(marks).values({ id: 9 });
          })();
          late.catch(() => {});
          tx.afterCommit(() =>
            db
              .insert(marks)
              .values({ id: 5 })
              .then(() => {}),
          );
        });
        isOver.resolve();
        expect(await failureOf(late!)).toMatchObject({ code: "E_TRANSACTION_CLOSED" });
        expect(await db.from(marks).count()).toBe(3);
      }, settings);
    });
  });
}
