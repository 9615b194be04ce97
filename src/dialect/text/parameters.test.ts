import { expect, test } from "vitest";
import { parseParameters, withPlaceholders } from "./parameters.ts";
import type { Lexis } from "./split-script.ts";

const style: Lexis = {
  hasBackslashEscapes: false,
  hasHashComments: false,
  hasDollarQuotes: true,
  hasBrackets: false,
  hasNestedComments: true,
  needsSpaceInComments: false,
};
const postgres = { ...style, hasQuestionOperators: true };

function numbered(text: string, by: Lexis = postgres): [string, readonly string[]] {
  const parsed = parseParameters(text, by);
  return [withPlaceholders(parsed, (at) => `$${at + 1}`), parsed.names];
}

test("names become the places of values, each one once", () => {
  expect(numbered("select :a, :b_2 + :a where x=:c")).toEqual([
    "select $1, $2 + $1 where x=$3",
    ["a", "b_2", "c"],
  ]);
  expect(numbered(":é")).toEqual(["$1", ["é"]]);
  expect(numbered("select 1")).toEqual(["select 1", []]);
});

test("texts, comments, casts, slices and assignments have no places", () => {
  for (const text of [
    "select ':a', \":b\", $$:c$$, $t$ :d $t$ -- :e\n /* :f */",
    "select a::text, list[1:n], list[a:b], (x)[(1):b], y := 3",
    "select meta ? 'a', meta ?| array['b'], x$1",
  ])
    expect(numbered(text)).toEqual([text, []]);
  expect(numbered("select :a::text, list[ :b]")).toEqual([
    "select $1::text, list[ $2]",
    ["a", "b"],
  ]);
});

test("comments end where the database ends them", () => {
  expect(numbered("select 1 /* a /* :b */ :c */, :d")[1]).toEqual(["d"]);
  const plain = { ...style, hasNestedComments: false };
  expect(numbered("select 1 /* a /* :b */, :c", plain)[1]).toEqual(["c"]);
  expect(numbered("select 5--:a\n, :b", plain)[1]).toEqual(["b"]);
  const mysql = { ...plain, needsSpaceInComments: true };
  expect(numbered("select 5--:a -- :c\n, :b", mysql)[1]).toEqual(["a", "b"]);
});

test("numbers and question marks are names by their place", () => {
  expect(numbered("select $2, $1, $2")).toEqual(["select $2, $1, $2", ["1", "2"]]);
  expect(numbered("select $12, $3")).toEqual(["select $2, $1", ["3", "12"]]);
  expect(numbered("select ?, ? + ?", style)).toEqual(["select $1, $2 + $3", ["1", "2", "3"]]);
});

test("several ways in one text are refused", () => {
  expect(() => numbered("select :a, $1")).toThrow(/as a name and as a number/);
  expect(() => numbered("select ?, :a", style)).toThrow(
    expect.objectContaining({ code: "E_SYNTAX" }),
  );
});
