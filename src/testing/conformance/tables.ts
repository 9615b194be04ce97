import { createTables } from "../../migrate/create-tables.ts";
import { eq } from "../../query/expression.ts";
import { sql } from "../../query/sql.ts";
import { defineSchema } from "../../schema/schema.ts";
import { index, unique } from "../../schema/constraints.ts";
import { table } from "../../schema/table.ts";
import {
  bigint,
  boolean,
  decimal,
  integer,
  text,
  timestamp,
  uuid,
  varchar,
  bytes,
  date,
  real,
  time,
} from "../../schema/types.ts";
import { failureOf, type Kit } from "./kit.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Tables, keys, indexes and the defaults that the database keeps. */
export function tableCases({ alone, expect, group }: Kit): void {
  group("tables", {}, (test) => {
    test("are made whether a table stands before or after the one that it points at", () =>
      alone(async (db) => {
        const parents = table("parents", { id: integer().primaryKey() });
        const before = table("before", {
          id: integer().primaryKey(),
          parentId: integer()
            .notNull()
            .references(() => parents.id),
        });
        const after = table("after", {
          id: integer().primaryKey(),
          parentId: integer().references(() => parents.id, { onDelete: "cascade" }),
        });
        await createTables(db, defineSchema({ before, parents, after }));

        const orphan = db.insert(before).values({ id: 1, parentId: 7 });
        expect(await failureOf(orphan)).toMatchObject({ code: "E_FOREIGN_KEY_VIOLATION" });
        await db.insert(parents).values([{ id: 1 }, { id: 2 }]);
        await db.insert(before).values({ id: 1, parentId: 1 });
        await db.insert(after).values([
          { id: 1, parentId: 2 },
          { id: 2, parentId: null },
        ]);
        const used = db.delete(parents).where(eq(parents.id, 1));
        expect(await failureOf(used)).toMatchObject({ code: "E_FOREIGN_KEY_VIOLATION" });
        await db.delete(parents).where(eq(parents.id, 2));
        expect(await db.from(after)).toEqual([{ id: 2, parentId: null }]);
      }));

    test("may point at one another and at themselves", () =>
      alone(async (db) => {
        const teams = table("teams", {
          id: integer().primaryKey(),
          leaderId: integer().references(() => people.id, { onDelete: "set null" }),
        });
        const people = table("people", {
          id: integer().primaryKey(),
          teamId: integer()
            .notNull()
            .references(() => teams.id, { onDelete: "cascade" }),
          mentorId: integer().references(() => people.id, { onDelete: "set null" }),
        });
        await createTables(db, defineSchema({ teams, people }));

        await db.insert(teams).values({ id: 1 });
        await db.insert(people).values({ id: 1, teamId: 1, mentorId: 1 });
        await db.insert(people).values({ id: 2, teamId: 1, mentorId: 1 });
        await db.update(teams).set({ leaderId: 1 }).where(eq(teams.id, 1));
        await db.delete(people).where(eq(people.id, 1));
        expect(await db.from(teams)).toEqual([{ id: 1, leaderId: null }]);
        expect(await db.from(people)).toEqual([{ id: 2, teamId: 1, mentorId: null }]);
        await db.delete(teams).all();
        expect(await db.from(people)).toEqual([]);
      }));

    test("keep unique keys over one and over several columns, and any number of NULLs in one", () =>
      alone(async (db) => {
        const seats = table(
          "seats",
          {
            id: integer().primaryKey(),
            code: varchar({ length: 20 }).unique(),
            row: integer().notNull(),
            place: integer(),
          },
          (t) => [unique().on(t.row, t.place), index().on(t.place), index("by_code").on(t.code)],
        );
        await createTables(db, defineSchema({ seats }));

        await db.insert(seats).values([
          { id: 1, row: 1, place: null },
          { id: 2, row: 1, place: null },
          { id: 3, row: 1, place: 1 },
          { id: 4, row: 2, place: 1 },
        ]);
        const taken = db.insert(seats).values({ id: 5, row: 2, place: 1 });
        expect(await failureOf(taken)).toMatchObject({
          code: "E_UNIQUE_VIOLATION",
          columns: ["row", "place"],
        });
        expect(await db.from(seats).count()).toBe(4);
      }));

    test("have keys of several columns", () =>
      alone(async (db) => {
        const parts = table("parts", {
          a: integer().primaryKey(),
          b: varchar({ length: 5 }).primaryKey(),
          note: text(),
        });
        await createTables(db, defineSchema({ parts }));

        await db.insert(parts).values([
          { a: 1, b: "x", note: "one" },
          { a: 1, b: "y", note: "two" },
        ]);
        const taken = db.insert(parts).values({ a: 1, b: "x" });
        expect(await failureOf(taken)).toMatchObject({ code: "E_UNIQUE_VIOLATION" });
        expect(await db.from(parts).find({ a: 1, b: "y" })).toEqual({ a: 1, b: "y", note: "two" });
      }));

    test("hold their defaults in the database, for rows that other programs write", () =>
      alone(async (db) => {
        const notes = table("notes", {
          id: integer().primaryKey(),
          key: uuid().notNull().defaultRandom(),
          made: timestamp().notNull().defaultNow(),
          micro: timestamp({ mode: "string" }).notNull().defaultNow(),
          title: varchar({ length: 40 }).notNull().default(`it's "quoted" \\ back`),
          size: integer().notNull().default(-5),
          total: bigint().notNull().default(9_007_199_254_740_993n),
          price: decimal({ precision: 10, scale: 2 }).notNull().default("9.90"),
          open: boolean().notNull().default(true),
          day: date().notNull().default("2024-02-29"),
          clock: time({ precision: 3 }).notNull().default("23:59:59.5"),
          today: date().notNull().defaultNow(),
          second: time().notNull().defaultNow(),
          fine: time({ precision: 2 }).notNull().defaultNow(),
          finest: time({ precision: 6 }).notNull().defaultNow(),
          raw: bytes()
            .notNull()
            .default(Uint8Array.of(0, 92, 39, 255)),
          short: bytes({ length: 9 }).notNull().default(new Uint8Array(0)),
          single: real().notNull().default(0.1),
          born: timestamp().notNull().default(new Date("2001-02-03T04:05:06.789Z")),
          sum: integer()
            .notNull()
            .default(sql`1 + 2`),
        });
        await createTables(db, defineSchema({ notes }));

        const beganMs = Date.now();
        await db.execute(sql`insert into ${notes} (id) values (1)`);
        await db.execute(sql`insert into ${notes} (id) values (2)`);
        const [first, second] = await db.from(notes).orderBy(notes.id);
        expect(first).toMatchObject({
          title: `it's "quoted" \\ back`,
          size: -5,
          total: 9_007_199_254_740_993n,
          price: "9.90",
          open: true,
          day: "2024-02-29",
          clock: "23:59:59.500",
          raw: Uint8Array.of(0, 92, 39, 255),
          short: new Uint8Array(0),
          single: Math.fround(0.1),
          born: new Date("2001-02-03T04:05:06.789Z"),
          sum: 3,
        });
        expect(first!.today).toBe(first!.made.toISOString().slice(0, 10));
        const ofDay = first!.made.toISOString().slice(11);
        expect(first!.second).toBe(ofDay.slice(0, 8));
        expect(first!.fine).toBe(ofDay.slice(0, 11));
        expect([first!.finest.slice(0, 12), first!.finest.length]).toEqual([
          ofDay.slice(0, 12),
          15,
        ]);
        expect(UUID.test(first!.key)).toBe(true);
        expect(first!.key === second!.key).toBe(false);
        expect(Math.abs(first!.made.getTime() - beganMs) < 5_000).toBe(true);
        expect(Math.abs(Date.parse(first!.micro) - beganMs) < 5_000).toBe(true);
      }));

    test("count their keys as they say, or are refused before anything is sent", () =>
      alone(async (db) => {
        const down = table("down", {
          id: integer().primaryKey().autoIncrement({ start: -10, increment: -5 }),
          note: text(),
        });
        const always = table("always", {
          id: bigint().primaryKey().autoIncrement({ always: true, start: 1000 }),
          note: text(),
        });
        const create = createTables(db, defineSchema({ down, always }));
        if (!db.can.identityOptions) {
          expect(await failureOf(create)).toMatchObject({ code: "E_UNSUPPORTED" });
          return;
        }
        await create;
        const rows = [{ note: "a" }, { note: "b" }];
        expect(await db.insert(down).values(rows).returning({ id: down.id })).toEqual([
          { id: -10 },
          { id: -15 },
        ]);
        expect(await db.insert(always).values(rows).returning({ id: always.id })).toEqual([
          { id: 1000n },
          { id: 1001n },
        ]);
        const brought = (): unknown => db.insert(always).values({ id: 1n, note: "c" } as never);
        expect(await failureOf(brought)).toMatchObject({ code: "E_INVALID_VALUE" });
      }));

    test("are refused when one of the same name exists", () =>
      alone(async (db) => {
        const things = table("things", { id: integer().primaryKey() });
        await createTables(db, defineSchema({ things }));
        await db.insert(things).values({ id: 1 });

        expect(await failureOf(createTables(db, defineSchema({ things })))).toMatchObject({
          code: "E_QUERY",
        });
        expect(await db.from(things)).toEqual([{ id: 1 }]);
      }));

    test("have names for their constraints that are cut short alike and stay apart", () =>
      alone(async (db) => {
        const long = "a_name_for_a_table_that_is_nearly_as_long_as_names_may_be";
        const columns = {
          id: integer().primaryKey(),
          anotherRatherLongColumnNameOne: varchar({ length: 9 }).unique(),
          anotherRatherLongColumnNameTwo: varchar({ length: 9 }).unique(),
        };
        const longest = table(long, columns);
        await createTables(db, defineSchema({ longest }));

        await db.insert(longest).values({
          id: 1,
          anotherRatherLongColumnNameOne: "x",
          anotherRatherLongColumnNameTwo: "y",
        });
        const taken = db.insert(longest).values({ id: 2, anotherRatherLongColumnNameTwo: "y" });
        expect(await failureOf(taken)).toMatchObject({
          code: "E_UNIQUE_VIOLATION",
          columns: ["another_rather_long_column_name_two"],
        });
      }));
  });
}
