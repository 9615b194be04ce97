import {
  arrayAppend,
  arrayContained,
  arrayContains,
  arrayIncludes,
  arrayLength,
  arrayOverlaps,
  arrayRemove,
} from "../../query/functions/array.ts";
import { countDistinct, eq, inArray, isNull, max, not } from "../../query/expression.ts";
import { array } from "../../schema/array.ts";
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
  real,
  smallint,
  text,
  time,
  timestamp,
  uuid,
  varchar,
} from "../../schema/types.ts";
import { failureOf, type Kit } from "./kit.ts";

const mood = enumType("array_mood", ["good", "so, so", 'ba"d']);

const kinds = table("array_kinds", {
  id: integer().primaryKey(),
  texts: array("the_texts", text()).notNull().default(["a", 'it\'s "q" \\ {x},']),
  shorts: array(varchar({ length: 3 })),
  integers: array(integer()).default([1, -2]),
  smalls: array(smallint()),
  bigints: array(bigint()).default([9_007_199_254_740_993n]),
  safes: array(bigint({ mode: "number" })),
  doubles: array(double()),
  reals: array(real()),
  decimals: array(decimal({ precision: 30, scale: 10 })),
  booleans: array(boolean()),
  uuids: array(uuid()),
  instants: array(timestamp()).default([new Date(0)]),
  micros: array(timestamp({ mode: "string" })),
  dates: array(date()),
  times: array(time({ precision: 3 })),
  blobs: array(bytes()).default([Uint8Array.of(0, 92)]),
  moods: array(mood()),
});

const sparse = table("array_sparse", {
  id: integer().primaryKey(),
  items: array(varchar({ length: 20 }), { nulls: true }),
  flags: array(boolean(), { nulls: true }),
  numbers: array(integer(), { nulls: true }),
});

const TEXTS = [
  "",
  "NULL",
  "null",
  "a,b",
  '"',
  "\\",
  "{x}",
  "'",
  "\n",
  " a ",
  "é",
  "😀",
  "[1]",
  "1",
];

const values = {
  texts: TEXTS,
  shorts: ["😀é!", ""],
  integers: [-(2 ** 31), 0, 2 ** 31 - 1],
  smalls: [-32_768, 32_767],
  bigints: [-(2n ** 63n), 0n, 2n ** 53n + 1n, 2n ** 63n - 1n],
  safes: [2 ** 53 - 1, -5],
  doubles: [0.1, -1.7976931348623157e308, 5e-324, 1e21, 3],
  reals: [0.5, Math.fround(0.1)],
  decimals: ["12345678901234567890.1234567890", "-0.5000000000"],
  booleans: [true, false, true],
  uuids: ["01890a5d-ac96-774b-bcce-b302099a8057"],
  instants: [
    new Date(0),
    new Date("2026-01-31T12:00:00.123Z"),
    new Date("0999-05-06T07:08:09.010Z"),
  ],
  micros: ["2026-01-31T12:00:00.123456Z", "1969-12-31T23:59:59.999999Z"],
  dates: ["2024-02-29", "0001-01-01"],
  times: ["23:59:59.999", "00:00:00.000"],
  blobs: [new Uint8Array(), Uint8Array.of(0, 255, 34, 92, 44)],
  moods: ["so, so", 'ba"d', "good"] as ("good" | "so, so" | 'ba"d')[],
};

