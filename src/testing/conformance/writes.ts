import { and, eq, gt, inArray, isNull, lt, or } from "../../query/expression.ts";
import { sql } from "../../query/sql.ts";
import { alias, table } from "../../schema/table.ts";
import { integer, text, varchar } from "../../schema/types.ts";
import { failureOf, type Kit } from "./kit.ts";

const items = table("items", {
  id: integer().primaryKey(),
  name: text().notNull(),
  stock: integer().notNull().default(0),
  note: text(),
});

const places = table("places", {
  row: integer().primaryKey(),
  seat: varchar({ length: 5 }).primaryKey(),
  guest: text(),
});

const keyless = table("keyless", { a: integer(), b: text() });

const three = [
  { id: 1, name: "one", stock: 1, note: null },
  { id: 2, name: "two", stock: 2, note: "n" },
  { id: 3, name: "three", stock: 3, note: null },
];

/** Updates and deletes. */
export function writeCases({ expect, group }: Kit): void {
  group("updates and deletes", { items, places, keyless }, (test) => {
    test("hit the rows of their condition and tell how many", async ({ db }) => {
      await db.insert(items).values(three);
      expect(await db.update(items).set({ stock: 9 }).where(gt(items.id, 1))).toEqual({
        affectedRows: 2,
      });
      expect(await db.update(items).set({ stock: 9 }).where(gt(items.id, 1))).toEqual({
        affectedRows: 2,
      });
      expect(await db.update(items).set({ stock: 9 }).where(gt(items.id, 100))).toEqual({
        affectedRows: 0,
      });
      expect(await db.delete(items).where(eq(items.stock, 9))).toEqual({ affectedRows: 2 });
      expect(await db.from(items)).toEqual([three[0]]);
      expect(await db.update(items).set({ note: null, name: "all" }).all()).toEqual({
        affectedRows: 1,
      });
      expect(await db.delete(items).all()).toEqual({ affectedRows: 1 });
    });

    test("write what they name, whatever the write before named", async ({ db }) => {
      await db.insert(items).values({ id: 1, name: "one", stock: 5 });
      await db.insert(items).values({ name: "two", id: 2 });
      await db.insert(items).values([
        { id: 3, name: "three" },
        { stock: 7, name: "four", id: 4 },
        { id: 5, note: "n", name: "five" },
      ]);
      await db.insert(items).values({ id: 6, name: sql<string>`upper(${"six"})`, stock: 0 });
      await db.insert(items).values({ id: 7, name: "seven", stock: 1, note: null });
      await db.update(items).set({ stock: 8, note: "a" }).where(eq(items.id, 1));
      await db.update(items).set({ note: "b", stock: 9 }).where(eq(items.id, 2));
      await db.update(items).set({ note: "c" }).where(eq(items.id, 3));

      expect(await db.from(items).orderBy(items.id)).toEqual([
        { id: 1, name: "one", stock: 8, note: "a" },
        { id: 2, name: "two", stock: 9, note: "b" },
        { id: 3, name: "three", stock: 0, note: "c" },
        { id: 4, name: "four", stock: 7, note: null },
        { id: 5, name: "five", stock: 0, note: "n" },
        { id: 6, name: "SIX", stock: 0, note: null },
        { id: 7, name: "seven", stock: 1, note: null },
      ]);
      const missing = { id: 8, name: "eight", stock: undefined as unknown as number, note: "n" };
      expect(await failureOf(() => db.insert(items).values(missing))).toMatchObject({
        code: "E_INVALID_VALUE",
      });
    });

    test("compute with the row's own columns", async ({ db }) => {
      await db.insert(items).values(three);
      await db
        .update(items)
        .set({ stock: sql`${items.stock} * ${10}`, note: items.name })
        .where(lt(items.id, 3));
      expect(await db.from(items).orderBy(items.id)).toEqual([
        { ...three[0], stock: 10, note: "one" },
        { ...three[1], stock: 20, note: "two" },
        three[2],
      ]);
    });

    test("give back their rows as they are stored, or were", async ({ db }) => {
      await db.insert(items).values(three);
      const updated = await db
        .update(items)
        .set({ stock: sql`${items.stock} + ${1}` })
        .where(isNull(items.note))
        .returning();
      expect(updated.toSorted((a, b) => a.id - b.id)).toEqual([
        { ...three[0], stock: 2 },
        { ...three[2], stock: 4 },
      ]);
      const deleted = await db
        .delete(items)
        .where(inArray(items.id, [1, 3]))
        .returning({ id: items.id, twice: sql<number>`${items.stock} * ${2}`.as(integer()) });
      expect(deleted.toSorted((a, b) => a.id - b.id)).toEqual([
        { id: 1, twice: 4 },
        { id: 3, twice: 8 },
      ]);
      expect(await db.delete(items).where(eq(items.id, 77)).returning()).toEqual([]);
      expect(await db.from(items)).toEqual([three[1]]);
    });

    test("give back rows that no longer meet their condition", async ({ db }) => {
      await db.insert(items).values(three);
      const rows = await db
        .update(items)
        .set({ name: "changed" })
        .where(eq(items.name, "two"))
        .returning();
      expect(rows).toEqual([{ ...three[1], name: "changed" }]);
    });

    test("give back rows with a key of several columns", async ({ db }) => {
      await db.insert(places).values([
        { row: 1, seat: "a" },
        { row: 1, seat: "b" },
        { row: 2, seat: "a" },
      ]);
      const seated = await db
        .update(places)
        .set({ guest: "Ada" })
        .where(eq(places.row, 1))
        .returning();
      expect(seated.toSorted((a, b) => (a.seat < b.seat ? -1 : 1))).toEqual([
        { row: 1, seat: "a", guest: "Ada" },
        { row: 1, seat: "b", guest: "Ada" },
      ]);
      const gone = await db
        .delete(places)
        .where(eq(places.seat, "a"))
        .returning({ row: places.row });
      expect(gone.map(({ row }) => row).toSorted((one, other) => one - other)).toEqual([1, 2]);
    });

    test("give back many rows", async ({ db }) => {
      const ids = Array.from({ length: 3_000 }, (_, id) => id);
      await db.insert(items).values(ids.map((id) => ({ id, name: `n${id}` })));
      const rows = await db.update(items).set({ stock: 1 }).all().returning({ id: items.id });
      expect(rows.map(({ id }) => id).toSorted((a, b) => a - b)).toEqual(ids);
      expect((await db.delete(items).all().returning()).length).toBe(3_000);
    });

    test.needing(
      (can) => can.updateReturning,
      "give back an update's rows without a primary key",
      async ({ db }) => {
        await db.insert(keyless).values({ a: 1, b: "x" });
        expect(await db.update(keyless).set({ b: "y" }).all().returning()).toEqual([
          { a: 1, b: "y" },
        ]);
      },
    );

    test.needing(
      (can) => can.deleteReturning,
      "give back a delete's rows without a primary key",
      async ({ db }) => {
        await db.insert(keyless).values({ a: 1, b: "x" });
        expect(await db.delete(keyless).all().returning()).toEqual([{ a: 1, b: "x" }]);
      },
    );

    test.needing(
      (can) => can.updateReturning,
      "give back rows whose key they change",
      async ({ db }) => {
        await db.insert(items).values(three);
        const rows = await db
          .update(items)
          .set({ id: 30 })
          .where(eq(items.id, 3))
          .returning({ id: items.id });
        expect(rows).toEqual([{ id: 30 }]);
      },
    );

    test("run once, and awaiting them again throws", async ({ db }) => {
      await db.insert(items).values(three);
      const update = db
        .update(items)
        .set({ stock: sql`${items.stock} + 1` })
        .where(eq(items.id, 1));
      expect((await db.from(items).find(1))?.stock).toBe(1);
      await update;
      expect(await failureOf(update)).toMatchObject({ code: "E_WRITE_TWICE" });
      const removal = db.delete(items).where(eq(items.id, 2)).returning();
      expect((await removal).length).toBe(1);
      expect(await failureOf(removal)).toMatchObject({ code: "E_WRITE_TWICE" });
      expect((await db.from(items).find(1))?.stock).toBe(2);
    });

    test("run once also when they are awaited at the same time", async ({ db }) => {
      await db.insert(items).values(three);
      const update = db
        .update(items)
        .set({ stock: sql`${items.stock} + 1` })
        .where(eq(items.id, 1));
      const outcomes = await Promise.allSettled([update, update, update]);
      expect(outcomes.filter(({ status }) => status === "fulfilled").length).toBe(1);
      expect((await db.from(items).find(1))?.stock).toBe(2);
    });

    test("can't be awaited before they say which rows", async ({ db }) => {
      await db.insert(items).values(three);
      const unfinished: unknown[] = [
        db.delete(items),
        db.update(items),
        db.update(items).set({ stock: 0 }),
      ];
      for (const builder of unfinished) {
        // The types refuse it too, so it goes by way of `unknown`.
        const error = await failureOf(async () => await builder);
        expect(error).toMatchObject({ code: "E_UNFINISHED" });
      }
      expect(await db.from(items).orderBy(items.id)).toEqual(three);
    });

    test("refuse a condition that says nothing", async ({ db }) => {
      await db.insert(items).values(three);
      const empty = [
        undefined,
        and(),
        or(),
        and(undefined, undefined),
        or(and(undefined)),
        null,
        true,
        "1 = 1",
        1,
      ];
      for (const condition of empty as never[]) {
        expect(await failureOf(() => db.delete(items).where(condition))).toMatchObject({
          code: "E_NO_CONDITION",
        });
        expect(
          await failureOf(() => db.update(items).set({ stock: 0 }).where(condition)),
        ).toMatchObject({ code: "E_NO_CONDITION" });
      }
      expect(await db.from(items).orderBy(items.id)).toEqual(three);
    });

    test("refuse an update that sets nothing or undefined", async ({ db }) => {
      await db.insert(items).values(three);
      expect(await failureOf(() => db.update(items).set({}).all())).toMatchObject({
        code: "E_EMPTY_WRITE",
      });
      expect(
        await failureOf(() =>
          db
            .update(items)
            .set({ note: undefined as never })
            .all(),
        ),
      ).toMatchObject({ code: "E_INVALID_VALUE" });
    });

    test("refuse an alias and the columns of another table", async ({ db }) => {
      await db.insert(items).values(three);
      const other = alias(items, "other");
      expect(await failureOf(() => db.update(other))).toMatchObject({ code: "E_UNKNOWN_SOURCE" });
      expect(await failureOf(() => db.delete(other))).toMatchObject({ code: "E_UNKNOWN_SOURCE" });
      expect(await failureOf(() => db.insert(other))).toMatchObject({ code: "E_UNKNOWN_SOURCE" });
      expect(await failureOf(() => db.delete(items).where(eq(places.row, 1)))).toMatchObject({
        code: "E_UNKNOWN_SOURCE",
      });
      expect(await db.from(items).count()).toBe(3);
    });
  });
}
