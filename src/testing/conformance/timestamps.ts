import { add } from "../../query/functions/arithmetic.ts";
import { eq, gt, lt } from "../../query/expression.ts";
import { sql } from "../../query/sql.ts";
import { inserted } from "../../query/write/conflict.ts";
import { table } from "../../schema/table.ts";
import { timestamps } from "../../schema/timestamps.ts";
import { integer, text } from "../../schema/types.ts";
import type { Kit } from "./kit.ts";

const docs = table("docs", { id: integer().primaryKey(), title: text(), ...timestamps() });

const logs = table("logs", {
  id: integer().primaryKey(),
  title: text(),
  ...timestamps({ created: "writtenAt", updated: false }),
});

const marks = table("marks", {
  id: integer().primaryKey(),
  title: text(),
  ...timestamps({ created: false, updated: "touchedAt", nullable: true, precision: 6 }),
});

const LONG_AGO = new Date("2001-02-03T04:05:06.789Z");
const old = { createdAt: LONG_AGO, updatedAt: LONG_AGO };

/** Columns that tell when a row was made, and when it was updated. */
export function timestampCases({ expect, group }: Kit): void {
  const isNow = (at: Date | null | undefined): boolean =>
    Math.abs((at?.getTime() ?? 0) - Date.now()) < 60_000;

  group("timestamps", { docs, logs, marks }, (test) => {
    test("are made by the database, for rows of other programs too", async ({ db }) => {
      await db.insert(docs).values({ id: 1 });
      await db.execute(sql`insert into ${docs} (id) values (2)`);
      for (const row of await db.from(docs)) {
        expect(isNow(row.createdAt), String(row.id)).toBe(true);
        expect(row.updatedAt).toEqual(row.createdAt);
      }
    });

    test("are kept by every update, but for the time of the insert", async ({ db }) => {
      await db.insert(docs).values([1, 2, 3].map((id) => ({ id, ...old })));
      await db.update(docs).set({ title: "a" }).where(eq(docs.id, 1));
      const [second] = await db
        .update(docs)
        .set({ title: sql`coalesce(${docs.title}, 'b')` })
        .where(eq(docs.id, 2))
        .returning();
      expect([second?.title, isNow(second?.updatedAt)]).toEqual(["b", true]);
      const rows = await db.from(docs).orderBy(docs.id);
      expect(rows.map(({ createdAt }) => createdAt)).toEqual([LONG_AGO, LONG_AGO, LONG_AGO]);
      expect(rows.map(({ updatedAt }) => isNow(updatedAt))).toEqual([true, true, false]);
    });

    test("are what an update or an insert sets, where it does", async ({ db }) => {
      const at = new Date("2010-01-01T00:00:00.000Z");
      await db.insert(docs).values({ id: 1, ...old });
      await db.update(docs).set({ title: "a", updatedAt: at }).all();
      expect(await db.from(docs).find(1)).toEqual({
        id: 1,
        title: "a",
        createdAt: LONG_AGO,
        updatedAt: at,
      });
    });

    test("are kept by an insert that updates, and not by one that leaves the row alone", async ({
      db,
    }) => {
      await db.insert(docs).values([
        { id: 1, ...old },
        { id: 2, ...old },
      ]);
      const again = [
        { id: 1, title: "new" },
        { id: 3, title: "new" },
      ];
      await db.insert(docs).values(again).onConflict(docs.id).update(["title"]);
      await db.insert(docs).values({ id: 2, title: "new" }).onConflict(docs.id).ignore();
      const rows = await db.from(docs).orderBy(docs.id);
      expect(rows.map(({ title }) => title)).toEqual(["new", null, "new"]);
      expect(rows.map(({ createdAt }) => isNow(createdAt))).toEqual([false, false, true]);
      expect(rows.map(({ updatedAt }) => isNow(updatedAt))).toEqual([true, false, true]);

      const at = new Date("2010-01-01T00:00:00.000Z");
      await db.insert(docs).values({ id: 2, updatedAt: at }).onConflict(docs.id).update(["title"]);
      expect((await db.from(docs).find(2))?.updatedAt).toEqual(at);
    });

    test("are kept by inserts from queries and streams, joins, and updates of many rows", async ({
      db,
    }) => {
      await db.insert(docs).values([1, 2, 3].map((id) => ({ id, ...old })));
      await db
        .insert(docs)
        .select(db.select({ id: add(docs.id, 10), title: docs.title }).from(docs));
      await db.insert(docs).stream([{ id: 20 }]);
      const made = await db.from(docs).where(gt(docs.id, 10));
      expect(made.map(({ createdAt }) => isNow(createdAt))).toEqual([true, true, true, true]);
      expect(made.map(({ updatedAt }) => isNow(updatedAt))).toEqual([true, true, true, true]);

      await db.insert(logs).values({ id: 1, title: "log" });
      const joined = db.update(docs).set({ title: sql<string>`${logs.title}` });
      await joined.innerJoin(logs, eq(logs.id, docs.id)).all();
      await db.updateMany(docs, [{ id: 2, title: "many" }]);
      await db
        .insert(docs)
        .stream([{ id: 3, title: "stream" }])
        .onConflict(docs.id)
        .update({ title: inserted(docs.title) });
      const rows = await db.from(docs).where(lt(docs.id, 10)).orderBy(docs.id);
      expect(rows.map(({ title }) => title)).toEqual(["log", "many", "stream"]);
      expect(rows.map(({ createdAt }) => createdAt)).toEqual([LONG_AGO, LONG_AGO, LONG_AGO]);
      expect(rows.map(({ updatedAt }) => isNow(updatedAt))).toEqual([true, true, true]);
    });

    test("may be one alone, have another name, and be NULL", async ({ db }) => {
      await db.insert(logs).values({ id: 1, writtenAt: LONG_AGO });
      await db.update(logs).set({ title: "a" }).all();
      expect(await db.from(logs)).toEqual([{ id: 1, title: "a", writtenAt: LONG_AGO }]);

      await db.insert(marks).values([{ id: 1, touchedAt: null }, { id: 2 }]);
      expect((await db.from(marks).find(1))?.touchedAt).toBe(null);
      await db.update(marks).set({ title: "a" }).where(eq(marks.id, 1));
      const rows = await db.from(marks).where(gt(marks.touchedAt, LONG_AGO));
      expect(rows.map(({ touchedAt }) => isNow(touchedAt))).toEqual([true, true]);
    });

    test("are the database's time, to the column's precision", async ({ db }) => {
      await db.insert(docs).values({ id: 1, ...old });
      await db.update(docs).set({ title: "a" }).all();
      await db.insert(docs).values({ id: 2 });
      const [first, second] = await db.from(docs).orderBy(docs.id);
      expect(first!.updatedAt.getTime() <= second!.createdAt.getTime()).toBe(true);
      const found = await db.from(docs).where(eq(docs.updatedAt, first!.updatedAt));
      expect(found.some(({ id }) => id === 1)).toBe(true);
    });
  });
}
