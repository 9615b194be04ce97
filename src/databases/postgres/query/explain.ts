import {
  isObject,
  numberOf,
  PlanNode,
  textOf,
  times,
  type ExplainRules,
  type JsonObject,
} from "../../../dialect/server/explain.ts";

/** What else is worth reading, in the words of the server. Source: PostgreSQL manual, "Using EXPLAIN". */
const DETAILS = [
  "Join Type",
  "Strategy",
  "Index Cond",
  "Recheck Cond",
  "Hash Cond",
  "Merge Cond",
  "Join Filter",
  "Filter",
  "One-Time Filter",
  "Rows Removed by Filter",
  "Sort Key",
  "Group Key",
  "Conflict Resolution",
  "Subplan Name",
] as const;

function detailOf(plan: JsonObject): string {
  const lines = DETAILS.flatMap((name) => {
    const value = plan[name];
    if (Array.isArray(value)) return [`${name}: ${value.join(", ")}`];
    return typeof value === "string" || typeof value === "number" ? [`${name}: ${value}`] : [];
  });
  return lines.join("\n");
}

function nodeOf(plan: JsonObject): PlanNode {
  const children = Array.isArray(plan["Plans"]) ? plan["Plans"].filter(isObject) : [];
  // Rows and times are of one loop; those of all are what the query took.
  const actualRows = times(plan["Actual Rows"], plan["Actual Loops"]);
  return new PlanNode({
    operation: textOf(plan["Operation"]) ?? textOf(plan["Node Type"]) ?? "Plan",
    table: textOf(plan["Alias"]) ?? textOf(plan["Relation Name"]) ?? textOf(plan["CTE Name"]),
    index: textOf(plan["Index Name"]),
    rows: numberOf(plan["Plan Rows"]),
    cost: numberOf(plan["Total Cost"]),
    actualRows: actualRows === undefined ? undefined : Math.round(actualRows),
    timeMs: times(plan["Actual Total Time"], plan["Actual Loops"]),
    detail: detailOf(plan),
    children: children.map(nodeOf),
  });
}

/** `[{ "Plan": { … }, "Execution Time": … }]` */
export function readPlan(json: string): PlanNode {
  const [first] = JSON.parse(json) as readonly unknown[];
  const plan = isObject(first) ? first["Plan"] : undefined;
  return nodeOf(isObject(plan) ? plan : {});
}

export const postgresExplain: ExplainRules = {
  measures: "all",
  prefix: (isMeasured) => `explain (format json${isMeasured ? ", analyze" : ""}) `,
  read: (rows) => readPlan(String(rows[0]?.[0])),
};
