import { createTables } from "../../migrate/create-tables.ts";
import {
  and,
  between,
  eq,
  exists,
  gt,
  ilike,
  inArray,
  isNotNull,
  like,
  lower,
  or,
} from "../../query/expression.ts";
import { add, subtract } from "../../query/functions/arithmetic.ts";
import { asc } from "../../query/order.ts";
import { sql } from "../../query/sql.ts";
import { view } from "../../query/read/view.ts";
import { caseWhen } from "../../query/functions/window.ts";
import { defineSchema } from "../../schema/schema.ts";
import { table } from "../../schema/table.ts";
import {
  bigint,
  boolean,
  bytes,
  date,
  decimal,
  double,
  enumType,
  integer,
  json,
  text,
  timestamp,
  uuid,
  varchar,
} from "../../schema/types.ts";
import type { Kit } from "./kit.ts";

const level = enumType("fact_level", ["low", "it's high"]);

const people = table("people", {
  id: integer().primaryKey(),
  name: varchar({ length: 200 }).notNull(),
  email: varchar({ length: 60 }).caseInsensitive(),
  teamId: integer(),
  level: level(),
  credits: decimal({ precision: 10, scale: 2 }).notNull().default("0.00"),
  visits: bigint().notNull().default(0n),
  ratio: double(),
  isActive: boolean().notNull().default(true),
  key: uuid(),
  day: date(),
  raw: bytes({ length: 20 }),
  data: json<{ a: number }>(),
  joinedAt: timestamp().notNull().default(new Date("2026-01-31T12:00:00.500Z")),
});

/** Text that ends a quote or a statement somewhere, or means something inside of it. */
const HOSTILE = [
  "it's",
  `quo"te`,
  "back\\slash",
  "back\\' -- ",
  "'; drop table people; --",
  "/* ? $1 :x %_",
  "é 語 😀",
  "x\n\ty",
];

