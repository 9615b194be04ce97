import { expect, test } from "vitest";
import { sqlModelOf, tokensOf, withoutParentheses } from "./sql-tokens.ts";

test("quoted names, texts, bytes and comments are told apart", () => {
  const tokens = tokensOf(`"a""b" 'it''s' x'00ff' /* c */ 1.5e3 größe -- end`);

  expect(tokens.map(({ kind, value }) => [kind, value])).toEqual([
    ["name", 'a"b'],
    ["text", "it's"],
    ["bytes", "00ff"],
    ["comment", "c"],
    ["number", "1.5e3"],
    ["word", "größe"],
    ["comment", "end"],
  ]);
});

test("a backslash ends no text where the database has such escapes", () => {
  expect(tokensOf(String.raw`'it\'s' b`, { hasBackslashEscapes: true })[0]!.value).toBe("it's");
  expect(tokensOf(String.raw`'it\' b`)[0]!.value).toBe("it\\");
  expect(tokensOf(String.raw`E'a\'b'`)[0]!.value).toBe("a'b");
});

test("brackets hold names where the database has such names", () => {
  expect(tokensOf("[a b]", { hasBrackets: true })[0]).toMatchObject({ kind: "name", value: "a b" });
  expect(tokensOf("[a")[0]).toMatchObject({ kind: "sign" });
});

test("only parentheses around the whole go", () => {
  expect(withoutParentheses("((a) + (b))")).toBe("(a) + (b)");
  expect(withoutParentheses("(a) + (b)")).toBe("(a) + (b)");
  expect(withoutParentheses("(')')")).toBe("')'");
});

test("columns are known in a text, and neither functions nor types nor other tables' columns are", () => {
  const columns = new Set(["a", "date"]);
  const model = sqlModelOf(`a > date(a) and t.a = 'a'::date and "date" is null`, {
    nameOf: ({ value }) => (columns.has(value) ? value : undefined),
  });

  expect(model).toEqual([
    { column: "a" },
    " > date(",
    { column: "a" },
    ") and t.a = 'a'::date and ",
    { column: "date" },
    " is null",
  ]);
});
