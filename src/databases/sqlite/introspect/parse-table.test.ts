import { expect, test } from "vitest";
import { parseTable } from "./parse-table.ts";

test("columns keep what stands behind them", () => {
  const { columns, checks } = parseTable(
    `CREATE TABLE "t (" (a integer /* timestamp(3) */ not null default (cast(1 as text)) check (a > ')'), b decimal(10, 2) default -1 collate "nocase" constraint named check (b <> a))`,
  );

  expect(columns).toEqual([
    {
      name: "a",
      type: "integer",
      isRequired: true,
      note: "timestamp(3)",
      default: "cast(1 as text)",
    },
    { name: "b", type: "decimal(10, 2)", default: "-1", collation: "nocase" },
  ]);
  expect(checks).toEqual([
    { name: undefined, text: "a > ')'", column: "a" },
    { name: "named", text: "b <> a", column: "b" },
  ]);
});

test("constraints of a table are found without commas between them", () => {
  const table = parseTable(
    "create table t (a, b, constraint one primary key (a, b) constraint two unique (b) check (a > 1) foreign key (a) references u) without rowid",
  );

  expect(table.primaryKey).toEqual({ name: "one", columns: ["a", "b"] });
  expect(table.uniques).toEqual([{ name: "two", columns: ["b"] }]);
  expect(table.checks).toEqual([{ name: undefined, text: "a > 1" }]);
  expect(table.foreignKeys).toMatchObject([
    { columns: ["a"], target: "u", targetColumns: undefined },
  ]);
  expect(table.clauses).toEqual([{ text: "without rowid" }]);
});

test("a key counts where its constraint says so, and is no row's number where it counts down", () => {
  const counted = parseTable('create table t ("Id" integer, b, primary key("id" autoincrement))');
  expect(counted.columns[0]).toEqual({ name: "Id", type: "integer", isAutoIncrement: true });
  expect(counted.isInlineKey).toBeUndefined();

  const down = parseTable("create table t (id integer primary key desc)");
  expect([down.isInlineKey, down.isDescendingKey, down.clauses]).toEqual([
    true,
    true,
    [{ text: "desc in a key", of: down.primaryKey }],
  ]);
});

test("a foreign key keeps its actions, and tells that it is checked late", () => {
  const { foreignKeys, clauses } = parseTable(
    "create table t (a int references u (x) on delete set null on update cascade match simple deferrable initially deferred not null)",
  );

  expect(foreignKeys).toEqual([
    {
      name: undefined,
      columns: ["a"],
      target: "u",
      targetColumns: ["x"],
      onDelete: "set null",
      onUpdate: "cascade",
    },
  ]);
  expect(clauses).toEqual([{ text: "deferred foreign key", of: foreignKeys[0] }]);
});

test("what is computed is no default", () => {
  const { columns } = parseTable(
    "create table t (a int, b int as (a * 2), c int generated always as (a + b) stored)",
  );

  expect(columns.slice(1)).toEqual([
    { name: "b", type: "int", generated: { text: "a * 2", isStored: false } },
    { name: "c", type: "int", generated: { text: "a + b", isStored: true } },
  ]);
});
