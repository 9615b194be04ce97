import type { Cells } from "../../../dialect/driver.ts";
import { PlanNode, type ExplainRules } from "../../../dialect/server/explain.ts";

/** `SEARCH users USING INDEX users_name (name=?)`. Source: sqlite.org/eqp.html. */
const STEP =
  /^(SCAN|SEARCH) (?!CONSTANT\b)(.+?)(?: EXISTS)?(?: USING (?:(?:AUTOMATIC )?(?:PARTIAL )?(?:COVERING )?INDEX (?!\()(\S+)|.+))?(?: \(.*\))?(?: LEFT-JOIN)?$/;

function nodeOf(cells: Cells, all: readonly Cells[]): PlanNode {
  const [id, , , text] = cells;
  const detail = String(text);
  const [, operation, table, index] = STEP.exec(detail) ?? [];
  return new PlanNode({
    operation: operation ?? detail,
    table,
    index,
    detail: operation === undefined ? "" : detail,
    children: childrenOf(id, all),
  });
}

function childrenOf(id: unknown, all: readonly Cells[]): PlanNode[] {
  return all.filter(([, parent]) => parent === id).map((cells) => nodeOf(cells, all));
}

export const sqliteExplain: ExplainRules = {
  measures: "nothing",
  prefix: () => "explain query plan ",
  // The steps of a join stand side by side, so they get a root.
  read: (rows) =>
    new PlanNode({ operation: "QUERY PLAN", detail: "", children: childrenOf(0, rows) }),
};
