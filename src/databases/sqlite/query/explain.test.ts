import { expect, test } from "vitest";
import { sqliteExplain } from "./explain.ts";

const planOf = (...details: readonly string[]) =>
  sqliteExplain.read(
    details.map((detail, at) => [at + 1, 0, 0, detail]),
    false,
  ).children;

test("tells tables and indexes of the steps that it knows", () => {
  expect(
    planOf(
      "SCAN users",
      "SEARCH users USING INDEX users_name (name=?)",
      "SEARCH o USING COVERING INDEX orders_user (user_id=? AND id>?)",
      "SEARCH users USING INTEGER PRIMARY KEY (rowid=?)",
      "SEARCH o USING AUTOMATIC COVERING INDEX (user_id=?) LEFT-JOIN",
      "SEARCH sales EXISTS USING INDEX by_shop (shop_id=?)",
      "SCAN users USING COVERING INDEX users_name",
      "SCAN CONSTANT ROW",
      "USE TEMP B-TREE FOR ORDER BY",
    ).map(({ operation, table, index }) => [operation, table, index]),
  ).toEqual([
    ["SCAN", "users", undefined],
    ["SEARCH", "users", "users_name"],
    ["SEARCH", "o", "orders_user"],
    ["SEARCH", "users", undefined],
    ["SEARCH", "o", undefined],
    ["SEARCH", "sales", "by_shop"],
    ["SCAN", "users", "users_name"],
    ["SCAN CONSTANT ROW", undefined, undefined],
    ["USE TEMP B-TREE FOR ORDER BY", undefined, undefined],
  ]);
});

test("puts a step below the one that it is part of", () => {
  const plan = sqliteExplain.read(
    [
      [3, 0, 0, "COMPOUND QUERY"],
      [4, 3, 0, "LEFT-MOST SUBQUERY"],
      [7, 4, 0, "SCAN a"],
    ],
    false,
  );
  expect(String(plan)).toBe(
    "QUERY PLAN\n  COMPOUND QUERY\n    LEFT-MOST SUBQUERY\n      SCAN on a\n        | SCAN a",
  );
});
