import { add, multiply, subtract } from "../../query/functions/arithmetic.ts";
import { avg, coalesce, count, eq, gt, isNotNull, sum } from "../../query/expression.ts";
import { abs, divide, negate } from "../../query/functions/numbers.ts";
import { asc } from "../../query/order.ts";
import type { Expression } from "../../ast/expression.ts";
import { bitField } from "../../schema/bit-field.ts";
import { table } from "../../schema/table.ts";
import { bigint, decimal, double, integer, smallint } from "../../schema/types.ts";
import { failureOf, type Kit } from "./kit.ts";
import { MAX_BIGINT } from "./samples.ts";

const bounds = table("bounds", {
  id: integer().primaryKey(),
  small: smallint().notNull(),
  whole: integer().notNull(),
  safe: bigint({ mode: "number" }).notNull(),
  big: bigint().notNull(),
  price: decimal({ precision: 18, scale: 2 }).notNull(),
  rate: double().notNull(),
  flags: bitField({ flags: { a: 0 } })
    .notNull()
    .default(0n),
});

const largest = {
  id: 1,
  small: 32_767,
  whole: 2 ** 31 - 1,
  safe: Number.MAX_SAFE_INTEGER,
  big: MAX_BIGINT,
  price: "9999999999999999.99",
  rate: Number.MAX_VALUE,
};

const smallest = {
  id: 2,
  small: -32_768,
  whole: -(2 ** 31),
  safe: Number.MIN_SAFE_INTEGER,
  big: -MAX_BIGINT - 1n,
  price: "-9999999999999999.99",
  rate: -Number.MAX_VALUE,
};

const { small, whole, safe, big, price, rate } = bounds;

type Computed = Expression<bigint | number | null, string>;

const OVERFLOWS: readonly (readonly [id: number, Computed])[] = [
  [1, add(small, 1)],
  [1, multiply(small, 2)],
  [2, subtract(small, 1)],
  [2, negate(small)],
  [2, abs(small)],
  [2, divide(small, -1)],
  [1, add(whole, 1)],
  [1, multiply(whole, whole)],
  [2, subtract(whole, 1)],
  [2, negate(whole)],
  [2, abs(whole)],
  [2, divide(whole, -1)],
  [1, add(safe, 1)],
  [1, multiply(safe, safe)],
  [2, subtract(safe, 2)],
  [1, add(big, 1n)],
  [1, multiply(big, 2n)],
  [1, multiply(big, big)],
  [2, subtract(big, 1n)],
  [2, negate(big)],
  [2, abs(big)],
  [2, divide(big, -1n)],
  [1, multiply(rate, 2)],
  [2, add(rate, rate)],
  [1, divide(rate, 0.5)],
];

/** More than a type holds is an error wherever it is computed: never a wrap, never a number that is nearly right. */
export function overflowCases({ expect, group }: Kit): void {
  const beyond = { code: "E_OUT_OF_RANGE" };

  group("numbers beyond their type", { bounds }, (test) => {
    test("are an error where they are selected, compared, grouped and ordered", async ({ db }) => {
      await db.insert(bounds).values([largest, smallest]);
      for (const [at, [id, value]] of OVERFLOWS.entries()) {
        const rows = db.select({ value }).from(bounds).where(eq(bounds.id, id));
        expect(await failureOf(rows), `selected ${at}`).toMatchObject(beyond);
        const met = db.from(bounds).where(isNotNull(value));
        expect(await failureOf(met.count()), `in a condition ${at}`).toMatchObject(beyond);
        const sorted = db.select({ id: bounds.id }).from(bounds).orderBy(asc(value));
        expect(await failureOf(sorted), `ordered ${at}`).toMatchObject(beyond);
        const groups = db.select({ value, n: count() }).from(bounds).groupBy(value);
        expect(await failureOf(groups), `grouped ${at}`).toMatchObject(beyond);
        const inner = coalesce(value as Expression<number | null, string>, value as never);
        const nested = db.select({ inner }).from(bounds).where(eq(bounds.id, id));
        expect(await failureOf(nested), `inside ${at}`).toMatchObject(beyond);
      }
    });

    test("are not written", async ({ db }) => {
      await db.insert(bounds).values([largest, smallest]);
      const before = await db.from(bounds).orderBy(bounds.id);
      const changes = [
        { small: add(small, 1) },
        { whole: add(whole, 1) },
        { safe: add(safe, 1) },
        { big: add(big, 1n) },
        { price: add(price, "0.01") },
        { rate: multiply(rate, 2) },
      ];
      for (const [at, change] of changes.entries()) {
        const update = db.update(bounds).set(change).where(eq(bounds.id, 1));
        expect(await failureOf(update), `change ${at}`).toMatchObject(beyond);
      }
      expect(await db.from(bounds).orderBy(bounds.id)).toEqual(before);
    });

    test("are an error where they are summed", async ({ db }) => {
      await db.insert(bounds).values([largest, { ...largest, id: 3 }]);
      for (const value of [sum(big), sum(safe), sum(rate), avg(rate)]) {
        const rows = db.select({ value: value as Expression<unknown, string> }).from(bounds);
        expect(await failureOf(rows)).toMatchObject(beyond);
      }
      expect(await db.select({ value: sum(whole) }).from(bounds)).toEqual([{ value: 2 ** 32 - 2 }]);
    });

    test("are those of the wider of two types, and what fits is exact", async ({ db }) => {
      await db.insert(bounds).values({ ...largest, safe: 5, rate: 0.5 });
      const [row] = await db
        .select({
          left: add(small, subtract(whole, 40_000)),
          right: subtract(whole, small),
          safe: multiply(whole, safe),
          half: multiply(small, rate),
          top: subtract(big, 1n),
        })
        .from(bounds);
      expect(row).toEqual({
        left: 2 ** 31 - 1 - 40_000 + 32_767,
        right: 2 ** 31 - 32_768,
        safe: 5 * (2 ** 31 - 1),
        half: 16_383.5,
        top: MAX_BIGINT - 1n,
      });
    });

    test("of decimals are exact, or an error where they can't be", async ({ db }) => {
      await db.insert(bounds).values(largest);
      const value = multiply(price, 1_000);
      const exact = [{ value: "9999999999999999990.00" }];
      const read = db.select({ value }).from(bounds);
      // The product has 21 digits.
      const isBeyond = db.can.maxDecimalPrecision < 21;
      if (isBeyond) expect(await failureOf(read)).toMatchObject(beyond);
      else expect(await read).toEqual(exact);
      const found = db.from(bounds).where(gt(value, "0.00"));
      if (isBeyond) expect(await failureOf(found)).toMatchObject(beyond);
      else expect(await found.count()).toBe(1);
    });

    test("are no matter of fields of bits, which aren't computed with", async ({ db }) => {
      const flags = bounds.flags as Expression<bigint, "bounds">;
      expect(await failureOf(() => db.select({ x: add(flags, 1n) }))).toMatchObject({
        code: "E_INVALID_VALUE",
      });
    });
  });
}
