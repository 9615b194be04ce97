import {
  and,
  avg,
  coalesce,
  count,
  eq,
  gt,
  inArray,
  lt,
  scalar,
  sum,
} from "../../query/expression.ts";
import { multiply } from "../../query/functions/arithmetic.ts";
import { sql } from "../../query/sql.ts";
import { uniqueIndex } from "../../schema/constraints.ts";
import { alias, table } from "../../schema/table.ts";
import { timestamps } from "../../schema/timestamps.ts";
import { integer, text, varchar } from "../../schema/types.ts";
import { failureOf, type Kit } from "./kit.ts";

const shops = table(
  "shops",
  {
    id: integer().primaryKey(),
    name: varchar({ length: 20 }).notNull(),
    city: text(),
    best: integer(),
  },
  (t) => [uniqueIndex().on(t.name)],
);
const wares = table("wares", {
  id: integer().primaryKey(),
  shopId: integer().notNull(),
  name: text().notNull(),
  price: integer().notNull(),
});
const logs = table("logs", { wareId: integer().notNull(), note: text(), ...timestamps() });

const fixtures = {
  shops: [
    { id: 1, name: "north", city: "Oslo", best: null },
    { id: 2, name: "south", city: null, best: null },
  ],
  wares: [
    { id: 1, shopId: 1, name: "pen", price: 1 },
    { id: 2, shopId: 1, name: "ink", price: 2 },
    { id: 3, shopId: 2, name: "pad", price: 3 },
    { id: 4, shopId: 9, name: "cup", price: 4 },
  ],
};

