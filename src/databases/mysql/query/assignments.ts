/**
 * MySQL assigns from left to right, and reads what is assigned already: `set a = 1, b = a` gives `b` the new `a`. SQL
 * means the row as it was. Source: MySQL 8.4 manual, "UPDATE Statement".
 */

import type { AnyExpression } from "../../../ast/expression.ts";
import type { AnyColumn, Assignment, UpdateStatement } from "../../../ast/statement.ts";
import { UnsupportedError } from "../../../core/error.ts";
import { Writer } from "../../../dialect/sql/writer.ts";

/** The columns that a trial of writing an expression met. */
const met = new WeakMap<Writer, Set<AnyColumn>>();

export function noteColumn(column: AnyColumn, out: Writer): void {
  met.get(out)?.add(column);
}

function columnsIn(
  value: unknown,
  node: Pick<UpdateStatement, "joins" | "set" | "table">,
  out: Writer,
): ReadonlySet<AnyColumn> {
  const trial = new Writer(out.context);
  const columns = new Set<AnyColumn>();
  met.set(trial, columns);
  // A plan's cells are expressions: its values are parameters.
  trial.scope([node.table, ...node.joins.map(({ source }) => source)], () =>
    trial.expression(value as AnyExpression),
  );
  return columns;
}

/** The assignments in an order in which each reads the row as it was. */
export function orderedAssignments(
  node: Pick<UpdateStatement, "joins" | "set" | "table">,
  dialect: string,
  out: Writer,
): readonly Assignment[] {
  let left = node.set.map((assignment) => ({
    assignment,
    reads: columnsIn(assignment.value, node, out),
  }));
  const ordered: Assignment[] = [];
  while (left.length > 0) {
    const next = left.find(({ assignment: { column } }) =>
      left.every((other) => other.assignment.column === column || !other.reads.has(column)),
    );
    if (next === undefined) {
      const names = left.map(({ assignment }) => `"${assignment.column.key}"`);
      throw new UnsupportedError({
        dialect,
        feature: `an update whose columns are set from one another in a circle (${names.join(", ")})`,
        instead: "Read the row first, for update, and set its columns to values.",
      });
    }
    ordered.push(next.assignment);
    left = left.filter((other) => other !== next);
  }
  return ordered;
}
