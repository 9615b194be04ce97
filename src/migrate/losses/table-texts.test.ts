import { expect, test } from "vitest";
import { TableTexts, type Remade } from "./table-texts.ts";

function remadeBy(...statements: string[]): Remade[] {
  const tables = new TableTexts([
    ["Users", "create table Users (a)"],
    ["teams", "create table teams (b)"],
  ]);
  return statements.flatMap((text) => tables.apply(text) ?? []);
}

test("a new table takes the place of one that was dropped", () => {
  const [only, ...others] = remadeBy(
    'create table "users__new" (a, b)',
    "insert into users__new (a) select a from users",
    "drop table users",
    "pragma legacy_alter_table = on",
    "alter table `users__new` rename to [Users]",
  );
  expect(others).toEqual([]);
  expect(only).toMatchObject({
    before: { origin: "users", text: "create table Users (a)" },
    after: { text: 'create table "users__new" (a, b)', madeBy: 0 },
  });
});

test("one that was put aside, too", () => {
  const found = remadeBy(
    "alter table users rename to old",
    "create table users (a, b)",
    "insert into users (a) select a from old",
    "drop table old",
  );
  expect(found).toMatchObject([{ before: { origin: "users" }, after: { madeBy: 1 } }]);
});

test("names that change before are followed", () => {
  const [found] = remadeBy(
    "alter table users rename to people",
    "alter table people rename column a to b",
    "alter table people rename b to c",
    "create table people__new (c)",
    "drop table people",
    "alter table people__new rename to people",
  );
  expect(found?.before.origin).toBe("users");
  expect([...found!.before.columns]).toEqual([["a", "c"]]);
});

test("tables that change names with one another are kept apart", () => {
  const found = remadeBy(
    "alter table users rename to aside",
    "alter table teams rename to users",
    "alter table aside rename to teams",
    "create table teams__new (a)",
    "drop table teams",
    "alter table teams__new rename to teams",
    "create table users__new (b)",
    "drop table users",
    "alter table users__new rename to users",
  );
  expect(found.map(({ before, after }) => [before.origin, after.text])).toEqual([
    ["users", "create table teams__new (a)"],
    ["teams", "create table users__new (b)"],
  ]);
});

test("a table that goes, comes, or is made twice by the same statements loses nothing of others", () => {
  expect(
    remadeBy(
      "drop table users",
      "create table x (a)",
      "create table y (a)",
      "drop table x",
      "alter table y rename to x",
      "drop table teams",
      "insert into x values (1)",
      "alter table x rename to teams",
    ),
  ).toEqual([]);
});
