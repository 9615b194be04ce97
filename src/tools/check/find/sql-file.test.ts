import { expect, test } from "vitest";
import { findInSql } from "./sql-file.ts";

function find(text: string): { queries: (readonly [string, string])[]; problems: string[] } {
  const { problems, queries } = findInSql({ path: "users.sql", text });
  return {
    queries: queries.map((one) => (one.kind === "statement" ? [one.name, one.text] : ["", ""])),
    problems: problems.map(
      ({ end, hint, message, start }) => `${text.slice(start, end)} · ${message} ${hint}`,
    ),
  };
}

test("takes statements as sqlc and PgTyped name them", () => {
  const { problems, queries } = find(`-- What is asked of users.
-- name: findUser :one
select id, 'a;b' -- ;
from users where id = :id;

-- name: list_all
/* all of them */
select * from users
;
/* @name DropOne */
delete from users where id = $1;
-- name: last :exec
update users set name = $$a;b$$`);
  expect(problems).toEqual([]);
  expect(queries).toEqual([
    ["findUser", "select id, 'a;b' -- ;\nfrom users where id = :id"],
    ["list_all", "select * from users"],
    ["DropOne", "delete from users where id = $1"],
    ["last", "update users set name = $$a;b$$"],
  ]);
});

test("tells what has no name, and names that have nothing", () => {
  const { problems, queries } = find(`select 1;
-- name: one
-- name: two :each
select 2;
-- name: a.b
select 3
  from users;
-- name: fine
select 4;
-- name: rest`);
  expect(queries).toEqual([["fine", "select 4"]]);
  expect(problems).toEqual([
    "select 1 · The statement has no name. Write a line above it: -- name: findUser",
    '-- name: one · "one" has no statement behind it. Write it, or delete the line.',
    '-- name: two :each · ":each" means nothing behind a name. Leave it out: how many rows are taken is for the program to say, as .one().',
    "-- name: a.b · The statement's name is none. A name is made of letters, digits and _.",
    '-- name: rest · "rest" has no statement behind it. Write it, or delete the line.',
  ]);
});

test("is the same with any ends of lines, and knows where everything stands", () => {
  const source = "-- name: one\r\nselect 1,\r\n  two\r\nfrom t;\r\n";
  const { queries } = findInSql({ path: "a.sql", text: source });
  const [one] = queries;
  if (one?.kind !== "statement") throw new Error("nothing found");
  expect(one.text).toBe("select 1,\n  two\nfrom t");
  expect(source.slice(one.places[one.text.indexOf("two")])).toMatch(/^two/);
  expect(source.slice(one.places[one.text.indexOf("from")])).toMatch(/^from/);
  expect(source.slice(one.places.at(-1))).toMatch(/^;/);
});
