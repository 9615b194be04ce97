import { count, eq, max, sum } from "../../query/expression.ts";
import { isDistinctFrom, isNotDistinctFrom, nullIf } from "../../query/read/distinct.ts";
import {
  abs,
  ceil,
  divide,
  floor,
  greatest,
  least,
  modulo,
  negate,
  random,
  round,
} from "../../query/functions/numbers.ts";
import { multiply } from "../../query/functions/arithmetic.ts";
import { concat } from "../../query/functions/texts.ts";
import { table } from "../../schema/table.ts";
import {
  bigint,
  boolean,
  date,
  decimal,
  double,
  integer,
  text,
  timestamp,
} from "../../schema/types.ts";
import { failureOf, type Kit } from "./kit.ts";

const figures = table("figures", {
  id: integer().primaryKey(),
  n: integer(),
  m: integer(),
  big: bigint(),
  price: decimal({ precision: 12, scale: 2 }),
  other: decimal({ precision: 12, scale: 2 }),
  rate: decimal({ precision: 10, scale: 4 }),
  real: double(),
  word: text(),
  second: text(),
  flag: boolean(),
  at: timestamp(),
  day: date(),
});

function withoutMinusZero(value: number): number {
  return value === 0 ? 0 : value;
}

/** Functions of numbers, and comparisons that know NULL, with one meaning each. */
export function functionCases({ expect, group }: Kit): void {
  group("functions", { figures }, (test) => {
    test("divide whole numbers and cut the quotient, and give NULL by zero", async ({ db }) => {
      const pairs: [number, number | null][] = [
        [7, 2],
        [-7, 2],
        [7, -2],
        [-7, -2],
        [6, 3],
        [0, 5],
        [1, 0],
        [0, 0],
        [5, null],
      ];
      await db
        .insert(figures)
        .values(pairs.map(([n, m], id) => ({ id, n, m, big: BigInt(n) * 10n ** 17n + 1n })));
      const rows = await db
        .select({
          quotient: divide(figures.n, figures.m),
          byTwo: divide(figures.n, 2),
          rest: modulo(figures.n, figures.m),
          restOfThree: modulo(figures.n, 3),
          big: divide(figures.big, 10n),
          bigRest: modulo(figures.big, 10n),
          zero: divide(figures.n, 0),
          zeroRest: modulo(figures.big, 0n),
        })
        .from(figures)
        .orderBy(figures.id);
      expect(rows).toEqual(
        pairs.map(([n, m]) => {
          const big = BigInt(n) * 10n ** 17n + 1n;
          const isNull = m === null || m === 0;
          return {
            quotient: isNull ? null : withoutMinusZero(Math.trunc(n / m)),
            byTwo: withoutMinusZero(Math.trunc(n / 2)),
            rest: isNull ? null : withoutMinusZero(n % m),
            restOfThree: withoutMinusZero(n % 3),
            big: big / 10n,
            bigRest: big % 10n,
            zero: null,
            zeroRest: null,
          };
        }),
      );
    });

    test("divide decimals exactly, and cut them to their digits", async ({ db }) => {
      const cases: [price: string, other: string, quotient: string | null, rest: string | null][] =
        [
          ["10.00", "4.00", "2.50", "2.00"],
          ["10.00", "3.00", "3.33", "1.00"],
          ["-10.00", "3.00", "-3.33", "-1.00"],
          ["20.00", "3.00", "6.66", "2.00"],
          ["0.01", "2.00", "0.00", "0.01"],
          ["9999999999.99", "0.01", "999999999999.00", "0.00"],
          ["1.00", "0.00", null, null],
          ["-4.96", "-4.96", "1.00", "0.00"],
          ["-0.01", "4.00", "0.00", "-0.01"],
        ];
      await db
        .insert(figures)
        .values(cases.map(([price, other], id) => ({ id, price, other, n: 3 })));
      const rows = await db
        .select({
          quotient: divide(figures.price, figures.other),
          rest: modulo(figures.price, figures.other),
        })
        .from(figures)
        .orderBy(figures.id);
      expect(rows).toEqual(cases.map(([, , quotient, rest]) => ({ quotient, rest })));
      const [first] = await db
        .select({
          whole: divide(figures.price, figures.n),
          value: divide(figures.price, "0.30"),
          number: divide(figures.price, 7),
          rest: modulo(figures.price, 3),
          zero: divide(figures.price, 0),
          average: divide(sum(figures.price), count()),
        })
        .from(figures)
        .where(eq(figures.id, 1))
        .groupBy(figures.id);
      expect(first).toEqual({
        whole: "3.33",
        value: "33.33",
        number: "1.42",
        rest: "1.00",
        zero: null,
        average: "10.00",
      });
    });

    test("divide floating-point numbers, and by zero give NULL", async ({ db }) => {
      await db.insert(figures).values([
        { id: 1, real: 7, n: 2 },
        { id: 2, real: -1.5, n: 0 },
      ]);
      const rows = await db
        .select({ half: divide(figures.real, 2), ratio: divide(figures.real, figures.n) })
        .from(figures)
        .orderBy(figures.id);
      expect(rows).toEqual([
        { half: 3.5, ratio: 3.5 },
        { half: -0.75, ratio: null },
      ]);
      const rest = async () => db.select({ x: modulo(figures.real, 2) }).from(figures);
      expect(await failureOf(rest)).toMatchObject({ code: "E_UNSUPPORTED" });
      const mixed = async () =>
        db.select({ x: divide(figures.n, figures.price as never) }).from(figures);
      expect(await failureOf(mixed)).toMatchObject({ code: "E_INVALID_VALUE" });
    });

    test("round halves away from zero, and keep the type", async ({ db }) => {
      const prices = ["0.50", "-0.50", "1.49", "-1.49", "2.50", "-2.50", "3.00", "9.99", "0.00"];
      const reals = [0.5, -0.5, 1.5, -2.5, 0.49999999999999994, 2 ** 52 + 1, -1e300, 1e-9, 0];
      await db
        .insert(figures)
        .values(prices.map((price, id) => ({ id, price, real: reals[id]!, n: -id, rate: price })));
      const rows = await db
        .select({
          nearest: round(figures.price),
          tenth: round(figures.rate, 1),
          same: round(figures.price, 2),
          below: floor(figures.price),
          above: ceil(figures.price),
          realNearest: round(figures.real),
          realBelow: floor(figures.real),
          realAbove: ceil(figures.real),
          whole: floor(figures.n),
          size: abs(figures.price),
          opposite: negate(figures.price),
          wholeSize: abs(figures.n),
          realOpposite: negate(figures.real),
        })
        .from(figures)
        .orderBy(figures.id);
      expect(rows.map((row) => row.nearest)).toEqual([
        "1.00",
        "-1.00",
        "1.00",
        "-1.00",
        "3.00",
        "-3.00",
        "3.00",
        "10.00",
        "0.00",
      ]);
      expect(rows.map((row) => row.tenth)).toEqual([
        "0.5000",
        "-0.5000",
        "1.5000",
        "-1.5000",
        "2.5000",
        "-2.5000",
        "3.0000",
        "10.0000",
        "0.0000",
      ]);
      expect(rows.map((row) => row.same)).toEqual(prices);
      expect(rows.map((row) => row.below)).toEqual([
        "0.00",
        "-1.00",
        "1.00",
        "-2.00",
        "2.00",
        "-3.00",
        "3.00",
        "9.00",
        "0.00",
      ]);
      expect(rows.map((row) => row.above)).toEqual([
        "1.00",
        "0.00",
        "2.00",
        "-1.00",
        "3.00",
        "-2.00",
        "3.00",
        "10.00",
        "0.00",
      ]);
      const nearest = (x: number) =>
        Math.trunc(x) + (Math.abs(x - Math.trunc(x)) >= 0.5 ? Math.sign(x) : 0);
      const plain = (values: number[]) => values.map(withoutMinusZero);
      expect(plain(rows.map((row) => row.realNearest!))).toEqual(plain(reals.map(nearest)));
      expect(plain(rows.map((row) => row.realBelow!))).toEqual(plain(reals.map(Math.floor)));
      expect(plain(rows.map((row) => row.realAbove!))).toEqual(plain(reals.map(Math.ceil)));
      expect(rows.map((row) => row.whole)).toEqual(prices.map((_, id) => withoutMinusZero(-id)));
      expect(rows.map((row) => row.size)).toEqual(prices.map((price) => price.replace("-", "")));
      expect(rows.map((row) => row.wholeSize)).toEqual(prices.map((_, id) => id));
      expect(plain(rows.map((row) => row.realOpposite!))).toEqual(
        plain(reals.map((real) => -real)),
      );
      expect(rows.slice(0, 2).map((row) => row.opposite)).toEqual(["-0.50", "0.50"]);
      expect(rows.at(-1)?.opposite).toBe("0.00");
      const digits = async () => round(figures.price, 3);
      expect(await failureOf(digits)).toMatchObject({ code: "E_INVALID_VALUE" });
      const ofReal = async () => round(figures.real, 1);
      expect(await failureOf(ofReal)).toMatchObject({ code: "E_INVALID_VALUE" });
    });

    test("give the greatest and the least, and NULL where one is NULL", async ({ db }) => {
      await db.insert(figures).values([
        {
          id: 1,
          n: 2,
          m: 10,
          price: "9.00",
          other: "10.00",
          word: "b",
          second: "a",
          at: new Date(5),
          day: "2024-01-02",
        },
        { id: 2, n: 2, price: "1.00", word: "é" },
      ]);
      const rows = await db
        .select({
          n: greatest(figures.n, figures.m, 7),
          least: least(figures.n, 1),
          price: greatest(figures.price, figures.other),
          cheap: least(figures.price, "9.50"),
          word: greatest(figures.word, figures.second),
          text: least(figures.word, "c"),
          at: greatest(figures.at, new Date(7)),
          day: least(figures.day, "2023-12-31"),
        })
        .from(figures)
        .orderBy(figures.id);
      expect(rows).toEqual([
        {
          n: 10,
          least: 1,
          price: "10.00",
          cheap: "9.00",
          word: "b",
          text: "b",
          at: new Date(7),
          day: "2023-12-31",
        },
        {
          n: null,
          least: 1,
          price: null,
          cheap: "1.00",
          word: null,
          text: "c",
          at: null,
          day: null,
        },
      ]);
      const flags = async () => greatest(figures.flag as never, true as never);
      expect(await failureOf(flags)).toMatchObject({ code: "E_INVALID_VALUE" });
    });

    test("compare NULL as a value where that is asked for", async ({ db }) => {
      await db.insert(figures).values([
        { id: 1, n: 1, m: 1, price: "1.00", word: "a", second: "a" },
        { id: 2, n: 1, m: 2, price: "2.00", word: "a", second: "A" },
        { id: 3, n: 1, m: null, word: null, second: "a" },
        { id: 4, n: null, m: null },
      ]);
      const rows = await db
        .select({
          differ: isDistinctFrom(figures.n, figures.m),
          same: isNotDistinctFrom(figures.word, figures.second),
          fromValue: isDistinctFrom(figures.m, 1),
          price: isNotDistinctFrom(figures.price, "1.0"),
          isNull: isNotDistinctFrom(figures.m, null),
          without: nullIf(figures.m, 1),
          text: nullIf(figures.word, figures.second),
        })
        .from(figures)
        .orderBy(figures.id);
      expect(rows).toEqual([
        {
          differ: false,
          same: true,
          fromValue: false,
          price: true,
          isNull: false,
          without: null,
          text: null,
        },
        {
          differ: true,
          same: false,
          fromValue: true,
          price: false,
          isNull: false,
          without: 2,
          text: "a",
        },
        {
          differ: true,
          same: false,
          fromValue: true,
          price: false,
          isNull: true,
          without: null,
          text: null,
        },
        {
          differ: false,
          same: true,
          fromValue: true,
          price: false,
          isNull: true,
          without: null,
          text: null,
        },
      ]);
      expect(await db.from(figures).where(isDistinctFrom(figures.n, figures.m)).count()).toBe(2);
      // A NULL among the values makes no text of numbers: 10 is more than 9.
      await db.update(figures).set({ n: 9, m: 10 }).where(eq(figures.id, 1));
      const [most] = await db.select({ m: max(nullIf(figures.m, 3)) }).from(figures);
      expect(most).toEqual({ m: 10 });
    });

    test("compute what stands in conditions and updates", async ({ db }) => {
      await db.insert(figures).values([
        { id: 1, n: 7, price: "10.00", word: "a" },
        { id: 2, n: 8, price: "3.00", word: "b" },
      ]);
      expect(
        await db
          .from(figures)
          .where(eq(modulo(figures.n, 2), 0))
          .count(),
      ).toBe(1);
      await db
        .update(figures)
        .set({
          n: divide(figures.n, 2),
          price: round(divide(multiply(figures.price, 2), 3)),
          word: concat(figures.word, "!"),
          other: greatest(figures.price, "5.00"),
        })
        .all();
      const rows = await db
        .select({ n: figures.n, price: figures.price, word: figures.word, other: figures.other })
        .from(figures)
        .orderBy(figures.id);
      expect(rows).toEqual([
        { n: 3, price: "7.00", word: "a!", other: "10.00" },
        { n: 4, price: "2.00", word: "b!", other: "5.00" },
      ]);
    });

    test("give other numbers for each row by chance", async ({ db }) => {
      await db.insert(figures).values(Array.from({ length: 50 }, (_, id) => ({ id })));
      const chances = await db.select({ chance: random() }).from(figures).list();
      expect(chances.every((chance) => chance >= 0 && chance < 1)).toBe(true);
      expect(new Set(chances).size > 40).toBe(true);
    });
  });
}
