import { expect, test } from "vitest";
import { eq } from "../query/expression.ts";
import { jsonText } from "../query/functions/json.ts";
import { concat } from "../query/functions/texts.ts";
import { columnsOfSql, renamedSql, resolveSql } from "./sql-model.ts";
import { table } from "./table.ts";
import { integer, json, text } from "./types.ts";

const t = table("t", {
  id: integer(),
  data: json<{ a: string }>(),
  word: text(),
  folded: text().caseInsensitive(),
});

const keyOf = (column: unknown): string => (column as { key: string }).key;

test("keeps functions as plain data, with their columns", () => {
  const model = resolveSql(eq(concat(jsonText(t.data, ["a"]), t.word, "'"), "x"), keyOf);
  expect(JSON.parse(JSON.stringify(model))).toEqual([
    "(",
    {
      call: "concat",
      type: { kind: "text" },
      arguments: [
        {
          call: "jsonText",
          option: "k",
          type: { kind: "text" },
          arguments: [{ column: "data", type: { kind: "json" }, nullable: true }, { path: ["a"] }],
        },
        { column: "word", type: { kind: "text" }, nullable: true },
        { value: "'", type: { kind: "text" } },
      ],
    },
    " = ",
    { value: "x", type: { kind: "text" } },
    ")",
  ]);
  expect(columnsOfSql(model)).toEqual(["data", "word"]);
  expect(columnsOfSql(renamedSql(model, (name) => `new_${name}`))).toEqual([
    "new_data",
    "new_word",
  ]);
});

test("refuses functions of texts without regard to case", () => {
  expect(() => resolveSql(concat(t.folded, "x"), keyOf)).toThrow(
    expect.objectContaining({ code: "E_SCHEMA" }),
  );
});
