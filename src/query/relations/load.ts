/** Reads related rows and puts them to the rows that they belong to: one query for each relation, whatever the rows. */

import type { Source } from "../../ast/expression.ts";
import type { SelectionRecord, SelectStatement } from "../../ast/statement.ts";
import { visit } from "../../ast/visit.ts";
import { chain, isPromise, type MaybePromise } from "../../core/maybe-promise.ts";
import type { Relation } from "../../schema/relation.ts";
import type { TableInfo } from "../../schema/table.ts";
import type { Lifts } from "../lifts.ts";
import { readRow, runRows, type Scope } from "../run.ts";
import { keyTextOf } from "./keys.ts";
import { levelOf, stitch, type Apart, type Level, type Row } from "./level.ts";
import { lotsOf, relatedSelect } from "./statement.ts";
import { isSame, type Branch } from "./tree.ts";

/** A row in hand, and what is known of it. */
interface Parent {
  readonly row: Row;
  readonly key: unknown;
  readonly values: readonly unknown[];
}

/** Related rows by the key that they belong to. */
type Found = Map<unknown, Row[]>;

/** Of branches whose rows were asked for before it was known to whom they belong. */
type Early = ReadonlyMap<Branch, MaybePromise<Found>>;

/** Puts what a level was read with into its rows, and loads what else belongs to them. */
export function attach(
  scope: Scope,
  level: Level,
  raws: readonly Row[],
  early?: Early,
): MaybePromise<void> {
  if (raws.length === 0) return undefined;
  stitch(level, raws);
  const waiting: Promise<void>[] = [];
  for (const apart of [level.own, ...level.joined]) {
    if (apart.branches.length === 0) continue;
    const done = attachApart(scope, apart, raws, early);
    if (isPromise(done)) waiting.push(done);
  }
  return whenAll(waiting);
}

function whenAll(waiting: readonly Promise<void>[]): MaybePromise<void> {
  if (waiting.length < 2) return waiting[0];
  return Promise.all(waiting).then(() => {});
}

/** Loads relations to rows in hand. */
export function attachApart(
  scope: Scope,
  { branches, reads, rowOf }: Apart,
  raws: readonly Row[],
  early?: Early,
): MaybePromise<void> {
  let place = 0;
  const waiting: Promise<void>[] = [];
  for (const branch of branches) {
    const { cardinality, name, ownerWhere, steps } = branch.relation;
    const width = steps[0]!.from.length;
    const own = reads.slice(place, place + width);
    place += width;
    const hasRelation = ownerWhere === undefined ? undefined : reads[place++];
    const keyText = keyTextOf(steps[0]!);
    const parents: Parent[] = [];
    for (const raw of raws) {
      const row = rowOf(raw);
      if (row === null) continue;
      row[name] = cardinality === "many" ? [] : null;
      if (hasRelation !== undefined && hasRelation(raw) !== true) continue;
      const values = own.map((read) => read(raw));
      const key = keyText(values);
      if (key !== undefined) parents.push({ row, key, values });
    }
    if (parents.length === 0) continue;
    const found = early?.get(branch) ?? readAll(scope, branch, parents);
    const done = chain(found, (rows) => deal(branch.relation, parents, rows));
    if (isPromise(done)) waiting.push(done);
  }
  return whenAll(waiting);
}

function readAll(scope: Scope, branch: Branch, parents: readonly Parent[]): MaybePromise<Found> {
  const keys = new Map<unknown, readonly unknown[]>();
  for (const { key, values } of parents) if (!keys.has(key)) keys.set(key, values);
  const found: Found = new Map();
  const lots = lotsOf([...keys.values()]).map((lot) => readLot(scope, branch, lot, found));
  return chain<void, Found>(whenAll(lots.filter(isPromise)), () => found);
}

/** Gives each row its own list; a related row of several is one object. */
function deal({ cardinality, name }: Relation, parents: readonly Parent[], found: Found): void {
  const given = new Set<Row[]>();
  for (const { row, key } of parents) {
    const rows = found.get(key);
    if (rows === undefined) continue;
    if (cardinality === "one") row[name] = rows[0]!;
    else row[name] = given.has(rows) ? [...rows] : rows;
    given.add(rows);
  }
}

/** @param found Collects the related rows by the key that they belong to. */
function readLot(
  scope: Scope,
  branch: Branch,
  keys: readonly (readonly unknown[])[],
  found: Found,
): MaybePromise<void> {
  const { relation } = branch;
  const { level, statement } = lotOf(branch, keys, scope.context?.lifts);
  const keyText = keyTextOf(relation.steps[0]!);
  return chain(runRows(scope, statement), (rows) => {
    const raws = rows as Row[];
    for (const raw of raws) {
      const key = keyText(level.reads.map((read) => read(raw)));
      const list = found.get(key);
      if (list === undefined) found.set(key, [level.rowOf(raw)]);
      else list.push(level.rowOf(raw));
    }
    return attach(scope, level, raws);
  });
}

/** Of branches whose queries differ in nothing but the keys. */
const levels = new WeakMap<Branch, Level>();

