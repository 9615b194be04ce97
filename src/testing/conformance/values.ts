import { between, eq, inArray } from "../../query/expression.ts";
import { sql } from "../../query/sql.ts";
import { table } from "../../schema/table.ts";
import {
  bigint,
  boolean,
  decimal,
  double,
  integer,
  json,
  smallint,
  text,
  timestamp,
  uuid,
  varchar,
} from "../../schema/types.ts";
import { failureOf, type Kit } from "./kit.ts";

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
  data: json(),
});

type Key = Exclude<keyof typeof things & string, "id">;

const MAX = 2n ** 63n - 1n;
const MIN = -(2n ** 63n);

/** Stored and read back as it was given. */
const kept: readonly (readonly [Key, readonly unknown[]])[] = [
  ["small", [0, 1, -1, 32_767, -32_768]],
  ["whole", [0, 2_147_483_647, -2_147_483_648]],
  ["big", [0n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 53n + 1n, -(2n ** 53n) - 1n, MAX, MIN]],
  ["safe", [0, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]],
  [
    "real",
    [0, 0.1, -1.5, 1 / 3, 1e21, 123_456_789.123_456_79, 5e-324, Number.MAX_VALUE, 2 ** 53 + 2],
  ],
  ["price", ["0.00", "9.90", "-0.01", "9999999999999999.99", "-9999999999999999.99"]],
  ["wide", ["0.00000000", "123456789012345678901234567890.12345678", "-0.00000001"]],
  ["units", ["0", "123456789012345678901234567890", "-123456789012345678901234567890"]],
  ["flag", [true, false]],
  [
    "body",
    [
      "",
      " ",
      "trailing ",
      "é e\u0301",
      "😀 👩‍👩‍👧",
      "\u{10FFFF}",
      "\r\n\t\u0001\u007f\\",
      `'"\`;--`,
      "null",
      "x".repeat(2 ** 20),
    ],
  ],
  ["title", ["", "0123456789", "😀😀😀😀😀😀😀😀😀😀"]],
  [
    "key",
    [
      "00000000-0000-0000-0000-000000000000",
      "ffffffff-ffff-ffff-ffff-ffffffffffff",
      "0190a3c4-5d6e-7f80-9123-456789abcdef",
    ],
  ],
  [
    "at",
    [
      new Date(0),
      new Date(-1),
      new Date("0001-01-01T00:00:00.000Z"),
      new Date("9999-12-31T23:59:59.999Z"),
      new Date("2026-03-29T01:30:00.123Z"),
      new Date("1900-01-01T00:00:00.001Z"),
    ],
  ],
  ["second", [new Date("2026-01-31T12:00:01.000Z"), new Date("0001-01-01T00:00:00.000Z")]],
  [
    "micro",
    [
      "2026-01-31T12:00:00.123456Z",
      "1969-12-31T23:59:59.999999Z",
      "0001-01-01T00:00:00.000001Z",
      "9999-12-31T23:59:59.999999Z",
    ],
  ],
  ["fine", [new Date("2026-01-31T12:00:00.123Z"), new Date("1969-12-31T23:59:59.999Z")]],
  ["tenth", ["2026-01-31T12:00:00.1Z", "0001-01-01T00:00:00.0Z"]],
  [
    "data",
    [
      [],
      {},
      [null],
      { a: null, b: [1, 2.5, -3], c: { "": "é 😀 \u2028" } },
      "text",
      0,
      -1.5e-7,
      9_007_199_254_740_991,
      true,
      false,
      '"quoted"',
      [`'"\`;--\\`],
      nested(30),
    ],
  ],
];

/** Stored in its one spelling. */
const respelt: readonly (readonly [Key, unknown, unknown])[] = [
  ["price", "1", "1.00"],
  ["price", "0001.5", "1.50"],
  ["price", ".5", "0.50"],
  ["price", "-0", "0.00"],
  ["price", "9.9000", "9.90"],
  ["wide", "1", "1.00000000"],
  ["key", "0190A3C4-5D6E-7F80-9123-456789ABCDEF", "0190a3c4-5d6e-7f80-9123-456789abcdef"],
  ["second", new Date("2026-01-31T12:00:01.999Z"), new Date("2026-01-31T12:00:01.000Z")],
  ["second", new Date("1969-12-31T23:59:59.500Z"), new Date("1969-12-31T23:59:59.000Z")],
  ["micro", "2026-01-31 12:00:00Z", "2026-01-31T12:00:00.000000Z"],
  ["micro", "2026-01-31T12:00:00.5Z", "2026-01-31T12:00:00.500000Z"],
  ["tenth", "2026-01-31T12:00:00.19Z", "2026-01-31T12:00:00.1Z"],
  ["data", { a: undefined, b: 1 }, { b: 1 }],
  ["data", new Date(0), "1970-01-01T00:00:00.000Z"],
];

