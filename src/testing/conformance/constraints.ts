import { createTables } from "../../migrate/create-tables.ts";
import {
  and,
  between,
  eq,
  gt,
  inArray,
  isNotNull,
  isNull,
  not,
  or,
} from "../../query/expression.ts";
import { asc, desc } from "../../query/order.ts";
import { sql } from "../../query/sql.ts";
import {
  check,
  foreignKey,
  index,
  primaryKey,
  unique,
  uniqueIndex,
} from "../../schema/constraints.ts";
import { defineSchema } from "../../schema/schema.ts";
import { table } from "../../schema/table.ts";
import {
  boolean,
  bytes,
  date,
  decimal,
  enumType,
  integer,
  timestamp,
  varchar,
} from "../../schema/types.ts";
import { failureOf, type Kit } from "./kit.ts";

const size = enumType("parcel_size", ["small", "it's large"]);

const depots = table(
  "depots",
  {
    region: varchar({ length: 9 }).primaryKey(),
    number: integer().primaryKey(),
    code: integer().notNull(),
    letter: varchar({ length: 1 }).notNull(),
  },
  (t) => [
    primaryKey("the_depot").on(t.number, t.region),
    unique("code_and_letter").on(t.code, t.letter),
  ],
);

const parcels = table(
  "parcels",
  {
    id: integer().primaryKey(),
    region: varchar({ length: 9 }),
    number: integer(),
    code: integer(),
    letter: varchar({ length: 1 }),
    grams: integer().notNull().default(1),
    price: decimal({ precision: 10, scale: 2 }),
    size: size(),
    word: varchar("we\"ird `word'", { length: 20 }),
    day: date(),
    at: timestamp(),
    seal: bytes({ length: 4 }),
    open: boolean().notNull().default(false),
    twinId: integer().references(() => parcels.id, { name: "twin_of", onDelete: "set null" }),
  },
  (t) => [
    foreignKey("kept_in")
      .on(t.region, t.number)
      .references(() => [depots.region, depots.number], { onDelete: "cascade" }),
    foreignKey()
      .on(t.letter, t.code)
      .references(() => [depots.letter, depots.code]),
    check("grams_are_positive", sql`${t.grams} > ${0} and ${t.grams} < 100000`),
    check(or(isNull(t.price), gt(t.price, "9.90"), eq(t.price, "0.00"))),
    check("some_words", inArray(t.word, ["it's", "back\\slash", "ok", 'say "x"'])),
    check("large_is_open", or(not(eq(t.size, "it's large")), eq(t.open, true))),
    check("this_century", between(t.day, "2000-01-01", "2099-12-31")),
    check("not_before", gt(t.at, new Date("2020-01-01T00:00:00.000Z"))),
    check("sealed", not(eq(t.seal, Uint8Array.of(0, 39)))),
    index().on(t.grams, desc(t.price)),
    index("by_day").on(desc(t.day), asc(t.at)),
    uniqueIndex().on(desc(t.seal)),
  ],
);

const notes = table(
  "notes",
  {
    id: integer().primaryKey(),
    word: varchar({ length: 20 }).notNull(),
    listedAt: timestamp(),
  },
  (t) => [uniqueIndex("listed_words").on(t.word).where(isNotNull(t.listedAt))],
);

const folded = table(
  "folded",
  { id: integer().primaryKey(), word: varchar({ length: 20 }).notNull() },
  (t) => [uniqueIndex("folded_words").on(sql`lower(${t.word})`)],
);

