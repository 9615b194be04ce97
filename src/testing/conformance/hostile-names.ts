import { createTables } from "../../migrate/create-tables.ts";
import { arrayIncludes } from "../../query/functions/array.ts";
import { coalesce, eq, gt, inArray } from "../../query/expression.ts";
import { desc } from "../../query/order.ts";
import { sql } from "../../query/sql.ts";
import { view } from "../../query/read/view.ts";
import { array } from "../../schema/array.ts";
import { comment } from "../../schema/comment.ts";
import { check, foreignKey, index, primaryKey } from "../../schema/constraints.ts";
import { defineSchema } from "../../schema/schema.ts";
import { table } from "../../schema/table.ts";
import { enumType, integer, text, varchar } from "../../schema/types.ts";
import { HOSTILE } from "./hostile.ts";
import { failureOf, type Kit } from "./kit.ts";

const safe = table("safe", { id: integer().primaryKey() });

const MORE: readonly string[] = [
  "*/ drop table safe; --",
  "$$; drop table safe; $$",
  "!99999 x",
  "#",
];

/** Text in what is declared and named besides tables and columns. */
export function hostileNameCases({ alone, expect, group }: Kit): void {
  group("hostile text in a declaration", { safe }, (test) => {
    test("names enums and is what they hold, also in arrays and as a default", () =>
      alone(async (db) => {
        for (const [at, name] of [...HOSTILE, ...MORE].entries()) {
          const other = `${name}2`;
          const kind = enumType(`${name} enum`, [name, other, "plain"]);
          const rows = table(
            `enums ${at}`,
            { id: integer().primaryKey(), one: kind().default(name), all: array(kind()) },
            (t) => [index().on(t.one)],
          );
          await createTables(db, defineSchema({ rows }));
          await db.insert(rows).values([{ id: 1 }, { id: 2, one: other, all: [name, other] }]);
          await db.updateMany(rows, [{ id: 1, all: [name] }]);
          const stored = [
            { id: 2, one: other, all: [name, other] },
            { id: 1, one: name, all: [name] },
          ];
          const found = db.from(rows).where(inArray(rows.one, [name, other]));
          expect(await found.orderBy(desc(rows.one)), name).toEqual(stored);
          const ofArray = db.select({ x: coalesce(rows.one, name) }).from(rows);
          expect(await ofArray.where(arrayIncludes(rows.all, other)), name).toEqual([{ x: other }]);
        }
      }));

    test("is a comment of a table, a column and each kind of statement", () =>
      alone(async (db) => {
        await createTables(db, defineSchema({ safe }));
        await db.insert(safe).values({ id: 1 });
        for (const [at, name] of [...HOSTILE, ...MORE].entries()) {
          const rows = table(
            `comments ${at}`,
            { id: integer().primaryKey(), body: text().comment(name) },
            () => [comment(name)],
          );
          await createTables(db, defineSchema({ rows }));
          await db.insert(rows).values({ id: 1, body: name }).comment(name);
          const is = eq(rows.body, name);
          expect(await db.from(rows).where(is).comment(name), name).toEqual([
            { id: 1, body: name },
          ]);
          const update = db.update(rows).set({ body: "x" }).where(is).comment(name);
          expect(await update, name).toEqual({ affectedRows: 1 });
          expect(await db.delete(rows).all().comment(name), name).toEqual({ affectedRows: 1 });
        }
        expect(await db.from(safe).count()).toBe(1);
      }));

    test("names views and queries that stand as tables, and is a literal of a view", () =>
      alone(async (db) => {
        for (const [at, name] of [...HOSTILE, ...MORE].entries()) {
          const rows = table(`views ${at}`, { id: integer().primaryKey(), body: text(name) });
          const seen = view(`${name} view`).as((q) =>
            q
              .select({ [`${name}!`]: rows.body, literal: sql`${name}`.as(text()), id: rows.id })
              .from(rows)
              .where(eq(rows.body, name)),
          );
          await createTables(db, defineSchema({ rows, seen }));
          await db.insert(rows).values([
            { id: 1, body: name },
            { id: 2, body: "x" },
          ]);
          const expected = [{ [`${name}!`]: name, literal: name, id: 1 }];
          expect(await db.from(seen), name).toEqual(expected);
          const named = db.with(
            `${name} with`,
            db.select({ [name]: rows.body, id: rows.id }).from(rows),
          );
          const inner = db
            .select({ [name]: rows.id, id: rows.id })
            .from(rows)
            .as(`${name} as`);
          const joined = db
            .select({ [name]: named.id, other: inner.id })
            .from(named)
            .innerJoin(inner, eq(inner.id, named.id))
            .where(gt(inner.id, 1));
          const [row] = await joined;
          expect(Object.entries(row!), name).toEqual([
            [name, 2],
            ["other", 2],
          ]);
        }
      }));

    test("names keys and checks", () =>
      alone(async (db) => {
        for (const [at, name] of [...HOSTILE, ...MORE].entries()) {
          const rows = table(
            `constraints ${at}`,
            { id: integer().primaryKey(), parent: integer(), body: varchar({ length: 40 }) },
            (t) => [
              primaryKey(`${name} pk ${at}`).on(t.id),
              check(`${name} ck ${at}`, gt(t.id, 0)),
              foreignKey(`${name} fk ${at}`)
                .on(t.parent)
                .references(() => t.id),
            ],
          );
          await createTables(db, defineSchema({ rows }));
          await db.insert(rows).values({ id: 1, parent: 1, body: name });
          const insert = (id: number, parent: number) => db.insert(rows).values({ id, parent });
          expect(await failureOf(insert(1, 1)), name).toMatchObject({ code: "E_UNIQUE_VIOLATION" });
          expect(await failureOf(insert(0, 1)), name).toMatchObject({ code: "E_CHECK_VIOLATION" });
          const lost = { code: "E_FOREIGN_KEY_VIOLATION" };
          expect(await failureOf(insert(2, 99)), name).toMatchObject(lost);
          expect(await db.from(rows), name).toEqual([{ id: 1, parent: 1, body: name }]);
        }
      }));
  });
}
