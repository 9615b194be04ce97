/** Values of checked SQL: those of every type go in and come out as those of builders do. */

import type { Condition } from "../../ast/expression.ts";
import { eq } from "../../query/expression.ts";
import type { CheckedQueries } from "../../query/checked/module.ts";
import type { CheckedFacts, CheckedType } from "../../query/checked/format.ts";
import { defineSchema } from "../../schema/schema.ts";
import { infoOf, type AnyTable } from "../../schema/table.ts";
import { ask, moduleOf } from "./checked-kit.ts";
import { failureOf, type Kit } from "./kit.ts";
import { kept, refused, respelt } from "./samples.ts";

/** No column's name is a word of SQL then. */
const NAMING = { columns: (key: string) => `v_${key}` };

const insertOf = (key: string): string =>
  `insert into things (v_id, v_${key}) values (:id, :value)`;
const readOf = (key: string): string => `select v_${key} from things where v_id = :id`;
const findOf = (key: string): string => `select v_id from things where v_${key} = :value`;
const listOf = (key: string): string => `select v_id from things where v_${key} in (:values)`;

function idOf(table: AnyTable, id: number): Condition {
  return eq(infoOf(table).column("id")!, id);
}

/** What `plinth check` would have written of the texts above, of each column. */
function moduleFor(table: AnyTable): CheckedQueries {
  const { columns } = infoOf(table);
  const texts = columns.flatMap(({ key }): [string, CheckedFacts][] => [
    [
      insertOf(key),
      {
        parameters: [
          ["id", "id"],
          ["value", key, "nullable"],
        ],
      },
    ],
    [readOf(key), { parameters: [["id", "id"]], columns: [[key, key]] }],
    [findOf(key), { parameters: [["value", key]], columns: [["id", "id"]] }],
    [listOf(key), { parameters: [["values", key]], columns: [["id", "id"]] }],
  ]);
  // As the module holds them: they were JSON.
  const types = JSON.parse(
    JSON.stringify(Object.fromEntries(columns.map(({ key, type }) => [key, type]))),
  ) as Record<string, CheckedType>;
  return moduleOf({ types, texts: Object.fromEntries(texts) });
}

/** @param things Has a column for each sample. */
export function checkedValueCases({ expect, schemaGroup }: Kit, things: AnyTable): void {
  const schema = defineSchema({ things });
  const settings = { queries: moduleFor(things), naming: NAMING };
  schemaGroup(
    "values of checked SQL",
    schema,
    (test) => {
      for (const [key, values] of kept) {
        test(`of ${key} are written and read as those of builders`, async ({ db, can }) => {
          for (const [id, value] of values.entries()) {
            await ask(db, insertOf(key), { id, value });
            const row = await db.from(things).find(id);
            expect(row?.[key]).toEqual(value);
            expect(await ask(db, readOf(key), { id }).one()).toEqual({ [key]: value });
          }
          await ask(db, insertOf(key), { id: 99, value: null });
          expect(await ask(db, readOf(key), { id: 99 })).toEqual([{ [key]: null }]);
          const isComparable =
            key !== "data" &&
            (can.maxDecimalPrecision >= 38 || (key !== "wide" && key !== "units"));
          if (!isComparable) return;
          for (const [id, value] of values.entries()) {
            expect(await ask(db, findOf(key), { value })).toEqual([{ id }]);
            expect(await ask(db, listOf(key), { values: [value] })).toEqual([{ id }]);
          }
          expect((await ask(db, listOf(key), { values })).length).toBe(values.length);
        });
      }

      test("are stored in their one spelling", async ({ db }) => {
        for (const [id, [key, value, spelt]] of respelt.entries()) {
          await ask(db, insertOf(key), { id, value });
          expect((await db.from(things).where(idOf(things, id)).one())[key]).toEqual(spelt);
        }
      });

      test("that are none are refused by the parameter's name, before anything is sent", async ({
        db,
      }) => {
        for (const [key, code, values] of refused) {
          for (const value of values) {
            const error = await failureOf(ask(db, insertOf(key), { id: 1, value }));
            expect(error).toMatchObject({ code });
          }
        }
        expect(await db.from(things).count()).toBe(0);
      });
    },
    settings,
  );
}