const circle: { self?: unknown } = {};
circle.self = circle;

const notScalars: readonly unknown[] = [
  {},
  [],
  [1],
  { $ne: 1 },
  { toString: () => "1" },
  Symbol("s"),
  () => 1,
];

/** Refused before anything is sent, by the code. */
const refused: readonly (readonly [
  Key,
  "E_INVALID_VALUE" | "E_OUT_OF_RANGE",
  readonly unknown[],
])[] = [
  ["small", "E_OUT_OF_RANGE", [32_768, -32_769]],
  ["whole", "E_OUT_OF_RANGE", [2_147_483_648, -2_147_483_649, 1e300]],
  [
    "whole",
    "E_INVALID_VALUE",
    ["1", "", 1n, true, false, 1.5, NaN, Infinity, new Date(0), ...notScalars],
  ],
  ["big", "E_OUT_OF_RANGE", [MAX + 1n, MIN - 1n]],
  ["big", "E_INVALID_VALUE", [1, "1", true, 1.5, ...notScalars]],
  ["safe", "E_OUT_OF_RANGE", [2 ** 53, -(2 ** 53)]],
  ["safe", "E_INVALID_VALUE", [1n, "1", 0.5, NaN, Infinity, ...notScalars]],
  ["real", "E_INVALID_VALUE", [NaN, Infinity, -Infinity, "1", 1n, true, ...notScalars]],
  ["price", "E_OUT_OF_RANGE", ["0.001", "10000000000000000.00", "-10000000000000000"]],
  [
    "price",
    "E_INVALID_VALUE",
    ["", ".", "-", "1e3", "0x10", "1,5", " 1", "NaN", "١", 1, 1n, ...notScalars],
  ],
  ["units", "E_OUT_OF_RANGE", ["1234567890123456789012345678901", "0.5"]],
  ["flag", "E_INVALID_VALUE", [0, 1, "true", "", 1n, ...notScalars]],
  [
    "body",
    "E_INVALID_VALUE",
    [0, 1, false, true, 1n, "\0", "a\0b", "\ud83d", "\ude00x", new Date(0), ...notScalars],
  ],
  ["title", "E_OUT_OF_RANGE", ["01234567890", "😀😀😀😀😀😀😀😀😀😀x"]],
  ["title", "E_INVALID_VALUE", [0, false, "\0", "\ud800", ...notScalars]],
  [
    "key",
    "E_INVALID_VALUE",
    [
      "",
      "x",
      "0190a3c45d6e7f809123456789abcdef",
      "{0190a3c4-5d6e-7f80-9123-456789abcdef}",
      0,
      false,
      ...notScalars,
    ],
  ],
  ["at", "E_INVALID_VALUE", [new Date(NaN), 0, "2026-01-31T12:00:00Z", 1n, true, ...notScalars]],
  [
    "at",
    "E_OUT_OF_RANGE",
    [
      new Date(8.64e15),
      new Date(-8.64e15),
      new Date("+010000-01-01T00:00:00.000Z"),
      new Date("0000-12-31T23:59:59.999Z"),
    ],
  ],
  [
    "micro",
    "E_INVALID_VALUE",
    [
      "",
      "2026-01-31",
      "2026-02-30T00:00:00Z",
      "2026-01-31T24:00:00Z",
      "2026-01-31T12:00:00",
      "2026-01-31T12:00:00+01:00",
      "2026-01-31T12:00:00.1234567Z",
      new Date(0),
      0,
      ...notScalars,
    ],
  ],
  [
    "data",
    "E_INVALID_VALUE",
    [1n, [1n], circle, Symbol("s"), () => 1, "\0", { "\0": 1 }, ["\ud800"], { a: { "\udfff": 1 } }],
  ],
];

function nested(depth: number): unknown {
  let value: unknown = "end";
  for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { in: value };
  return value;
}

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
export function valueCases({ alone, expect, group }: Kit): void {
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
      const why = code === "E_OUT_OF_RANGE" ? "beyond its range" : "of another kind";
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

    test("of minus zero read as zero", async ({ db }) => {
      await db.insert(things).values({ id: 1, real: -0, whole: -0, safe: -0 });
      const row = await db.from(things).find(1);
      expect([row?.real === 0, row?.whole === 0, row?.safe === 0]).toEqual([true, true, true]);
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
        .values({ id: 1, body: "it's", whole: 7, big: MAX, real: 0.5, flag: true });
      const conditions = [
        sql`${things.body} = ${"it's"}`,
        sql`${things.whole} = ${7}`,
        sql`${things.big} = ${MAX}`,
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
      for (const value of [{}, [1], NaN, Infinity, "\0", "\ud800", MAX + 1n, new Date(NaN)]) {
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
