import { expect, test } from "vitest";
import { readPlan } from "./explain.ts";

test("counts rows and time of all loops", () => {
  const plan = readPlan(
    JSON.stringify([
      {
        Plan: {
          "Node Type": "Nested Loop",
          "Join Type": "Left",
          "Plan Rows": 10,
          "Total Cost": 20.5,
          "Actual Rows": 9.0,
          "Actual Loops": 1,
          "Actual Total Time": 0.5,
          Plans: [
            { "Node Type": "Seq Scan", "Relation Name": "users", Alias: "u", Filter: "(id > 1)" },
            {
              "Node Type": "Index Scan",
              "Relation Name": "orders",
              "Index Name": "orders_user",
              "Index Cond": "(user_id = u.id)",
              "Actual Rows": 0.45,
              "Actual Loops": 20,
              "Actual Total Time": 0.01,
            },
          ],
        },
        "Execution Time": 1.5,
      },
    ]),
  );
  expect(String(plan)).toBe(
    [
      "Nested Loop (rows 10, actual rows 9, cost 20.5, 0.5 ms)",
      "  | Join Type: Left",
      "  Seq Scan on u",
      "    | Filter: (id > 1)",
      "  Index Scan on orders by orders_user (actual rows 9, 0.2 ms)",
      "    | Index Cond: (user_id = u.id)",
    ].join("\n"),
  );
});
