import {
  and,
  count,
  eq,
  exists,
  gt,
  inArray,
  max,
  notInArray,
  scalar,
  sum,
} from "../../query/expression.ts";
import { asc, desc } from "../../query/order.ts";
import type { Executor } from "../../query/client.ts";
import { sql } from "../../query/sql.ts";
import { table } from "../../schema/table.ts";
import { decimal, integer, text, varchar } from "../../schema/types.ts";
import { failureOf, type Kit } from "./kit.ts";

const people = table("people", {
  id: integer().primaryKey(),
  name: varchar({ length: 20 }).notNull(),
  cityId: integer("city"),
});
const bills = table("bills", {
  id: integer().primaryKey(),
  personId: integer().notNull(),
  total: decimal({ precision: 10, scale: 2 }).notNull(),
  note: text(),
});

const tables = { people, bills };

async function fill(db: Executor): Promise<void> {
  await db.insert(people).values([
    { id: 1, name: "Ada", cityId: 7 },
    { id: 2, name: "Bob", cityId: 7 },
    { id: 3, name: "Cleo", cityId: null },
  ]);
  await db.insert(bills).values([
    { id: 1, personId: 1, total: "10.00", note: "a" },
    { id: 2, personId: 1, total: "2.50" },
    { id: 3, personId: 2, total: "7.25" },
  ]);
}

/** Made anew in every call, as an application's functions do. */
function spentAbove(db: Executor, least: string) {
  return db
    .select({ personId: bills.personId, total: sum(bills.total), bills: count() })
    .from(bills)
    .where(gt(bills.total, least))
    .groupBy(bills.personId)
    .as("spent");
}