/** Keys and constraints of several columns, checks and indexes. */
export function constraintCases({ alone, expect, group }: Kit): void {
  group("constraints", { depots, parcels }, (test) => {
    test("let in what meets every check, or leaves it NULL", async ({ db }) => {
      const rows = [
        { id: 1 },
        { id: 2, price: "9.91", size: "it's large", open: true } as const,
        { id: 3, price: "0.00", word: "back\\slash", size: "small" } as const,
        { id: 4, word: 'say "x"', day: "2000-01-01", at: new Date("2020-01-01T00:00:00.001Z") },
        { id: 5, word: "it's", seal: Uint8Array.of(0) },
      ];
      for (const row of rows) await db.insert(parcels).values(row);
      expect(await db.from(parcels).count()).toBe(rows.length);
    });

    test("refuse what a check forbids, by its name", async ({ db }) => {
      const refused = [
        [{ grams: 0 }, "grams_are_positive"],
        [{ grams: 100_000 }, "grams_are_positive"],
        [{ price: "9.90" }, "parcels_price_check"],
        [{ price: "0.01" }, "parcels_price_check"],
        [{ word: "OK" }, "some_words"],
        [{ word: "backslash" }, "some_words"],
        [{ size: "it's large" }, "large_is_open"],
        [{ day: "1999-12-31" }, "this_century"],
        [{ at: new Date("2020-01-01T00:00:00.000Z") }, "not_before"],
        [{ seal: Uint8Array.of(0, 39) }, "sealed"],
      ] as const;
      for (const [row, constraint] of refused) {
        const error = await failureOf(db.insert(parcels).values({ id: 1, ...row } as never));
        expect(error, constraint).toMatchObject({ code: "E_CHECK_VIOLATION", constraint });
      }
      expect(await db.from(parcels).count()).toBe(0);
    });

    test("are foreign keys of several columns, in whatever order they are declared", async ({
      db,
    }) => {
      await db.insert(depots).values([
        { region: "north", number: 1, code: 5, letter: "a" },
        { region: "south", number: 1, code: 6, letter: "b" },
      ]);
      await db.insert(parcels).values([
        { id: 1, region: "north", number: 1 },
        { id: 2, region: "nowhere", number: null },
        { id: 3, code: 6, letter: "b" },
      ]);
      for (const row of [
        { region: "north", number: 2 },
        { region: "west", number: 1 },
        { code: 5, letter: "b" },
      ]) {
        const error = await failureOf(db.insert(parcels).values({ id: 9, ...row }));
        expect(error).toMatchObject({ code: "E_FOREIGN_KEY_VIOLATION" });
      }
      const last = db.delete(depots).where(eq(depots.region, "south"));
      expect(await failureOf(last)).toMatchObject({ code: "E_FOREIGN_KEY_VIOLATION" });
      await db.delete(depots).where(eq(depots.region, "north"));
      expect((await db.from(parcels).orderBy(parcels.id)).map(({ id }) => id)).toEqual([2, 3]);
    });

    test("have the names that are given", async ({ db }) => {
      await db.insert(depots).values({ region: "north", number: 1, code: 5, letter: "a" });
      const again = { region: "north", number: 1, code: 6, letter: "a" };
      expect(await failureOf(db.insert(depots).values(again))).toMatchObject({
        code: "E_UNIQUE_VIOLATION",
        constraint: "the_depot",
      });
      const taken = db.insert(depots).values({ region: "n", number: 1, code: 5, letter: "a" });
      expect(await failureOf(taken)).toMatchObject({
        code: "E_UNIQUE_VIOLATION",
        constraint: "code_and_letter",
        columns: ["code", "letter"],
      });
      const found = await db.from(depots).find({ region: "north", number: 1 });
      expect(found?.code).toBe(5);
      await db.insert(parcels).values([{ id: 1 }, { id: 2, twinId: 1 }]);
      await db.delete(parcels).where(eq(parcels.id, 1));
      expect((await db.from(parcels).find(2))?.twinId).toBe(null);
    });

    test("of unique indexes tell their name and columns", async ({ db }) => {
      const seal = Uint8Array.of(1, 2);
      await db.insert(parcels).values([{ id: 1, seal }, { id: 2 }, { id: 3 }]);
      expect(await failureOf(db.insert(parcels).values({ id: 4, seal }))).toMatchObject({
        code: "E_UNIQUE_VIOLATION",
        constraint: "parcels_seal_unique_idx",
        columns: ["seal"],
      });
    });

    test.needing(
      (can) => can.partialIndexes,
      "of a part of the rows hold for those alone",
      () =>
        alone(async (db) => {
          await createTables(db, defineSchema({ notes }));
          const listedAt = new Date(0);
          await db.insert(notes).values([
            { id: 1, word: "a" },
            { id: 2, word: "a" },
            { id: 3, word: "a", listedAt },
          ]);
          const taken = db.insert(notes).values({ id: 4, word: "a", listedAt });
          expect(await failureOf(taken)).toMatchObject({
            code: "E_UNIQUE_VIOLATION",
            columns: ["word"],
          });
          expect(
            await db
              .from(notes)
              .where(and(isNotNull(notes.listedAt)))
              .count(),
          ).toBe(1);
        }),
    );

    test.needing(
      (can) => can.expressionIndexes,
      "of an expression compare what it gives",
      () =>
        alone(async (db) => {
          await createTables(db, defineSchema({ folded }));
          await db.insert(folded).values({ id: 1, word: "Word" });
          const taken = db.insert(folded).values({ id: 2, word: "wORD" });
          expect(await failureOf(taken)).toMatchObject({ code: "E_UNIQUE_VIOLATION" });
          await db.insert(folded).values({ id: 3, word: "words" });
        }),
    );
  });
}
