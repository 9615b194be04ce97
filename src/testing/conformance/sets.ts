import type { Executor } from "../../query/client.ts";
import { add } from "../../query/functions/arithmetic.ts";
import { dateAdd } from "../../query/functions/instants.ts";
import { concat } from "../../query/functions/texts.ts";
import {
  and,
  coalesce,
  count,
  eq,
  gt,
  inArray,
  isNotNull,
  isNull,
  lt,
} from "../../query/expression.ts";
import { asc, desc } from "../../query/order.ts";
import { sql } from "../../query/sql.ts";
import { table } from "../../schema/table.ts";
import { decimal, integer, timestamp, varchar } from "../../schema/types.ts";
import { failureOf, type Kit } from "./kit.ts";

const employees = table("employees", {
  id: integer().primaryKey(),
  name: varchar({ length: 20 }).notNull(),
  bossId: integer("reports_to"),
});
const guests = table("guests", {
  id: integer().primaryKey(),
  name: varchar({ length: 20 }).notNull(),
  fee: decimal({ precision: 6, scale: 2 }),
  at: timestamp(),
});

async function fill(db: Executor): Promise<void> {
  await db.insert(employees).values([
    { id: 1, name: "Andrew", bossId: null },
    { id: 2, name: "Nancy", bossId: 1 },
    { id: 3, name: "Jane", bossId: 2 },
    { id: 4, name: "Michael", bossId: 1 },
    { id: 5, name: "Robert", bossId: 4 },
  ]);
  await db.insert(guests).values([
    { id: 1, name: "Jane", fee: "1.50", at: new Date("2026-01-31T00:00:00.500Z") },
    { id: 2, name: "Zoe", fee: null },
    { id: 3, name: "Zoe", fee: "2.00" },
  ]);
}

/** Those under somebody, made anew in every call. */
function below(db: Executor, id: number, deepest: number) {
  const top = db
    .select({ id: employees.id, name: employees.name, depth: sql`0`.as(integer().notNull()) })
    .from(employees)
    .where(eq(employees.id, id));
  return db.withRecursive("below", top, (found) =>
    db
      .select({ depth: add(found.depth, 1), id: employees.id, name: employees.name })
      .from(employees)
      .innerJoin(found, eq(employees.bossId, found.id))
      .where(lt(found.depth, deepest)),
  );
}