/** Values and queries of every kind inside of views. */
export function viewValueCases({ alone, expect, group }: Kit): void {
  group("views with values", {}, (test) => {
    test("hold any value as a literal", () =>
      alone(async (db) => {
        const facts = {
          key: "01890a5d-ac96-774b-bcce-b302099a8057",
          raw: Uint8Array.of(0, 39, 92, 255),
          day: "2024-02-29",
          joinedAt: new Date("2001-02-03T04:05:06.789Z"),
        };
        const one = view("one").as((q) =>
          q
            .select({ id: people.id, less: subtract(people.id, -5) })
            .from(people)
            .where(
              and(
                eq(people.key, facts.key),
                eq(people.raw, facts.raw),
                eq(people.day, facts.day),
                eq(people.joinedAt, facts.joinedAt),
                eq(people.visits, -9_007_199_254_740_993n),
                eq(people.credits, "-9.90"),
                between(people.ratio, -0.5, 0.5),
                inArray(people.id, [1, 2, 3, 4, 5, 6, 7]),
                inArray(people.level, ["low", "it's high"]),
                inArray(people.key, [facts.key]),
                like(people.name, "it%"),
                ilike(people.name, "IT'S É%"),
                eq(lower(people.name), "it's é"),
              ),
            )
            .orderBy(asc(people.id))
            .limit(5)
            .offset(0),
        );
        await createTables(db, defineSchema({ one, people }));
        await db.insert(people).values([
          {
            id: 1,
            name: "It's É",
            visits: -9_007_199_254_740_993n,
            credits: "-9.90",
            ratio: -0.25,
            level: "it's high",
            ...facts,
          },
          { id: 2, name: "other" },
        ]);
        // `like` tells case apart.
        expect(await db.from(one)).toEqual([]);
        await db.update(people).set({ name: "it's É" }).where(eq(people.id, 1));
        expect(await db.from(one)).toEqual([{ id: 1, less: 6 }]);
      }));

    test("hold hostile text, which changes no statement", () =>
      alone(async (db) => {
        const views = Object.fromEntries(
          HOSTILE.map((word, at) => [
            `v${at}`,
            view(`vi"e\`w' ${at}`, { 'na"me': text().notNull(), is: text().notNull() }).as(
              sql`select ${people.name}, case when ${people.name} = ${word} then ${word} else 'no' end
                from ${people} where ${people.name} = ${word} or ${people.name} in (${word}, ${"x"})`,
            ),
          ]),
        );
        const built = HOSTILE.map((word, at) =>
          view(`built ${at}`).as((q) =>
            q
              .select({
                name: people.name,
                is: caseWhen(eq(people.name, word), word).else("no"),
              })
              .from(people)
              .where(or(eq(people.name, word), inArray(people.name, [word]))),
          ),
        );
        const all = Object.fromEntries(built.map((one, at) => [`b${at}`, one]));
        await createTables(db, defineSchema({ people, ...views, ...all }));
        await db.insert(people).values(HOSTILE.map((name, id) => ({ id, name })));
        for (const [at, name] of HOSTILE.entries()) {
          expect(await db.from(views[`v${at}`]!)).toEqual([{ 'na"me': name, is: name }]);
          expect(await db.from(built[at]!)).toEqual([{ name, is: name }]);
          const same = db.from(built[at]!).where(eq(built[at]!.is, name));
          expect(await same.count()).toBe(1);
        }
      }));

    test("read recursive queries, sets and queries before them", () =>
      alone(async (db) => {
        const nodes = table("nodes", { id: integer().primaryKey(), parentId: integer() });
        const tree = view("tree").as((q) => {
          const roots = q
            .select({ id: nodes.id, depth: sql<number>`${1}`.as(integer()) })
            .from(nodes)
            .where(eq(nodes.id, 1));
          const walked = q.withRecursive("walked", roots, (self) =>
            q
              .select({ id: nodes.id, depth: add(self.depth, 1) })
              .from(nodes)
              .innerJoin(self, eq(self.id, nodes.parentId)),
          );
          return q.from(walked);
        });
        const ends = view("ends").as((q) =>
          q
            .select({ id: nodes.id })
            .from(nodes)
            .where(eq(nodes.id, 1))
            .union(q.select({ id: tree.id }).from(tree).where(gt(tree.depth, 2))),
        );
        const named = view("named").as((q) => {
          const deep = q.with(
            "deep",
            q.select({ id: tree.id }).from(tree).where(gt(tree.depth, 1)),
          );
          return q
            .select({ id: deep.id })
            .from(deep)
            .where(exists(q.from(nodes).where(isNotNull(nodes.parentId))));
        });
        await createTables(db, defineSchema({ named, ends, tree, nodes }));
        await db.insert(nodes).values([{ id: 1 }, { id: 2, parentId: 1 }, { id: 3, parentId: 2 }]);
        expect(await db.from(tree).orderBy(tree.id)).toEqual([
          { id: 1, depth: 1 },
          { id: 2, depth: 2 },
          { id: 3, depth: 3 },
        ]);
        expect(await db.from(ends).orderBy(ends.id)).toEqual([{ id: 1 }, { id: 3 }]);
        expect(await db.from(named).orderBy(named.id)).toEqual([{ id: 2 }, { id: 3 }]);
      }));

    test("may exist already, and are left as they are", () =>
      alone(async (db) => {
        const plain = table("plain", { id: integer().primaryKey(), word: varchar({ length: 9 }) });
        const ours = view("words", { word: varchar({ length: 9 }) }).existing();
        await createTables(db, defineSchema({ plain, ours }));
        await db.execute(sql`create view words as select word from plain`);
        await db.insert(plain).values({ id: 1, word: "a" });
        expect(await db.from(ours)).toEqual([{ word: "a" }]);
      }));

    test("spell their columns as the connection does", () =>
      alone(
        async (db) => {
          const plain = table("plain", { id: integer().primaryKey(), firstWord: text() });
          const words = view("words").as((q) => q.from(plain));
          await createTables(db, defineSchema({ words, plain }));
          await db.insert(plain).values({ id: 1, firstWord: "a" });
          expect(await db.from(words)).toEqual([{ id: 1, firstWord: "a" }]);
          const { rows } = await db.execute(sql`select * from ${words}`);
          expect(Object.keys(rows[0] as object)).toEqual(["Id", "FirstWord"]);
        },
        { naming: { tables: "camelCase", columns: "PascalCase" } },
      ));
  });
}
