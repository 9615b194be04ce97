import {
  and,
  asc,
  avg,
  coalesce,
  count,
  countDistinct,
  desc,
  eq,
  exists,
  gt,
  gte,
  inArray,
  isNull,
  lt,
  max,
  min,
  ne,
  not,
  notExists,
  or,
  sum,
} from "../../query/expression.ts";
import type { OrderTerm } from "../../ast/statement.ts";
import type { Database } from "../../query/client.ts";
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

/** Mulberry32: what a seed repeats. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) % below;
  };
}

type Condition = ReturnType<typeof and>;

/** A condition over columns that hold NULLs. */
function conditionOf(db: Database, random: (below: number) => number, depth: number): Condition {
  const inner = (): Condition => conditionOf(db, random, depth - 1);
  if (depth > 0) {
    switch (random(4)) {
      case 0:
        return and(inner(), inner());
      case 1:
        return or(inner(), inner());
      case 2:
        return not(inner());
    }
  }
  const n = random(6);
  switch (random(9)) {
    case 0:
      return eq(mixed.n, n);
    case 1:
      return lt(mixed.n, mixed.id);
    case 2:
      return ne(mixed.word, `w${n}`);
    case 3:
      return isNull(mixed.flag);
    case 4:
      return inArray(
        mixed.n,
        Array.from({ length: random(7) }, (_, at) => at),
      );
    case 5:
      return gte(mixed.amount, `${n}.5`);
    case 6:
      return eq(mixed.flag, n > 2);
    case 7:
      return exists(db.from(notes).where(eq(notes.mixedId, mixed.n)));
    default:
      return gt(mixed.at, new Date(n * 1_000));
  }
}

/** What holds whatever the rows and the conditions are. */
export function probeCases({ expect, group }: Kit): void {
  group("whatever is asked", { mixed, notes }, (test) => {
    const rows = Array.from({ length: 60 }, (_, id) => ({
      id,
      n: id % 7 === 0 ? null : id % 6,
      word: id % 5 === 0 ? null : `w${id % 6}`,
      flag: id % 4 === 0 ? null : id % 3 === 0,
      at: id % 9 === 0 ? null : new Date((id % 8) * 1_000),
      amount: id % 8 === 0 ? null : `${id % 5}.${id % 3}`,
    }));

    test("a condition, its opposite and its being NULL part the rows without rest", async ({
      db,
    }) => {
      await db.insert(mixed).values(rows);
      await db.insert(notes).values([{ mixedId: 1 }, { mixedId: 4 }, { mixedId: null }]);
      const random = randomOf(4711);
      for (let round = 0; round < 150; round++) {
        const condition = conditionOf(db, random, 3);
        const [yes, no, unknown] = await Promise.all([
          db.from(mixed).where(condition).count(),
          db.from(mixed).where(not(condition)).count(),
          db.from(mixed).where(isNull(condition)).count(),
        ]);
        expect(yes + no + unknown, `round ${round}: ${yes} ${no} ${unknown}`).toBe(rows.length);
        const flags = await db.select({ value: condition }).from(mixed);
        const counted = [true, false, null].map(
          (wanted) => flags.filter(({ value }) => value === wanted).length,
        );
        expect(counted, `round ${round}`).toEqual([yes, no, unknown]);
      }
    });

    test("pages of an order hold every row once, in the order of the whole", async ({ db }) => {
      await db.insert(mixed).values(rows);
      const orders: readonly [OrderTerm, ...OrderTerm[]][] = [
        [asc(mixed.n), asc(mixed.id)],
        [desc(mixed.word), asc(mixed.id)],
        [asc(mixed.flag), desc(mixed.amount), asc(mixed.id)],
        [desc(mixed.at), desc(mixed.id)],
      ];
      for (const order of orders) {
        const whole = await db
          .select({ id: mixed.id })
          .from(mixed)
          .orderBy(...order);
        const pages: { id: number }[] = [];
        for (let at = 0; at < rows.length; at += 7)
          pages.push(
            ...(await db
              .select({ id: mixed.id })
              .from(mixed)
              .orderBy(...order)
              .limit(7)
              .offset(at)),
          );
        expect(pages).toEqual(whole);
      }
    });

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
        () =>
          db
            .update(mixed)
            .set({ amount: sql`${mixed.amount} * 1000` })
            .all(),
      ];
      const before = await db.from(mixed);
      for (const [at, write] of writes.entries()) {
        const error = await failureOf(write);
        expect(
          ["E_OUT_OF_RANGE", "E_INVALID_VALUE"].includes((error as { code: string }).code),
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
