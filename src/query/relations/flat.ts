/**
 * One row with a list of what belongs to it, in one query: its columns stand in each line of the result. In an embedded
 * database that is quicker than two queries, where the sum of what is read twice is small: for a row by its key.
 */

import { isNamedAlike, type Source } from "../../ast/expression.ts";
import type { JoinClause, OrderTerm, SelectStatement } from "../../ast/statement.ts";
import { visit } from "../../ast/visit.ts";
import { chain, type MaybePromise } from "../../core/maybe-promise.ts";
import type { TableInfo } from "../../schema/table.ts";
import { readRows, type Scope } from "../run.ts";
import { levelOf, type Level, type Row } from "./level.ts";
import { allOf, pairwise } from "./statement.ts";
import type { Branch } from "./tree.ts";

export interface Flat {
  readonly name: string;
  /** Of the row. */
  readonly outer: Level;
  /** Of what belongs to it. */
  readonly inner: Level;
  readonly joins: readonly JoinClause[];
  readonly orderBy: readonly OrderTerm[];
}

/** Whether a branch's rows can be joined to one row as they are. */
function isJoinable(branch: Branch): boolean {
  const { limit, offset, orderBy, relation, selection, where, withDeleted } = branch;
  const { cardinality, ownerWhere, steps, target } = relation;
  const isWhole = cardinality === "many" && steps.length === 1 && selection.source === target;
  if (!isWhole || withDeleted || ownerWhere !== undefined || limit !== undefined || offset > 0)
    return false;
  let isPlain = true;
  for (const expression of [relation.where, where, ...orderBy.map((term) => term.expression)]) {
    if (expression === undefined) continue;
    visit(expression, ({ kind }) => {
      isPlain &&= kind !== "fragment";
    });
  }
  return isPlain;
}

/** @param sources The tables that the query of the row reads. */
export function flatOf(
  { from, selection }: SelectStatement,
  branches: readonly Branch[],
  sources: readonly Source[],
): Flat | undefined {
  const branch = branches.find((candidate) => isJoinable(candidate));
  if (branch === undefined) return undefined;
  const { relation, where } = branch;
  const { name, target } = relation;
  const others = branches.filter((candidate) => candidate !== branch);
  const outer = levelOf(from as TableInfo, selection, others, [], sources);
  const taken = [...sources, ...outer.joins.map(({ source }) => source)];
  if (taken.some((source) => isNamedAlike(source, target))) return undefined;
  const inner = levelOf(target, branch.selection, branch.branches, [], [...taken, target]);
  const isClear = inner.joins.every(({ source }) =>
    taken.every((other) => !isNamedAlike(source, other)),
  );
  if (!isClear) return undefined;
  const step = relation.steps[0]!;
  const owner = from as TableInfo;
  const pairs = pairwise(
    step.to,
    step.from.map(({ key }) => owner.column(key)!),
  );
  const on = allOf([pairs, relation.where, where]);
  const join: JoinClause = { kind: "left", source: target, inputs: undefined, on };
  const joins = [...outer.joins, join, ...inner.joins];
  return { name, outer, inner, joins, orderBy: branch.orderBy };
}

/**
 * Reads the row with the list of what belongs to it.
 *
 * @param statement Of one row at most, as its key is given.
 */
export function readFlat(
  scope: Scope,
  statement: SelectStatement,
  { inner, joins, name, orderBy, outer }: Flat,
  attach: (level: Level, raws: readonly Row[]) => MaybePromise<void>,
): MaybePromise<Row | undefined> {
  const whole: SelectStatement = {
    ...statement,
    selection: { keys: ["row", "item"], values: [outer.record, inner.record], source: undefined },
    joins,
    orderBy,
  };
  return chain(readRows(scope, whole), (rows): MaybePromise<Row | undefined> => {
    const lines = rows as readonly { readonly row: Row; readonly item: Row | null }[];
    if (lines.length === 0) return undefined;
    const raw = lines[0]!.row;
    const row = outer.rowOf(raw);
    // A line without an item says that there is none.
    const isThere = lines[0]!.item !== null && inner.rowOf(lines[0]!.item) !== null;
    const items = isThere ? lines.map(({ item }) => item!) : [];
    row[name] = items.map((item) => inner.rowOf(item));
    return chain(attach(inner, items), () => chain(attach(outer, [raw]), () => row));
  });
}
