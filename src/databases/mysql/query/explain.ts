import {
  isObject,
  numberOf,
  PlanNode,
  textOf,
  times,
  type ExplainRules,
  type JsonObject,
} from "../../../dialect/server/explain.ts";

/** Objects that say something about a step and are no steps of their own. */
const FACTS = new Set(["cost_info", "r_engine_stats", "r_icp_filtered", "key_parts"]);

/** What else is worth reading. Source: MySQL 8.4 manual and MariaDB documentation, "EXPLAIN FORMAT=JSON". */
const DETAILS = [
  "access_type",
  "attached_condition",
  "index_condition",
  "sort_key",
  "using_filesort",
  "using_temporary_table",
  "message",
] as const;

function detailOf(step: JsonObject): string {
  const lines = DETAILS.flatMap((name) => {
    const value = step[name];
    const isWorthSaying = typeof value === "string" || value === true;
    return isWorthSaying ? [`${name}: ${String(value)}`] : [];
  });
  return lines.join("\n");
}

/** The steps that an object or a list holds, however deep. */
function stepsOf(value: unknown): PlanNode[] {
  if (Array.isArray(value)) return value.flatMap(stepsOf);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    if (FACTS.has(name)) return [];
    if (isObject(inner)) return [stepOf(name, inner)];
    const steps = Array.isArray(inner) ? inner.flatMap(stepsOf) : [];
    return steps.length === 0 ? [] : [stepOf(name, {}, steps)];
  });
}

function stepOf(name: string, step: JsonObject, children: PlanNode[] = stepsOf(step)): PlanNode {
  const costs = isObject(step["cost_info"]) ? step["cost_info"] : {};
  const actualRows = times(step["r_rows"], step["r_loops"]);
  return new PlanNode({
    operation: name.replaceAll(/[_-]/g, " "),
    table: textOf(step["table_name"]),
    index: textOf(step["key"]),
    rows: numberOf(step["rows"] ?? step["rows_examined_per_scan"]),
    cost: numberOf(step["cost"] ?? costs["query_cost"] ?? costs["prefix_cost"]),
    actualRows: actualRows === undefined ? undefined : Math.round(actualRows),
    timeMs: numberOf(step["r_total_time_ms"]),
    detail: detailOf(step),
    children,
  });
}

/**
 * MariaDB 10.11 writes conditions and sort keys into the JSON as they are, with the quotes of names and texts. They are one
 * member to a line.
 */
function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    const member = /^(\s*"[^"]*": )"(.*)"(,?)$/gm;
    const escaped = json.replaceAll(
      member,
      (_, key: string, text: string, comma: string) => `${key}${JSON.stringify(text)}${comma}`,
    );
    return JSON.parse(escaped);
  }
}

/** `{ "query_block": { … } }` */
export function readJsonPlan(json: string): PlanNode {
  const steps = stepsOf(parseJson(json));
  return steps.length === 1
    ? steps[0]!
    : new PlanNode({ operation: "plan", detail: "", children: steps });
}

interface Line {
  readonly depth: number;
  readonly text: string;
}

/** `-> Index lookup on t using a (a=1)  (cost=0.35 rows=1) (actual time=0.02..0.03 rows=1 loops=1)` */
function lineNode({ text }: Line, children: readonly PlanNode[]): PlanNode {
  const [, what = text] = /^(.*?)(?: {2}\((?:cost|actual)|$)/.exec(text) ?? [];
  const [, cost, rows] = /\(cost=([\d.e+]+)(?:\.\.[\d.e+]+)? rows=([\d.e+]+)\)/.exec(text) ?? [];
  const [, time, actual, loops] =
    /\(actual time=[\d.e+-]+\.\.([\d.e+-]+) rows=([\d.e+]+) loops=(\d+)\)/.exec(text) ?? [];
  const actualRows = times(actual, loops);
  return new PlanNode({
    operation: what
      .replace(/[:(].*$/s, "")
      .replace(/ on \S+.*$/s, "")
      .trim(),
    table: / on (\S+)/.exec(what)?.[1],
    index: / using (\S+)/.exec(what)?.[1],
    rows: numberOf(rows),
    cost: numberOf(cost),
    actualRows: actualRows === undefined ? undefined : Math.round(actualRows),
    timeMs: times(time, loops),
    detail: what,
    children,
  });
}

/** What MySQL's EXPLAIN ANALYZE gives: lines, of which each is indented by four more than what it is a step of. */
export function readTextPlan(text: string): PlanNode {
  const lines = text.split("\n").flatMap((line): Line[] => {
    const [, indent, rest] = /^( *)-> (.*)$/.exec(line) ?? [];
    return indent === undefined || rest === undefined ? [] : [{ depth: indent.length, text: rest }];
  });
  let at = 0;
  const below = (depth: number): PlanNode[] => {
    const nodes: PlanNode[] = [];
    for (let line = lines[at]; line !== undefined && line.depth > depth; line = lines[at]) {
      at++;
      nodes.push(lineNode(line, below(line.depth)));
    }
    return nodes;
  };
  const roots = below(-1);
  return roots.length === 1
    ? roots[0]!
    : new PlanNode({ operation: "plan", detail: "", children: roots });
}

/** @param isMariadb MariaDB measures by `analyze`, writes too; MySQL by `explain analyze`, as text, and reads only. */
export function mysqlExplain(isMariadb: boolean): ExplainRules {
  return {
    measures: isMariadb ? "all" : "reads",
    prefix(isMeasured) {
      if (!isMeasured) return "explain format=json ";
      return isMariadb ? "analyze format=json " : "explain analyze ";
    },
    read(rows, isMeasured) {
      const text = String(rows[0]?.[0]);
      return isMeasured && !isMariadb ? readTextPlan(text) : readJsonPlan(text);
    },
  };
}
