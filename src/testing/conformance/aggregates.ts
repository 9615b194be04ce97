import {
  avg,
  coalesce,
  count,
  countDistinct,
  eq,
  gt,
  isNotNull,
  max,
  min,
  sum,
} from "../../query/expression.ts";
import { asc, desc } from "../../query/order.ts";
import { sql } from "../../query/sql.ts";
import { table } from "../../schema/table.ts";
import { bigint, decimal, double, integer, text, timestamp, varchar } from "../../schema/types.ts";
import { failureOf, type Kit } from "./kit.ts";

const sales = table("sales", {
  id: integer().primaryKey(),
  shop: varchar({ length: 20 }),
  pieces: integer(),
  total: bigint(),
  safe: bigint({ mode: "number" }),
  price: decimal({ precision: 10, scale: 2 }),
  rate: double(),
  note: text(),
  at: timestamp(),
});

const at = (day: number): Date => new Date(Date.UTC(2026, 5, day));

const rows = [
  {
    id: 1,
    shop: "a",
    pieces: 1,
    total: 2n ** 60n,
    safe: 1,
    price: "0.10",
    rate: 0.5,
    note: "x",
    at: at(1),
  },
  {
    id: 2,
    shop: "a",
    pieces: 2,
    total: 1n,
    safe: 2,
    price: "0.20",
    rate: 1.5,
    note: "y",
    at: at(3),
  },
  {
    id: 3,
    shop: "b",
    pieces: 2,
    total: -5n,
    safe: 3,
    price: "-1.00",
    rate: -1,
    note: "B",
    at: at(2),
  },
  {
    id: 4,
    shop: "b",
    pieces: null,
    total: null,
    safe: null,
    price: null,
    rate: null,
    note: null,
    at: null,
  },
  {
    id: 5,
    shop: null,
    pieces: null,
    total: null,
    safe: null,
    price: null,
    rate: null,
    note: null,
    at: null,
  },
];