/** Updates and deletes that read other tables, or their own. */
export function joinedWriteCases({ expect, group }: Kit): void {
  group("writes that read other tables", { shops, wares, logs }, (test) => {
    test("set columns from those of a joined table", async ({ db }) => {
      await db.insert(shops).values(fixtures.shops);
      await db.insert(wares).values(fixtures.wares);
      const outcome = await db
        .update(wares)
        .set({ name: shops.name, price: sql`${wares.price} * 10 + ${shops.id}` })
        .innerJoin(shops, eq(shops.id, wares.shopId))
        .where(gt(wares.price, 1));
      expect(outcome).toEqual({ affectedRows: 2 });
      expect(await db.from(wares).orderBy(wares.id)).toEqual([
        fixtures.wares[0],
        { ...fixtures.wares[1], name: "north", price: 21 },
        { ...fixtures.wares[2], name: "south", price: 32 },
        fixtures.wares[3],
      ]);
    });

    test("join several tables, aliases and the table itself", async ({ db }) => {
      await db.insert(shops).values(fixtures.shops);
      await db.insert(wares).values(fixtures.wares);
      const other = alias(wares, "other");
      const home = alias(shops, "home");
      await db
        .update(wares)
        .set({ name: other.name, price: home.id })
        .innerJoin(other, eq(other.id, multiply(wares.id, 2)))
        .innerJoin(home, and(eq(home.name, "north"), eq(home.id, other.shopId)))
        .all();
      expect(await db.from(wares).orderBy(wares.id)).toEqual([
        { ...fixtures.wares[0], name: "ink", price: 1 },
        ...fixtures.wares.slice(1),
      ]);
    });

    test("join a query that is grouped", async ({ db }) => {
      await db.insert(shops).values(fixtures.shops);
      await db.insert(wares).values(fixtures.wares);
      const sums = db
        .select({ shopId: wares.shopId, total: sum(wares.price), n: count() })
        .from(wares)
        .where(gt(wares.price, 0))
        .groupBy(wares.shopId)
        .as("sums");
      const outcome = await db
        .update(shops)
        .set({ best: sql`${sums.total} + ${100}` })
        .innerJoin(sums, eq(sums.shopId, shops.id))
        .where(gt(sums.n, 1));
      expect(outcome).toEqual({ affectedRows: 1 });
      expect((await db.from(shops).orderBy(shops.id)).map(({ best }) => best)).toEqual([103, null]);
      // The same query under the table that is written.
      await db
        .update(wares)
        .set({ price: sums.n })
        .innerJoin(sums, eq(sums.shopId, wares.shopId))
        .all();
      expect((await db.from(wares).orderBy(wares.id)).map(({ price }) => price)).toEqual([
        2, 2, 1, 1,
      ]);
    });

    test("give back the rows that they wrote", async ({ db }) => {
      await db.insert(shops).values(fixtures.shops);
      await db.insert(wares).values(fixtures.wares);
      const updated = await db
        .update(wares)
        .set({ name: shops.name })
        .innerJoin(shops, eq(shops.id, wares.shopId))
        .where(eq(shops.name, "south"))
        .returning();
      expect(updated).toEqual([{ ...fixtures.wares[2], name: "south" }]);
      const deleted = await db
        .delete(wares)
        .innerJoin(shops, eq(shops.id, wares.shopId))
        .where(eq(shops.city, "Oslo"))
        .returning({ id: wares.id, label: wares.name });
      expect(deleted.toSorted((one, two) => one.id - two.id)).toEqual([
        { id: 1, label: "pen" },
        { id: 2, label: "ink" },
      ]);
      expect((await db.from(wares).orderBy(wares.id)).map(({ id }) => id)).toEqual([3, 4]);
    });

    test("delete a row once, however many rows it meets", async ({ db }) => {
      await db.insert(shops).values(fixtures.shops);
      await db.insert(wares).values(fixtures.wares);
      const outcome = await db
        .delete(shops)
        .innerJoin(wares, eq(wares.shopId, shops.id))
        .where(lt(wares.price, 3));
      expect(outcome).toEqual({ affectedRows: 1 });
      expect((await db.from(shops)).map(({ id }) => id)).toEqual([2]);
      expect(await db.delete(shops).innerJoin(wares, eq(wares.shopId, shops.id)).all()).toEqual({
        affectedRows: 1,
      });
      expect(await db.from(wares).count()).toBe(4);
    });

    test("delete rows of a table without a key", async ({ db }) => {
      await db.insert(wares).values(fixtures.wares);
      await db.insert(logs).values([{ wareId: 1 }, { wareId: 1, note: "x" }, { wareId: 3 }]);
      const cheap = alias(wares, "cheap");
      const outcome = await db
        .delete(logs)
        .innerJoin(cheap, eq(cheap.id, logs.wareId))
        .innerJoin(wares, eq(wares.shopId, cheap.shopId))
        .where(lt(cheap.price, 3));
      expect(outcome).toEqual({ affectedRows: 2 });
      expect((await db.from(logs)).map(({ wareId }) => wareId)).toEqual([3]);
    });

    test("keep the time of an update that joins", async ({ db }) => {
      const old = new Date("2001-01-01T00:00:00Z");
      await db.insert(wares).values(fixtures.wares);
      await db.insert(logs).values({ wareId: 1, createdAt: old, updatedAt: old });
      await db
        .update(logs)
        .set({ note: wares.name })
        .innerJoin(wares, eq(wares.id, logs.wareId))
        .all();
      const row = await db.from(logs).one();
      expect([row.note, row.createdAt, row.updatedAt > old]).toEqual(["pen", old, true]);
    });

    test("refuse an update by any one of several rows", async ({ db }) => {
      const other = alias(wares, "other");
      const cities = db
        .select({ city: shops.city, n: count() })
        .from(shops)
        .groupBy(shops.city, shops.name)
        .as("cities");
      const refused: (() => unknown)[] = [
        () =>
          db
            .update(shops)
            .set({ best: wares.id })
            .innerJoin(wares, eq(wares.shopId, shops.id))
            .all(),
        () =>
          db.update(wares).set({ price: shops.id }).innerJoin(shops, gt(shops.id, wares.id)).all(),
        () =>
          db
            .update(wares)
            .set({ price: shops.id })
            .innerJoin(shops, eq(shops.city, wares.name))
            .all(),
        // The key of one is given by the other, and the other way round.
        () =>
          db
            .update(shops)
            .set({ best: wares.id })
            .innerJoin(wares, eq(wares.id, other.shopId))
            .innerJoin(other, eq(other.id, wares.shopId))
            .all(),
        () =>
          db
            .update(shops)
            .set({ best: cities.n })
            .innerJoin(cities, eq(cities.city, shops.city))
            .all(),
      ];
      for (const write of refused)
        expect(await failureOf(write)).toMatchObject({ code: "E_SEVERAL_ROWS" });
    });

    test("refuse what they can't read or give back", async ({ db }) => {
      await db.insert(shops).values(fixtures.shops);
      await db.insert(wares).values(fixtures.wares);
      const joined = db.update(wares).set({ name: shops.name });
      expect(await failureOf(joined.where(eq(wares.id, 1)))).toMatchObject({
        code: "E_UNKNOWN_SOURCE",
      });
      const given = joined.innerJoin(shops, eq(shops.id, wares.shopId)).all();
      expect(await failureOf(given.returning({ city: shops.city }))).toMatchObject({
        code: "E_UNKNOWN_SOURCE",
      });
      expect(await failureOf(() => joined.innerJoin(shops, and()))).toMatchObject({
        code: "E_NO_CONDITION",
      });
      const first = db.with("first", db.select({ id: shops.id }).from(shops));
      expect(
        await failureOf(() => db.delete(wares).innerJoin(first, eq(first.id, wares.id))),
      ).toMatchObject({ code: "E_UNKNOWN_SOURCE" });
      expect(await db.from(wares).orderBy(wares.id)).toEqual(fixtures.wares);
    });

    test("read the table that they write in subqueries", async ({ db }) => {
      await db.insert(wares).values(fixtures.wares);
      const mean = db.select({ mean: avg(wares.price) }).from(wares);
      expect(await db.delete(wares).where(gt(wares.price, scalar(mean)))).toEqual({
        affectedRows: 2,
      });
      const others = alias(wares, "others");
      const most = db.select({ price: sum(others.price) }).from(others);
      await db
        .update(wares)
        .set({ price: coalesce(scalar(most), 0) })
        .where(eq(wares.id, 1));
      const dear = db.select({ id: others.id }).from(others).where(gt(others.price, 2));
      await db.update(wares).set({ name: "dear" }).where(inArray(wares.id, dear));
      expect(await db.from(wares).orderBy(wares.id)).toEqual([
        { ...fixtures.wares[0], price: 3, name: "dear" },
        fixtures.wares[1],
      ]);
    });

    test("bear a comment that no text breaks out of", async ({ db }) => {
      const hostile = "*/ delete from wares; /* \u0000 ? $1 :x \ud800 -- '\"`";
      await db.insert(wares).values(fixtures.wares[0]!).comment(hostile);
      await db.insert(wares).values(fixtures.wares.slice(1)).comment(hostile).returning();
      await db.update(wares).set({ price: 7 }).where(eq(wares.id, 1)).comment(hostile);
      await db.update(wares).set({ price: 8 }).where(eq(wares.id, 2)).returning().comment(hostile);
      await db.delete(wares).where(eq(wares.id, 3)).comment(hostile);
      await db.delete(wares).where(eq(wares.id, 4)).comment(hostile).returning();
      expect((await db.from(wares).orderBy(wares.id)).map(({ price }) => price)).toEqual([7, 8]);
      const write = db.delete(wares).all().comment("who asks */ for it");
      expect(write.toSql().text.startsWith("/* who asks  / for it */ delete")).toBe(true);
      expect(await failureOf(() => write.comment(1 as never))).toMatchObject({
        code: "E_INVALID_VALUE",
      });
    });

    test("give back their only row, or throw and write nothing", async ({ db }) => {
      const [first, second] = fixtures.wares;
      expect(await db.insert(wares).values(first!).returning().one()).toEqual(first);
      expect(await db.insert(wares).values([second!]).returning({ id: wares.id }).one()).toEqual({
        id: 2,
      });
      const none = db.update(wares).set({ price: 0 }).where(eq(wares.id, 99)).returning();
      expect(await failureOf(none.one())).toMatchObject({ code: "E_NOT_FOUND" });
      const all = db.update(wares).set({ price: 0 }).all().returning();
      expect(await failureOf(all.one())).toMatchObject({ code: "E_SEVERAL_ROWS" });
      expect(await failureOf(all.one())).toMatchObject({ code: "E_WRITE_TWICE" });
      expect(await db.from(wares).orderBy(wares.id)).toEqual([first, second]);
      await db.transaction(async (tx) => {
        const error = await failureOf(tx.delete(wares).all().returning().one());
        expect(error).toMatchObject({ code: "E_SEVERAL_ROWS" });
        expect(await tx.from(wares).count()).toBe(2);
      });
    });
  });
}
