/** Joins of updates and deletes, and whether a row can meet several rows of what is joined. */

import { DerivedSource } from "../../ast/derived.ts";
import { nodeOf, type AnyExpression, type Condition, type Source } from "../../ast/expression.ts";
import type { JoinClause, SelectStatement, SourceColumn } from "../../ast/statement.ts";
import { BuildError, SeveralRowsError } from "../../core/error.ts";
import { IndexSpec } from "../../schema/index-spec.ts";
import { sourceOf, TableInfo, type AnyTable } from "../../schema/table.ts";
import { inputsOf } from "../read/derived.ts";
import { isEmptyCondition } from "../expression.ts";

export function joinOf(other: AnyTable, on: Condition): JoinClause {
  const source = sourceOf(other);
  if (source instanceof DerivedSource && source.form !== "inline") {
    throw new BuildError(
      "E_UNKNOWN_SOURCE",
      `"${source.table}" stands before a query, and a write reads none of these.`,
      { hint: "Join the query as it is: query.as(name)." },
    );
  }
  if (isEmptyCondition(on)) {
    throw new BuildError("E_NO_CONDITION", "Every operand of the join's condition was left out.");
  }
  return { kind: "inner", source, inputs: inputsOf(other, source), on };
}

type Key = readonly SourceColumn[];

function isOfAll({ condition, isOfLive }: IndexSpec["parts"]): boolean {
  return condition === undefined && isOfLive !== true;
}

/** The declared keys of a table: no two rows are equal in all columns of one. */
export function keysOfTable(table: TableInfo): readonly Key[] {
  const keys: Key[] = [];
  if (table.primaryKey.length > 0) keys.push(table.primaryKey);
  for (const column of table.columns) if (column.spec.unique !== false) keys.push([column]);
  for (const extra of table.extras) {
    const columns =
      extra.kind === "unique" && !extra.isOfLive
        ? extra.columns
        : extra instanceof IndexSpec && extra.parts.isUnique && isOfAll(extra.parts)
          ? extra.parts.terms.map(({ expression }) => expression)
          : [];
    // The extras of an alias are of the table that it is an alias of.
    const own = columns.map((column) => table.column((column as Partial<SourceColumn>).key ?? ""));
    if (own.length > 0 && own.every((column) => column !== undefined)) keys.push(own);
  }
  return keys;
}

/** The columns by which a query's rows differ: those that it is grouped by, or all where it is distinct. */
function keysOfQuery({ columns, parts, record }: DerivedSource): readonly Key[] {
  const [only, ...others] = parts;
  const { distinct, groupBy, selection } = only!.statement;
  if (others.length > 0 || selection.source !== undefined) return [];
  const keys: Key[] = distinct ? [columns] : [];
  const outputs = groupBy.map(
    (term) => record.values[selection.values.indexOf(term)] as SourceColumn | undefined,
  );
  if (outputs.length > 0 && outputs.every((output) => output !== undefined)) keys.push(outputs);
  return keys;
}

function keysOf(source: Source): readonly Key[] {
  if (source instanceof TableInfo) return keysOfTable(source);
  return source instanceof DerivedSource ? keysOfQuery(source) : [];
}

/** What must be equal for the conditions to be true. */
function equalitiesIn(
  conditions: readonly (AnyExpression | undefined)[],
): (readonly [AnyExpression, AnyExpression])[] {
  return conditions.flatMap((condition) => {
    if (condition === undefined) return [];
    const node = nodeOf(condition);
    if (node.kind === "logic" && node.operator === "and") return equalitiesIn(node.operands);
    if (node.kind !== "compare" || node.operator !== "=") return [];
    return [[node.left, node.right] as const, [node.right, node.left] as const];
  });
}

/** Whether the condition compares all columns of a key with values. */
export function namesOneRow(table: TableInfo, where: AnyExpression | undefined): boolean {
  const equalities = equalitiesIn([where]);
  return keysOfTable(table).some((key) =>
    key.every((column) =>
      equalities.some(([one, other]) => one === column && isGiven(other, new Set())),
    ),
  );
}

/** Whether the expression has one value once a row of each of these sources is given. */
function isGiven(expression: AnyExpression, known: ReadonlySet<Source>): boolean {
  const node = nodeOf(expression);
  if (node.kind === "column" || node.kind === "output") return known.has(node.source);
  if (node.kind === "call") return node.arguments.every((argument) => isGiven(argument, known));
  return node.kind === "value";
}

/**
 * Refuses an update of which databases would take any one of several rows: each source must have a key that is compared
 * with what is given by those before it.
 */
export function requireOneMatch(
  table: TableInfo,
  joins: readonly JoinClause[],
  where: SelectStatement["where"],
): void {
  if (joins.length === 0) return;
  const equalities = equalitiesIn([...joins.map(({ on }) => on), where]);
  const known = new Set<Source>([table]);
  let left = joins.map(({ source }) => source);
  while (left.length > 0) {
    const next = left.filter((source) => !isOne(source));
    if (next.length === left.length) {
      const { alias, table: name } = left[0]!;
      throw new SeveralRowsError(
        `A row of "${table.table}" might meet several rows of "${alias ?? name}", and would get the values of any one.`,
        {
          hint: "Compare all columns of a key of it by eq(), or join a query that is grouped by what is compared.",
        },
      );
    }
    left = next;
  }

  function isOne(source: Source): boolean {
    const isKnown = keysOf(source).some((key) =>
      key.every((column) =>
        equalities.some(([one, other]) => one === column && isGiven(other, known)),
      ),
    );
    if (isKnown) known.add(source);
    return isKnown;
  }
}
