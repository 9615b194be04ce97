/** Lists and fragments of checked SQL. */

import type { CheckedFacts } from "../../query/checked/format.ts";
import { defineSchema } from "../../schema/schema.ts";
import { table } from "../../schema/table.ts";
import { boolean, integer, text } from "../../schema/types.ts";
import { ask, moduleOf } from "./checked-kit.ts";
import { failureOf, type Kit } from "./kit.ts";

const items = table("listed_items", {
  id: integer().primaryKey(),
  size: integer(),
  name: text().notNull(),
  isOld: boolean().notNull(),
});
const schema = defineSchema({ items });

const IN = "select id from listed_items where size in (:sizes) order by id";
const NOT_IN = "select id from listed_items where size not in (:sizes) order by id";
const BOTH =
  "select id from listed_items where (size in ( :sizes ) or name in (:names)) and id <> :id order by id";
const NUMBERED = "select id from listed_items where name in ($2) and id < $1 order by id";
const DELETE = "delete from listed_items where id in (:ids)";
const SEARCH = `select id from listed_items where id > :id
  /*if name*/ and name = :name /*end*/
  /*if from*/ and size between :from and :to /*end*/
  /*if sizes*/ and size in (:sizes) /*end*/
  /*if old*/ and is_old /*end*/
  order by id`;
const OPTIONAL =
  "select id from listed_items where 1 = 1 /*if $1*/ and name = $1 /*end*/ order by id";

const RESULT: CheckedFacts = { columns: [["id", "integer"]] };

const queries = moduleOf({
  types: {
    integer: { kind: "integer", bits: 32 },
    text: { kind: "text" },
    boolean: { kind: "boolean" },
  },
  texts: {
    [IN]: { ...RESULT, parameters: [["sizes", "integer"]] },
    [NOT_IN]: { ...RESULT, parameters: [["sizes", "integer"]] },
    [BOTH]: {
      ...RESULT,
      parameters: [
        ["sizes", "integer"],
        ["names", "text"],
        ["id", "integer"],
      ],
    },
    [NUMBERED]: {
      ...RESULT,
      parameters: [
        ["1", "integer"],
        ["2", "text"],
      ],
    },
    [DELETE]: { parameters: [["ids", "integer"]] },
    [SEARCH]: {
      ...RESULT,
      parameters: [
        ["id", "integer"],
        ["name", "text"],
        ["from", "integer"],
        ["to", "integer"],
        ["sizes", "integer"],
        ["old", "boolean"],
      ],
    },
    [OPTIONAL]: { ...RESULT, parameters: [["1", "text"]] },
  },
});

const rows = [
  { id: 1, size: 10, name: "a", isOld: true },
  { id: 2, size: 20, name: "b", isOld: false },
  { id: 3, size: null, name: "c", isOld: true },
];

function ids(found: unknown): number[] {
  return (found as { readonly id: number }[]).map(({ id }) => id);
}

export function checkedListCases({ expect, schemaGroup }: Kit): void {
  schemaGroup(
    "lists and fragments of checked SQL",
    schema,
    (test) => {
      test("a list has any length, none too, and NULL is in none", async ({ db }) => {
        await db.insert(items).values(rows);
        const find = async (sizes: number[]): Promise<number[][]> => [
          ids(await ask(db, IN, { sizes })),
          ids(await ask(db, NOT_IN, { sizes })),
        ];
        expect(await find([])).toEqual([[], [1, 2, 3]]);
        expect(await find([20])).toEqual([[2], [1]]);
        expect(await find([20, 20, 10])).toEqual([[1, 2], []]);
        expect(await find([5, 6, 7, 8, 9, 10])).toEqual([[1], [2]]);
        const many = Array.from({ length: 20_000 }, (_, at) => at + 11);
        expect(await find(many)).toEqual([[2], [1]]);
      });

      test("several lists stand beside one another, and beside values", async ({ db }) => {
        await db.insert(items).values(rows);
        const names = ["a", "b", "o'c", '{"x"}', "\\"];
        expect(ids(await ask(db, BOTH, { sizes: [], names, id: 1 }))).toEqual([2]);
        expect(ids(await ask(db, BOTH, { sizes: [10, 20], names: ["c"], id: 2 }))).toEqual([1, 3]);
        expect(ids(await ask(db, NUMBERED, [3, ["a", "b", "c"]]))).toEqual([1, 2]);
        expect(await ask(db, DELETE, { ids: [1, 3] })).toEqual({ affectedRows: 2 });
      });

      test("lists of all lengths have few statements", async ({ db }) => {
        const before = db.stats().plans;
        for (let length = 0; length < 200; length++)
          await ask(db, IN, { sizes: Array.from({ length }, (_, at) => at) });
        expect(db.stats().plans - before < 15).toBe(true);
      });

      test("what is no list is refused, and so is NULL in one", async ({ db }) => {
        for (const sizes of [1, null, undefined, [1, null], [undefined], ["1"], [[1]], "1"]) {
          expect(await failureOf(ask(db, IN, { sizes }))).toMatchObject({
            code: "E_INVALID_VALUE",
          });
        }
      });

      test("a fragment is there when its parameter is, in every combination", async ({ db }) => {
        await db.insert(items).values(rows);
        const find = async (params: object): Promise<number[]> =>
          ids(await ask(db, SEARCH, { id: 0, ...params }));
        expect(await find({})).toEqual([1, 2, 3]);
        expect(await find({ name: undefined, old: undefined })).toEqual([1, 2, 3]);
        expect(await find({ name: "b" })).toEqual([2]);
        expect(await find({ from: 5, to: 15 })).toEqual([1]);
        expect(await find({ sizes: [] })).toEqual([]);
        expect(await find({ sizes: [10, 20], old: true })).toEqual([1]);
        expect(await find({ sizes: [10, 20], old: false })).toEqual([1, 2]);
        expect(await find({ name: "b", from: 0, to: 99, sizes: [20], old: true })).toEqual([]);
        expect(ids(await ask(db, OPTIONAL))).toEqual([1, 2, 3]);
        expect(ids(await ask(db, OPTIONAL, [undefined]))).toEqual([1, 2, 3]);
        expect(ids(await ask(db, OPTIONAL, ["c"]))).toEqual([3]);
      });

      test("a value that would be passed over is refused, and so is half of a fragment", async ({
        db,
      }) => {
        for (const params of [
          { from: 1 },
          { to: 1 },
          { old: 1 },
          { old: null },
          { name: null },
          { sizes: [1], nam: "b" },
        ]) {
          expect(await failureOf(ask(db, SEARCH, { id: 0, ...params }))).toMatchObject({
            code: "E_INVALID_VALUE",
          });
        }
      });
    },
    { queries },
  );
}
