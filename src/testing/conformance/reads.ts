import {
  and,
  between,
  coalesce,
  eq,
  exists,
  gt,
  gte,
  inArray,
  isNotNull,
  isNull,
  lower,
  lt,
  lte,
  max,
  ne,
  not,
  notExists,
  notInArray,
  or,
  upper,
} from "../../query/expression.ts";
import { asc, desc } from "../../query/order.ts";
import { alias, table } from "../../schema/table.ts";
import { boolean, decimal, double, integer, text, timestamp, varchar } from "../../schema/types.ts";
import { failureOf, type Kit } from "./kit.ts";

const people = table("people", {
  id: integer().primaryKey(),
  name: varchar({ length: 40 }).notNull(),
  age: integer(),
  score: double(),
  balance: decimal({ precision: 10, scale: 2 }),
  active: boolean(),
  joined: timestamp(),
});

const pairs = table("pairs", {
  b: integer().primaryKey(),
  a: integer().primaryKey(),
  note: text(),
});

const pets = table("pets", { id: integer().primaryKey(), ownerId: integer(), name: text() });

const day = (of: number): Date => new Date(Date.UTC(2026, 0, of));

const rows = [
  { id: 1, name: "Ada", age: 36, score: 1.5, balance: "10.00", active: true, joined: day(1) },
  { id: 2, name: "Bob", age: null, score: -2, balance: "-3.50", active: false, joined: day(2) },
  { id: 3, name: "cleo", age: 20, score: null, balance: null, active: null, joined: null },
  { id: 4, name: "Dora", age: 36, score: 0, balance: "9.99", active: true, joined: day(4) },
] as const;

