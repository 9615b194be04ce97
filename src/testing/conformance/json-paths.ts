import { add } from "../../query/functions/arithmetic.ts";
import { and, count, eq, gt, inArray, isNull, like, not } from "../../query/expression.ts";
import { asc, desc } from "../../query/order.ts";
import {
  jsonBoolean,
  jsonExists,
  jsonLength,
  jsonNumber,
  jsonPath,
  jsonRemove,
  jsonSet,
  jsonText,
} from "../../query/functions/json.ts";
import { sql } from "../../query/sql.ts";
import { table } from "../../schema/table.ts";
import { bigint, integer, json, text } from "../../schema/types.ts";
import { failureOf, type Kit } from "./kit.ts";

interface Profile {
  theme?: string | null;
  size?: number;
  open?: boolean;
  tags?: (string | number | null | { deep: string[] })[];
  home?: { city: string; at?: { lat: number } } | null;
}

const people = table("people", {
  id: integer().primaryKey(),
  profile: json<Profile>(),
  any: json(),
  name: text(),
  big: bigint(),
});

/** Keys that would mean something to one of the languages of paths, were they not quoted. */
const HOSTILE_KEYS: readonly string[] = [
  "",
  " ",
  "a b",
  "a.b",
  "a-b",
  "[0]",
  "0",
  "$",
  "*",
  "**",
  "#",
  "last",
  "it's",
  'say "hi"',
  "back\\slash",
  'both\\"',
  "'); drop table people; --",
  "{a,b}",
  "%_",
  "?",
  ":name",
  "é",
  "😀",
  "line\nbreak",
  "\u0001",
  "\u2028",
  "__proto__",
  "constructor",
];

/** A document with one key, made as a parser makes it: `__proto__` is a key like any other. */
function documentOf(key: string, value: unknown): unknown {
  return JSON.parse(`{"other":0,${JSON.stringify(key)}:${JSON.stringify(value)}}`);
}

