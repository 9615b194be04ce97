import { expect, test } from "vitest";
import { sql } from "../query/sql.ts";
import { resolveModel } from "./model.ts";
import { createNames } from "./naming.ts";
import { defineSchema } from "./schema.ts";
import { unique } from "./constraints.ts";
import { alias, infoOf, isTable, table } from "./table.ts";
import { decimal, integer, text, timestamp, uuid, varchar } from "./types.ts";

const users = table("users", { id: integer().primaryKey(), code: text().unique(), note: text() });

test.each<[string, () => unknown]>([
  ["an empty name", () => table("", { id: integer() })],
  ["no columns", () => table("t", {})],
  ["counting text", () => table("t", { id: text().primaryKey().autoIncrement() as never })],
  ["now for a number", () => table("t", { id: integer().defaultNow() })],
  ["a random number", () => table("t", { id: integer().defaultRandom() })],
  ["a decimal of no digits", () => decimal({ precision: 0 })],
  ["a decimal of more scale than precision", () => decimal({ precision: 3, scale: 4 })],
  ["a decimal of half a digit", () => decimal({ precision: 3.5 })],
  ["a varchar of no length", () => varchar({ length: 0 })],
  ["a varchar that no row of MySQL holds", () => varchar({ length: 16_384 })],
  ["a timestamp finer than microseconds", () => timestamp({ precision: 7 })],
  [
    "two tables of one name",
    () => defineSchema({ users, again: table("users", { id: integer() }) }),
  ],
  ["what is no table", () => defineSchema({ users, other: {} as never })],
  ["an alias", () => defineSchema({ other: alias(users, "other") })],
  [
    "a reference of another type",
    () => defineSchema({ users, t: table("t", { userId: uuid().references(() => users.id) }) }),
  ],
  [
    "a reference to what is not unique",
    () => defineSchema({ users, t: table("t", { note: text().references(() => users.note) }) }),
  ],
  [
    "a reference to a table that is left out",
    () => defineSchema({ t: table("t", { userId: integer().references(() => users.id) }) }),
  ],
  [
    "a reference to nothing",
    () => defineSchema({ t: table("t", { userId: integer().references(() => undefined) }) }),
  ],
  [
    "a reference to a part of a key",
    () => {
      const pairs = table("pairs", { a: integer().primaryKey(), b: integer().primaryKey() });
      return defineSchema({ pairs, t: table("t", { a: integer().references(() => pairs.a) }) });
    },
  ],
  [
    "a reference to a part of a unique constraint",
    () => {
      const pairs = table("pairs", { a: integer(), b: integer() }, (t) => [unique().on(t.a, t.b)]);
      return defineSchema({ pairs, t: table("t", { a: integer().references(() => pairs.a) }) });
    },
  ],
  [
    "a default in SQL that holds a value",
    () =>
      resolveModel(
        defineSchema({ t: table("t", { n: integer().default(sql`${1} + 1`) }) }),
        createNames(),
      ),
  ],
  [
    "two columns that would have one name",
    () =>
      resolveModel(
        defineSchema({ t: table("t", { userId: integer(), user_id: integer() }) }),
        createNames(),
      ),
  ],
])("a declaration with %s is refused", (_, declare) => {
  expect(declare).toThrowError(expect.objectContaining({ code: "E_SCHEMA" }));
});

test("a column is a value: changing it makes another one", () => {
  const base = varchar({ length: 5 });
  const strict = base.notNull().unique().default("x");
  expect(base.spec).toMatchObject({ nullable: true, unique: false, default: undefined });
  expect(strict.spec).toMatchObject({ nullable: false, unique: true });
});

test("a table gives its columns by any key, and nothing else", () => {
  // oxlint-disable-next-line unicorn/no-thenable -- a column may have any name.
  const odd = table("odd", { ["__proto__"]: text(), constructor: text(), then: integer() });
  expect(Object.keys(odd)).toEqual(["__proto__", "constructor", "then"]);
  expect(infoOf(odd).columns.map(({ key }) => key)).toEqual(["__proto__", "constructor", "then"]);
  expect(Object.getPrototypeOf(odd)).toBe(null);
  expect(isTable(odd)).toBe(true);
  expect(isTable({ kind: "table" })).toBe(false);
});