/** Queries put together, and queries that stand before others. */
export function setCases({ expect, group }: Kit): void {
  group("queries put together", { employees, guests }, (test) => {
    test("have the rows of both, of either, or of one only", async ({ db }) => {
      await fill(db);
      const staff = db.select({ name: employees.name }).from(employees);
      const others = db.select({ name: guests.name }).from(guests);
      const names = (rows: { name: string }[]): string[] => rows.map((row) => row.name).sort();

      expect(names(await staff.union(others))).toEqual(
        ["Andrew", "Jane", "Michael", "Nancy", "Robert", "Zoe"], // once each
      );
      expect(await staff.unionAll(others).count()).toBe(8);
      expect(await staff.intersect(others)).toEqual([{ name: "Jane" }]);
      expect(await others.except(staff)).toEqual([{ name: "Zoe" }]);
      expect(names(await staff.except(others))).toEqual(["Andrew", "Michael", "Nancy", "Robert"]);
      const chain = others.except(staff).unionAll(staff.intersect(others));
      expect(names(await chain)).toEqual(["Jane", "Zoe"]);
    });

    // Found by generated queries: SQLite drops the first condition where it flattens the union.
    test("keep the conditions of each where one of them has a right join", async ({ db }) => {
      await fill(db);
      const none = db
        .select({ name: employees.name })
        .from(employees)
        .where(isNull(coalesce(employees.bossId, employees.id)));
      const joined = db
        .select({ name: guests.name })
        .from(employees)
        .rightJoin(guests, eq(guests.name, employees.name))
        .where(isNotNull(guests.fee));
      const both = none.unionAll(joined);
      expect(await both.orderBy(both.columns.name)).toEqual([{ name: "Jane" }, { name: "Zoe" }]);
      const outer = none.unionAll(joined).as("found");
      expect(await db.select({ name: outer.name }).from(outer).count()).toBe(2);
    });

    test("have an order, conditions and a limit over the whole, and keep those of their parts", async ({
      db,
    }) => {
      await fill(db);
      const together = (leastStaff: number, leastGuest: number) => {
        const last = db
          .select({ id: employees.id, name: employees.name })
          .from(employees)
          .where(gt(employees.id, leastStaff))
          .orderBy(desc(employees.id))
          .limit(2);
        // The members in another order.
        const free = db.select({ name: guests.name, id: guests.id }).from(guests);
        return last.unionAll(free.where(gt(guests.id, leastGuest)));
      };
      const both = together(1, 1);
      const { id, name } = both.columns;
      const expected = [
        { id: 2, name: "Zoe" },
        { id: 3, name: "Zoe" },
        { id: 4, name: "Michael" },
        { id: 5, name: "Robert" },
      ];
      expect(await both.orderBy(asc(id))).toEqual(expected);
      expect(await both.orderBy(desc(name), id).limit(2).offset(1)).toEqual([
        expected[1],
        expected[3],
      ]);
      expect(await both.where(eq(name, "Zoe")).count()).toBe(2);
      const { plans } = db.stats();
      const other = together(4, 2);
      expect(await other.orderBy(asc(other.columns.id))).toEqual([expected[1], expected[3]]);
      expect(db.stats().plans).toBe(plans);

      const named = both.as("everyone");
      const rows = await db
        .select({ name: named.name, n: count() })
        .from(named)
        .groupBy(named.name)
        .orderBy(desc(count()), named.name);
      expect(rows[0]).toEqual({ name: "Zoe", n: 2 });
      const invited = db.select({ name: guests.name }).from(guests);
      const one = db.select({ name: employees.name }).from(employees).intersect(invited);
      expect(await db.from(employees).where(inArray(employees.name, one)).count()).toBe(1);
    });

    test("are refused when their members or the types of these differ", async ({ db }) => {
      const staff = db.select({ name: employees.name }).from(employees);
      const wrong = db.select({ name: guests.fee }).from(guests);
      expect(await failureOf(() => staff.union(wrong))).toMatchObject({
        code: "E_UNKNOWN_COLUMN",
      });
      const more = db.select({ name: guests.name, id: guests.id }).from(guests);
      expect(await failureOf(() => staff.union(more as unknown as typeof staff))).toMatchObject({
        code: "E_UNKNOWN_COLUMN",
      });
    });

    test("stand before the query that reads them, and before one another", async ({ db }) => {
      await fill(db);
      const bosses = db.with(
        "bosses",
        db.select({ id: employees.bossId, n: count() }).from(employees).groupBy(employees.bossId),
      );
      const rows = await db
        .select({ name: employees.name, n: bosses.n })
        .from(employees)
        .innerJoin(bosses, eq(bosses.id, employees.id))
        .where(gt(bosses.n, 1));
      expect(rows).toEqual([{ name: "Andrew", n: 2 }]);

      const busy = db.with("busy", db.from(bosses).where(gt(bosses.n, 1)));
      const joined = db
        .select({ id: busy.id, boss: bosses })
        .from(busy)
        .innerJoin(bosses, eq(bosses.id, busy.id));
      expect(await joined).toEqual([{ id: 1, boss: { id: 1, n: 2 } }]);
      const ids = db.select({ id: busy.id }).from(busy);
      expect(await db.from(employees).where(inArray(employees.id, ids)).count()).toBe(1);
      expect(await ids.unionAll(ids)).toEqual([{ id: 1 }, { id: 1 }]);
    });

    test("walk a tree, from its top down or from a leaf up", async ({ db }) => {
      await fill(db);
      const all = below(db, 1, 9);
      expect(await db.from(all).orderBy(all.depth, all.id)).toEqual([
        { id: 1, name: "Andrew", depth: 0 },
        { id: 2, name: "Nancy", depth: 1 },
        { id: 4, name: "Michael", depth: 1 },
        { id: 3, name: "Jane", depth: 2 },
        { id: 5, name: "Robert", depth: 2 },
      ]);
      const { plans } = db.stats();
      const some = below(db, 4, 1);
      expect(await db.from(some).orderBy(some.depth, some.id)).toEqual([
        { id: 4, name: "Michael", depth: 0 },
        { id: 5, name: "Robert", depth: 1 },
      ]);
      expect(db.stats().plans).toBe(plans);

      const start = db
        .select({ id: employees.id, bossId: employees.bossId })
        .from(employees)
        .where(eq(employees.id, 5));
      const above = db.withRecursive("above", start, (found) =>
        db
          .select({ id: employees.id, bossId: employees.bossId })
          .from(employees)
          .innerJoin(found, eq(employees.id, found.bossId)),
      );
      const top = db.select({ id: above.id }).from(above).where(isNull(above.bossId));
      expect(await top).toEqual([{ id: 1 }]);
    });

    test("compute with decimals, texts and instants on their way", async ({ db }) => {
      await fill(db);
      const start = db
        .select({ id: guests.id, name: guests.name, fee: guests.fee, at: guests.at })
        .from(guests)
        .where(eq(guests.id, 1));
      const later = db.withRecursive("later", start, (found) =>
        db
          .select({
            id: add(found.id, 1),
            name: concat(found.name, "!"),
            fee: add(found.fee, "0.25"),
            at: dateAdd(found.at, 1, "day"),
          })
          .from(found)
          .where(lt(found.id, 3)),
      );
      expect(await db.from(later).orderBy(later.id)).toEqual([
        { id: 1, name: "Jane", fee: "1.50", at: new Date("2026-01-31T00:00:00.500Z") },
        { id: 2, name: "Jane!", fee: "1.75", at: new Date("2026-02-01T00:00:00.500Z") },
        { id: 3, name: "Jane!!", fee: "2.00", at: new Date("2026-02-02T00:00:00.500Z") },
      ]);
    });

    test("end a circle where equal rows are kept once", async ({ db }) => {
      await fill(db);
      await db.update(employees).set({ bossId: 5 }).where(eq(employees.id, 1));
      const start = db
        .select({ id: employees.id, bossId: employees.bossId })
        .from(employees)
        .where(and(eq(employees.id, 5)));
      const circle = db.withRecursive(
        "circle",
        start,
        (found) =>
          db
            .select({ id: employees.id, bossId: employees.bossId })
            .from(employees)
            .innerJoin(found, eq(employees.id, found.bossId)),
        { distinct: true },
      );
      expect((await db.from(circle).orderBy(circle.id)).map((row) => row.id)).toEqual([1, 4, 5]);
    });
  });
}
