/** A query's own rows, and what belongs to them. */

import { nodeOf, type AnyExpression } from "../../ast/expression.ts";
import type { SelectionRecord, SelectStatement } from "../../ast/statement.ts";
import { chain, type MaybePromise } from "../../core/maybe-promise.ts";
import type { AnyTableColumn, TableInfo } from "../../schema/table.ts";
import { readRow, readRows, type Scope } from "../run.ts";
import { levelOf, rowsOf, type Level, type Row } from "./level.ts";
import { askTogether, attach, readOf, settled, type Early } from "./load.ts";
import { openSources, withJoins } from "./open.ts";
import { isSame, type Branch } from "./tree.ts";

interface KnownLevel {
  readonly branches: readonly Branch[];
  readonly isOpen: boolean;
  readonly level: Level;
}

/** Of whole tables, with branches that are made once. */
const knownLevels = new WeakMap<SelectionRecord, KnownLevel[]>();
const MAX_KNOWN = 32;

function levelOfRoot(statement: SelectStatement, branches: readonly Branch[]): Level {
  const { from, selection } = statement;
  // To what has no single rows it doesn't matter whether they could be joined.
  const sources = branches.some(isSingle) ? openSources(statement) : undefined;
  const isOpen = sources !== undefined;
  let known = knownLevels.get(selection);
  const found = known?.find((one) => one.isOpen === isOpen && isSame(one.branches, branches));
  if (found !== undefined) return found.level;
  const level = levelOf(from as TableInfo, selection, branches, [], sources);
  if (known === undefined) knownLevels.set(selection, (known = []));
  if (known.length < MAX_KNOWN && branches.every((branch) => branch.isPlain))
    known.push({ branches, isOpen, level });
  return level;
}

function isSingle({ relation }: Branch): boolean {
  return relation.cardinality === "one";
}

/** The level of a query's own rows, and the query that reads it. */
export function rootLevel(
  given: SelectStatement,
  branches: readonly Branch[],
): { readonly level: Level; readonly statement: SelectStatement } {
  const level = levelOfRoot(given, branches);
  if (level.record === given.selection) return { level, statement: given };
  return { level, statement: withJoins({ ...given, selection: level.record }, level) };
}

/** The rows of a query with what belongs to them. */
export function loadRows(
  scope: Scope,
  given: SelectStatement,
  branches: readonly Branch[],
): MaybePromise<Row[]> {
  const { level, statement } = rootLevel(given, branches);
  return withEarly(scope, statement, level, readRows, (found, early) => {
    const raws = found as Row[];
    return chain(attach(scope, level, raws, early), () => rowsOf(level, raws));
  });
}

/** The first row of a query with what belongs to it. */
export function loadRow(
  scope: Scope,
  given: SelectStatement,
  branches: readonly Branch[],
): MaybePromise<Row | undefined> {
  const { level, statement } = rootLevel(given, branches);
  return withEarly(scope, statement, level, readRow, (found, early) => {
    if (found === undefined) return undefined;
    const raw = found as Row;
    return chain(attach(scope, level, [raw], early), () => level.rowOf(raw));
  });
}

/**
 * Of a row whose key the query says, what belongs to it by that key is asked for together with it: over a wire that is one
 * round trip less, and over one connection one write.
 */
function withEarly<Found, Result>(
  scope: Scope,
  statement: SelectStatement,
  level: Level,
  read: (scope: Scope, statement: SelectStatement) => MaybePromise<Found>,
  use: (found: Found, early: Early | undefined) => MaybePromise<Result>,
): MaybePromise<Result> {
  const key = earlyKeyOf(scope, statement, level);
  if (key === undefined) return chain(read(scope, statement), (found) => use(found, undefined));
  const [asking, ofRow] = askTogether(scope, () => [
    read(scope, statement),
    askEarly(scope, statement, level, key),
  ]);
  return settled(
    chain(asking, (found) => use(found, { ofRow })),
    ofRow.values(),
  );
}

/** The key by which something can be asked for before the row is there. */
function earlyKeyOf(
  { plans }: Scope,
  statement: SelectStatement,
  { own }: Level,
): readonly unknown[] | undefined {
  const isRemote = !plans.engine.dialect.can.isEmbedded;
  const { primaryKey } = statement.from as TableInfo;
  return isRemote && own.loaded.some(({ branch }) => isByKey(branch, primaryKey))
    ? keyOf(statement)
    : undefined;
}

function isByKey({ relation }: Branch, primaryKey: readonly AnyTableColumn[]): boolean {
  const { ownerWhere, steps } = relation;
  const { from } = steps[0]!;
  return (
    ownerWhere === undefined &&
    from.length === primaryKey.length &&
    from.every((column, index) => column.key === primaryKey[index]!.key)
  );
}

function askEarly(
  scope: Scope,
  statement: SelectStatement,
  { own }: Level,
  key: readonly unknown[],
): Map<Branch, Promise<Row[]>> {
  const early = new Map<Branch, Promise<Row[]>>();
  const { primaryKey } = statement.from as TableInfo;
  // What is thrown at once comes with the answer, too.
  const begin = async (branch: Branch): Promise<Row[]> => readOf(scope, branch, key);
  for (const { branch } of own.loaded)
    if (isByKey(branch, primaryKey)) early.set(branch, begin(branch));
  return early;
}

/** The values of the primary key, where the query's condition says them all. */
function keyOf({ from, where }: SelectStatement): readonly unknown[] | undefined {
  if (where === undefined) return undefined;
  const said = new Map<AnyTableColumn, unknown>();
  collectValues(where, said);
  const { primaryKey } = from as TableInfo;
  const isSaid = primaryKey.every((column) => said.has(column) && isOneText(column));
  return isSaid && primaryKey.length > 0 ? primaryKey.map((column) => said.get(column)) : undefined;
}

/** Whether what is equal is the same: else the row's text may be another than the query's, and be related to others. */
function isOneText({ type }: AnyTableColumn): boolean {
  return type.kind !== "text" || type.collation === undefined;
}

function collectValues(condition: AnyExpression, said: Map<AnyTableColumn, unknown>): void {
  const node = nodeOf(condition);
  if (node.kind === "logic" && node.operator === "and")
    for (const operand of node.operands) collectValues(operand, said);
  if (node.kind !== "compare" || node.operator !== "=") return;
  const value = nodeOf(node.right);
  if (value.kind === "value") said.set(node.left as AnyTableColumn, value.value);
}
