import type { Executor } from "../../query/client.ts";
import { count, eq, gt, inArray, sum } from "../../query/expression.ts";
import { sql } from "../../query/sql.ts";
import { table } from "../../schema/table.ts";
import { decimal, integer, text, uuid, varchar } from "../../schema/types.ts";
import { failureOf, type Kit } from "./kit.ts";

const entries = table("entries", {
  id: integer().primaryKey(),
  person: varchar({ length: 20 }).notNull(),
  amount: decimal({ precision: 8, scale: 2 }).notNull(),
});
const totals = table("totals", {
  id: integer().primaryKey().autoIncrement(),
  person: varchar({ length: 20 }).notNull(),
  total: decimal({ precision: 18, scale: 2 }),
  state: text().notNull().default("new"),
});
const keyed = table("keyed", {
  id: uuid()
    .primaryKey()
    .$default(() => "00000000-0000-4000-8000-000000000000"),
  person: varchar({ length: 20 }).notNull(),
});

async function fill(db: Executor): Promise<void> {
  await db.insert(entries).values([
    { id: 1, person: "Ada", amount: "1.50" },
    { id: 2, person: "Ada", amount: "2.25" },
    { id: 3, person: "Bob", amount: "0.10" },
  ]);
}

function sumsAbove(db: Executor, least: string) {
  return db
    .select({ total: sum(entries.amount), person: entries.person })
    .from(entries)
    .where(gt(entries.amount, least))
    .groupBy(entries.person);
}

/** Inserts of what a query gives, and writes to the rows that one tells. */
export function insertQueryCases({ expect, group }: Kit): void {
  group("writes by queries", { entries, totals, keyed }, (test) => {
    test("insert the rows of a query, with defaults for the columns that it doesn't have", async ({
      db,
    }) => {
      await fill(db);
      const written = await db.insert(totals).select(sumsAbove(db, "0.00"));
      expect(written).toEqual({ affectedRows: 2 });
      const { plans } = db.stats();
      await db.insert(totals).select(sumsAbove(db, "2.00"));
      expect(db.stats().plans).toBe(plans);
      const stored = db
        .select({ person: totals.person, total: totals.total, state: totals.state })
        .from(totals)
        .orderBy(totals.person, totals.total);
      expect(await stored).toEqual([
        { person: "Ada", total: "2.25", state: "new" },
        { person: "Ada", total: "3.75", state: "new" },
        { person: "Bob", total: "0.10", state: "new" },
      ]);
    });

    test("insert copies of a table's own rows, and what a query before the write gives", async ({
      db,
    }) => {
      await fill(db);
      const moved = db.select({
        id: sql`${entries.id} + 10`.as(integer().notNull()),
        person: entries.person,
        amount: entries.amount,
      });
      await db.insert(entries).select(moved.from(entries).where(eq(entries.person, "Ada")));
      expect(await db.from(entries).count()).toBe(5);

      const sums = db.with("sums", sumsAbove(db, "0.50"));
      const fromSums = db.select({ person: sums.person, total: sums.total }).from(sums);
      await db.insert(totals).select(fromSums);
      expect(await db.select({ total: totals.total }).from(totals)).toEqual([{ total: "7.50" }]);
    });

    test.needing(
      (can) => can.insertReturning,
      "give back the rows that a query made",
      async ({ db }) => {
        await fill(db);
        const write = db.insert(totals).select(sumsAbove(db, "2.00"));
        expect(await write.returning({ total: totals.total, state: totals.state })).toEqual([
          { total: "2.25", state: "new" },
        ]);
      },
    );

    test("refuse a query that doesn't fit the columns", async ({ db }) => {
      const people = db.select({ person: entries.person }).from(entries);
      expect(await failureOf(() => db.insert(keyed).select(people))).toMatchObject({
        code: "E_UNKNOWN_COLUMN",
      });
      const odd = db.select({ person: entries.person, missing: entries.id }).from(entries);
      expect(
        await failureOf(() => db.insert(totals).select(odd as unknown as typeof people)),
      ).toMatchObject({ code: "E_UNKNOWN_COLUMN" });
      const wrong = db.select({ person: entries.id }).from(entries);
      expect(
        await failureOf(() => db.insert(totals).select(wrong as unknown as typeof people)),
      ).toMatchObject({ code: "E_INVALID_VALUE" });
    });

    test("update and delete the rows that a query tells", async ({ db }) => {
      await fill(db);
      await db.insert(totals).values([{ person: "Ada" }, { person: "Cleo" }]);
      const busy = db
        .select({ person: entries.person })
        .from(entries)
        .groupBy(entries.person)
        .having(gt(count(), 1));
      await db.update(totals).set({ state: "busy" }).where(inArray(totals.person, busy));
      const states = db.select({ state: totals.state }).from(totals).orderBy(totals.person);
      expect(await states).toEqual([{ state: "busy" }, { state: "new" }]);
      const { affectedRows } = await db.delete(totals).where(inArray(totals.person, busy));
      expect(affectedRows).toBe(1);
    });
  });
}
