import { createTables } from "../../migrate/create-tables.ts";
import { avg, between, eq, gt, inArray, isNull, max, min, sum } from "../../query/expression.ts";
import { fromJson, toJson } from "../../query/rows/json.ts";
import { insertSchema, updateSchema } from "../../query/rows/schema.ts";
import { sql } from "../../query/sql.ts";
import { defineSchema } from "../../schema/schema.ts";
import { table } from "../../schema/table.ts";
import {
  bigint,
  boolean,
  bytes,
  date,
  decimal,
  double,
  integer,
  json,
  real,
  smallint,
  text,
  time,
  timestamp,
  uuid,
  varchar,
} from "../../schema/types.ts";
import { checkedValueCases } from "./checked-values.ts";
import { rowCacheValueCases } from "./row-cache-values.ts";
import { failureOf, type Kit } from "./kit.ts";
import { kept, MAX_BIGINT, nested, refused, respelt } from "./samples.ts";

const things = table("things", {
  id: integer().primaryKey(),
  small: smallint(),
  whole: integer(),
  big: bigint(),
  safe: bigint({ mode: "number" }),
  real: double(),
  price: decimal({ precision: 18, scale: 2 }),
  wide: decimal({ precision: 38, scale: 8 }),
  units: decimal({ precision: 30 }),
  flag: boolean(),
  body: text(),
  title: varchar({ length: 10 }),
  key: uuid(),
  at: timestamp(),
  second: timestamp({ precision: 0 }),
  micro: timestamp({ mode: "string" }),
  fine: timestamp({ precision: 6 }),
  tenth: timestamp({ mode: "string", precision: 1 }),
  single: real(),
  day: date(),
  clock: time(),
  milli: time({ precision: 3 }),
  finest: time({ precision: 6 }),
  raw: bytes(),
  hash: bytes({ length: 4 }),
  data: json(),
});

/** For the message of a failed case. */
function told(value: unknown): string {
  const text =
    typeof value === "string"
      ? JSON.stringify(value)
      : String(
          typeof value === "object" && value !== null
            ? Object.prototype.toString.call(value)
            : String(value),
        );
  return text.slice(0, 60);
}