/** Parts of JSON: read, compared and set by their path. */
export function jsonPathCases({ expect, group }: Kit): void {
  group("JSON paths", { people }, (test) => {
    test("read texts, numbers, booleans and parts, each as what it is", async ({ db }) => {
      await db.insert(people).values({
        id: 1,
        profile: {
          theme: 'dark "é" 😀\n\u0001',
          size: -1.5,
          open: false,
          tags: ["x", 2, null, { deep: ["y", "z"] }],
          home: { city: "Rome", at: { lat: 41.9 } },
        },
      });
      const { profile } = people;
      const [row] = await db
        .select({
          theme: jsonText(profile, ["theme"]),
          size: jsonNumber(profile, ["size"]),
          open: jsonBoolean(profile, ["open"]),
          first: jsonText(profile, ["tags", 0]),
          second: jsonNumber(profile, ["tags", 1]),
          deep: jsonText(jsonPath(people.any, []), ["none"]),
          tags: jsonPath(profile, ["tags"]),
          home: jsonPath(profile, ["home"]),
          lat: jsonNumber(profile, ["home", "at", "lat"]),
          whole: jsonPath(profile, []),
          tagCount: jsonLength(profile, ["tags"]),
          ofWhole: jsonText(jsonPath(profile, ["home"]), ["city"]),
        })
        .from(people);
      expect(row).toEqual({
        theme: 'dark "é" 😀\n\u0001',
        size: -1.5,
        open: false,
        first: "x",
        second: 2,
        deep: null,
        tags: ["x", 2, null, { deep: ["y", "z"] }],
        home: { city: "Rome", at: { lat: 41.9 } },
        lat: 41.9,
        whole: {
          theme: 'dark "é" 😀\n\u0001',
          size: -1.5,
          open: false,
          tags: ["x", 2, null, { deep: ["y", "z"] }],
          home: { city: "Rome", at: { lat: 41.9 } },
        },
        tagCount: 4,
        ofWhole: "Rome",
      });
    });

    test("give NULL for what is missing, null, or of another kind", async ({ db }) => {
      const documents = [null, {}, [], "text", 5, true, { a: null }, { a: { b: null } }, [[]]];
      await db.insert(people).values(documents.map((any, id) => ({ id, any })));
      const { any } = people;
      const rows = await db
        .select({
          text: jsonText(any, ["a"]),
          number: jsonNumber(any, ["a", "b"]),
          boolean: jsonBoolean(any, [0]),
          part: jsonPath(any, ["a", "b"]),
          length: jsonLength(any, ["a"]),
        })
        .from(people);
      for (const row of rows)
        expect(row).toEqual({ text: null, number: null, boolean: null, part: null, length: null });
    });

    test("take nothing for another kind, though it could be read as one", async ({ db }) => {
      const kinds = ["1", 1, true, "true", [1], { a: 1 }, 0, "", 1e300, 2 ** 53 - 1];
      await db.insert(people).values(kinds.map((any, id) => ({ id, any: { v: any } })));
      const { any } = people;
      const rows = await db
        .select({
          text: jsonText(any, ["v"]),
          number: jsonNumber(any, ["v"]),
          boolean: jsonBoolean(any, ["v"]),
          length: jsonLength(any, ["v"]),
          item: jsonPath(any, ["v", 0]),
          member: jsonPath(any, ["v", "0"]),
        })
        .from(people)
        .orderBy(people.id);
      expect(rows).toEqual(
        kinds.map((kind) => ({
          text: typeof kind === "string" ? kind : null,
          number: typeof kind === "number" ? kind : null,
          boolean: typeof kind === "boolean" ? kind : null,
          length: Array.isArray(kind) ? kind.length : null,
          item: Array.isArray(kind) ? kind[0] : null,
          member: null,
        })),
      );
    });

    test("tell a key that is missing from one that is null", async ({ db }) => {
      const documents = [null, {}, { a: null }, { a: 1 }, { a: { b: [null] } }, [1]];
      await db.insert(people).values(documents.map((any, id) => ({ id, any })));
      const rows = await db
        .select({
          a: jsonExists(people.any, ["a"]),
          item: jsonExists(people.any, ["a", "b", 0]),
          next: jsonExists(people.any, ["a", "b", 1]),
          first: jsonExists(people.any, [0]),
        })
        .from(people)
        .orderBy(people.id);
      expect(rows).toEqual([
        { a: false, item: false, next: false, first: false },
        { a: false, item: false, next: false, first: false },
        { a: true, item: false, next: false, first: false },
        { a: true, item: false, next: false, first: false },
        { a: true, item: true, next: false, first: false },
        { a: false, item: false, next: false, first: true },
      ]);
    });

    test("stand in conditions, orders, groups and joins", async ({ db }) => {
      await db.insert(people).values([
        { id: 1, profile: { theme: "dark", size: 10, open: true }, name: "dark" },
        { id: 2, profile: { theme: "light", size: 9, open: false }, name: "é" },
        { id: 3, profile: { theme: "dark", size: 100 }, name: "dark " },
        { id: 4, profile: null },
      ]);
      const theme = jsonText(people.profile, ["theme"]);
      const size = jsonNumber(people.profile, ["size"]);
      const ids = db.select({ id: people.id }).from(people).orderBy(people.id);
      expect(await ids.where(eq(theme, "dark")).list()).toEqual([1, 3]);
      expect(await ids.where(eq(theme, "dark ")).list()).toEqual([]);
      expect(await ids.where(eq(theme, "DARK")).list()).toEqual([]);
      expect(await ids.where(eq(theme, people.name)).list()).toEqual([1]);
      expect(await ids.where(inArray(theme, ["light", "other"])).list()).toEqual([2]);
      expect(await ids.where(like(theme, "%ar%")).list()).toEqual([1, 3]);
      expect(await ids.where(gt(size, 9.5)).list()).toEqual([1, 3]);
      expect(await ids.where(eq(jsonBoolean(people.profile, ["open"]), true)).list()).toEqual([1]);
      expect(await ids.where(isNull(jsonBoolean(people.profile, ["open"]))).list()).toEqual([3, 4]);
      expect(await ids.where(not(jsonExists(people.profile, ["theme"]))).list()).toEqual([4]);
      const bySize = db.select({ id: people.id }).from(people).orderBy(desc(size), asc(people.id));
      expect(await bySize.list()).toEqual([3, 1, 2, 4]);
      const groups = db.select({ theme, n: count() }).from(people).groupBy(theme).orderBy(theme);
      expect(await groups).toEqual([
        { theme: null, n: 1 },
        { theme: "dark", n: 2 },
        { theme: "light", n: 1 },
      ]);
    });

    test("take any key for data, and no key for a path", async ({ db }) => {
      for (const key of HOSTILE_KEYS) {
        await db.delete(people).all();
        await db.insert(people).values({ id: 1, any: documentOf(key, { x: ["hit"] }) });
        const at = [key, "x", 0];
        const [read] = await db
          .select({
            text: jsonText(people.any, at),
            exists: jsonExists(people.any, [key]),
            missing: jsonExists(people.any, [`${key}!`]),
          })
          .from(people);
        expect(read, key).toEqual({ text: "hit", exists: true, missing: false });
        const found = db.from(people).where(eq(jsonText(people.any, at), "hit"));
        expect(await found.count(), key).toBe(1);
        await db
          .update(people)
          .set({ any: jsonSet(people.any, at, key) })
          .all();
        expect((await db.from(people).find(1))?.any, key).toEqual(documentOf(key, { x: [key] }));
        await db
          .update(people)
          .set({ any: jsonSet(jsonRemove(people.any, [key]), ["new", key], 1) })
          .all();
        const [left] = await db.select({ any: people.any }).from(people);
        expect(left?.any, key).toEqual({ other: 0, new: JSON.parse(`{${JSON.stringify(key)}:1}`) });
      }
    });

    test("are refused where they are none", async ({ db }) => {
      const wrong: unknown[] = [[-1], [0.5], [NaN], [null], [undefined], [{}], ["a\0"], ["\ud800"]];
      for (const path of [...wrong, "a", undefined]) {
        const read = async () => db.select({ x: jsonText(people.any, path as never) }).from(people);
        expect(await failureOf(read), JSON.stringify(path)).toMatchObject({
          code: "E_INVALID_VALUE",
        });
      }
      const ofText = async () => db.select({ x: jsonText(people.name, []) }).from(people);
      expect(await failureOf(ofText)).toMatchObject({ code: "E_INVALID_VALUE" });
      const whole = async () => db.from(people).where(eq(jsonPath(people.any, []), {}));
      expect(await failureOf(whole)).toMatchObject({ code: "E_UNSUPPORTED" });
      const root = async () => jsonSet(people.any, [], 1);
      expect(await failureOf(root)).toMatchObject({ code: "E_INVALID_VALUE" });
      const big = async () => jsonSet(people.any, ["a"], people.big);
      expect(await failureOf(big)).toMatchObject({ code: "E_INVALID_VALUE" });
      const nothing = async () => jsonSet(people.any, ["a"], undefined as never);
      expect(await failureOf(nothing)).toMatchObject({ code: "E_INVALID_VALUE" });
    });

    test("set a value, and make what is missing on the way to it", async ({ db }) => {
      const cases: [before: unknown, path: (number | string)[], value: unknown, after: unknown][] =
        [
          [{ a: 1, b: 2 }, ["a"], 3, { a: 3, b: 2 }],
          [{ a: 1 }, ["b"], { c: [1, "x", null, true] }, { a: 1, b: { c: [1, "x", null, true] } }],
          [{ a: 1 }, ["a"], null, { a: null }],
          [{ a: 1 }, ["a"], "null", { a: "null" }],
          [{ a: 1 }, ["a"], 'q"é😀\n', { a: 'q"é😀\n' }],
          [{}, ["a", "b", "c"], false, { a: { b: { c: false } } }],
          [{ a: null }, ["a", "b"], 1, { a: { b: 1 } }],
          [null, ["a", "b"], 1, { a: { b: 1 } }],
          [{}, ["a", 0, "b"], 1, { a: [{ b: 1 }] }],
          [{ a: [1, 2] }, ["a", 1], 9, { a: [1, 9] }],
          [{ a: [1, 2] }, ["a", 2], 9, { a: [1, 2, 9] }],
          [{ a: [1, 2] }, ["a", 7], 9, { a: [1, 2, 9] }],
          [{ a: [[1], [2]] }, ["a", 1, 0], 9, { a: [[1], [9]] }],
          // What stands in the way stays.
          [{ a: "text" }, ["a", "b"], 1, { a: "text" }],
          [{ a: [1] }, ["a", "b"], 1, { a: [1] }],
          [{ a: { b: 1 } }, ["a", 0], 1, { a: { b: 1 } }],
          [[1, 2], ["a"], 1, [1, 2]],
          [5, [0], 1, 5],
        ];
      for (const [before, path, value, after] of cases) {
        await db.delete(people).all();
        await db.insert(people).values({ id: 1, any: before });
        await db
          .update(people)
          .set({ any: jsonSet(people.any, path, value) })
          .where(eq(people.id, 1));
        const title = JSON.stringify([before, path, value]);
        expect((await db.from(people).find(1))?.any, title).toEqual(after);
      }
    });

    test("remove a key or an item, and nothing that isn't there", async ({ db }) => {
      const cases: [before: unknown, path: (number | string)[], after: unknown][] = [
        [{ a: 1, b: 2 }, ["a"], { b: 2 }],
        [{ a: 1 }, ["b"], { a: 1 }],
        [{ a: { b: 1, c: 2 } }, ["a", "b"], { a: { c: 2 } }],
        [{ a: [1, 2, 3] }, ["a", 1], { a: [1, 3] }],
        [{ a: [1] }, ["a", 4], { a: [1] }],
        [{ a: [1] }, ["a", "0"], { a: [1] }],
        [{ a: { "0": 1 } }, ["a", 0], { a: { "0": 1 } }],
        [{ a: null }, ["a", "b"], { a: null }],
        [null, ["a"], null],
        [5, [0], 5],
      ];
      for (const [before, path, after] of cases) {
        await db.delete(people).all();
        await db.insert(people).values({ id: 1, any: before });
        await db
          .update(people)
          .set({ any: jsonRemove(people.any, path) })
          .all();
        const title = JSON.stringify([before, path]);
        expect((await db.from(people).find(1))?.any, title).toEqual(after);
      }
    });

    test("set what is computed", async ({ db }) => {
      await db.insert(people).values([
        { id: 1, name: "Ada", profile: { size: 1, open: true, tags: ["x"] }, any: { n: 1 } },
        { id: 2, any: {} },
      ]);
      const { any, profile } = people;
      const counted = jsonSet(profile, ["size"], add(jsonNumber(profile, ["size"]), 1));
      const named = jsonSet(any, ["name"], people.name);
      const open = jsonSet(named, ["open"], jsonBoolean(profile, ["open"]));
      const tags = jsonSet(open, ["copy", "tags"], jsonPath(profile, ["tags"]));
      await db
        .update(people)
        .set({ profile: counted, any: jsonSet(tags, ["id"], people.id) })
        .all();
      const rows = await db
        .select({ profile, any, n: jsonNumber(any, ["id"]) })
        .from(people)
        .orderBy(people.id);
      expect(rows).toEqual([
        {
          profile: { size: 2, open: true, tags: ["x"] },
          any: { n: 1, name: "Ada", open: true, copy: { tags: ["x"] }, id: 1 },
          n: 1,
        },
        {
          profile: { size: null },
          any: { name: null, open: null, copy: { tags: null }, id: 2 },
          n: 2,
        },
      ]);
    });

    test("read a fragment that says it is JSON", async ({ db }) => {
      await db.insert(people).values({ id: 1, any: { a: { b: "x" } } });
      const fragment = sql`${people.any}`.as(json<{ a: { b: string } }>());
      const rows = db.select({ b: jsonText(fragment, ["a", "b"]) }).from(people);
      expect(await rows.where(and(eq(jsonText(fragment, ["a", "b"]), "x")))).toEqual([{ b: "x" }]);
    });
  });
}
