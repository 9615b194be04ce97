import { expect, test } from "vitest";
import { partsOf } from "./table-parts.ts";

const textsOf = (text: string): string[] => partsOf(text).map((part) => part.text);
const keysOf = (text: string, ...more: [Parameters<typeof partsOf>[1]?]): Set<string> =>
  new Set(partsOf(text, ...more).flatMap(({ keys }) => keys));

test("each part of a table is told by itself", () => {
  expect(
    textsOf(
      "create table t (id integer primary key autoincrement, n text collate nocase not null default 'x', " +
        "m int as (id * 2) check (m > 1), r int references u on delete cascade, unique (n, r)) strict",
    ),
  ).toEqual([
    "strict",
    "column id",
    "column n",
    "default of n",
    "not null of n",
    "collate nocase of n",
    "column m",
    "generated of m",
    "column r",
    "primary key",
    "autoincrement",
    "unique (n, r)",
    "check t_m_check",
    "foreign key (r) references u",
    "on delete cascade of foreign key (r) references u",
  ]);
});

test("the same part has the same key, however it is written", () => {
  const one = keysOf(
    'create table "t" ("Id" integer, a text, CHECK (("Id">1)), foreign key (a) references "U")',
  );
  const other = keysOf(
    "create table t (id integer, a text references u (x), constraint c check ( ID > 1 ))",
  );
  for (const key of one) if (!key.startsWith("check named")) expect(other).toContain(key);
});

test("a check that is a part of a type is no part by itself", () => {
  expect(
    textsOf("create table t (a integer check (a in (0, 1)), b text check (length(b) <= 3))"),
  ).toEqual(["column a", "column b"]);
});

test("columns and tables that had other names are known by those of now", () => {
  const renamed = {
    column: (name: string): string => (name === "a" ? "b" : name),
    table: (name: string): string => (name === "u" ? "v" : name),
  };
  expect(keysOf("create table t (a text check (a > 1) references u)", renamed)).toEqual(
    keysOf("create table t (b text check (b > 1) references v)")
      .add("check named t_a_check")
      .difference(new Set(["check named t_b_check"])),
  );
});
