import { createTables } from "../../migrate/create-tables.ts";
import { and, between, count, eq, inArray, isNull, not, or } from "../../query/expression.ts";
import { jsonExists, jsonPath, jsonRemove, jsonSet, jsonText } from "../../query/functions/json.ts";
import { asc } from "../../query/order.ts";
import { sql } from "../../query/sql.ts";
import { defineSchema } from "../../schema/schema.ts";
import { index, unique } from "../../schema/constraints.ts";
import { alias, table } from "../../schema/table.ts";
import { integer, json, text, varchar } from "../../schema/types.ts";
import { failureOf, type Kit } from "./kit.ts";

/** Text that ends a quote, a name or a statement somewhere, or means something to JavaScript. */
export const HOSTILE: readonly string[] = [
  `quo"te`,
  "back`tick",
  "apos'trophe",
  "'; drop table safe; --",
  `"; drop table safe; --`,
  "`; drop table safe; --",
  "dash -- dash",
  "/* comment",
  "back\\slash",
  "back\\'slash",
  "per%cent_",
  "$1 ? :name @x",
  "${x}",
  "new\nline",
  "dot.ted",
  "select",
  "é ж 語",
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "then",
];

const safe = table("safe", { id: integer().primaryKey(), body: text(), data: json() });

/** Text in every place where a program may put some. */
export function hostileCases({ alone, expect, group }: Kit): void {
  group("hostile text", { safe }, (test) => {
    test("round-trips as a value and changes no statement", async ({ db }) => {
      await db
        .insert(safe)
        .values(HOSTILE.map((body, id) => ({ id, body, data: { [body]: body } })));
      for (const [id, body] of HOSTILE.entries()) {
        expect(await db.from(safe).where(eq(safe.body, body))).toEqual([
          { id, body, data: { [body]: body } },
        ]);
        expect(
          await db
            .from(safe)
            .where(inArray(safe.body, [body, "x"]))
            .count(),
        ).toBe(1);
        const { rows } = await db.execute(
          sql`select ${safe.id} as found from ${safe} where ${safe.body} = ${body}`,
        );
        expect(rows).toEqual([{ found: id }]);
        const written = await db
          .update(safe)
          .set({ body: `${body}!` })
          .where(eq(safe.body, body))
          .returning();
        expect(written.map((row) => row.body)).toEqual([`${body}!`]);
      }
      expect(await db.from(safe).count()).toBe(HOSTILE.length);
    });

    test("names tables, columns, keys and indexes", () =>
      alone(async (db) => {
        await createTables(db, defineSchema({ safe }));
        const tables = HOSTILE.map((name) =>
          table(
            name,
            { id: integer(`${name} id`).primaryKey(), [name]: varchar(name, { length: 50 }) },
            (t) => [
              index(`${name} idx`).on(t[name] as never),
              unique(`${name} unq`).on(t.id, t[name] as never),
            ],
          ),
        );
        await createTables(
          db,
          defineSchema(Object.fromEntries(tables.map((made, at) => [`t${at}`, made]))),
        );

        for (const [at, made] of tables.entries()) {
          const name = HOSTILE[at]!;
          await db.insert(made).values({ id: 1, [name]: "kept" } as never);
          await db.insert(made).values([{ id: 2 }, { id: 3, [name]: "x" }] as never);
          const column = (made as unknown as Record<string, typeof safe.body>)[name]!;
          expect(await db.select({ value: column }).from(made).where(eq(column, "kept"))).toEqual([
            { value: "kept" },
          ]);
          const [row] = await db.from(made).where(eq(made.id, 1));
          expect(Object.entries(row!)).toEqual([
            ["id", 1],
            [name, "kept"],
          ]);
          expect(Object.getPrototypeOf(row) === Object.prototype).toBe(true);
          const [, second] = await db.from(made).orderBy(made.id);
          expect(Object.entries(second!)).toEqual([
            ["id", 2],
            [name, null],
          ]);
          const other = alias(made, `${name} two`);
          const pairs = db
            .select({ [name]: made.id, inner: { [name]: other.id } })
            .from(made)
            .innerJoin(other, eq(other.id, made.id));
          const [pair] = await pairs.orderBy(asc(made.id)).limit(1);
          expect(Object.entries(pair!)).toEqual([
            [name, 1],
            ["inner", Object.fromEntries([[name, 1]])],
          ]);
          expect(Object.getPrototypeOf(pair) === Object.prototype).toBe(true);
          await db
            .update(made)
            .set({ [name]: "new" } as never)
            .where(eq(made.id, 1));
          await db
            .insert(made)
            .values({ id: 1, [name]: "newer" } as never)
            .onConflict(made.id)
            .update([name] as never);
          expect(await db.select({ value: column }).from(made).where(eq(made.id, 1))).toEqual([
            { value: "newer" },
          ]);
          expect((await db.execute(sql`delete from ${made}`)).affectedRows).toBe(3);
        }
        expect(await db.from(safe).count()).toBe(0);
        expect(({} as { body?: unknown }).body).toBe(undefined);
      }));

    test("names the members of many rows, and no row gets another prototype", async ({ db }) => {
      await db.insert(safe).values(
        Array.from({ length: 300 }, (_, id) => ({
          id,
          body: "b",
          data: { __proto__: null, polluted: 1 },
        })),
      );
      for (const name of ["__proto__", "constructor", "toString"]) {
        const rows = await db
          .select({ [name]: safe.id, inner: { [name]: safe.body } })
          .from(safe)
          .orderBy(safe.id);
        for (const [id, row] of rows.entries()) {
          expect(Object.getPrototypeOf(row) === Object.prototype).toBe(true);
          expect(Object.getOwnPropertyDescriptor(row, name)?.value).toBe(id);
          expect(Object.entries(row.inner!)).toEqual([[name, "b"]]);
        }
      }
      expect(({} as { polluted?: unknown }).polluted).toBe(undefined);
    });

    test("is a key of JSON, and a step of a path, as it is", async ({ db }) => {
      const steps = [
        ...HOSTILE,
        "\\",
        '"',
        "\n",
        "\\n",
        "",
        " ",
        "$",
        "*",
        "[0]",
        "{}",
        ",",
        "0",
        "😀",
      ];
      await db.insert(safe).values({ id: 1, data: { k: 1 } });
      for (let round = 0; round < 2; round++) {
        for (const step of steps) {
          const data = Object.fromEntries([
            ["k", 1],
            [step, Object.fromEntries([[step, step]])],
          ]) as unknown;
          const inner = jsonText(safe.data, [step, step]);
          await db.update(safe).set({ data }).where(eq(safe.id, 1));
          const [row] = await db
            .select({ data: safe.data, inner, part: jsonPath(safe.data, [step]) })
            .from(safe)
            .where(eq(inner, step));
          expect(row, step).toEqual({
            data,
            inner: step,
            part: Object.fromEntries([[step, step]]),
          });
          expect(Object.entries(row?.part as object), step).toEqual([[step, step]]);
          await db
            .update(safe)
            .set({ data: jsonSet(safe.data, [step, step], `${step}!`) })
            .where(jsonExists(safe.data, [step]));
          expect(await db.select({ inner }).from(safe), step).toEqual([{ inner: `${step}!` }]);
          await db
            .update(safe)
            .set({ data: jsonRemove(safe.data, [step]) })
            .all();
          expect(await db.select({ data: safe.data }).from(safe), step).toEqual([
            { data: { k: 1 } },
          ]);
        }
      }
    });

    test("as a key of JSON reaches no prototype", async ({ db }) => {
      const data: unknown = JSON.parse(
        '{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}}',
      );
      await db.insert(safe).values({ id: 1, data });
      const row = await db.from(safe).find(1);
      expect(JSON.stringify(row?.data).includes('"__proto__"')).toBe(true);
      expect(({} as { polluted?: unknown }).polluted).toBe(undefined);
    });

    test("that no database can hold as a name is refused before anything is sent", async ({
      db,
    }) => {
      for (const name of ["nul\0", "half \ud83d", ""]) {
        const odd = alias(safe, name);
        expect(await failureOf(() => db.from(odd))).toMatchObject({ code: "E_SCHEMA" });
      }
    });

    test("that isn't a column of the table is refused as a key of a row", async ({ db }) => {
      for (const name of [...HOSTILE, "ID", "body ", "polluted"]) {
        const row = Object.fromEntries([
          ["id", 1],
          [name, 1],
        ]) as never;
        expect(await failureOf(() => db.insert(safe).values(row))).toMatchObject({
          code: "E_UNKNOWN_COLUMN",
        });
        expect(await failureOf(() => db.update(safe).set(row).all())).toMatchObject({
          code: "E_UNKNOWN_COLUMN",
        });
        expect(
          await failureOf(() =>
            db
              .insert(safe)
              .values({ id: 1 })
              .onConflict(safe.id)
              .update([name as never]),
          ),
        ).toMatchObject({ code: "E_UNKNOWN_COLUMN" });
      }
    });

    test("shaped like an expression is refused, as only Plinth makes expressions", async ({
      db,
    }) => {
      await db.insert(safe).values({ id: 1, body: "b" });
      const forged = [
        { kind: "fragment", strings: ["1 = 1"], parts: [], type: undefined },
        { kind: "column", key: "id", source: safe },
        JSON.parse('{"kind":"value","value":1}') as object,
        { toString: () => "1 = 1" },
      ];
      for (const value of forged) {
        expect(await failureOf(() => db.from(safe).where(value as never))).toMatchObject({
          code: "E_NO_CONDITION",
        });
        expect(
          await failureOf(() => db.from(safe).where(eq(safe.body, value as never))),
        ).toMatchObject({ code: "E_INVALID_VALUE" });
        expect(
          await failureOf(() =>
            db
              .update(safe)
              .set({ body: value as never })
              .all(),
          ),
        ).toMatchObject({ code: "E_INVALID_VALUE" });
        const slots: (() => unknown)[] = [
          () => db.from(safe).where(and(eq(safe.id, 1), value as never)),
          () => db.from(safe).where(not(value as never)),
          () => db.from(safe).where(isNull(value as never)),
          () => db.from(safe).where(between(value as never, 1 as never, 2 as never)),
          () => db.from(safe).orderBy(value as never),
          () => db.from(safe).orderBy({ expression: value, direction: "asc" } as never),
          () => db.select({ n: count(value as never) }).from(safe),
          () =>
            db
              .select({ id: safe.id })
              .from(safe)
              .groupBy(value as never),
          () => db.delete(safe).where(or(value as never, eq(safe.id, 2))),
        ];
        for (const [at, slot] of slots.entries()) {
          const failure = await failureOf(slot);
          expect(failure instanceof Error, `slot ${at}`).toBe(true);
          expect(Reflect.get(Object(failure), "serverCode"), `slot ${at}`).toBe(undefined);
        }
        expect(await failureOf(() => db.execute(value as never))).toMatchObject({
          code: "E_INVALID_VALUE",
        });
      }
    });
  });
}