function lotOf(
  branch: Branch,
  keys: readonly (readonly unknown[])[],
  lifts: Lifts,
): { readonly level: Level; readonly statement: SelectStatement } {
  const { branches, relation, selection } = branch;
  const related = relatedSelect(branch, keys, lifts);
  let level = related.isFixed ? levels.get(branch) : undefined;
  if (level === undefined) {
    const sources = related.isOpen ? openSources(related.select(selection)) : undefined;
    level = levelOf(relation.target, selection, branches, related.keys, sources);
    if (related.isFixed) levels.set(branch, level);
  }
  return { level, statement: joined(related.select(level.record), level) };
}

interface KnownLevel {
  readonly branches: readonly Branch[];
  readonly isOpen: boolean;
  readonly level: Level;
}

/** Of whole tables, with branches that are made once. */
const rootLevels = new WeakMap<SelectionRecord, KnownLevel[]>();
const MAX_KNOWN = 32;

function levelOfRoot(statement: SelectStatement, branches: readonly Branch[]): Level {
  const { from, selection } = statement;
  const sources = openSources(statement);
  const isOpen = sources !== undefined;
  let known = rootLevels.get(selection);
  const found = known?.find((one) => one.isOpen === isOpen && isSame(one.branches, branches));
  if (found !== undefined) return found.level;
  const level = levelOf(from as TableInfo, selection, branches, [], sources);
  if (known === undefined) rootLevels.set(selection, (known = []));
  if (known.length < MAX_KNOWN && branches.every((branch) => branch.isPlain))
    known.push({ branches, isOpen, level });
  return level;
}

/** The level of a query's own rows, and the query that reads it. */
export function rootLevel(
  given: SelectStatement,
  branches: readonly Branch[],
): { readonly level: Level; readonly statement: SelectStatement } {
  const level = levelOfRoot(given, branches);
  return { level, statement: joined({ ...given, selection: level.record }, level) };
}

/** The first row of a query with what belongs to it. */
export function loadRow(
  scope: Scope,
  given: SelectStatement,
  branches: readonly Branch[],
): MaybePromise<Row | undefined> {
  const { level, statement } = rootLevel(given, branches);
  return chain(readRow(scope, statement), (found) => {
    if (found === undefined) return undefined;
    const raw = found as Row;
    return chain(attach(scope, level, [raw]), () => level.rowOf(raw));
  });
}

/**
 * The row of a query that gives its key, with what belongs to it.
 *
 * @param key In the order of the table's.
 */
export function loadByKey(
  scope: Scope,
  given: SelectStatement,
  branches: readonly Branch[],
  key: readonly unknown[],
): MaybePromise<Row | undefined> {
  return scope.plans.engine.dialect.can.isEmbedded
    ? loadRow(scope, given, branches)
    : loadEarly(scope, given, branches, key);
}

/** What belongs to a row by its key is asked for together with it: over a wire that is one round trip less. */
async function loadEarly(
  scope: Scope,
  given: SelectStatement,
  branches: readonly Branch[],
  key: readonly unknown[],
): Promise<Row | undefined> {
  const { primaryKey } = given.from as TableInfo;
  const { level, statement } = rootLevel(given, branches);
  const asking = readRow(scope, statement);
  const early = new Map<Branch, Promise<Found>>();
  for (const branch of level.own.branches) {
    const { ownerWhere, steps } = branch.relation;
    const { from } = steps[0]!;
    const isByKey =
      ownerWhere === undefined &&
      from.length === primaryKey.length &&
      from.every((column, index) => column.key === primaryKey[index]!.key);
    if (isByKey) early.set(branch, readEarly(scope, branch, key));
  }
  // What fails is told once, by the first who waits for it.
  const settled = Promise.allSettled(early.values());
  try {
    const raw = (await asking) as Row | undefined;
    if (raw === undefined) return undefined;
    await attach(scope, level, [raw], early);
    return level.rowOf(raw);
  } finally {
    await settled;
  }
}

async function readEarly(scope: Scope, branch: Branch, key: readonly unknown[]): Promise<Found> {
  const found: Found = new Map();
  await readLot(scope, branch, [key], found);
  return found;
}

/**
 * The tables of a query to which others may be joined without a change of its meaning. SQL by hand may name columns without
 * their table, and a lock would be one of the joined rows too.
 */
function openSources(statement: SelectStatement): readonly Source[] | undefined {
  const { distinct, distinctOn, from, groupBy, having, joins, lock, orderBy, where } = statement;
  if (distinct || distinctOn.length > 0 || groupBy.length > 0) return undefined;
  if (having !== undefined || lock !== undefined) return undefined;
  let isOpen = true;
  const see = ({ kind }: { readonly kind: string }): void => {
    isOpen &&= kind !== "fragment";
  };
  if (where !== undefined) visit(where, see);
  for (const { expression } of orderBy) visit(expression, see);
  return isOpen ? [from, ...joins.map((join) => join.source)] : undefined;
}

function joined(statement: SelectStatement, { joins }: Level): SelectStatement {
  return joins.length === 0 ? statement : { ...statement, joins: [...statement.joins, ...joins] };
}
