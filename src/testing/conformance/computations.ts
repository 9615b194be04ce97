import {
  and,
  avg,
  coalesce,
  count,
  countDistinct,
  eq,
  exists,
  gt,
  max,
  min,
  ne,
  notExists,
  sum,
} from "../../query/expression.ts";
import { asc, desc } from "../../query/order.ts";
import { sql } from "../../query/sql.ts";
import { alias, table } from "../../schema/table.ts";
import {
  bigint,
  boolean,
  decimal,
  double,
  integer,
  text,
  timestamp,
  uuid,
  varchar,
} from "../../schema/types.ts";
import { failureOf, type Kit } from "./kit.ts";

const mixed = table("mixed", {
  id: integer().primaryKey(),
  n: integer(),
  word: varchar({ length: 20 }),
  flag: boolean(),
  key: uuid(),
  at: timestamp(),
  micro: timestamp({ mode: "string" }),
  amount: decimal({ precision: 12, scale: 3 }),
  big: bigint(),
  real: double(),
});

const notes = table("notes", {
  id: integer().primaryKey().autoIncrement(),
  mixedId: integer(),
  body: text(),
});

/** Orders, and what the database computes. */
export function computationCases({ expect, group }: Kit): void {
  group("computations", { mixed, notes }, (test) => {
    test("UUIDs, instants and numbers are ordered as they are spelt or counted", async ({ db }) => {
      // Those that are made from the time; a database may order other versions by their parts.
      const keys = [
        "00000000-0000-7000-8000-000000000000",
        "0190a3c4-5d6e-7f80-9123-456789abcdef",
        "0190a3c4-5d6f-7f80-8123-456789abcdef",
        "0190a3c4-5d6f-7f80-9123-456789abcdef",
        "0190a3c4-5d6f-7fff-8000-000000000000",
        "10000000-0000-7000-8000-000000000000",
        "ffffffff-ffff-7fff-bfff-ffffffffffff",
      ];
      const micros = [
        "0001-01-01T00:00:00.000000Z",
        "1969-12-31T23:59:59.999999Z",
        "1970-01-01T00:00:00.000000Z",
        "1970-01-01T00:00:00.000001Z",
        "9999-12-31T23:59:59.999999Z",
      ];
      const bigs = [
        -(2n ** 63n),
        -(2n ** 53n) - 1n,
        -(2n ** 53n),
        -1n,
        0n,
        2n ** 53n,
        2n ** 53n + 1n,
        2n ** 63n - 1n,
      ];
      const amounts = [
        "-999999999.999",
        "-1.001",
        "-1.000",
        "0.000",
        "0.001",
        "9.000",
        "10.000",
        "999999999.999",
      ];
      const reals = [-1e300, -1.5, -1e-300, 0, 5e-324, 1e-300, 2, 10, 1e300];
      const columns = [
        [mixed.key, keys],
        [mixed.micro, micros],
        [mixed.big, bigs],
        [mixed.amount, amounts],
        [mixed.real, reals],
      ] as const;
      for (const [column, values] of columns) {
        await db.delete(mixed).all();
        const shuffled = values.toSorted((a, b) =>
          String(a).slice(-3) < String(b).slice(-3) ? -1 : 1,
        );
        await db
          .insert(mixed)
          .values(shuffled.map((value, id) => ({ id, [column.key]: value })) as never);
        const query = db.select({ value: column as typeof mixed.key }).from(mixed);
        const found = await query.orderBy(asc(column));
        expect(
          found.map(({ value }) => value as unknown),
          column.key,
        ).toEqual(values);
        const middle = values[4] as never;
        const above = await query.where(gt(column as never, middle)).orderBy(asc(column));
        expect(
          above.map(({ value }) => value as unknown),
          column.key,
        ).toEqual(values.slice(5));
        const [ends] = await db
          .select({ low: min(column as never), high: max(column as never) })
          .from(mixed);
        expect([ends?.low as unknown, ends?.high as unknown], column.key).toEqual([
          values[0],
          values.at(-1),
        ]);
      }
    });

    test("truth values have extremes, and are counted and grouped", async ({ db }) => {
      await db
        .insert(mixed)
        .values([{ id: 1, flag: true }, { id: 2, flag: false }, { id: 3, flag: false }, { id: 4 }]);
      const all = db
        .select({ low: min(mixed.flag), high: max(mixed.flag), n: countDistinct(mixed.flag) })
        .from(mixed);
      expect(await all).toEqual([{ low: false, high: true, n: 2 }]);
      const groups = db
        .select({ flag: mixed.flag, n: count() })
        .from(mixed)
        .groupBy(mixed.flag)
        .orderBy(asc(mixed.flag));
      expect(await groups).toEqual([
        { flag: null, n: 1 },
        { flag: false, n: 2 },
        { flag: true, n: 1 },
      ]);
    });

    test("an instant, a truth value and a number may stand in a fragment", async ({ db }) => {
      const at = new Date("2026-01-31T12:00:00.250Z");
      await db.insert(mixed).values([
        { id: 1, at, flag: true, big: 2n ** 60n, real: 0.25, amount: "1.5" },
        { id: 2, at: new Date(0) },
      ]);
      const conditions = [
        sql<boolean>`${mixed.at} >= ${at}`,
        sql<boolean>`${mixed.flag} = ${true}`,
        sql<boolean>`${mixed.big} = ${2n ** 60n}`,
        sql<boolean>`${mixed.real} = ${0.25}`,
        sql<boolean>`${mixed.id} + ${1} = ${2}`,
        sql<boolean>`coalesce(${mixed.n}, ${7}) = ${7} and ${mixed.id} = ${1}`,
      ];
      for (const [at_, condition] of conditions.entries())
        expect(
          (await db.from(mixed).where(condition)).map((row) => row.id),
          `${at_}`,
        ).toEqual([1]);
    });

    test("a value in a group or an order is the same as in the selection", async ({ db }) => {
      await db.insert(mixed).values([
        { id: 1, n: null },
        { id: 2, n: 3 },
        { id: 3, n: 3 },
      ]);
      const known = coalesce(mixed.n, 0);
      const groups = db
        .select({ known, n: count() })
        .from(mixed)
        .groupBy(known)
        .orderBy(asc(known));
      expect(await groups).toEqual([
        { known: 0, n: 1 },
        { known: 3, n: 2 },
      ]);
      const distinct = db.select({ known }).from(mixed).distinct().orderBy(desc(known));
      expect(await distinct).toEqual([{ known: 3 }, { known: 0 }]);

      const parity = sql<number>`${mixed.id} % ${2}`.as(integer());
      const placed = db
        .select({ mixed: { id: mixed.id, n: mixed.n }, other: notes, parity, known })
        .from(mixed)
        .leftJoin(notes, eq(notes.mixedId, mixed.id))
        .orderBy(desc(parity), asc(known), desc(mixed.id));
      expect((await placed).map((row) => row.mixed.id)).toEqual([1, 3, 2]);
      const filtered = db
        .select({ parity, n: count() })
        .from(mixed)
        .where(gt(known, 0))
        .groupBy(parity)
        .having(gt(count(), 0))
        .orderBy(desc(parity))
        .limit(5);
      expect(await filtered).toEqual([
        { parity: 1, n: 1 },
        { parity: 0, n: 1 },
      ]);
    });

    test("a write may ask about its own table", async ({ db }) => {
      await db.insert(mixed).values([{ id: 1, n: 1 }, { id: 2, n: 1 }, { id: 3, n: 2 }, { id: 4 }]);
      const other = alias(mixed, "other");
      const twin = db.from(other).where(and(eq(other.n, mixed.n), ne(other.id, mixed.id)));
      expect(await db.update(mixed).set({ word: "twin" }).where(exists(twin))).toEqual({
        affectedRows: 2,
      });
      expect(await db.delete(mixed).where(notExists(twin))).toEqual({ affectedRows: 2 });
      expect((await db.from(mixed).orderBy(mixed.id)).map((row) => row.word)).toEqual([
        "twin",
        "twin",
      ]);
    });

    test("an update that sets several columns from one another uses the values before it", async ({
      db,
    }) => {
      await db.insert(mixed).values({ id: 1, n: 1, word: "w", big: 5n });
      await db
        .update(mixed)
        .set({ n: sql`${mixed.n} + 1`, real: sql`${mixed.n} * 10` })
        .all();
      expect(await db.select({ n: mixed.n, real: mixed.real }).from(mixed)).toEqual([
        { n: 2, real: 10 },
      ]);
    });

    test("a computation beyond its column's range is an error, and never a wrapped or clipped value", async ({
      db,
    }) => {
      await db.insert(mixed).values({
        id: 1,
        n: 2_147_483_647,
        big: 2n ** 63n - 1n,
        amount: "999999999.999",
        word: "x".repeat(20),
      });
      const writes = [
        () =>
          db
            .update(mixed)
            .set({ n: sql`${mixed.n} + 1` })
            .all(),
        () =>
          db
            .update(mixed)
            .set({ big: sql`${mixed.big} + 1` })
            .all(),
        () =>
          db
            .update(mixed)
            .set({ word: sql`coalesce(null, ${"x".repeat(21)})` })
            .all(),
      ];
      const before = await db.from(mixed);
      for (const [at, write] of writes.entries()) {
        const error = await failureOf(write);
        expect(
          ["E_OUT_OF_RANGE", "E_VALUE_TOO_LONG", "E_INVALID_VALUE"].includes(
            (error as { code: string }).code,
          ),
          `write ${at}: ${(error as { code: string }).code}`,
        ).toBe(true);
      }
      expect(await db.from(mixed)).toEqual(before);
    });

    test("aggregates of joined rows count each pair", async ({ db }) => {
      await db.insert(mixed).values([
        { id: 1, n: 2, amount: "1.5", real: 1 },
        { id: 2, n: 3, amount: "2.5", real: 2 },
      ]);
      await db
        .insert(notes)
        .values([{ mixedId: 1, body: "a" }, { mixedId: 1, body: "b" }, { mixedId: 9 }]);
      const query = db
        .select({
          pairs: count(),
          notes: count(notes.id),
          bodies: countDistinct(notes.body),
          n: sum(mixed.n),
          amount: sum(mixed.amount),
          real: avg(mixed.real),
        })
        .from(mixed)
        .leftJoin(notes, eq(notes.mixedId, mixed.id));
      expect(await query).toEqual([
        { pairs: 3, notes: 2, bodies: 2, n: 7, amount: "5.500", real: 4 / 3 },
      ]);
    });
  });
}