/** What every type keeps, respells and refuses. */
export function valueCases(kit: Kit): void {
  const { alone, expect, group } = kit;
  checkedValueCases(kit, things);
  rowCacheValueCases(kit, things);
  group("values", { things }, (test) => {
    for (const [key, values] of kept) {
      test(`of ${key} come back as they were given, and are found by a condition`, async ({
        db,
        can,
      }) => {
        const isComparable =
          key !== "data" && (can.maxDecimalPrecision >= 38 || (key !== "wide" && key !== "units"));
        for (const [id, value] of values.entries()) {
          const stored = await db
            .insert(things)
            .values({ id, [key]: value } as never)
            .returning({ value: things[key] });
          expect(stored, told(value)).toEqual([{ value }]);
          expect((await db.from(things).find(id))?.[key], told(value)).toEqual(value);
          if (!isComparable) continue;
          const found = await db
            .select({ id: things.id })
            .from(things)
            .where(eq(things[key] as never, value as never));
          expect(found, told(value)).toEqual([{ id }]);
        }
        expect(await db.from(things).count()).toBe(values.length);
      });
    }

    test("are stored in the one spelling of their type", async ({ db }) => {
      for (const [id, [key, value, spelt]] of respelt.entries()) {
        await db.insert(things).values({ id, [key]: value } as never);
        expect((await db.from(things).find(id))?.[key], `${key} ${told(value)}`).toEqual(spelt);
      }
    });

    for (const [key, code, values] of refused) {
      const why = code === "E_INVALID_VALUE" ? "of another kind" : "beyond its range";
      test(`${why} are refused for ${key} before anything is sent`, async ({ db }) => {
        await db.insert(things).values({ id: 1 });
        for (const value of values) {
          const row = { id: 2, [key]: value } as never;
          const writes = [
            () => db.insert(things).values(row),
            () => db.insert(things).values([{ id: 3 }, row]),
            () =>
              db
                .update(things)
                .set({ [key]: value } as never)
                .all(),
          ];
          for (const write of writes) {
            const error = await failureOf(write);
            expect(error, told(value)).toMatchObject({ code });
            expect((error as Error).message.includes(`"${key}"`), told(value)).toBe(true);
          }
        }
        expect(await db.from(things).count()).toBe(1);
      });

      if (key === "data" || key === "units") continue;
      test(`${why} are refused for ${key} in a condition`, async ({ db }) => {
        const column = things[key] as never;
        for (const value of values as never[]) {
          const low = value;
          for (const condition of [
            () => eq(column, value),
            () => inArray(column, [value]),
            () => between(column, low, value),
          ]) {
            const query = (): unknown => db.from(things).where(condition());
            expect(await failureOf(query), told(value)).toMatchObject({ code });
          }
        }
      });
    }

    test("of dates, times and bytes are ordered, have extremes and are found in long lists", async ({
      db,
    }) => {
      const rows = [
        { id: 1, day: "0999-12-31", clock: "00:00:01", raw: Uint8Array.of(), single: -1 },
        { id: 2, day: "2026-01-31", clock: "09:59:59", raw: Uint8Array.of(0, 255), single: 0.1 },
        { id: 3, day: "2026-02-01", clock: "23:00:00", raw: Uint8Array.of(127), single: 9 },
        { id: 4, day: "9999-01-01", clock: "23:00:01", raw: Uint8Array.of(128), single: 10 },
      ];
      await db.insert(things).values(rows.toReversed());
      for (const key of ["day", "clock", "raw", "single"] as const) {
        const column = things[key] as typeof things.day;
        const ids = await db.select({ id: things.id }).from(things).orderBy(column);
        expect(ids, key).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }, { id: 4 }]);
        const [ends] = await db.select({ low: min(column), high: max(column) }).from(things);
        const stored = rows.map((row) => (key === "single" ? Math.fround(row[key]) : row[key]));
        expect(ends as unknown, key).toEqual({ low: stored[0], high: stored[3] });
        const above = db
          .select({ id: things.id })
          .from(things)
          .where(gt(column, rows[2]![key] as never));
        expect(await above, key).toEqual([{ id: 4 }]);
        for (const length of [3, 20_000]) {
          const list = Array.from({ length }, (_, at) => rows[1 + (at % 2)]![key] as never);
          const found = db.select({ id: things.id }).from(things).where(inArray(column, list));
          expect(await found.orderBy(things.id), `${key} ${length}`).toEqual([
            { id: 2 },
            { id: 3 },
          ]);
        }
      }
      const [total] = await db
        .select({ sum: sum(things.single), mean: avg(things.single) })
        .from(things);
      const exact = 18 + Math.fround(0.1);
      expect([total?.sum, total?.mean]).toEqual([exact, exact / 4]);
    });

    test("of bytes are bytes where nothing tells their type", () =>
      alone(async (db) => {
        await createTables(db, defineSchema({ things }));
        const raw = Uint8Array.of(0, 255, 92, 39);
        await db.insert(things).values({ id: 1, raw });
        const { rows } = await db.execute(sql`select raw from ${things} where raw = ${raw}`);
        expect(rows).toEqual([{ raw }]);
        expect(Object.getPrototypeOf(Reflect.get(rows[0]!, "raw")) === Uint8Array.prototype).toBe(
          true,
        );
        const row = await db.from(things).find(1);
        expect(Object.getPrototypeOf(row?.raw) === Uint8Array.prototype).toBe(true);
      }));

    test("of other programs that are no dates, times or bytes of their length are refused by the database", async ({
      db,
    }) => {
      const written = [
        sql`day) values (1, '2026-02-30')`,
        sql`day) values (1, '2026-13-01')`,
        sql`clock) values (1, '12:61:00')`,
        sql`hash) values (1, ${new Uint8Array(5)})`,
      ];
      for (const [at, part] of written.entries()) {
        const error = await failureOf(db.execute(sql`insert into ${things} (id, ${part}`));
        expect((error as { name: string }).name.endsWith("Error"), String(at)).toBe(true);
        expect(await db.from(things).count(), String(at)).toBe(0);
      }
    });

    test("of minus zero read as zero", async ({ db }) => {
      await db.insert(things).values({ id: 1, real: -0, whole: -0, safe: -0 });
      const row = await db.from(things).find(1);
      expect([row?.real === 0, row?.whole === 0, row?.safe === 0]).toEqual([true, true, true]);
    });

    test("become JSON and come back, and pass the table's schema, as they are", async ({ db }) => {
      const most = Math.max(...kept.map(([, values]) => values.length));
      const given = Array.from({ length: most }, (_, id) =>
        Object.assign({ id }, ...kept.map(([key, values]) => ({ [key]: values[id] ?? null }))),
      );
      await db.insert(things).values(given);
      const rows = await db.from(things).orderBy(things.id);
      const text = JSON.stringify(toJson(rows));
      const back = fromJson(things, JSON.parse(text) as unknown[]);
      expect(back).toEqual(rows);
      const schema = insertSchema(things, { coerce: "json" })["~standard"];
      for (const [id, json] of (JSON.parse(text) as unknown[]).entries()) {
        const result = await schema.validate(json);
        expect(result).toEqual({ value: rows[id] });
      }
      await db.delete(things).all();
      await db.insert(things).values(back);
      expect(await db.from(things).orderBy(things.id)).toEqual(rows);
    });

    test("are refused by the table's schema as they are by a write", async ({ db }) => {
      const schemas = [insertSchema(things)["~standard"], updateSchema(things)["~standard"]];
      for (const [key, , values] of refused) {
        // A key that is undefined is one that is left out.
        for (const value of values.filter((candidate) => candidate !== undefined)) {
          for (const schema of schemas) {
            const result = await schema.validate({ id: 1, [key]: value });
            expect(result, told(value)).toMatchObject({ issues: [{ path: [key] }] });
          }
        }
      }
      for (const [key, value, stored] of respelt) {
        const result = await schemas[0]!.validate({ id: 1, [key]: value });
        expect(result.issues, told(value)).toBe(undefined);
        await db.delete(things).all();
        await db.insert(things).values((result as { value: { id: number } }).value);
        expect((await db.from(things).one())[key], told(value)).toEqual(stored);
      }
    });

    test("of every type are kept by an update of many rows", async ({ db }) => {
      const most = Math.max(...kept.map(([, values]) => values.length));
      const rows = Array.from({ length: most }, (_, id) =>
        Object.assign({ id }, ...kept.map(([key, values]) => ({ [key]: values[id] ?? null }))),
      );
      await db.insert(things).values(rows.map(({ id }) => ({ id })));
      expect(await db.updateMany(things, rows)).toEqual({ affectedRows: most, missing: 0 });
      const stored = await db.from(things).orderBy(things.id);
      for (const [index, row] of rows.entries()) {
        const found: Record<string, unknown> = stored[index]!;
        for (const [key] of kept) expect(found[key], `${key} of row ${index}`).toEqual(row[key]);
      }
      const nothing = rows.map(({ id }) =>
        Object.assign({ id }, ...kept.map(([key]) => ({ [key]: null }))),
      );
      await db.updateMany(things, nothing);
      for (const [key] of kept)
        expect(await db.from(things).where(isNull(things[key])).count()).toBe(most);
    });

    test("of NULL are null for every type", async ({ db }) => {
      const nulls = Object.fromEntries(Object.keys(things).map((key) => [key, null]));
      await db.insert(things).values({ ...nulls, id: 1 });
      await db.insert(things).values({ id: 2 });
      expect(await db.from(things).orderBy(things.id)).toEqual([
        { ...nulls, id: 1 },
        { ...nulls, id: 2 },
      ]);
    });

    test("of JSON that is nested too deeply are refused, or come back", async ({ db }) => {
      const deep = nested(5_000);
      let isStored = true;
      try {
        await db.insert(things).values({ id: 1, data: deep });
      } catch (error) {
        isStored = false;
        expect((error as { code?: string }).code?.startsWith("E_")).toBe(true);
      }
      const row = await db.from(things).find(1);
      expect(JSON.stringify(row?.data)).toBe(isStored ? JSON.stringify(deep) : undefined);
    });

    test("of decimals with more digits than the database computes with are never compared inexactly", async ({
      db,
      can,
    }) => {
      await db.insert(things).values([
        { id: 1, units: "100000000000000000000000000001" },
        { id: 2, units: "100000000000000000000000000002" },
        { id: 3, units: "9" },
      ]);
      const queries = [
        () =>
          db
            .select({ id: things.id })
            .from(things)
            .where(eq(things.units, "100000000000000000000000000001")),
        () =>
          db
            .select({ id: things.id })
            .from(things)
            .where(inArray(things.units, ["100000000000000000000000000001"])),
        () => db.select({ id: things.id }).from(things).orderBy(things.units).offset(1).limit(1),
      ];
      for (const query of queries) {
        if (can.maxDecimalPrecision >= 30) expect(await query()).toEqual([{ id: 1 }]);
        else expect(await failureOf(query)).toMatchObject({ code: "E_UNSUPPORTED" });
      }
    });

    test("in a fragment are bound by what they are, and refused where they are nothing that SQL has", async ({
      db,
    }) => {
      await db
        .insert(things)
        .values({ id: 1, body: "it's", whole: 7, big: MAX_BIGINT, real: 0.5, flag: true });
      const conditions = [
        sql`${things.body} = ${"it's"}`,
        sql`${things.whole} = ${7}`,
        sql`${things.big} = ${MAX_BIGINT}`,
        sql`${things.real} = ${0.5}`,
        sql`${things.flag} = ${true}`,
      ];
      for (const condition of conditions) {
        expect(
          await db
            .from(things)
            .where(condition as never)
            .count(),
        ).toBe(1);
      }
      for (const value of [
        {},
        [1],
        NaN,
        Infinity,
        "\0",
        "\ud800",
        MAX_BIGINT + 1n,
        new Date(NaN),
      ]) {
        const query = (): unknown =>
          db.from(things).where(sql`${things.body} = ${value as never}` as never);
        const error = await failureOf(query);
        expect((error as { name: string }).name, told(value)).toBe("InvalidValueError");
      }
      expect(await failureOf(() => sql`${undefined as never}`)).toMatchObject({
        code: "E_INVALID_VALUE",
      });
    });

    test("that SQL made beyond 2^53 are told and not rounded", async ({ db }) => {
      const query = db
        .select({ n: sql`9007199254740993`.as(bigint({ mode: "number" })) })
        .from(things);
      await db.insert(things).values({ id: 1 });
      expect(await failureOf(query)).toMatchObject({ code: "E_OUT_OF_RANGE" });
      expect(await db.select({ n: sql`9007199254740993`.as(bigint()) }).from(things)).toEqual([
        { n: 9_007_199_254_740_993n },
      ]);
    });

    test("of a table's rows don't share a prototype with anything", () =>
      alone(async (db) => {
        const { rows } = await db.execute(sql`select 1 as one`);
        expect(rows.length).toBe(1);
        expect(Object.getPrototypeOf(rows[0]) === Object.prototype).toBe(true);
      }));
  });
}
