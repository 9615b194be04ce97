import { Expression, nodeOf, type AnyExpression } from "../../ast/expression.ts";
import type { SelectionNode, SelectStatement, SourceColumn } from "../../ast/statement.ts";
import { BuildError } from "../../core/error.ts";
import { columnsOf } from "../../dialect/sql/standard-query.ts";
import type { TableInfo } from "../../schema/table.ts";

const AGGREGATES = new Set(["avg", "count", "countDistinct", "max", "min", "stringAgg", "sum"]);

function isAggregate(value: SelectionNode): boolean {
  if (!(value instanceof Expression)) return value.values.some(isAggregate);
  const node = nodeOf(value);
  return node.kind === "call" && node.over === undefined && AGGREGATES.has(node.name);
}

/** Whether the value is one of all rows together: an aggregate, or what is computed of some. */
export function holdsAggregate(value: AnyExpression): boolean {
  const node = nodeOf(value);
  return isAggregate(value) || (node.kind === "call" && node.arguments.some(holdsAggregate));
}

/** The columns that a selection reads as they are. */
function plainColumns(value: SelectionNode): SourceColumn[] {
  if (!(value instanceof Expression)) {
    return value.source === undefined
      ? value.values.flatMap(plainColumns)
      : [...columnsOf(value.source)];
  }
  const node = nodeOf(value);
  return node.kind === "column" || node.kind === "output" ? [node] : [];
}

/** Whether a group has one value of the column: it is grouped by, or the key of its table is. */
function isOneInGroup(column: SourceColumn, groupBy: readonly AnyExpression[]): boolean {
  if (groupBy.includes(column)) return true;
  const { primaryKey = [] } = column.source as Partial<TableInfo>;
  return primaryKey.length > 0 && primaryKey.every((key) => groupBy.includes(key));
}

/** Whether the rows are groups, or one of all rows. */
export function isGrouped({
  selection,
  groupBy,
  having,
}: Pick<SelectStatement, "groupBy" | "having" | "selection">): boolean {
  return groupBy.length > 0 || having !== undefined || isAggregate(selection);
}

/**
 * Refuses a column of which a group may have several values. Databases differ in whether they refuse it, take any of the
 * values, or don't see that a column follows from its table's key; here it is one rule.
 *
 * @throws {BuildError} `E_UNGROUPED`
 */
export function checkGrouping(statement: SelectStatement): void {
  if (!isGrouped(statement)) return;
  const { selection, groupBy, orderBy } = statement;
  const ordered = orderBy.flatMap((term) => plainColumns(term.expression));
  const column = [...plainColumns(selection), ...ordered].find(
    (candidate) => !isOneInGroup(candidate, groupBy),
  );
  if (column === undefined) return;
  throw new BuildError(
    "E_UNGROUPED",
    `Column "${column.key}" may have several values in one group.`,
    {
      hint: `Add it to groupBy(…), or group by the primary key of "${column.source.table}", or take max() or min() of it.`,
    },
  );
}
