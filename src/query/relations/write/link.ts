/** Rows of a table between two, which point at a row of each. */

import { LogicNode, type Condition } from "../../../ast/expression.ts";
import type { RelationStep } from "../../../schema/relation.ts";
import { tableOf, type AnyTableColumn, type TableInfo } from "../../../schema/table.ts";
import { liftDeleted } from "../../lifts.ts";
import { runRows, type Scope } from "../../run.ts";
import { havingValues } from "../../write/keyed-rows.ts";
import { keysOfTable } from "../../write/matches.ts";
import { RestoreBuilder } from "../../write/soft-delete.ts";
import { keyTextOf, valueFor } from "../keys.ts";
import type { LinkChange, Values } from "./changes.ts";
import { insertRows, selectOf } from "./rows.ts";

/** What the columns `to` hold when `from` of another row are these. */
export function carried(
  from: readonly AnyTableColumn[],
  values: Values,
  to: readonly AnyTableColumn[],
): Values {
  return Object.fromEntries(
    to.map((column, at) => [column.key, valueFor(column, values[from[at]!.key])]),
  );
}

/** The rows between that point at one of these. */
export function linkedTo({ from, to }: RelationStep, found: readonly Values[]): Condition {
  return havingValues(
    from,
    found.map((one) => carried(to, one, from)),
  );
}

/** Links those that aren't linked yet. */
export async function link(
  scope: Scope,
  change: LinkChange,
  own: Values,
  found: readonly Values[],
): Promise<void> {
  if (found.length === 0) return;
  const { further, step } = change;
  const textOf = linkText(further);
  const links = (await runRows(scope, {
    ...selectOf(scope, step.table, further.from),
    where: havingValues(step.to, [own]),
  })) as Values[];
  const known = new Set(links.map((one) => textOf(one, further.from)));
  const missing = found.filter((one) => {
    const text = textOf(one, further.to);
    return !known.has(text) && known.add(text);
  });
  if (missing.length === 0) return;
  const restored = new Set(
    (await restoreLinks(scope, change, own, missing)).map((one) => textOf(one, further.from)),
  );
  const rows = missing
    .filter((one) => !restored.has(textOf(one, further.to)))
    .map((one) => ({ ...own, ...carried(further.to, one, further.from) }));
  await insertRows(scope, step.table, rows, []);
}

/** A soft-deleted link whose key stands in the way of another one is brought back. @returns Which were. */
async function restoreLinks(
  scope: Scope,
  { further, step }: LinkChange,
  own: Values,
  missing: readonly Values[],
): Promise<readonly Values[]> {
  const { table } = step;
  if (table.softDelete === undefined || !isLinkedOnce(table, [...step.to, ...further.from]))
    return [];
  const where = new LogicNode("and", [havingValues(step.to, [own]), linkedTo(further, missing)]);
  const statement = selectOf(scope, table, further.from);
  const deleted = (await runRows(scope, {
    ...statement,
    where,
    lifts: liftDeleted(statement.lifts, table, "only"),
  })) as Values[];
  if (deleted.length > 0) await new RestoreBuilder(scope, tableOf(table)).where(where);
  return deleted;
}

/** Whether two rows, deleted or not, can't link the same. */
function isLinkedOnce(table: TableInfo, columns: readonly unknown[]): boolean {
  return keysOfTable(table).some((key) => key.every((column) => columns.includes(column)));
}

function linkText(
  step: RelationStep,
): (row: Values, columns: readonly AnyTableColumn[]) => unknown {
  const textOf = keyTextOf(step);
  return (row, columns) => textOf(columns.map(({ key }) => row[key]));
}
