import { expect, test } from "vitest";
import { expressionOf, textOfDefault } from "./expression-text.ts";

const names = new Map(
  ["state", "end", "nocase", "Größe"].map((name) => [name.toLowerCase(), name]),
);
const place = { table: "Order", nameOf: (name: string) => names.get(name.toLowerCase()) };

test("a quoted name that nothing has is a text, as SQLite took it for long", () => {
  expect(expressionOf(`state <> "it's" and "State" > 0`, place)).toEqual([
    { column: "state" },
    " <> 'it''s' and ",
    { column: "state" },
    " > 0",
  ]);
});

test("the table's own name before a column is left out, as a copy of the table has another one", () => {
  expect(expressionOf(`"order".state in ('a', 'b') and [Order].[größe] > 0`, place)).toEqual([
    { column: "state" },
    " in ('a', 'b') and ",
    { column: "Größe" },
    " > 0",
  ]);
});

test("a column may have the name of a word of the grammar", () => {
  expect(expressionOf("case when end > 0 then 1 else 2 end + end", place)).toEqual([
    "case when ",
    { column: "end" },
    " > 0 then 1 else 2 end + ",
    { column: "end" },
  ]);
  expect(expressionOf("state collate nocase = nocase", place)).toEqual([
    { column: "state" },
    " collate nocase = ",
    { column: "nocase" },
  ]);
});

test("names in a default are texts, with quotes or without", () => {
  expect(textOfDefault("de")).toBe("'de'");
  expect(textOfDefault('"de-CH"')).toBe("'de-CH'");
  expect(textOfDefault('lower("A")')).toBe("lower('A')");
  expect(textOfDefault("CURRENT_DATE")).toBe("CURRENT_DATE");
  expect(textOfDefault("NULL")).toBe("NULL");
});
