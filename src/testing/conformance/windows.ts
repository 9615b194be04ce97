import type { Executor } from "../../query/client.ts";
import {
  and,
  avg,
  count,
  countDistinct,
  eq,
  gt,
  isNull,
  max,
  min,
  sum,
} from "../../query/expression.ts";
import { desc } from "../../query/order.ts";
import {
  caseWhen,
  denseRank,
  filter,
  firstValue,
  lag,
  lastValue,
  lead,
  over,
  rank,
  rowNumber,
} from "../../query/functions/window.ts";
import { table } from "../../schema/table.ts";
import { bigint, decimal, integer, uuid, varchar } from "../../schema/types.ts";
import { failureOf, type Kit } from "./kit.ts";

const sales = table("sales", {
  id: integer().primaryKey(),
  shop: varchar({ length: 10 }),
  amount: integer().notNull(),
  price: decimal({ precision: 8, scale: 2 }),
  views: bigint().notNull(),
  token: uuid().notNull(),
});

const token = (digit: number): string => `0000000${digit}-0000-4000-8000-000000000000`;

async function fill(db: Executor): Promise<void> {
  await db.insert(sales).values([
    { id: 1, shop: "a", amount: 10, price: "1.50", views: 1n, token: token(3) },
    { id: 2, shop: "a", amount: 30, price: null, views: 9_007_199_254_740_993n, token: token(2) },
    { id: 3, shop: "b", amount: 10, price: "2.25", views: 3n, token: token(1) },
    { id: 4, shop: null, amount: 30, price: "0.75", views: 4n, token: token(4) },
  ]);
}

