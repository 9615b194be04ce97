import { expect, test } from "vitest";
import { tokensOf } from "../../../dialect/text/sql-tokens.ts";
import { MYSQL_LEXIS } from "../lexis.ts";
import { narrowedNames } from "./narrowing.ts";

function namesIn(text: string): string {
  const { names } = narrowedNames(tokensOf(text, MYSQL_LEXIS));
  return names.join(" ");
}

test.each([
  ["a = 1 and b <> 2 and t.c >= ?", "a b t.c"],
  ["(a = 1 and (b is not null))", "a b"],
  ["a between 1 and 2 and b not between 3 and 4", "a b"],
  [
    "a in (1, 2) and b not in (3) and c in (select x from u) and d not in (select x from u)",
    "a b c",
  ],
  ["a like 'x' and b not like 'y' escape '!' and `a b` < 3", "a b `a b`"],
  ["a and not b and c = (select max(x) from u where y is null or z)", "a b c"],
  ["a <=> 1 and b is null and c is true and not d = 1 and e + 1 > 2 and f(g) = 1", ""],
  [
    "a = b is null and c = d = 0 and e = all (select x from u) and f not in ((select x from u))",
    "",
  ],
  ["exists (select 1) and (a, b) = (1, 2) and binary c = 'x' and 3 < d", ""],
  ["a = 1 or b = 2", ""],
  ["a = 1 and (b = 2 or c = 3)", "a"],
  ["a = 1 and b = offset or true", ""],
  ["a = 1 || b", ""],
  ["a > 1 && b", ""],
])("the conditions %s leave no NULL in: %s", (where, names) => {
  expect(namesIn(`select x from t where ${where}`)).toBe(names);
});

test.each([
  ["select count(*), a from t where a = 1", ""],
  ["select a from t where a = 1 having count(*) > 0", ""],
  ["select a from t where a = 1 order by count(*)", ""],
  ["select (select count(t.a)) from t where a = 1", ""],
  ["select own(a) from t where a = 1", ""],
  ["select count(*), a from t where a = 1 group by a", "a"],
  ["select a from t where a = 1 group by a with rollup", ""],
  ["select a from t where a = 1 union select a from u", ""],
  ["select (select a from u where b = 1) from t", ""],
  ["with x as (select a from u where a = 1) select a from x", ""],
  ["with x as (select a from u) select upper(a) from x where a = 1 limit 3;", "a"],
  ["insert into t select a from u where a = 1 returning a", ""],
  ["delete from t where a = 1 returning a", ""],
])("of the statement %s they are: %s", (text, names) => {
  expect(namesIn(text)).toBe(names);
});
