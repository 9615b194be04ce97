import { expect, test } from "vitest";
import { MYSQL_LEXIS } from "../../databases/mysql/lexis.ts";
import { POSTGRES_LEXIS } from "../../databases/postgres/lexis.ts";
import { SQLITE_LEXIS } from "../../databases/sqlite/lexis.ts";
import { combinationsOf, parseAlias, parseCheckedText, withoutFragments } from "./text.ts";
import { templateText } from "./named-query.ts";

const parse = (text: string) => parseCheckedText(text, POSTGRES_LEXIS);

test("the parameters of a text, and how they are given", () => {
  expect(parse("select 1")).toMatchObject({ style: "none", parameters: [] });
  expect(parse("select :b, :a, :b")).toMatchObject({
    style: "names",
    parameters: [{ name: "b" }, { name: "a" }],
  });
  expect(parse("select $2, $1")).toMatchObject({
    style: "list",
    parameters: [{ name: "1" }, { name: "2" }],
  });
  expect(parseCheckedText("select ?, ?", SQLITE_LEXIS)).toMatchObject({
    style: "list",
    parameters: [{ name: "1" }, { name: "2" }],
  });
  expect(parse("select '{}'::jsonb ? 'a'").style).toBe("none");
});

test("a place alone behind `in` is a list, however it is spaced", () => {
  for (const [text, all, isNegated] of [
    ["select a in (:ids)", "in (:ids)", false],
    ["select a IN(\n:ids -- all\n)", "IN(\n:ids -- all\n)", false],
    ["select a not in (:ids)", "not in (:ids)", true],
  ] as const) {
    const [place] = parse(text).places;
    expect(text.slice(place!.list!.start, place!.list!.end)).toBe(all);
    expect(place!.list!.isNegated).toBe(isNegated);
    expect(text.slice(place!.start, place!.end)).toBe(":ids");
  }
  for (const text of ["a in (:ids, 2)", "a = any(:ids)", "a in (select :ids)", "a in (:ids::int)"])
    expect(parse(text).parameters).toMatchObject([{ name: "ids", isList: false }]);
  expect(() => parse("a in (:ids) or b = :ids")).toThrow(
    expect.objectContaining({ code: "E_SYNTAX", refusal: expect.objectContaining({ start: 19 }) }),
  );
});

const TEXT = `select id from people where 1 = 1
  /*if name*/ and name = :name /*end*/
  /* if active */ and is_active
  and age > :age /* end */
  and id > :id or ':x' = '/*if no*/'`;

test("fragments may be left out, and leave every place where it was", () => {
  const parsed = parse(TEXT);
  expect(parsed.conditions).toEqual(["name", "active"]);
  expect(parsed.parameters).toEqual([
    { name: "name", isList: false, isOptional: true, isSwitch: false },
    { name: "age", isList: false, isOptional: true, isSwitch: false },
    { name: "id", isList: false, isOptional: false, isSwitch: false },
    { name: "active", isList: false, isOptional: true, isSwitch: true },
  ]);
  expect(combinationsOf(parsed).map((kept) => [...kept])).toEqual([
    [],
    ["name"],
    ["active"],
    ["name", "active"],
  ]);
  const without = withoutFragments(parsed, new Set(["active"]));
  expect(without).toHaveLength(TEXT.length);
  expect(without).not.toContain(":name");
  expect(without.indexOf(":age")).toBe(TEXT.indexOf(":age"));
  expect(withoutFragments(parsed, new Set()).split("\n")).toHaveLength(TEXT.split("\n").length);
  expect(withoutFragments(parsed, new Set(parsed.conditions))).toBe(TEXT);
});

test("fragments that make no sense are refused with their place", () => {
  for (const [text, words, start] of [
    ["select 1 /*if a*/ x", "doesn't end", 9],
    ["select 1 /*end*/", "hasn't begun", 9],
    ["select $1 /*if a*/ x /*end*/", "depends on a name", 10],
    ["/*if a*/ 1 /*if b*/ 2 /*end*/ /*end*/", "inside of another", 11],
    [
      ["a", "b", "c", "d", "e", "f"].map((name) => `/*if ${name}*/ 1 /*end*/`).join(""),
      "more than 5",
      90,
    ],
  ] as const) {
    expect(() => parse(text)).toThrow(
      expect.objectContaining({
        code: "E_SYNTAX",
        message: expect.stringContaining(words),
        refusal: expect.objectContaining({ start }),
      }),
    );
  }
  // What the server runs, and what only a client reads, are no fragments.
  expect(parseCheckedText("select /*!80000 1 */ /*+ hint */ 2", MYSQL_LEXIS).fragments).toEqual([]);
});

test("the text of a tag has a number for each value", () => {
  expect(templateText(["select ", " + ", ""])).toBe("select $1 + $2");
  expect(templateText(["select 1"])).toBe("select 1");
});

test("what the name of a column says", () => {
  expect(parseAlias("id")).toEqual({ key: "id", isNullable: undefined, type: undefined });
  expect(parseAlias("id!")).toEqual({ key: "id", isNullable: false, type: undefined });
  expect(parseAlias("id?")).toEqual({ key: "id", isNullable: true, type: undefined });
  expect(parseAlias("total: number")).toEqual({
    key: "total",
    isNullable: undefined,
    type: "number",
  });
  expect(parseAlias("total!: decimal(10, 2)")).toEqual({
    key: "total",
    isNullable: false,
    type: "decimal(10, 2)",
  });
  // Names that databases give to expressions.
  for (const name of ["count(?)", "id = ?", "?column?", "'a:b'", ":a", "a || ': ' || b"])
    expect(parseAlias(name)).toEqual({ key: name, isNullable: undefined, type: undefined });
});
