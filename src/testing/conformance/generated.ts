import { createTables } from "../../migrate/create-tables.ts";
import { coalesce, count, eq, gte, lt, upper } from "../../query/expression.ts";
import { jsonNumber, jsonText } from "../../query/functions/json.ts";
import { random } from "../../query/functions/numbers.ts";
import { asc } from "../../query/order.ts";
import { concat, length, trim } from "../../query/functions/texts.ts";
import { sql } from "../../query/sql.ts";
import { check, index, uniqueIndex } from "../../schema/constraints.ts";
import { resolveTable } from "../../schema/model.ts";
import { createNames } from "../../schema/naming.ts";
import { defineSchema } from "../../schema/schema.ts";
import { infoOf, table } from "../../schema/table.ts";
import { double, integer, json, varchar } from "../../schema/types.ts";
import { failureOf, type Kit } from "./kit.ts";

const boxes = table(
  "boxes",
  {
    id: integer().primaryKey(),
    width: integer().notNull(),
    height: integer(),
    area: integer().generatedAs(() => sql`${boxes.width} * ${boxes.height}`),
    wide: integer("we\"ird `name'")
      .notNull()
      .generatedAs(() => sql`${boxes.width} + ${1000}`),
    word: varchar({ length: 9 }).unique(),
  },
  (t) => [index().on(t.area)],
);

const HOSTILE_KEY = `it's "a" \\ \`k\` $.x[0] -- ;`;

interface Profile {
  readonly city?: string;
  readonly age?: number;
  readonly tags?: readonly string[];
  readonly "it's": boolean;
}

/** Parts of JSON, which an index can be of where it can't be of the JSON. */
const profiles = table(
  "profiles",
  {
    id: integer().primaryKey(),
    data: json<Profile>(`da"ta'`),
    first: varchar({ length: 20 }),
    city: varchar({ length: 50 }).generatedAs(() => jsonText(profiles.data, ["city"])),
    age: double().generatedAs(() => jsonNumber(profiles.data, ["age"])),
    odd: varchar({ length: 50 }).generatedAs(() =>
      jsonText(profiles.data as never, [HOSTILE_KEY, 1, "\\'"] as never),
    ),
    shown: varchar({ length: 80 }).generatedAs(() =>
      concat(trim(coalesce(profiles.first, "it's \\ nobody")), "!"),
    ),
  },
  (t) => [
    index().on(t.city, t.age),
    check("of_age", gte(coalesce(jsonNumber(t.data, ["age"]), 18), 18)),
    check("short", lt(length(t.first), 10)),
  ],
);

const mains = table(
  "mains",
  { id: integer().primaryKey(), name: varchar({ length: 9 }), data: json<{ kind: string }>() },
  (t) => [
    uniqueIndex("one_main")
      .on(t.name)
      .where(eq(jsonText(t.data, ["kind"]), "it's")),
  ],
);

/** Columns that the database computes. */
export function generatedCases({ expect, group }: Kit): void {
  group("generated columns", { boxes }, (test) => {
    test("are computed when a row is written, and given back", async ({ db }) => {
      const [made] = await db.insert(boxes).values({ id: 1, width: 2, height: 3 }).returning();
      expect(made).toEqual({ id: 1, width: 2, height: 3, area: 6, wide: 1002, word: null });
      await db.insert(boxes).values({ id: 2, width: 2 });
      expect((await db.from(boxes).find(2))?.area).toBe(null);
      const [changed] = await db
        .update(boxes)
        .set({ height: 5 })
        .where(eq(boxes.area, 6))
        .returning({ area: boxes.area });
      expect(changed).toEqual({ area: 10 });
      const again = db.insert(boxes).values({ id: 1, width: 7, height: 1 });
      await again.onConflict(boxes.id).update(["width"]);
      expect((await db.from(boxes).find(1))?.area).toBe(35);
    });

    test("are parts of JSON and other functions, whatever their keys and values", async ({
      db,
    }) => {
      await createTables(db, defineSchema({ profiles }));
      const data = { city: "Łódź", age: 30.5, [HOSTILE_KEY]: ["", { "\\'": "found" }] };
      await db
        .insert(profiles)
        .values([
          { id: 1, data: data as never, first: " Ada " },
          { id: 2, data: { city: 5 } as never },
          { id: 3 },
        ]);
      const read = db.select({ city: profiles.city, age: profiles.age, odd: profiles.odd });
      expect(await read.from(profiles).orderBy(asc(profiles.id))).toEqual([
        { city: "Łódź", age: 30.5, odd: "found" },
        { city: null, age: null, odd: null },
        { city: null, age: null, odd: null },
      ]);
      const shown = await db.from(profiles).orderBy(asc(profiles.id));
      expect(shown.map((row) => row.shown)).toEqual(["Ada!", "it's \\ nobody!", "it's \\ nobody!"]);
      expect(await db.from(profiles).where(eq(profiles.city, "Łódź")).count()).toBe(1);
      for (const [row, constraint] of [
        [{ id: 4, data: { age: 17 } as never }, "of_age"],
        [{ id: 4, first: "x".repeat(10) }, "short"],
      ] as const)
        expect(await failureOf(db.insert(profiles).values(row))).toMatchObject({
          code: "E_CHECK_VIOLATION",
          constraint,
        });
    });

    test.needing(
      (can) => can.partialIndexes,
      "have conditions of indexes beside them that read JSON, which a conflict repeats",
      async ({ db }) => {
        await createTables(db, defineSchema({ mains }));
        const data = { kind: "it's" } as const;
        await db.insert(mains).values([
          { id: 1, name: "a", data },
          { id: 2, name: "a" },
        ]);
        const again = db.insert(mains).values({ id: 3, name: "a", data });
        await again.onConflict(mains.name).ignore();
        expect(await db.from(mains).count()).toBe(2);
      },
    );

    test("are made of what the row alone tells, which every program can compute", async () => {
      for (const make of [() => random(), () => upper(boxes.word), () => count(boxes.id)]) {
        const bad = table("bad", { id: integer(), x: varchar({ length: 9 }).generatedAs(make) });
        expect(await failureOf(() => resolveTable(infoOf(bad), createNames()))).toMatchObject({
          code: "E_SCHEMA",
        });
      }
    });

    test("are never written", async ({ db }) => {
      await db.insert(boxes).values({ id: 1, width: 2 });
      for (const work of [
        () => db.insert(boxes).values({ id: 2, width: 2, area: 9 } as never),
        () =>
          db
            .update(boxes)
            .set({ area: 9 } as never)
            .all(),
        () => db.insert(boxes).values({ id: 1, width: 2 }).onConflict(boxes.id).update(["area"]),
      ])
        expect(await failureOf(work)).toMatchObject({ code: "E_INVALID_VALUE" });
      expect(await db.from(boxes).count()).toBe(1);
    });
  });
}
