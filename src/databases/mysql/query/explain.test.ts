import { expect, test } from "vitest";
import { mysqlExplain, readJsonPlan, readTextPlan } from "./explain.ts";

// The forms are those of the MySQL 8.4 manual, "EXPLAIN Statement" and "Obtaining Information with EXPLAIN ANALYZE".

test("reads the lines that MySQL measures", () => {
  const plan = readTextPlan(
    [
      "-> Sort: a.total DESC  (actual time=0.9..1.1 rows=6 loops=1)",
      "    -> Nested loop inner join  (cost=4.95 rows=9) (actual time=0.153..0.2 rows=6 loops=1)",
      "        -> Filter: (b.x is not null)  (cost=1.2 rows=6) (actual time=0.06..0.07 rows=6 loops=1)",
      "            -> Table scan on b  (cost=1.2 rows=6) (actual time=0.05..0.06 rows=6 loops=1)",
      "        -> Index lookup on a using by_x (x=b.x)  (cost=0.5 rows=1) (actual time=0.02..0.025 rows=0.5 loops=6)",
      "",
    ].join("\n"),
  );
  expect(plan).toMatchObject({
    operation: "Sort",
    actualRows: 6,
    timeMs: 1.1,
    cost: undefined,
    children: [
      {
        operation: "Nested loop inner join",
        cost: 4.95,
        rows: 9,
        children: [
          { operation: "Filter", children: [{ operation: "Table scan", table: "b" }] },
          { operation: "Index lookup", table: "a", index: "by_x", actualRows: 3, rows: 1 },
        ],
      },
    ],
  });
  expect(plan.children[0]!.children[1]!.timeMs).toBeCloseTo(0.15);
});

test("reads the plan that MySQL writes as JSON", () => {
  const plan = readJsonPlan(
    JSON.stringify({
      query_block: {
        select_id: 1,
        cost_info: { query_cost: "3.41" },
        ordering_operation: {
          using_filesort: true,
          nested_loop: [
            {
              table: {
                table_name: "b",
                access_type: "ALL",
                rows_examined_per_scan: 6,
                cost_info: { read_cost: "0.25", prefix_cost: "0.85" },
                used_columns: ["x"],
                attached_condition: "(b.x is not null)",
              },
            },
            { table: { table_name: "a", access_type: "ref", key: "by_x", key_length: "4" } },
          ],
        },
      },
    }),
  );
  expect(String(plan)).toBe(
    [
      "query block (cost 3.41)",
      "  ordering operation",
      "    | using_filesort: true",
      "    nested loop",
      "      table on b (rows 6, cost 0.85)",
      "        | access_type: ALL",
      "        | attached_condition: (b.x is not null)",
      "      table on a by by_x",
      "        | access_type: ref",
    ].join("\n"),
  );
});

test("asks each in its own words", () => {
  expect([true, false].map((isMariadb) => mysqlExplain(isMariadb).prefix(true))).toEqual([
    "analyze format=json ",
    "explain analyze ",
  ]);
  expect(mysqlExplain(false).measures).toBe("reads");
});

test("reads what MariaDB writes as JSON without escaping it", () => {
  const plan = readJsonPlan(`{
  "query_block": {
    "select_id": 1,
    "filesort": {
      "sort_key": "q."order" desc, q."id"",
      "table": {
        "table_name": "q",
        "access_type": "ALL",
        "rows": 4,
        "attached_condition": "q."order" like '%a\\%"b'"
      }
    }
  }
}`);
  expect(String(plan)).toContain(`q."order" desc, q."id"`);
  expect(String(plan)).toContain(`q."order" like '%a\\%"b'`);
  expect(plan.children.length > 0 || plan.table === "q").toBe(true);
});