/** Lists of values in a column. */
export function arrayCases({ expect, group }: Kit): void {
  group("arrays", { kinds, sparse }, (test) => {
    test("keep elements of every type, in their order", async ({ db }) => {
      const [made] = await db
        .insert(kinds)
        .values({ id: 1, ...values })
        .returning();
      expect(made).toEqual({ id: 1, ...values });
      const empty = Object.fromEntries(Object.keys(values).map((key) => [key, []]));
      await db.insert(kinds).values({ id: 2, ...empty });
      expect(await db.from(kinds).find(2)).toEqual({ id: 2, ...empty });
      const nulls = Object.fromEntries(Object.keys(values).map((key) => [key, null]));
      await db.insert(kinds).values({ id: 3, ...nulls, texts: [] });
      expect(await db.from(kinds).find(3)).toEqual({ id: 3, ...nulls, texts: [] });
    });

    test("have defaults", async ({ db }) => {
      const [made] = await db.insert(kinds).values({ id: 1 }).returning();
      expect(made).toMatchObject({
        texts: ["a", 'it\'s "q" \\ {x},'],
        integers: [1, -2],
        bigints: [9_007_199_254_740_993n],
        instants: [new Date(0)],
        blobs: [Uint8Array.of(0, 92)],
        moods: null,
      });
    });

    test("are asked for elements of every type", async ({ db }) => {
      await db.insert(kinds).values({ id: 1, ...values });
      for (const key of Object.keys(values) as (keyof typeof values)[]) {
        const column = kinds[key] as typeof kinds.texts;
        const all = values[key] as string[];
        const found = async (condition: ReturnType<typeof arrayContains>): Promise<boolean> =>
          (await db.from(kinds).where(condition).count()) === 1;
        for (const item of all) expect(await found(arrayIncludes(column, item)), key).toBe(true);
        expect(await found(arrayContains(column, all.toReversed())), key).toBe(true);
        expect(await found(arrayContained(column, all)), key).toBe(true);
        expect(await found(arrayContained(column, all.slice(1))), key).toBe(
          all.length > 2 && key === "booleans",
        );
        expect(await found(arrayOverlaps(column, all.slice(0, 1))), key).toBe(true);
        const [row] = await db
          .update(kinds)
          .set({ [key]: arrayRemove(arrayAppend(column, ...all), all[0]!) } as never)
          .where(eq(kinds.id, 1))
          .returning();
        expect((row as never)[key], key).toEqual(
          [...all, ...all].filter((item) => item !== all[0]),
        );
        const rest = all.filter((item) => item !== all[0]);
        expect(await found(arrayContains(column, rest)), key).toBe(true);
        expect(await found(arrayContained(column, rest)), key).toBe(true);
        expect(await found(arrayIncludes(column, all[0]!)), key).toBe(false);
      }
    });

    test("tell exactly what they hold, and mind neither order nor repetition", async ({ db }) => {
      await db.insert(kinds).values([
        { id: 1, texts: ["a", "b", "a"] },
        { id: 2, texts: ["A", "a ", "á"] },
        { id: 3, texts: [] },
        { id: 4, texts: ["NULL", "%", "_", "1"] },
      ]);
      const ids = (condition: ReturnType<typeof arrayContains>): Promise<number[]> =>
        db.select({ id: kinds.id }).from(kinds).where(condition).orderBy(kinds.id).list();
      expect(await ids(arrayContains(kinds.texts, ["a"]))).toEqual([1]);
      expect(await ids(arrayContains(kinds.texts, ["b", "a", "b", "b"]))).toEqual([1]);
      expect(await ids(arrayContains(kinds.texts, ["a", "c"]))).toEqual([]);
      expect(await ids(arrayContains(kinds.texts, []))).toEqual([1, 2, 3, 4]);
      expect(await ids(arrayContained(kinds.texts, ["b", "a"]))).toEqual([1, 3]);
      expect(await ids(arrayContained(kinds.texts, []))).toEqual([3]);
      expect(await ids(arrayOverlaps(kinds.texts, ["a ", "b"]))).toEqual([1, 2]);
      expect(await ids(arrayOverlaps(kinds.texts, []))).toEqual([]);
      expect(await ids(arrayIncludes(kinds.texts, "n"))).toEqual([]);
      expect(await ids(not(arrayIncludes(kinds.texts, "%")))).toEqual([1, 2, 3]);
      expect(await ids(eq(arrayLength(kinds.texts), 3))).toEqual([1, 2]);
      const lengths = db.select({ n: arrayLength(kinds.texts), i: arrayLength(kinds.moods) });
      expect(await lengths.from(kinds).where(eq(kinds.id, 3))).toEqual([{ n: 0, i: null }]);
      expect(await ids(isNull(arrayLength(kinds.moods)))).toEqual([1, 2, 3, 4]);
      const none = [
        arrayContains(kinds.moods, []),
        arrayContained(kinds.moods, []),
        arrayOverlaps(kinds.moods, ["good"]),
      ];
      for (const condition of none) {
        expect(await ids(condition)).toEqual([]);
        expect(await ids(not(condition))).toEqual([]);
      }
    });

    test("grow and shrink where they are", async ({ db }) => {
      await db.insert(kinds).values([
        { id: 1, texts: [], integers: null },
        { id: 2, texts: ["x]", "y"], integers: [7] },
      ]);
      const set = {
        texts: arrayAppend(kinds.texts, "y", '"]'),
        integers: arrayAppend(kinds.integers, 8),
      };
      await db.update(kinds).set(set).all();
      const now = db.select({ t: kinds.texts, i: kinds.integers }).from(kinds).orderBy(kinds.id);
      expect(await now).toEqual([
        { t: ["y", '"]'], i: null },
        { t: ["x]", "y", "y", '"]'], i: [7, 8] },
      ]);
      await db
        .update(kinds)
        .set({
          texts: arrayRemove(kinds.texts, "y", "none"),
          integers: arrayRemove(kinds.integers, 8, 7),
        })
        .all();
      expect(await now).toEqual([
        { t: ['"]'], i: null },
        { t: ["x]", '"]'], i: [] },
      ]);
      await db
        .update(kinds)
        .set({ texts: arrayAppend(kinds.texts) })
        .all();
      expect((await now)[0]?.t).toEqual(['"]']);
    });

    test("hold NULLs where they are declared so, which are equal to nothing", async ({ db }) => {
      await db.insert(sparse).values([
        { id: 1, items: ["a", null, "NULL"], flags: [null, true], numbers: [1, null] },
        { id: 2, items: [null], flags: [false], numbers: [] },
      ]);
      const ids = (condition: ReturnType<typeof arrayContains>): Promise<number[]> =>
        db.select({ id: sparse.id }).from(sparse).where(condition).orderBy(sparse.id).list();
      expect(await ids(arrayContains(sparse.items, ["a"]))).toEqual([1]);
      expect(await ids(arrayContains(sparse.items, ["b"]))).toEqual([]);
      expect(await ids(arrayContained(sparse.items, ["a", "NULL"]))).toEqual([]);
      expect(await ids(arrayContained(sparse.flags, [false]))).toEqual([2]);
      expect(await ids(arrayOverlaps(sparse.items, ["b", "NULL"]))).toEqual([1]);
      expect(await ids(not(arrayOverlaps(sparse.items, ["b"])))).toEqual([1, 2]);
      await db
        .update(sparse)
        .set({
          items: arrayRemove(sparse.items, "a"),
          flags: arrayRemove(sparse.flags, true),
          numbers: arrayRemove(sparse.numbers, 1),
        })
        .all();
      expect(await db.from(sparse).orderBy(sparse.id)).toEqual([
        { id: 1, items: [null, "NULL"], flags: [null], numbers: [null] },
        { id: 2, items: [null], flags: [false], numbers: [] },
      ]);
      expect(
        await failureOf(() => db.from(sparse).where(arrayContains(sparse.items, [null as never]))),
      ).toMatchObject({ code: "E_INVALID_VALUE" });
    });

    test("are written row by row with others", async ({ db }) => {
      await db.insert(kinds).values([{ id: 1 }, { id: 2 }, { id: 3 }]);
      await db.updateMany(
        kinds,
        [
          { id: 1, texts: ["a", "b"], decimals: ["1.5"] },
          { id: 2, texts: [], decimals: null },
          { id: 3, texts: TEXTS, decimals: [] },
        ],
        { key: "id" },
      );
      const rows = db.select({ t: kinds.texts, d: kinds.decimals }).from(kinds).orderBy(kinds.id);
      expect(await rows).toEqual([
        { t: ["a", "b"], d: ["1.5000000000"] },
        { t: [], d: null },
        { t: TEXTS, d: [] },
      ]);
    });

    test("may be long", async ({ db }) => {
      const texts = Array.from({ length: 10_000 }, (_, at) => `${at} ${"x".repeat(200)}`);
      await db.insert(kinds).values({ id: 1, texts });
      expect((await db.from(kinds).find(1))?.texts).toEqual(texts);
      expect(
        await db
          .from(kinds)
          .where(arrayContains(kinds.texts, texts.slice(0, 100)))
          .count(),
      ).toBe(1);
      await db
        .update(kinds)
        .set({ texts: arrayRemove(kinds.texts, texts[0]!) })
        .all();
      expect((await db.from(kinds).find(1))?.texts).toEqual(texts.slice(1));
    });

    test("refuse what is none, or has an element that isn't of their type", async ({ db }) => {
      const bad = [
        ["a", 1],
        ["a", null],
        ["a", undefined],
        [["a"]],
        "a",
        {},
        ["\0"],
        ["\ud800"],
        new Array(2),
      ];
      for (const texts of bad as never[])
        expect(await failureOf(db.insert(kinds).values({ id: 1, texts }))).toMatchObject({
          code: "E_INVALID_VALUE",
        });
      expect(await failureOf(db.insert(kinds).values({ id: 1, shorts: ["abcd"] }))).toMatchObject({
        code: "E_VALUE_TOO_LONG",
      });
      for (const work of [
        () => db.from(kinds).where(eq(kinds.texts, ["a"])),
        () => db.from(kinds).where(inArray(kinds.texts, [["a"]])),
        () => db.from(kinds).orderBy(kinds.texts),
        () => db.select({ t: kinds.texts }).from(kinds).groupBy(kinds.texts),
        () => db.select({ t: kinds.texts }).from(kinds).distinct(),
        () => db.select({ t: max(kinds.texts) }).from(kinds),
        () => db.select({ t: countDistinct(kinds.texts) }).from(kinds),
      ])
        expect(await failureOf(work)).toMatchObject({ code: "E_UNSUPPORTED" });
      expect(await failureOf(() => arrayLength(kinds.id as never))).toMatchObject({
        code: "E_INVALID_VALUE",
      });
      expect(await db.from(kinds).count()).toBe(0);
    });
  });
}
