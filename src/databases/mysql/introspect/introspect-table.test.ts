// Rows as MySQL's catalogue has them, where they differ from MariaDB's. Source: MySQL 8.4 manual, "INFORMATION_SCHEMA Tables".
import { expect, test } from "vitest";
import type { ForeignObject } from "../../../dialect/server/introspector.ts";
import type { TableModel } from "../../../schema/model.ts";
import { TableReader } from "./introspect-table.ts";
import { mysqlTypes } from "../types.ts";
import { mysql } from "../variant.ts";

const table = {
  table_schema: "app",
  table_name: "users",
  table_type: "BASE TABLE",
  engine: "InnoDB",
  table_comment: "",
};

function read(
  columns: readonly object[],
  more: { readonly checks?: readonly object[]; readonly statistics?: readonly object[] } = {},
): TableModel & { readonly others: readonly ForeignObject[] } {
  const others: ForeignObject[] = [];
  const rows = columns.map((column) => ({
    table_schema: "app",
    table_name: "users",
    column_default: null,
    is_nullable: "YES",
    collation_name: null,
    extra: "",
    generation_expression: "",
    column_comment: "",
    ...column,
  }));
  const { checks = [], statistics = [] } = more;
  const reader = new TableReader(
    {
      table,
      columns: rows,
      statistics: statistics as never,
      foreignKeys: [],
      checks: checks as never,
    },
    { variant: mysql, types: mysqlTypes(mysql), others, placeOf: () => ({}) },
  );
  return { ...reader.read(), others };
}

test("literals are defaults as they are, and expressions are told from them", () => {
  const { columns } = read([
    {
      column_name: "a",
      column_type: "varchar(20)",
      collation_name: "utf8mb4_0900_bin",
      column_default: String.raw`it's \ "x"`,
    },
    { column_name: "b", column_type: "int", column_default: "-5" },
    {
      column_name: "c",
      column_type: "datetime(3)",
      column_default: "CURRENT_TIMESTAMP(3)",
      extra: "DEFAULT_GENERATED",
    },
    {
      column_name: "d",
      column_type: "date",
      column_default: "utc_date()",
      extra: "DEFAULT_GENERATED",
    },
    { column_name: "e", column_type: "tinyint(1)", column_default: "1" },
    { column_name: "f", column_type: "int", column_default: "(1 + 2)", extra: "DEFAULT_GENERATED" },
  ]);

  expect(columns.map((column) => column.default)).toEqual([
    { kind: "value", value: String.raw`it's \ "x"` },
    { kind: "value", value: -5 },
    { kind: "now" },
    { kind: "now" },
    { kind: "value", value: true },
    { kind: "sql", text: "1 + 2" },
  ]);
});

test("a random UUID in 16 bytes is known by its expression", () => {
  const [column] = read([
    {
      column_name: "id",
      column_type: "binary(16)",
      column_default: String.raw`unhex(concat(hex(random_bytes(6)),_utf8mb4\'4\',substr(hex(random_bytes(2)),2),substr(_utf8mb4\'89AB\',(1 + (ascii(random_bytes(1)) & 3)),1),substr(hex(random_bytes(2)),2),hex(random_bytes(6))))`,
      extra: "DEFAULT_GENERATED",
    },
  ]).columns;

  expect(column).toMatchObject({ type: { kind: "uuid" }, default: { kind: "random" } });
});

test("checks and computed columns lose what MySQL writes around their literals", () => {
  const { checks, columns, others } = read(
    [
      { column_name: "name", column_type: "varchar(20)", collation_name: "utf8mb4_0900_bin" },
      {
        column_name: "full",
        column_type: "varchar(40)",
        collation_name: "utf8mb4_general_ci",
        extra: "VIRTUAL GENERATED",
        generation_expression: "concat(`name`,_utf8mb4\\'-\\')",
      },
    ],
    {
      checks: [
        {
          constraint_name: "named",
          check_clause: String.raw`(${"`name`"} <> _utf8mb4\'it\\\'s\')`,
          level: "Table",
          enforced: "NO",
        },
      ],
    },
  );

  expect(checks).toEqual([
    { name: "named", condition: [{ column: "name" }, String.raw` <> 'it\'s'`] },
  ]);
  expect(others).toEqual([
    { kind: "clause", name: "named", table: "users", detail: "not enforced" },
  ]);
  expect(columns[1]).toMatchObject({
    type: { collation: { mysql: "utf8mb4_general_ci" } },
    generated: { sql: ["concat(", { column: "name" }, ",'-')"], isStored: false },
  });
});

test("indexes of expressions are known", () => {
  const part = {
    index_name: "lower_name",
    non_unique: 1,
    index_type: "BTREE",
    sub_part: null,
    is_visible: "NO",
  };
  const { indexes, others } = read(
    [{ column_name: "name", column_type: "varchar(20)", collation_name: "utf8mb4_0900_bin" }],
    {
      statistics: [
        { ...part, column_name: null, expression: "lower(`name`)", collation: "A" },
        { ...part, column_name: "name", expression: null, collation: "D" },
      ],
    },
  );

  expect(indexes).toMatchObject([
    {
      name: "lower_name",
      isUnique: false,
      terms: [
        { sql: ["lower(", { column: "name" }, ")"], direction: "asc" },
        { column: "name", direction: "desc" },
      ],
    },
  ]);
  expect(others).toEqual([
    { kind: "clause", name: "lower_name", table: "users", detail: "invisible index" },
  ]);
});

test("a check is a part of a column only where the column is made of it", () => {
  const check = (name: string, clause: string, level: string): object => ({
    constraint_name: name,
    check_clause: clause,
    level,
  });
  const { checks, columns } = read(
    [
      { column_name: "a", column_type: "longtext", collation_name: "utf8mb4_0900_bin" },
      { column_name: "b", column_type: "varchar(99)", collation_name: "utf8mb4_0900_bin" },
      { column_name: "c", column_type: "longtext", collation_name: "utf8mb4_0900_bin" },
      { column_name: "d", column_type: "int" },
      {
        column_name: "e",
        column_type: "int",
        extra: "STORED GENERATED",
        generation_expression: "1",
      },
    ],
    {
      checks: [
        check("a", "json_valid(`a`)", "Column"),
        check("b", "json_valid(`b`)", "Column"),
        check("c_is_json", "json_valid(`c`)", "Table"),
        check("d", "`d` is not null", "Column"),
        check("e", "`e` is not null", "Column"),
      ],
    },
  );

  expect(columns.map(({ type }) => type.kind)).toEqual([
    "json",
    "text",
    "text",
    "integer",
    "integer",
  ]);
  expect(columns.map(({ nullable }) => nullable)).toEqual([true, true, true, true, false]);
  expect(checks.map(({ name }) => name)).toEqual(["users_b_check", "c_is_json", "users_d_check"]);
});

test("options of a table, and the times of versioned rows, are told", () => {
  const { columns, others } = read([
    {
      column_name: "s",
      column_type: "timestamp(6)",
      extra: "STORED GENERATED",
      generation_expression: "ROW START",
    },
    {
      column_name: "t",
      column_type: "longtext /*M!100301 COMPRESSED*/",
      collation_name: "utf8mb4_0900_bin",
    },
  ]);

  expect(columns.map(({ generated }) => generated)).toEqual([undefined, undefined]);
  expect(columns[1]!.type).toEqual({ kind: "text", length: undefined });
  expect(others).toEqual([
    { kind: "clause", name: "s", table: "users", detail: "row start" },
    { kind: "clause", name: "t", table: "users", detail: "compressed" },
  ]);
});
