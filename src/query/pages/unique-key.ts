/** What tells the rows of a query apart. */

import { DerivedSource } from "../../ast/derived.ts";
import { nodeOf, type AnyExpression, type OutputNode, type Source } from "../../ast/expression.ts";
import { leavesOf } from "../../ast/folding.ts";
import type { JoinClause, SelectStatement } from "../../ast/statement.ts";
import { TableInfo } from "../../schema/table.ts";
import { isGrouped } from "../read/grouping.ts";

/** No two rows have the same in all of these. Any of the others alone would do, too. */
export interface UniqueKey {
  readonly columns: readonly AnyExpression[];
  readonly alternatives: readonly AnyExpression[];
}

/** One key for each source of the query; undefined where they don't tell. */
export function uniqueKeysOf(statement: SelectStatement): readonly UniqueKey[] | undefined {
  const { distinct, distinctOn, from, groupBy, joins, selection } = statement;
  if (distinctOn.length > 0) return [{ columns: distinctOn, alternatives: [] }];
  if (distinct) return [{ columns: leavesOf(selection), alternatives: [] }];
  if (isGrouped(statement)) return [{ columns: groupBy, alternatives: [] }];
  const sources = [from, ...joins.filter((join) => !leadsToOne(join)).map(({ source }) => source)];
  const keys: UniqueKey[] = [];
  for (const source of sources) {
    const key = source instanceof DerivedSource ? keyOfQuery(source) : keyOfTable(source);
    if (key === undefined) return undefined;
    keys.push(key);
  }
  return keys;
}

function isUniqueColumn({ spec }: TableInfo["columns"][number]): boolean {
  return spec.unique !== false && !spec.nullable;
}

function keyOfTable(source: Source): UniqueKey | undefined {
  if (!(source instanceof TableInfo)) return undefined;
  const alternatives = source.columns.filter(isUniqueColumn);
  if (source.primaryKey.length > 0) return { columns: source.primaryKey, alternatives };
  const [first] = alternatives;
  return first === undefined ? undefined : { columns: [first], alternatives };
}

/** The key of the select that stands as the table, as far as that gives it. */
function keyOfQuery({ columns, parts }: DerivedSource): UniqueKey | undefined {
  const [first, ...others] = parts;
  if (others.length > 0) {
    const isSet = others.every(({ operator }) => operator !== "union all");
    return isSet ? { columns, alternatives: [] } : undefined;
  }
  const { statement } = first!;
  const leaves = leavesOf(statement.selection);
  const outputs = uniqueKeysOf(statement)
    ?.flatMap((key) => key.columns)
    .map((column): OutputNode | undefined => columns[leaves.indexOf(column)]);
  if (outputs?.every((output) => output !== undefined) !== true) return undefined;
  return { columns: outputs, alternatives: [] };
}

/** Whether a row before the join meets one row of its table at most, so that it stays one. */
function leadsToOne({ kind, on, source }: JoinClause): boolean {
  if ((kind !== "inner" && kind !== "left") || on === undefined) return false;
  if (!(source instanceof TableInfo)) return false;
  const given = equatedColumns(on, source);
  const { columns, primaryKey } = source;
  const hasKey = primaryKey.length > 0 && primaryKey.every((column) => given.has(column));
  return hasKey || columns.some((column) => isUniqueColumn(column) && given.has(column));
}

/** The columns of the source that must equal something that is none of it. */
function equatedColumns(condition: AnyExpression, source: Source): Set<AnyExpression> {
  const node = nodeOf(condition);
  if (node.kind === "logic" && node.operator === "and")
    return new Set(node.operands.flatMap((one) => [...equatedColumns(one, source)]));
  if (node.kind !== "compare" || node.operator !== "=") return new Set();
  const sides = [node.left, node.right].map((side) => nodeOf(side));
  const isOwn = sides.map((side) => side.kind === "column" && side.source === source);
  const isPlain = sides.every((side) => side.kind === "column" || side.kind === "value");
  if (!isPlain || isOwn[0] === isOwn[1]) return new Set();
  return new Set([isOwn[0] === true ? node.left : node.right]);
}
