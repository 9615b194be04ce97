import { eq } from "../../query/expression.ts";
import { table } from "../../schema/table.ts";
import { integer, text } from "../../schema/types.ts";
import { failureOf, type Kit } from "./kit.ts";

const events = table("events", {
  id: integer().primaryKey(),
  name: text(),
  hits: integer().notNull().default(1),
});

interface NewEvent {
  id: number;
  name?: string | null;
  hits?: number;
}

/** Inserts of rows that come one after the other. */
export function insertStreamCases({ expect, group }: Kit): void {
  group("inserts of streams", { events }, (test) => {
    test("write all rows, whatever makes them", async ({ db }) => {
      async function* slowly(count: number): AsyncGenerator<NewEvent> {
        for (let id = 0; id < count; id++) {
          if (id % 500 === 0) await Promise.resolve();
          yield id % 3 === 0 ? { id } : { id, name: `n${id}`, hits: id };
        }
      }
      expect(await db.insert(events).stream(slowly(2_345))).toEqual({ affectedRows: 2_345 });
      const rows = await db.from(events).orderBy(events.id);
      expect(rows.length).toBe(2_345);
      expect(rows[3]).toEqual({ id: 3, name: null, hits: 1 });
      expect(rows[2_344]).toEqual({ id: 2_344, name: "n2344", hits: 2_344 });
      await db.delete(events).all();
      expect(await db.insert(events).stream(new Set([{ id: 1 }, { id: 2 }]))).toEqual({
        affectedRows: 2,
      });
      expect(await db.insert(events).stream([])).toEqual({ affectedRows: 0 });
      expect(await db.from(events).count()).toBe(2);
    });

    test("keep nothing when a row, or what makes the rows, fails", async ({ db }) => {
      const ends: string[] = [];
      function* failing(fail: () => NewEvent): Generator<NewEvent> {
        try {
          for (let id = 0; id < 1_500; id++) yield { id };
          yield fail();
          for (let id = 2_000; id < 10_000; id++) yield { id };
        } finally {
          ends.push("ended");
        }
      }
      const failures: (readonly [() => NewEvent, object])[] = [
        [() => ({ id: 7 }), { code: "E_UNIQUE_VIOLATION" }],
        [() => ({ id: 1_500, hits: "x" as never }), { code: "E_INVALID_VALUE" }],
        [() => ({ id: 1_500, hitz: 1 }) as NewEvent, { code: "E_UNKNOWN_COLUMN" }],
        [
          () => {
            throw new RangeError("the source broke");
          },
          { message: "the source broke" },
        ],
      ];
      for (const [fail, expected] of failures) {
        const error = await failureOf(db.insert(events).stream(failing(fail)));
        expect(error).toMatchObject(expected);
        expect(await db.from(events).count()).toBe(0);
      }
      expect(ends.length).toBe(failures.length);
    });

    test("read no further than they have written", async ({ db }) => {
      let made = 0;
      function* counted(): Generator<NewEvent> {
        for (; made < 5_000; made++) yield { id: made === 1_000 ? 1 : made };
      }
      expect(await failureOf(db.insert(events).stream(counted()))).toMatchObject({
        code: "E_UNIQUE_VIOLATION",
      });
      expect(made <= 1_600).toBe(true);
    });

    test("write long rows in statements that a server takes, a list of them too", async ({
      db,
    }) => {
      const name = "x".repeat(2 ** 20);
      const long = Array.from({ length: 20 }, (_, id) => ({ id, name }));
      expect(await db.insert(events).stream(long)).toEqual({ affectedRows: 20 });
      await db.delete(events).all();
      expect(await db.insert(events).values(long)).toEqual({ affectedRows: 20 });
      expect((await db.from(events).find(19))?.name).toBe(name);
    });

    test("are part of the transaction that is under way", async ({ db }) => {
      await db.transaction(async (tx) => {
        await tx.insert(events).values({ id: 9_999 });
        const clash = Array.from({ length: 600 }, (_, id) => ({ id: id === 599 ? 9_999 : id }));
        expect(await failureOf(tx.insert(events).stream(clash))).toMatchObject({
          code: "E_UNIQUE_VIOLATION",
        });
        expect(await tx.from(events).count()).toBe(1);
      });
      expect(await db.from(events).count()).toBe(1);
    });

    test("update or leave rows that exist", async ({ db }) => {
      await db.insert(events).values([
        { id: 1, name: "a" },
        { id: 2, name: "b" },
      ]);
      const rows = Array.from({ length: 1_000 }, (_, id) => ({ id, name: "new" }));
      const upsert = db.insert(events).stream(rows).comment("a */ stream").onConflict(events.id);
      expect(await upsert.update(["name"])).toEqual({ affectedRows: 1_000 });
      expect(await db.from(events).where(eq(events.name, "new")).count()).toBe(1_000);
      const more = Array.from({ length: 1_010 }, (_, id) => ({ id, name: "newer" }));
      const ignored = db.insert(events).stream(more).onConflict(events.id).ignore();
      expect(await ignored).toEqual({ affectedRows: 10 });
      expect(await failureOf(ignored)).toMatchObject({ code: "E_WRITE_TWICE" });
    });
  });
}
