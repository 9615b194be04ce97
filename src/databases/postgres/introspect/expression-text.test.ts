import { expect, test } from "vitest";
import { expressionOf, settled } from "./expression-text.ts";

const columns = new Set(["kind", "time", "zone", "state", "End"]);

test("a list is written as the server writes it where it reads what it wrote", () => {
  const once =
    "((kind)::text = ANY ((ARRAY['a'::character varying, 'b,('::character varying])::text[]))";
  const twice =
    "((kind)::text = ANY (ARRAY[('a'::character varying)::text, ('b,('::character varying)::text]))";
  expect(settled(once)).toBe(twice);
  expect(settled(twice)).toBe(twice);
});

test("lists in lists, and what only looks like one, stay right", () => {
  expect(settled("x = ANY ((ARRAY[f(1, 2), 3])::numeric[])")).toBe(
    "x = ANY (ARRAY[(f(1, 2))::numeric, (3)::numeric])",
  );
  expect(settled("(ARRAY[1, 2])[1]")).toBe("(ARRAY[1, 2])[1]");
  expect(settled("'((ARRAY[1])::int[])'")).toBe("'((ARRAY[1])::int[])'");
});

test("words of types and of the server's grammar are no columns", () => {
  expect(expressionOf("(\"time\" > '2026-01-01'::timestamp without time zone)", columns)).toEqual([
    { column: "time" },
    " > '2026-01-01'::timestamp without time zone",
  ]);
  expect(expressionOf("(zone AT TIME ZONE state)", columns)).toEqual([
    { column: "zone" },
    " AT TIME ZONE ",
    { column: "state" },
  ]);
  expect(expressionOf('CASE WHEN ("End" > 0) THEN 1 END', columns)).toEqual([
    "CASE WHEN (",
    { column: "End" },
    " > 0) THEN 1 END",
  ]);
});