/** Queries as tables, as values, as lists, and in counts. */
export function subqueryCases({ expect, group }: Kit): void {
  group("queries in queries", tables, (test) => {
    test("stand as a table, with columns of their own", async ({ db }) => {
      await fill(db);
      const spent = spentAbove(db, "0.00");
      const rows = await db
        .select({ name: people.name, total: spent.total, bills: spent.bills })
        .from(people)
        .leftJoin(spent, eq(spent.personId, people.id))
        .orderBy(people.id);
      expect(rows).toEqual([
        { name: "Ada", total: "12.50", bills: 2 },
        { name: "Bob", total: "7.25", bills: 1 },
        { name: "Cleo", total: null, bills: null },
      ]);
      expect(await db.from(spent).where(gt(spent.bills, 1))).toEqual([
        { personId: 1, total: "12.50", bills: 2 },
      ]);
      const whole = await db
        .select({ id: people.id, spent })
        .from(people)
        .leftJoin(spent, eq(spent.personId, people.id))
        .orderBy(desc(people.id));
      expect(whole).toEqual([
        { id: 3, spent: null },
        { id: 2, spent: { personId: 2, total: "7.25", bills: 1 } },
        { id: 1, spent: { personId: 1, total: "12.50", bills: 2 } },
      ]);
    });

    test("keep their values apart, and make one plan however often they are made", async ({
      db,
    }) => {
      await fill(db);
      const idsAbove = async (least: string, name: string): Promise<number[]> => {
        const spent = spentAbove(db, least);
        const rows = await db
          .select({ id: people.id, mark: sql<string>`${people.name}` })
          .from(spent)
          .innerJoin(people, and(eq(people.id, spent.personId), eq(people.name, name)))
          .where(gt(spent.bills, 0));
        return rows.map((row) => row.id);
      };
      expect(await idsAbove("3.00", "Ada")).toEqual([1]);
      const { plans } = db.stats();
      expect(await idsAbove("8.00", "Bob")).toEqual([]);
      expect(await idsAbove("7.00", "Bob")).toEqual([2]);
      expect(await idsAbove("10.00", "Ada")).toEqual([]);
      expect(db.stats().plans).toBe(plans);
    });

    test("stand in one another, with nested members and names that are only alike", async ({
      db,
    }) => {
      await fill(db);
      const inner = db
        .select({
          id: bills.id,
          Id: bills.personId,
          deep: { "a b": bills.total, note: bills.note, whole: people },
          deep_note: sql<string>`'x'`,
          é: people.id,
        })
        .from(bills)
        .innerJoin(people, eq(people.id, bills.personId))
        .where(gt(bills.total, "5.00"))
        .as("inner");
      const outer = db.from(inner).where(gt(inner.id, 1)).as("outer");
      const whole = {
        id: 3,
        Id: 2,
        deep: { "a b": "7.25", note: null, whole: { id: 2, name: "Bob", cityId: 7 } },
        deep_note: "x",
        é: 2,
      };
      expect(await db.from(outer)).toEqual([whole]);
      const rows = await db
        .select({ city: outer.deep.whole.cityId, exact: outer.deep["a b"], outer })
        .from(outer)
        .where(eq(outer.deep.whole.name, "Bob"));
      expect(rows).toEqual([{ city: 7, exact: "7.25", outer: whole }]);
    });

    test("give the first rows of an order to the query around them", async ({ db }) => {
      await fill(db);
      const largest = db.from(bills).orderBy(desc(bills.total)).limit(2).as("largest");
      const rows = await db
        .select({ id: largest.id, total: largest.total })
        .from(largest)
        .orderBy(asc(largest.total))
        .limit(1);
      expect(rows).toEqual([{ id: 3, total: "7.25" }]);
    });

    test("are a value where they have one column", async ({ db }) => {
      await fill(db);
      const most = db.select({ most: max(bills.total) }).from(bills);
      const own = db.select({ n: count() }).from(bills).where(eq(bills.personId, people.id));
      const rows = await db
        .select({ name: people.name, bills: scalar(own), most: scalar(most) })
        .from(people)
        .orderBy(people.id);
      expect(rows).toEqual([
        { name: "Ada", bills: 2, most: "10.00" },
        { name: "Bob", bills: 1, most: "10.00" },
        { name: "Cleo", bills: 0, most: "10.00" },
      ]);
      expect(await db.from(bills).where(eq(bills.total, scalar(most)))).toEqual([
        { id: 1, personId: 1, total: "10.00", note: "a" },
      ]);
      const none = db.select({ id: people.id }).from(people).where(eq(people.id, 9));
      expect(
        await db
          .select({ none: scalar(none) })
          .from(people)
          .limit(1),
      ).toEqual([{ none: null }]);
    });

    test("are a list that a value is in or not", async ({ db }) => {
      await fill(db);
      const payers = db.select({ id: bills.personId }).from(bills).where(gt(bills.total, "5.00"));
      const names = async (ids: typeof payers, isIn = true): Promise<string[]> => {
        const condition = isIn ? inArray(people.id, ids) : notInArray(people.id, ids);
        const rows = await db.from(people).where(condition).orderBy(people.id);
        return rows.map((row) => row.name);
      };
      expect(await names(payers)).toEqual(["Ada", "Bob"]);
      expect(await names(payers, false)).toEqual(["Cleo"]);
      expect(await names(payers.where(gt(bills.total, "8.00")))).toEqual(["Ada"]);
      // A limit inside needs a detour on MySQL and MariaDB.
      expect(await names(payers.orderBy(desc(bills.total)).limit(1))).toEqual(["Ada"]);
      expect(await names(payers.orderBy(desc(bills.total)).limit(1), false)).toEqual([
        "Bob",
        "Cleo",
      ]);
      const cities = db.select({ city: people.cityId }).from(people);
      expect(await db.from(people).where(inArray(people.cityId, cities)).count()).toBe(2);
    });

    test("are counted with their groups, their distinct rows and their limit", async ({ db }) => {
      await fill(db);
      const byPerson = db
        .select({ id: bills.personId, n: count() })
        .from(bills)
        .groupBy(bills.personId);
      expect(await byPerson.count()).toBe(2);
      expect(await byPerson.having(gt(count(), 1)).count()).toBe(1);
      expect(await db.select({ id: bills.personId }).from(bills).distinct().count()).toBe(2);
      expect(await db.from(bills).orderBy(desc(bills.total)).limit(2).count()).toBe(2);
      expect(await db.from(bills).limit(10).offset(2).count()).toBe(1);
      expect(
        await db
          .select({ all: sum(bills.total) })
          .from(bills)
          .count(),
      ).toBe(1);
      expect(await db.from(spentAbove(db, "5.00")).count()).toBe(2);
    });

    test("read columns of the query around them in a condition, and not where they stand as a table", async ({
      db,
    }) => {
      await fill(db);
      const spent = spentAbove(db, "5.00");
      const spenders = db
        .from(people)
        .where(exists(db.from(spent).where(eq(spent.personId, people.id))));
      expect(await spenders.count()).toBe(2);

      const outside = db.from(bills).where(eq(bills.personId, people.id)).as("outside");
      const failure = await failureOf(
        db.select({ id: outside.id }).from(people).innerJoin(outside, eq(outside.id, people.id)),
      );
      expect(failure).toMatchObject({ code: "E_UNKNOWN_SOURCE" });
      const foreign = db.from(people).where(eq(spent.personId, 1));
      expect(await failureOf(foreign)).toMatchObject({ code: "E_UNKNOWN_SOURCE" });
      expect(await failureOf(() => db.insert(spent as unknown as typeof bills))).toMatchObject({
        code: "E_UNKNOWN_SOURCE",
      });
      const two = db.select({ id: people.id, name: people.name }).from(people);
      expect(await failureOf(() => scalar(two as unknown as typeof payer))).toMatchObject({
        code: "E_UNKNOWN_COLUMN",
      });
      const payer = db.select({ id: bills.personId }).from(bills);
    });
  });
}
