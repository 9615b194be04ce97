import { createTables } from "../../migrate/create-tables.ts";
import {
  between,
  coalesce,
  count,
  eq,
  gt,
  inArray,
  like,
  lower,
  max,
  min,
  ne,
  notInArray,
} from "../../query/expression.ts";
import { asc, desc } from "../../query/order.ts";
import { sql } from "../../query/sql.ts";
import { defineSchema } from "../../schema/schema.ts";
import { index, unique } from "../../schema/constraints.ts";
import { table } from "../../schema/table.ts";
import { enumType, integer } from "../../schema/types.ts";
import { failureOf, type Kit } from "./kit.ts";

// In an order that is not that of the texts.
const levels = ["low", "middle", "high", "Low"] as const;
const level = enumType("level", levels);
const stored = enumType("stored level", levels);

const hostileNames = [
  "it's",
  'a"b',
  "a`b",
  "a\\b",
  "\\",
  "x'); drop table tickets; --",
  "a,b",
  " lead",
  "null",
  "%_",
  "é😀",
  "{}",
  "\r\n",
] as const;
const hostile = enumType(`we"ird \`type\\'; --`, hostileNames);

const tickets = table(
  "tickets",
  {
    id: integer().primaryKey(),
    level: level().notNull().default("middle"),
    other: level("other level"),
    stored: stored(),
    hostile: hostile().default("a\\b"),
  },
  (t) => [index().on(t.level, t.stored), unique().on(t.other, t.hostile)],
);

/** Columns that hold one of several names. */
export function enumCases({ alone, expect, group }: Kit): void {
  group("enums", { tickets }, (test) => {
    test("keep their names, hostile ones too, and are found by them", async ({ db }) => {
      for (const [id, name] of hostileNames.entries()) {
        await db.insert(tickets).values({ id, hostile: name, other: "high" });
        const found = db.select({ hostile: tickets.hostile }).from(tickets);
        expect(await found.where(eq(tickets.hostile, name)), name).toEqual([{ hostile: name }]);
      }
      expect(await db.from(tickets).count()).toBe(hostileNames.length);
      const listed = db.from(tickets).where(inArray(tickets.hostile, hostileNames));
      expect(await listed.count()).toBe(hostileNames.length);
    });

    test("hold their default in the database", async ({ db }) => {
      await db.execute(sql`insert into ${tickets} (id) values (1)`);
      expect(await db.from(tickets)).toEqual([
        { id: 1, level: "middle", other: null, stored: null, hostile: "a\\b" },
      ]);
    });

    test("refuse what is none of their names, before anything is sent", async ({ db }) => {
      await db.insert(tickets).values({ id: 1 });
      for (const value of ["", "LOW", "low ", "lows", "1", 1, 0, true, null, ["low"], {}]) {
        const set = { level: value } as never;
        for (const work of [
          () => db.insert(tickets).values({ id: 2, level: value as never }),
          () => db.update(tickets).set(set).all(),
          () => db.from(tickets).where(eq(tickets.level, value as never)),
          () => db.from(tickets).where(inArray(tickets.level, [value as never])),
        ]) {
          const { code } = (await failureOf(work)) as { code: string };
          const isNull = value === null && code === "E_NOT_NULL_VIOLATION";
          expect(isNull || code === "E_INVALID_VALUE", `${JSON.stringify(value)}: ${code}`).toBe(
            true,
          );
        }
      }
      expect(await db.from(tickets).count()).toBe(1);
    });

    test("are refused by the database where another program writes something else", async ({
      db,
    }) => {
      for (const column of [tickets.level, tickets.other, tickets.stored]) {
        const written = sql`insert into ${tickets} (id, ${column}) values (1, ${"highest"})`;
        expect((await failureOf(db.execute(written))) instanceof Error, column.key).toBe(true);
      }
      expect(await db.from(tickets).count()).toBe(0);
    });

    test("sort in the order of their declaration, NULLs first", async ({ db }) => {
      const names = ["Low", null, "high", "low", "middle"] as const;
      await db
        .insert(tickets)
        .values(names.map((name, id) => ({ id, other: name, stored: name, hostile: null })));
      for (const column of [tickets.other, tickets.stored]) {
        const read = db.select({ name: column }).from(tickets);
        const ascending = (await read.orderBy(asc(column))).map(({ name }) => name);
        expect(ascending, column.key).toEqual([null, "low", "middle", "high", "Low"]);
        const descending = (await read.orderBy(desc(column))).map(({ name }) => name);
        expect(descending, column.key).toEqual(["Low", "high", "middle", "low", null]);
        const groups = db.select({ name: column, n: count() }).from(tickets);
        expect((await groups.groupBy(column).orderBy(desc(column)).limit(1))[0]).toEqual({
          name: "Low",
          n: 1,
        });
      }
    });

    test("are compared with one another, listed and replaced where they are NULL", async ({
      db,
    }) => {
      await db.insert(tickets).values([
        { id: 1, level: "low", other: "low", stored: "Low" },
        { id: 2, level: "Low", other: "low", stored: "low", hostile: null },
        { id: 3, level: "high" },
      ]);
      const ids = async (condition: ReturnType<typeof eq>): Promise<number[]> =>
        (await db.from(tickets).where(condition).orderBy(tickets.id)).map(({ id }) => id);
      expect(await ids(eq(tickets.level, tickets.other))).toEqual([1]);
      expect(await ids(ne(tickets.level, "low"))).toEqual([2, 3]);
      expect(await ids(inArray(tickets.level, ["Low", "high"]))).toEqual([2, 3]);
      expect(await ids(notInArray(tickets.level, ["Low"]))).toEqual([1, 3]);
      const long = Array.from({ length: 20_000 }, (_, at) => levels[1 + (at % 2)]!);
      expect(await ids(inArray(tickets.level, long))).toEqual([3]);
      expect(await ids(inArray(tickets.stored, ["low"]))).toEqual([2]);
      const known = db.select({ name: coalesce(tickets.other, "high") }).from(tickets);
      expect(await known.where(eq(tickets.id, 3))).toEqual([{ name: "high" }]);
    });

    test("refuse what databases would do by the text or by the place", async ({ db }) => {
      const works: (() => unknown)[] = [
        () => gt(tickets.level, "low"),
        () => between(tickets.level, "low", "high"),
        () => min(tickets.level),
        () => max(tickets.other),
        () => like(tickets.level, "l%"),
        () => lower(tickets.level),
        () => db.from(tickets).orderBy(coalesce(tickets.other, "low")),
      ];
      for (const [at, work] of works.entries())
        expect(await failureOf(work), String(at)).toMatchObject({ code: "E_UNSUPPORTED" });
    });

    test("of one declaration may stand in several tables", () =>
      alone(async (db) => {
        const one = table("one", { id: integer().primaryKey(), level: level().notNull() });
        const other = table("other", { id: integer().primaryKey(), level: level().notNull() });
        await createTables(db, defineSchema({ one, other }));
        await db.insert(one).values({ id: 1, level: "high" });
        await db.insert(other).values({ id: 1, level: "high" });
        const joined = db.select({ level: one.level }).from(one);
        expect(await joined.innerJoin(other, eq(one.level, other.level))).toEqual([
          { level: "high" },
        ]);
      }));
  });
}
