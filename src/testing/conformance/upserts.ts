import { createTables } from "../../migrate/create-tables.ts";
import { add } from "../../query/functions/arithmetic.ts";
import { inserted } from "../../query/write/conflict.ts";
import { and, coalesce, eq, gt, isNull, lt } from "../../query/expression.ts";
import { sql } from "../../query/sql.ts";
import { uniqueIndex } from "../../schema/constraints.ts";
import { defineSchema } from "../../schema/schema.ts";
import { table } from "../../schema/table.ts";
import { timestamps } from "../../schema/timestamps.ts";
import { integer, text, timestamp, varchar } from "../../schema/types.ts";
import { failureOf, type Kit } from "./kit.ts";

const hits = table("hits", {
  page: varchar({ length: 20 }).primaryKey(),
  count: integer().notNull().default(1),
  last: integer().notNull().default(0),
  note: text(),
  ...timestamps(),
});

const members = table(
  "members",
  {
    id: integer().primaryKey().autoIncrement(),
    email: varchar({ length: 50 }).notNull(),
    name: text(),
    kind: varchar({ length: 10 }).notNull().default("x"),
    goneAt: timestamp(),
  },
  (t) => [
    uniqueIndex()
      .on(t.email)
      .where(and(isNull(t.goneAt), eq(t.kind, "it's"))),
  ],
);

const columns = { page: hits.page, count: hits.count, last: hits.last, note: hits.note };

