import { inspect } from "node:util";
import { DbError } from "../../core/error.ts";
import { and, eq, gt, inArray } from "../../query/expression.ts";
import { asc, desc } from "../../query/order.ts";
import { sql } from "../../query/sql.ts";
import { alias, table } from "../../schema/table.ts";
import { bigint, boolean, decimal, integer, json, text, timestamp } from "../../schema/types.ts";
import { failureOf, type Kit } from "./kit.ts";

const rooms = table("rooms", {
  id: integer().primaryKey(),
  name: text(),
  size: integer().notNull(),
  price: decimal({ precision: 9, scale: 2 }),
  free: boolean(),
  since: timestamp(),
  tags: json<string[]>(),
});

const since = new Date("2026-02-03T04:05:06.789Z");
const rows = [
  { id: 1, name: "blue", size: 10, price: "1.50", free: true, since, tags: ["a"] },
  { id: 2, name: "red", size: 20, price: null, free: false, since: null, tags: null },
];

/** SQL that a person wrote, with its values apart. */
export function fragmentCases({ expect, group }: Kit): void {
  group("fragments", { rooms }, (test) => {
    test("stand in a selection, a condition, an order and a group", async ({ db }) => {
      await db.insert(rooms).values(rows);
      const double = sql<number>`${rooms.size} * ${2}`.as(integer());
      expect(await db.select({ double }).from(rooms).orderBy(desc(double))).toEqual([
        { double: 40 },
        { double: 20 },
      ]);
      expect(await db.select({ id: rooms.id }).from(rooms).where(gt(double, 30))).toEqual([
        { id: 2 },
      ]);
      expect(
        await db
          .select({ id: rooms.id })
          .from(rooms)
          .where(and(sql<boolean>`${rooms.size} > ${5}`, eq(rooms.name, "blue"))),
      ).toEqual([{ id: 1 }]);
      const parity = sql<number>`${rooms.size} % 20`.as(integer());
      expect(await db.select({ parity }).from(rooms).groupBy(parity).orderBy(asc(parity))).toEqual([
        { parity: 0 },
        { parity: 10 },
      ]);
      const alternatives = sql<boolean>`${rooms.id} = ${1} or ${rooms.id} = ${2}`;
      expect(
        await db
          .from(rooms)
          .where(and(alternatives, eq(rooms.name, "red")))
          .count(),
      ).toBe(1);
    });

    test("take columns, tables, aliases and further fragments", async ({ db }) => {
      await db.insert(rooms).values(rows);
      const other = alias(rooms, "other");
      const larger = sql<number>`(select count(*) from ${rooms} where ${rooms.size} > ${15})`.as(
        integer(),
      );
      expect(await db.select({ larger }).from(other).limit(1)).toEqual([{ larger: 1 }]);
      const inner = sql`${other.size} + ${1}`;
      const outer = sql<number>`(${inner}) * ${10}`.as(integer());
      expect(await db.select({ outer }).from(other).where(eq(other.id, 1))).toEqual([
        { outer: 110 },
      ]);
      const raw = sql<number>`${sql.raw("1 + 1")} + ${other.id}`.as(integer());
      expect(await db.select({ raw }).from(other).orderBy(other.id)).toEqual([
        { raw: 3 },
        { raw: 4 },
      ]);
    });

    test("are read and compared in the type that they are given", async ({ db }) => {
      await db.insert(rooms).values(rows);
      const typed = db.select({
        size: sql`${rooms.size}`.as(bigint()),
        free: sql`${rooms.free}`.as(boolean()),
        since: sql`${rooms.since}`.as(timestamp()),
        micro: sql`${rooms.since}`.as(timestamp({ mode: "string", precision: 3 })),
        tags: sql`${rooms.tags}`.as(json<string[]>()),
        none: sql`null`.as(integer()),
      });
      expect(await typed.from(rooms).where(eq(rooms.id, 1))).toEqual([
        {
          size: 10n,
          free: true,
          since,
          micro: since.toISOString(),
          tags: ["a"],
          none: null,
        },
      ]);
      expect(
        await db
          .from(rooms)
          .where(eq(sql`${rooms.since}`.as(timestamp()), since))
          .count(),
      ).toBe(1);
      expect(
        await db
          .from(rooms)
          .where(inArray(sql`${rooms.size}`.as(bigint()), [10n, 30n]))
          .count(),
      ).toBe(1);
      const wrong = (): unknown =>
        db.from(rooms).where(eq(sql`${rooms.size}`.as(integer()), "10" as never));
      expect(await failureOf(wrong)).toMatchObject({ code: "E_INVALID_VALUE" });
    });

    test("whose cells are not of their type are refused without being quoted", async ({ db }) => {
      await db.insert(rooms).values(rows);
      for (const type of [json(), bigint()]) {
        const wrong = db.select({ wrong: sql`'secret {'`.as<typeof type>(type) }).from(rooms);
        const failure = await failureOf(wrong);
        expect(failure instanceof DbError).toBe(true);
        expect(inspect(failure).includes("secret")).toBe(false);
      }
    });

    test("tell a whole number that JavaScript can't hold, and don't round it", async ({ db }) => {
      await db.insert(rooms).values(rows);
      const huge = db.select({ x: sql`9007199254740993`.as(integer()) }).from(rooms);
      expect(await failureOf(huge)).toMatchObject({ code: "E_OUT_OF_RANGE" });
    });

    test("compare no JSON as a whole, of which equality differs", async ({ db }) => {
      const same = () => db.from(rooms).where(eq(rooms.tags, ["a"]));
      expect(await failureOf(same)).toMatchObject({ code: "E_UNSUPPORTED" });
    });

    test("keep their values out of the text", async ({ db }) => {
      const query = db.from(rooms).where(sql<boolean>`${rooms.name} = ${"canary-9331"}`);
      const { text: statement, values } = query.toSql();
      expect(statement.includes("canary-9331")).toBe(false);
      expect(values).toEqual(["canary-9331"]);
    });

    test("are executed with values, and tell their rows", async ({ db }) => {
      await db.insert(rooms).values(rows);
      const { rows: found } = await db.execute(
        sql<{
          id: number;
          name: string;
        }>`select ${rooms.id}, ${rooms.name} from ${rooms} where ${rooms.name} = ${"red"}`,
      );
      expect(found).toEqual([{ id: 2, name: "red" }]);
      const written = await db.execute(
        sql`update ${rooms} set size = ${7} where ${rooms.id} > ${0}`,
      );
      expect(written).toEqual({ rows: [], affectedRows: 2 });
      expect((await db.execute(sql`select id from ${rooms} where 1 = 0`)).rows).toEqual([]);
      expect((await db.execute(sql`delete from ${rooms}`)).affectedRows).toBe(2);
      await db.execute(sql`create table made_by_hand (id integer)`);
      await db.execute(sql`drop table made_by_hand`);
    });

    test("give null for NULL and take null as a value", async ({ db }) => {
      await db.insert(rooms).values(rows);
      const { rows: found } = await db.execute(
        sql`select name, price from ${rooms} where ${rooms.id} = ${2}`,
      );
      expect(found).toEqual([{ name: "red", price: null }]);
      await db.execute(sql`update ${rooms} set name = ${null} where ${rooms.id} = ${2}`);
      expect((await db.from(rooms).find(2))?.name).toBe(null);
    });

    test("are the only thing that execute takes", async ({ db }) => {
      for (const statement of ["select 1", {}, ["select 1"], undefined, null] as never[])
        expect(await failureOf(() => db.execute(statement))).toMatchObject({
          code: "E_INVALID_VALUE",
        });
    });
  });
}