/** Values by case, aggregates of some rows, functions over windows. */
export function windowCases({ expect, group }: Kit): void {
  group("cases and windows", { sales }, (test) => {
    test("give the value of the first condition that is true, in its own type", async ({ db }) => {
      await fill(db);
      const rows = await db
        .select({
          word: caseWhen(gt(sales.amount, 20), "much").when(eq(sales.shop, "a"), "of a").else("-"),
          number: caseWhen(gt(sales.amount, 20), 1.5).else(0),
          truth: caseWhen(isNull(sales.shop), true).else(false),
          exact: caseWhen(gt(sales.amount, 20), "0.10").else(sales.price),
          none: caseWhen(eq(sales.id, 1), sales.views),
          empty: caseWhen(eq(sales.id, 1), "x").else(null),
        })
        .from(sales)
        .orderBy(sales.id);
      expect(rows).toEqual([
        { word: "of a", number: 0, truth: false, exact: "1.50", none: 1n, empty: "x" },
        { word: "much", number: 1.5, truth: false, exact: "0.10", none: null, empty: null },
        { word: "-", number: 0, truth: false, exact: "2.25", none: null, empty: null },
        { word: "much", number: 1.5, truth: true, exact: "0.10", none: null, empty: null },
      ]);
      const flag = caseWhen(gt(sales.amount, 20), "big").else("small");
      expect(await db.from(sales).where(eq(flag, "big")).count()).toBe(2);
      const grouped = db.select({ flag, n: count() }).from(sales).groupBy(flag).orderBy(flag);
      expect(await grouped).toEqual([
        { flag: "big", n: 2 },
        { flag: "small", n: 2 },
      ]);
      const mixed = (): unknown => caseWhen(eq(sales.id, 1), sales.price).else(sales.amount);
      expect(await failureOf(mixed)).toMatchObject({ code: "E_INVALID_VALUE" });
    });

    test("take some rows only into an aggregate", async ({ db }) => {
      await fill(db);
      const ofA = eq(sales.shop, "a");
      const [row] = await db
        .select({
          all: count(),
          a: filter(count(), ofA),
          prices: filter(count(sales.price), ofA),
          kinds: filter(countDistinct(sales.amount), gt(sales.amount, 10)),
          total: filter(sum(sales.price), gt(sales.amount, 5)),
          views: filter(sum(sales.views), ofA),
          mean: filter(avg(sales.amount), ofA),
          least: filter(min(sales.token), ofA),
          none: filter(max(sales.amount), eq(sales.shop, "z")),
          zero: filter(count(), and(ofA, gt(sales.amount, 99))),
        })
        .from(sales);
      expect(row).toEqual({
        all: 4,
        a: 2,
        prices: 1,
        kinds: 1,
        total: "4.50",
        views: 9_007_199_254_740_994n,
        mean: 20,
        least: token(2),
        none: null,
        zero: 0,
      });
    });

    test("number and rank the rows of a window", async ({ db }) => {
      await fill(db);
      const byAmount = { orderBy: desc(sales.amount) };
      const rows = await db
        .select({
          id: sales.id,
          number: over(rowNumber(), { orderBy: [desc(sales.amount), sales.id] }),
          rank: over(rank(), byAmount),
          dense: over(denseRank(), byAmount),
          inShop: over(rowNumber(), { partitionBy: sales.shop, orderBy: sales.id }),
          byShop: over(rowNumber(), { orderBy: sales.shop }),
        })
        .from(sales)
        .orderBy(sales.id);
      expect(rows.map((row) => ({ ...row, byShop: undefined }))).toEqual([
        { id: 1, number: 3, rank: 3, dense: 2, inShop: 1, byShop: undefined },
        { id: 2, number: 1, rank: 1, dense: 1, inShop: 2, byShop: undefined },
        { id: 3, number: 4, rank: 3, dense: 2, inShop: 1, byShop: undefined },
        { id: 4, number: 2, rank: 1, dense: 1, inShop: 1, byShop: undefined },
      ]);
      // NULLs are smallest in a window, too.
      expect(rows[3]?.byShop).toBe(1);
    });

    test("sum, average and look around in a window", async ({ db }) => {
      await fill(db);
      const byId = { orderBy: sales.id };
      const rows = await db
        .select({
          running: over(sum(sales.price), byId),
          views: over(sum(sales.views), byId),
          mean: over(avg(sales.price), {}),
          pair: over(sum(sales.amount), {
            orderBy: sales.id,
            frame: { rows: ["1 preceding", "current row"] },
          }),
          before: over(lag(sales.price), byId),
          after: over(lead(sales.amount, 2), byId),
          first: over(firstValue(sales.token), byId),
          last: over(lastValue(sales.shop), {
            orderBy: sales.id,
            frame: { range: ["unbounded preceding", "unbounded following"] },
          }),
          least: over(min(sales.token), byId),
          rows: over(filter(count(), gt(sales.amount, 10)), byId),
        })
        .from(sales)
        .orderBy(sales.id);
      const shared = { mean: 1.5, first: token(3), last: null };
      expect(rows).toEqual([
        {
          ...shared,
          running: "1.50",
          views: 1n,
          pair: 10,
          before: null,
          after: 10,
          least: token(3),
          rows: 0,
        },
        {
          ...shared,
          running: "1.50",
          views: 9_007_199_254_740_994n,
          pair: 40,
          before: "1.50",
          after: 30,
          least: token(2),
          rows: 1,
        },
        {
          ...shared,
          running: "3.75",
          views: 9_007_199_254_740_997n,
          pair: 40,
          before: null,
          after: null,
          least: token(1),
          rows: 1,
        },
        {
          ...shared,
          running: "4.50",
          views: 9_007_199_254_741_001n,
          pair: 40,
          before: "2.25",
          after: null,
          least: token(1),
          rows: 2,
        },
      ]);
    });

    test.needing(
      (can) => can.distinctOn,
      "leave to distinctOn() the first row of each group",
      async ({ db }) => {
        await fill(db);
        const most = db
          .select({ shop: sales.shop, id: sales.id })
          .from(sales)
          .distinctOn(sales.shop)
          .orderBy(sales.shop, desc(sales.amount));
        expect(await most).toEqual([
          { shop: null, id: 4 },
          { shop: "a", id: 2 },
          { shop: "b", id: 3 },
        ]);
        expect(await most.count()).toBe(3);
      },
    );

    test("leave the first row of each group, by its number", async ({ db }) => {
      await fill(db);
      const place = over(rowNumber(), { partitionBy: sales.shop, orderBy: desc(sales.amount) });
      const numbered = db.select({ id: sales.id, place }).from(sales).as("numbered");
      const first = db.from(numbered).where(eq(numbered.place, 1)).orderBy(numbered.id);
      expect((await first).map((row) => row.id)).toEqual([2, 3, 4]);
    });

    test("are refused where they make no sense", async () => {
      const refused = { code: "E_INVALID_VALUE" };
      const bound = "1; drop table sales" as "current row";
      const frame = { rows: [bound, bound] } as const;
      expect(await failureOf(() => over(rowNumber(), { frame }))).toMatchObject(refused);
      expect(await failureOf(() => over(countDistinct(sales.shop), {}))).toMatchObject(refused);
      expect(await failureOf(() => over(sales.amount, {}))).toMatchObject(refused);
      expect(await failureOf(() => filter(sales.amount, isNull(sales.shop)))).toMatchObject(
        refused,
      );
      expect(await failureOf(() => lag(sales.amount, 0.5))).toMatchObject(refused);
    });
  });
}
