import { add, multiply, subtract } from "../../query/functions/arithmetic.ts";
import { coalesce, eq, gt, sum } from "../../query/expression.ts";
import { sql } from "../../query/sql.ts";
import { caseWhen } from "../../query/functions/window.ts";
import { table } from "../../schema/table.ts";
import { bigint, decimal, double, integer } from "../../schema/types.ts";
import { failureOf, type Kit } from "./kit.ts";

const purses = table("purses", {
  id: integer().primaryKey(),
  balance: decimal({ precision: 10, scale: 2 }).notNull(),
  credits: integer().notNull(),
  total: bigint(),
  rate: double(),
});

/** Computing with columns: exact, whatever the database keeps a decimal as. */
export function arithmeticCases({ expect, group }: Kit): void {
  group("arithmetic", { purses }, (test) => {
    test("moves exact amounts", async ({ db }) => {
      await db
        .insert(purses)
        .values({ id: 1, balance: "40.00", credits: 7, total: 2n ** 60n, rate: 0.5 });
      await db
        .update(purses)
        .set({
          balance: subtract(purses.balance, "15.25"),
          credits: add(purses.credits, 3),
          total: add(purses.total, 1n),
          rate: multiply(purses.rate, 4),
        })
        .where(eq(purses.id, 1));
      expect(await db.from(purses).find(1)).toEqual({
        id: 1,
        balance: "24.75",
        credits: 10,
        total: 2n ** 60n + 1n,
        rate: 2,
      });
    });

    test("is as exact with the largest integer", async ({ db }) => {
      const most = 2 ** 31 - 1;
      await db
        .insert(purses)
        .values({ id: 1, balance: "2.50", credits: 7, total: 2n ** 53n + 1n, rate: 0.5 });
      const [less] = await db
        .select({
          total: subtract(multiply(purses.total, 1n), 3n),
          credits: subtract(purses.credits, most),
        })
        .from(purses);
      expect(less).toEqual({ total: 2n ** 53n - 2n, credits: 7 - most });
      const [times] = await db.select({ balance: multiply(purses.balance, most) }).from(purses);
      expect(times).toEqual({ balance: "5368709117.50" });
      const over = db.select({ credits: multiply(purses.credits, most) }).from(purses);
      expect(await failureOf(over)).toMatchObject({ code: "E_OUT_OF_RANGE" });
    });

    test("selects and compares what it computes", async ({ db }) => {
      await db.insert(purses).values([
        { id: 1, balance: "0.10", credits: 2 },
        { id: 2, balance: "-0.30", credits: 5 },
      ]);
      const computed = db
        .select({
          id: purses.id,
          twice: add(purses.balance, purses.balance),
          less: subtract(purses.balance, "0.20"),
          thrice: multiply(purses.balance, 3),
          all: multiply(purses.balance, purses.credits),
          none: add(purses.total, 1n),
        })
        .from(purses)
        .orderBy(purses.id);
      expect(await computed).toEqual([
        { id: 1, twice: "0.20", less: "-0.10", thrice: "0.30", all: "0.20", none: null },
        { id: 2, twice: "-0.60", less: "-0.50", thrice: "-0.90", all: "-1.50", none: null },
      ]);
      const rich = db.from(purses).where(gt(add(purses.balance, "0.05"), "0.14"));
      expect((await rich).map((row) => row.id)).toEqual([1]);
    });

    test("sums what stands in for NULL as exactly as the rest", async ({ db }) => {
      await db.insert(purses).values([
        { id: 1, balance: "0.10", credits: 1 },
        { id: 2, balance: "0.20", credits: 1 },
      ]);
      const known = caseWhen(eq(purses.id, 1), purses.balance);
      expect(await db.select({ total: sum(coalesce(known, "9999999.50")) }).from(purses)).toEqual([
        { total: "9999999.60" },
      ]);
    });

    test("refuses what is no number, and a value that its type can't hold", async ({ db }) => {
      const number = async () => db.select({ x: add(purses.balance, 1 as never) }).from(purses);
      expect(await failureOf(number)).toMatchObject({ code: "E_INVALID_VALUE" });
      const fragment = async () => db.select({ x: add(sql<number>`1`, 1) }).from(purses);
      expect(await failureOf(fragment)).toMatchObject({ code: "E_INVALID_VALUE" });
      const fine = async () => db.select({ x: add(purses.balance, "0.001") }).from(purses);
      expect(await failureOf(fine)).toMatchObject({ code: "E_OUT_OF_RANGE" });
    });

    test("keeps a decimal out of text where text would read it wrongly", async ({ db, can }) => {
      await db.insert(purses).values({ id: 1, balance: "40.00", credits: 7 });
      const update = db
        .update(purses)
        .set({ balance: sql<string>`${purses.balance} - ${"15.00"}` })
        .where(eq(purses.id, 1));
      // Whoever has so few digits stores them as integers, of which SQL by hand doesn't know.
      const areScaled = can.maxDecimalPrecision < 20;
      if (areScaled) expect(await failureOf(update)).toMatchObject({ code: "E_UNSUPPORTED" });
      else await update;
      const expected = areScaled ? "40.00" : "25.00";
      expect((await db.from(purses).find(1))?.balance).toBe(expected);
    });
  });
}