/** Inserts that do something to rows that exist. */
export function upsertCases({ expect, group, alone }: Kit): void {
  group("inserts of rows that exist", { hits }, (test) => {
    test("compute with the row that is there and the new one", async ({ db }) => {
      const upsert = (page: string, count: number) =>
        db
          .insert(hits)
          .values({ page, count })
          .onConflict(hits.page)
          .update({ count: add(hits.count, inserted(hits.count)), note: "again" });
      expect(await upsert("a", 1)).toEqual({ affectedRows: 1 });
      expect(await upsert("a", 5)).toEqual({ affectedRows: 1 });
      expect(await upsert("b", 2)).toEqual({ affectedRows: 1 });
      expect(await db.select(columns).from(hits).orderBy(hits.page)).toEqual([
        { page: "a", count: 6, last: 0, note: "again" },
        { page: "b", count: 2, last: 0, note: null },
      ]);
    });

    test("read the row as it was, whatever they set before", async ({ db }) => {
      await db.insert(hits).values({ page: "a", count: 10, last: 3 });
      const many = [
        { page: "a", count: 1, last: 7 },
        { page: "b", count: 2, last: 8 },
      ];
      const outcome = await db
        .insert(hits)
        .values(many)
        .onConflict(hits.page)
        .update({
          count: sql`${hits.count} + ${hits.last} * 100 + ${inserted(hits.count)}`,
          last: inserted(hits.last),
          note: coalesce(hits.note, "none"),
        });
      expect(outcome).toEqual({ affectedRows: 2 });
      expect(await db.select(columns).from(hits).orderBy(hits.page)).toEqual([
        { page: "a", count: 311, last: 7, note: "none" },
        { page: "b", count: 2, last: 8, note: null },
      ]);
    });

    test("meet what rows in front of them wrote, as if each were an insert of its own", async ({
      db,
    }) => {
      await db.insert(hits).values({ page: "a", count: 1 });
      const rows = ["a", "b", "a", "c", "b", "b"].map((page) => ({ page, count: 10 }));
      const insert = () => db.insert(hits).values(rows).onConflict(hits.page);
      const more = { count: add(hits.count, inserted(hits.count)) };
      expect(await insert().update(more)).toEqual({ affectedRows: 6 });
      const counts = db.select({ page: hits.page, count: hits.count }).from(hits);
      expect(await counts.orderBy(hits.page)).toEqual([
        { page: "a", count: 21 },
        { page: "b", count: 30 },
        { page: "c", count: 10 },
      ]);
      const where = lt(hits.count, 25);
      expect(await insert().update(more, { where })).toEqual({ affectedRows: 2 });
      expect(await counts.orderBy(hits.page)).toEqual([
        { page: "a", count: 31 },
        { page: "b", count: 30 },
        { page: "c", count: 20 },
      ]);
    });

    test("leave rows alone that don't meet their condition, and don't count them", async ({
      db,
    }) => {
      await db.insert(hits).values([
        { page: "old", count: 1, last: 1 },
        { page: "new", count: 1, last: 9 },
        { page: "same", count: 1, last: 5 },
      ]);
      const rows = [
        { page: "old", count: 7, last: 5 },
        { page: "new", count: 7, last: 5 },
        { page: "same", count: 1, last: 5 },
        { page: "other", count: 7, last: 5 },
      ];
      const insert = () => db.insert(hits).values(rows).onConflict(hits.page);
      const where = lt(hits.last, inserted(hits.last));
      expect(await insert().update(["count", "last"], { where })).toEqual({ affectedRows: 2 });
      expect(await db.select(columns).from(hits).orderBy(hits.page)).toEqual([
        { page: "new", count: 1, last: 9, note: null },
        { page: "old", count: 7, last: 5, note: null },
        { page: "other", count: 7, last: 5, note: null },
        { page: "same", count: 1, last: 5, note: null },
      ]);
      // A condition that is NULL is not met, and what is set has no say in it.
      const noted = { where: gt(hits.note, "a") };
      expect(await insert().update({ last: 0, note: "b" }, noted)).toEqual({ affectedRows: 0 });
      const turned = { where: eq(hits.last, 5) };
      expect(await insert().update({ last: 6, count: 70 }, turned)).toEqual({ affectedRows: 3 });
      expect(
        await db
          .from(hits)
          .where(and(eq(hits.last, 6), eq(hits.count, 70)))
          .count(),
      ).toBe(3);
    });

    test("keep the time of the update, but not of rows that stay as they are", async ({ db }) => {
      const old = new Date("2001-01-01T00:00:00Z");
      const times = { createdAt: old, updatedAt: old };
      await db.insert(hits).values([
        { page: "a", ...times },
        { page: "b", last: 9, ...times },
      ]);
      await db
        .insert(hits)
        .values([{ page: "a" }, { page: "b" }])
        .onConflict(hits.page)
        .update({ count: 2 }, { where: lt(hits.last, 5) });
      const [a, b] = await db.from(hits).orderBy(hits.page);
      expect([a!.count, a!.createdAt, a!.updatedAt > old]).toEqual([2, old, true]);
      expect([b!.count, b!.createdAt, b!.updatedAt]).toEqual([1, old, old]);
    });

    test.needing(
      (can) => can.insertReturning,
      "give back the rows that they wrote",
      async ({ db }) => {
        await db.insert(hits).values([
          { page: "a", last: 1 },
          { page: "b", last: 9 },
        ]);
        const rows = [
          { page: "a", last: 5 },
          { page: "b", last: 5 },
          { page: "c", last: 5 },
        ];
        const stored = await db
          .insert(hits)
          .values(rows)
          .onConflict(hits.page)
          .update(["last"], { where: lt(hits.last, inserted(hits.last)) })
          .returning({ page: hits.page, last: hits.last });
        expect(stored.toSorted((one, two) => (one.page < two.page ? -1 : 1))).toEqual([
          { page: "a", last: 5 },
          { page: "c", last: 5 },
        ]);
      },
    );

    test("refuse what says nothing, and columns of others", async ({ db }) => {
      const conflict = () => db.insert(hits).values({ page: "a" }).onConflict(hits.page);
      const refused: (readonly [() => unknown, string])[] = [
        [() => conflict().update({}), "E_EMPTY_WRITE"],
        [() => conflict().update({ note: undefined as never }), "E_INVALID_VALUE"],
        [() => conflict().update({ nope: 1 } as never), "E_UNKNOWN_COLUMN"],
        [() => conflict().update(["count"], { where: and() }), "E_NO_CONDITION"],
        [() => conflict().update(["count"], { where: undefined as never }), "E_NO_CONDITION"],
        [() => inserted(sql`1` as never), "E_UNKNOWN_COLUMN"],
        [() => conflict().update({ note: inserted(members.name) }), "E_UNKNOWN_SOURCE"],
        [() => db.from(hits).where(eq(inserted(hits.count), 1)), "E_UNKNOWN_SOURCE"],
        [() => conflict().update({ count: "x" as never }), "E_INVALID_VALUE"],
      ];
      for (const [write, code] of refused)
        expect(await failureOf(async () => await write()), code).toMatchObject({ code });
      expect(await db.from(hits).count()).toBe(0);
    });
  });

  group("inserts by a key of a part of the rows", {}, (test) => {
    test.needing(
      (can) => can.partialIndexes,
      "repeat the condition of its index",
      async () => {
        await alone(async (db) => {
          await createTables(db, defineSchema({ members }));
          const kind = "it's";
          await db.insert(members).values([
            { email: "a", kind, name: "gone", goneAt: new Date(0) },
            { email: "a", kind, name: "old" },
          ]);
          const upsert = db.insert(members).values({ email: "a", kind, name: "new" });
          expect(await upsert.onConflict(members.email).update(["name"])).toEqual({
            affectedRows: 1,
          });
          const again = db.insert(members).values({ email: "a", kind, name: "newer" });
          expect(await again.onConflict(members.email).ignore()).toEqual({ affectedRows: 0 });
          const rows = await db.from(members).orderBy(members.id);
          expect(rows.map(({ name }) => name)).toEqual(["gone", "new"]);
        });
      },
    );
  });
}
