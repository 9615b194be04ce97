import { expect, test } from "vitest";
import { splitScript } from "./script.ts";

test("splits at semicolons that end a statement, and at no others", () => {
  const script = String.raw`insert into t values ('a;b', 'it''s; \'; ', "c;""d", "\";"); -- e; f
    # g;
    select ${"`h;``i`"} /* j; */ from t; /*!40101 set x = ';' */; ; select 5--6`;

  expect(splitScript(script)).toEqual([
    String.raw`insert into t values ('a;b', 'it''s; \'; ', "c;""d", "\";")`,
    "select `h;``i`   from t",
    "/*!40101 set x = ';' */",
    "select 5--6",
  ]);
});

test("keeps a text that does not end, for the server to refuse", () => {
  expect(splitScript("select 'a; b")).toEqual(["select 'a", "b"]);
  expect(splitScript(" ;; ")).toEqual([]);
});

test("splits a long script in time that grows with its length", () => {
  const line = `insert into t values (${"'it''s', ".repeat(100)}1);\n`;
  expect(splitScript(line.repeat(2_000))).toHaveLength(2_000);
});