/** Reads of one table. */
export function readCases({ expect, group }: Kit): void {
  group("reads", { people, pairs, pets }, (test) => {
    test("find a row by its key", async ({ db }) => {
      await db.insert(people).values(rows);
      expect(await db.from(people).find(3)).toEqual(rows[2]);
      expect(await db.from(people).find(99)).toBe(undefined);
      await db.insert(pairs).values([
        { a: 1, b: 2, note: "x" },
        { a: 2, b: 1 },
      ]);
      expect(await db.from(pairs).find({ a: 1, b: 2 })).toEqual({ a: 1, b: 2, note: "x" });
      expect(await db.from(pairs).find({ b: 7, a: 1 })).toBe(undefined);
      expect(await db.from(people).where(eq(people.active, false)).find(1)).toBe(undefined);
    });

    test("refuse a key that is missing, partly missing or no scalar", async ({ db }) => {
      await db.insert(people).values(rows);
      await db.insert(pairs).values({ a: 1, b: 2 });
      for (const key of [undefined, null, "1", {}, [1], true, { id: 1 }] as never[])
        expect(await failureOf(() => db.from(people).find(key))).toMatchObject({
          code: "E_INVALID_VALUE",
        });
      for (const key of [
        undefined,
        null,
        1,
        {},
        { a: 1 },
        { a: 1, b: undefined },
        { a: 1, b: {} },
      ] as never[])
        expect(await failureOf(() => db.from(pairs).find(key))).toMatchObject({
          code: "E_INVALID_VALUE",
        });
    });

    test("give the first row, or nothing, or E_NOT_FOUND", async ({ db }) => {
      await db.insert(people).values(rows);
      const oldest = db
        .from(people)
        .where(isNotNull(people.age))
        .orderBy(desc(people.age), people.id);
      expect(await oldest.first()).toEqual(rows[0]);
      expect(await oldest.one()).toEqual(rows[0]);
      expect(await oldest.offset(1).first()).toEqual(rows[3]);
      const none = db.from(people).where(eq(people.name, "Nobody"));
      expect(await none.first()).toBe(undefined);
      expect(await failureOf(() => none.one())).toMatchObject({
        code: "E_NOT_FOUND",
        table: "people",
      });
    });

    test("give one column as a list", async ({ db }) => {
      await db.insert(people).values(rows);
      const ages = db.select({ age: people.age }).from(people).orderBy(people.id);
      expect(await ages.list()).toEqual((await ages).map((row) => row.age));
      expect(await ages.where(eq(people.id, -1)).list()).toEqual([]);
      const whole = db.from(people) as unknown as typeof ages;
      expect(await failureOf(() => whole.list())).toMatchObject({ code: "E_UNKNOWN_COLUMN" });
    });

    test("bear comments of any text, which change nothing", async ({ db }) => {
      await db.insert(people).values(rows);
      const texts = [
        "home page",
        "*/ select 1; --",
        "/*/ /* */",
        "! drop table people",
        "+ hint",
        "\n\0\u2028'\"`?$1:a",
        "😀\ud800",
        "",
      ];
      const query = db.from(people).where(gt(people.id, 0)).orderBy(people.id);
      for (const text of texts) {
        expect(await query.comment(text), text).toEqual(await query);
        expect(await query.comment(text).count(), text).toBe(4);
      }
      expect(query.comment("home page").toSql().text.startsWith("/* home page */ select ")).toBe(
        true,
      );
      const { plans } = db.stats();
      await query.comment("home page");
      expect(db.stats().plans).toBe(plans);
    });

    test("count the rows that they have, whatever their order", async ({ db }) => {
      await db.insert(people).values(rows);
      expect(await db.from(people).count()).toBe(4);
      const aged = db.from(people).where(eq(people.age, 36)).orderBy(people.id);
      expect(await aged.count()).toBe(2);
      expect(await aged.limit(1).count()).toBe(1);
      expect(await aged.limit(1).offset(5).count()).toBe(0);
    });

    test("know every operator, and that a comparison with NULL is never true", async ({ db }) => {
      await db.insert(people).values(rows);
      const cases = [
        [eq(people.age, 36), [1, 4]],
        [ne(people.age, 36), [3]],
        [lt(people.score, 0), [2]],
        [lte(people.score, 0), [2, 4]],
        [gt(people.balance, "9.99"), [1]],
        [gte(people.balance, "9.99"), [1, 4]],
        [gt(people.balance, "-10"), [1, 2, 4]],
        [between(people.joined, day(2), day(4)), [2, 4]],
        [between(people.age, people.id, 20), [3]],
        [eq(people.active, true), [1, 4]],
        [ne(people.active, true), [2]],
        [isNull(people.age), [2]],
        [isNotNull(people.age), [1, 3, 4]],
        [not(eq(people.age, 36)), [3]],
        [not(isNull(people.age)), [1, 3, 4]],
        [and(eq(people.age, 36), eq(people.name, "Dora")), [4]],
        [or(eq(people.name, "Bob"), eq(people.name, "Dora")), [2, 4]],
        [and(or(eq(people.id, 1), eq(people.id, 2)), or(eq(people.id, 2), eq(people.id, 3))), [2]],
        [or(and(eq(people.id, 1), eq(people.id, 2)), eq(people.id, 3)), [3]],
        [not(or(eq(people.id, 1), eq(people.id, 2))), [3, 4]],
        [eq(people.id, people.age), []],
        [lt(people.id, people.age), [1, 3, 4]],
        [eq(coalesce(people.age, 0), 0), [2]],
        [eq(lower(people.name), "ada"), [1]],
        [eq(upper(people.name), "CLEO"), [3]],
        [inArray(people.name, ["Ada", "cleo", "x"]), [1, 3]],
        [notInArray(people.age, [36]), [3]],
        [inArray(people.balance, ["9.99", "-3.5"]), [2, 4]],
        [inArray(people.joined, [day(1), day(4)]), [1, 4]],
        [inArray(people.active, [false]), [2]],
        [eq(isNull(people.age), true), [2]],
      ] as const;
      for (const [at, [condition, ids]] of cases.entries()) {
        const found = await db.from(people).where(condition).orderBy(people.id);
        expect(
          found.map((row) => row.id),
          `condition ${at}`,
        ).toEqual(ids);
      }
    });

    test("give a condition as a value, which may be null", async ({ db }) => {
      await db.insert(people).values(rows);
      const found = await db
        .select({ id: people.id, adult: gte(people.age, 21), known: isNotNull(people.age) })
        .from(people)
        .orderBy(people.id);
      expect(found).toEqual([
        { id: 1, adult: true, known: true },
        { id: 2, adult: null, known: false },
        { id: 3, adult: false, known: true },
        { id: 4, adult: true, known: true },
      ]);
    });

    test("leave out operands that are undefined", async ({ db }) => {
      await db.insert(people).values(rows);
      const ids = async (condition: ReturnType<typeof and>): Promise<number[]> =>
        (await db.from(people).where(condition).orderBy(people.id)).map((row) => row.id);
      expect(await ids(and(undefined, eq(people.age, 36), undefined))).toEqual([1, 4]);
      expect(await ids(or(undefined, eq(people.age, 36)))).toEqual([1, 4]);
      expect(await ids(and(or(undefined), eq(people.id, 1)))).toEqual([1]);
      expect(await ids(and())).toEqual([1, 2, 3, 4]);
      expect(await ids(or(undefined, undefined))).toEqual([1, 2, 3, 4]);
      expect(await ids(not(and(undefined)))).toEqual([1, 2, 3, 4]);
    });

    test("refuse undefined and null where a value belongs", async ({ db }) => {
      const column = people.age;
      for (const value of [undefined, null] as never[]) {
        const builds = [
          () => eq(column, value),
          () => ne(column, value),
          () => lt(column, value),
          () => gte(column, value),
          () => between(column, value, 1),
          () => between(column, 1, value),
          () => inArray(column, [1, value]),
          () => notInArray(column, [value]),
          () => coalesce(column, value),
        ];
        for (const build of builds)
          expect(await failureOf(build)).toMatchObject({ code: "E_INVALID_VALUE" });
      }
      for (const condition of [undefined, null, true, {}, "1 = 1"] as never[]) {
        expect(await failureOf(() => db.from(people).where(condition))).toMatchObject({
          code: "E_NO_CONDITION",
        });
      }
    });

    test("refuse columns that there are none of, in programs without types", async ({ db }) => {
      const misspelled = (people as unknown as Record<string, typeof people.age>)["agee"]!;
      for (const build of [
        () => eq(misspelled, 1),
        () => inArray(misspelled, [1]),
        () => db.select({ oldest: max(misspelled) }).from(people),
      ])
        expect(await failureOf(build)).toMatchObject({ code: "E_UNKNOWN_COLUMN" });
      for (const term of [misspelled, desc(misspelled), "age", [people.age], { age: "asc" }, null])
        expect(await failureOf(() => db.from(people).orderBy(term as never))).toMatchObject({
          code: "E_INVALID_VALUE",
        });
    });

    test("compare with lists of any length", async ({ db }) => {
      await db.insert(people).values(rows);
      const missing = (length: number): number[] => Array.from({ length }, (_, at) => 1_000 + at);
      for (const length of [0, 1, 2, 3, 4, 5, 8, 9, 1_000, 1_024, 1_025, 40_000]) {
        const all = await db
          .from(people)
          .where(inArray(people.id, missing(length)))
          .count();
        expect(all, `${length}`).toBe(0);
        const some = await db
          .from(people)
          .where(inArray(people.id, [2, ...missing(length), 3]))
          .count();
        expect(some, `${length}`).toBe(2);
        const none = await db
          .from(people)
          .where(notInArray(people.id, [...missing(length), 4]))
          .count();
        expect(none, `${length}`).toBe(3);
      }
      expect(await db.from(people).where(notInArray(people.id, [])).count()).toBe(4);
      expect(
        await db
          .from(people)
          .where(not(inArray(people.id, [])))
          .count(),
      ).toBe(4);
      const names = Array.from({ length: 5_000 }, (_, at) => `n'${at}`);
      expect(
        await db
          .from(people)
          .where(inArray(people.name, [...names, "Bob"]))
          .count(),
      ).toBe(1);
      const days = Array.from({ length: 1_500 }, (_, at) => day(at + 4));
      expect(await db.from(people).where(inArray(people.joined, days)).count()).toBe(1);
      const amounts = Array.from({ length: 1_500 }, (_, at) => `${at}.99`);
      expect(await db.from(people).where(inArray(people.balance, amounts)).count()).toBe(1);
      const flags = Array.from({ length: 1_500 }, () => true);
      expect(await db.from(people).where(inArray(people.active, flags)).count()).toBe(2);
    });

    test("order NULLs first when ascending and last when descending", async ({ db }) => {
      await db.insert(people).values(rows);
      const ids = async (
        ...terms: Parameters<ReturnType<typeof db.from<typeof people>>["orderBy"]>
      ): Promise<number[]> => (await db.from(people).orderBy(...terms)).map((row) => row.id);
      expect(await ids(people.age, people.id)).toEqual([2, 3, 1, 4]);
      expect(await ids(asc(people.age), desc(people.id))).toEqual([2, 3, 4, 1]);
      expect(await ids(desc(people.age), asc(people.id))).toEqual([1, 4, 3, 2]);
      expect(await ids(people.score)).toEqual([3, 2, 4, 1]);
      expect(await ids(desc(people.balance))).toEqual([1, 4, 2, 3]);
      expect(await ids(asc(people.active), asc(people.id))).toEqual([3, 2, 1, 4]);
      expect(await ids(desc(people.joined))).toEqual([4, 2, 1, 3]);
      expect(await ids(desc(gt(people.score, 0)), desc(people.id))).toEqual([1, 4, 2, 3]);
    });

    test("give a part of the rows", async ({ db }) => {
      await db.insert(people).values(rows);
      const sorted = db.from(people).orderBy(people.id);
      const ids = (found: readonly { id: number }[]): number[] => found.map((row) => row.id);
      expect(ids(await sorted.limit(2))).toEqual([1, 2]);
      expect(ids(await sorted.limit(2).offset(1))).toEqual([2, 3]);
      expect(ids(await sorted.offset(3))).toEqual([4]);
      expect(ids(await sorted.offset(9))).toEqual([]);
      expect(ids(await sorted.limit(0))).toEqual([]);
      expect(ids(await sorted.limit(1e9).offset(0))).toEqual([1, 2, 3, 4]);
      for (const odd of [-1, 1.5, NaN, Infinity, "1", undefined, null, 2 ** 53] as never[]) {
        expect(await failureOf(() => sorted.limit(odd))).toMatchObject({ code: "E_INVALID_VALUE" });
        expect(await failureOf(() => sorted.offset(odd))).toMatchObject({
          code: "E_INVALID_VALUE",
        });
      }
    });

    test("give equal rows once", async ({ db }) => {
      await db.insert(people).values(rows);
      const ages = db.select({ age: people.age }).from(people).distinct().orderBy(people.age);
      expect(await ages).toEqual([{ age: null }, { age: 20 }, { age: 36 }]);
    });

    test("may be awaited again, and shared as a starting point", async ({ db }) => {
      await db.insert(people).values(rows);
      const query = db.from(people).where(eq(people.age, 36));
      const narrower = query.where(eq(people.name, "Ada"));
      expect((await query).length).toBe(2);
      await db.delete(people).where(eq(people.id, 1));
      expect((await query).length).toBe(1);
      expect((await narrower).length).toBe(0);
    });

    test("refuse columns of a table that they don't read", async ({ db }) => {
      const other = alias(people, "other");
      const queries = [
        () => db.from(people).where(eq(pets.id, 1)),
        () => db.from(people).where(eq(other.id, 1)),
        () => db.from(other).where(eq(people.id, 1)),
        () => db.select({ id: pets.id }).from(people),
        () => db.from(people).orderBy(pets.id),
      ];
      for (const query of queries)
        expect(await failureOf(query)).toMatchObject({ code: "E_UNKNOWN_SOURCE" });
    });

    test("ask whether a query around them has a row", async ({ db }) => {
      await db.insert(people).values(rows);
      await db.insert(pets).values([
        { id: 1, ownerId: 1, name: "Rex" },
        { id: 2, ownerId: 1, name: "Kit" },
        { id: 3, ownerId: 4, name: null },
        { id: 4, ownerId: null, name: "Stray" },
      ]);
      const own = db.from(pets).where(eq(pets.ownerId, people.id));
      const ids = async (condition: ReturnType<typeof and>): Promise<number[]> =>
        (await db.from(people).where(condition).orderBy(people.id)).map((row) => row.id);
      expect(await ids(exists(own))).toEqual([1, 4]);
      expect(await ids(notExists(own))).toEqual([2, 3]);
      expect(await ids(exists(own.where(isNotNull(pets.name))))).toEqual([1]);
      expect(await ids(and(exists(own), eq(people.name, "Dora")))).toEqual([4]);
      const inner = alias(people, "inner_people");
      const sameAge = db.from(inner).where(and(eq(inner.age, people.age), ne(inner.id, people.id)));
      expect(await ids(exists(sameAge))).toEqual([1, 4]);
      const nested = db
        .from(pets)
        .where(
          exists(db.from(inner).where(and(eq(inner.id, pets.ownerId), eq(inner.id, people.id)))),
        );
      expect(await ids(exists(nested))).toEqual([1, 4]);
      expect(
        await db
          .select({ id: people.id, has: exists(own) })
          .from(people)
          .orderBy(people.id)
          .limit(2),
      ).toEqual([
        { id: 1, has: true },
        { id: 2, has: false },
      ]);
      await db.delete(people).where(notExists(own));
      expect(await db.from(people).count()).toBe(2);
    });
  });
}