/** Groups and the functions over them. */
export function aggregateCases({ expect, group }: Kit): void {
  group("aggregates", { sales }, (test) => {
    test("take a table's columns along where its key is grouped by, and refuse others alike", async ({
      db,
    }) => {
      await db.insert(sales).values(rows);
      const byKey = db
        .select({ id: sales.id, note: sales.note, pieces: sum(sales.pieces) })
        .from(sales)
        .groupBy(sales.id)
        .orderBy(asc(sales.note), asc(sales.id))
        .limit(1)
        .offset(2);
      expect(await byKey).toEqual([{ id: 3, note: "B", pieces: 2 }]);

      const several = db
        .select({ shop: sales.shop, note: sales.note })
        .from(sales)
        .groupBy(sales.shop);
      expect(await failureOf(several)).toMatchObject({ code: "E_UNGROUPED" });
      const mixed = db.select({ note: sales.note, all: count() }).from(sales);
      expect(await failureOf(mixed)).toMatchObject({ code: "E_UNGROUPED" });
    });

    test("count rows, values and different values", async ({ db }) => {
      await db.insert(sales).values(rows);
      const counts = db
        .select({
          all: count(),
          known: count(sales.pieces),
          different: countDistinct(sales.pieces),
          shops: countDistinct(sales.shop),
        })
        .from(sales);
      expect(await counts).toEqual([{ all: 5, known: 3, different: 2, shops: 2 }]);
    });

    test("are of nothing where there are no rows", async ({ db }) => {
      const nothing = db
        .select({
          n: count(),
          s: sum(sales.pieces),
          b: sum(sales.total),
          d: sum(sales.price),
          r: sum(sales.rate),
          a: avg(sales.pieces),
          low: min(sales.note),
          high: max(sales.at),
        })
        .from(sales);
      expect(await nothing).toEqual([
        { n: 0, s: null, b: null, d: null, r: null, a: null, low: null, high: null },
      ]);
      expect(
        await db.select({ n: count(), shop: sales.shop }).from(sales).groupBy(sales.shop),
      ).toEqual([]);
    });

    test("sum exactly, in the type of what they sum", async ({ db }) => {
      await db.insert(sales).values(rows);
      const sums = db
        .select({
          pieces: sum(sales.pieces),
          total: sum(sales.total),
          safe: sum(sales.safe),
          price: sum(sales.price),
          rate: sum(sales.rate),
        })
        .from(sales);
      expect(await sums).toEqual([
        { pieces: 5, total: 2n ** 60n - 4n, safe: 6, price: "-0.70", rate: 1 },
      ]);
      const cents = Array.from({ length: 1_000 }, (_, id) => ({
        id: 100 + id,
        shop: "cents",
        price: "0.10",
        pieces: 2_147_483_647,
      }));
      await db.insert(sales).values(cents);
      const many = db
        .select({ price: sum(sales.price), pieces: sum(sales.pieces) })
        .from(sales)
        .where(eq(sales.shop, "cents"));
      expect(await many).toEqual([{ price: "100.00", pieces: 2_147_483_647_000 }]);
    });

    test("tell a sum that is beyond its type, and never wrap or round it", async ({ db }) => {
      await db.insert(sales).values([
        { id: 1, total: 2n ** 63n - 1n, safe: Number.MAX_SAFE_INTEGER },
        { id: 2, total: 2n ** 63n - 1n, safe: Number.MAX_SAFE_INTEGER },
      ]);
      const wide = db.select({ total: sum(sales.total) }).from(sales);
      expect(await failureOf(wide)).toMatchObject({ code: "E_OUT_OF_RANGE" });
      const safe = db.select({ safe: sum(sales.safe) }).from(sales);
      expect(await failureOf(safe)).toMatchObject({ code: "E_OUT_OF_RANGE" });
    });

    test("average as a floating-point number", async ({ db }) => {
      await db.insert(sales).values(rows);
      const averages = db
        .select({ pieces: avg(sales.pieces), price: avg(sales.price), rate: avg(sales.rate) })
        .from(sales)
        .where(eq(sales.shop, "a"));
      const [row] = await averages;
      expect(row?.pieces).toBe(1.5);
      expect(Math.abs(row!.price! - 0.15) < 1e-9).toBe(true);
      expect(row?.rate).toBe(1);
      const thirds = db
        .select({ third: avg(sales.safe) })
        .from(sales)
        .where(gt(sales.safe, 1));
      expect(await thirds).toEqual([{ third: 2.5 }]);
      const [third] = await db.select({ third: avg(sales.pieces) }).from(sales);
      expect(Math.abs(third!.third! - 5 / 3) < 1e-12).toBe(true);
    });

    test("give extremes in the type of what they compare", async ({ db }) => {
      await db.insert(sales).values(rows);
      const extremes = db
        .select({
          low: min(sales.price),
          high: max(sales.price),
          first: min(sales.at),
          last: max(sales.at),
          small: min(sales.total),
          big: max(sales.total),
          note: min(sales.note),
          rate: max(sales.rate),
          pieces: max(sales.pieces),
        })
        .from(sales);
      expect(await extremes).toEqual([
        {
          low: "-1.00",
          high: "0.20",
          first: at(1),
          last: at(3),
          small: -5n,
          big: 2n ** 60n,
          note: "B",
          rate: 1.5,
          pieces: 2,
        },
      ]);
    });

    test("of a fragment without a type give what it is", async ({ db }) => {
      await db.insert(sales).values(rows);
      const [row] = await db
        .select({
          last: max(sql<string>`lower(${sales.note})`),
          least: min(sql<number>`${sales.pieces} + ${1}`),
          given: coalesce(sql<number>`max(${sales.pieces})`, 0),
        })
        .from(sales);
      expect(row).toEqual({ last: "y", least: 2, given: 2 });
    });

    test("are grouped, filtered and ordered", async ({ db }) => {
      await db.insert(sales).values(rows);
      const shops = db
        .select({ shop: sales.shop, n: count(), pieces: sum(sales.pieces) })
        .from(sales)
        .groupBy(sales.shop);
      expect(await shops.orderBy(asc(sales.shop))).toEqual([
        { shop: null, n: 1, pieces: null },
        { shop: "a", n: 2, pieces: 3 },
        { shop: "b", n: 2, pieces: 2 },
      ]);
      expect(await shops.having(gt(sum(sales.pieces), 1)).orderBy(desc(sum(sales.pieces)))).toEqual(
        [
          { shop: "a", n: 2, pieces: 3 },
          { shop: "b", n: 2, pieces: 2 },
        ],
      );
      expect(await shops.having(gt(count(), 1)).where(isNotNull(sales.pieces))).toEqual([
        { shop: "a", n: 2, pieces: 3 },
      ]);
      expect(await shops.orderBy(desc(max(sales.price)), asc(sales.shop))).toEqual([
        { shop: "a", n: 2, pieces: 3 },
        { shop: "b", n: 2, pieces: 2 },
        { shop: null, n: 1, pieces: null },
      ]);
      const both = db
        .select({ shop: sales.shop, pieces: sales.pieces, n: count() })
        .from(sales)
        .groupBy(sales.shop, sales.pieces);
      expect((await both).length).toBe(5);
      expect(await shops.having(gt(sum(sales.price), "0.29")).orderBy(sales.shop)).toEqual([
        { shop: "a", n: 2, pieces: 3 },
      ]);
    });
  });
}
