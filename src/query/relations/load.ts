/** Reads related rows and puts them to the rows that they belong to: one query for each relation, whatever the rows. */

import { chain, isPromise, type MaybePromise } from "../../core/maybe-promise.ts";
import { runPlan, runRows, type Scope } from "../run.ts";
import { keysIn } from "./ahead.ts";
import { keyReader, type Key, type Keys } from "./keys.ts";
import { rowsOf, stitch, type Apart, type Level, type Loaded, type Row } from "./level.ts";
import { lotOf, planOf, type Lot } from "./lot.ts";
import { lotsOf } from "./statement.ts";
import type { Branch } from "./tree.ts";

/** Of branches whose rows were asked for before the rows were there to which they belong. */
export interface Early {
  /** Those of a single row. */
  readonly ofRow?: ReadonlyMap<Branch, Promise<Row[]>>;
  /** Those of many, of which each has one at most. */
  readonly byKey?: ReadonlyMap<Branch, Promise<RowByKey>>;
}

type RowByKey = ReadonlyMap<unknown, Row>;

/** Puts what a level was read with into its rows, and loads what else belongs to them. */
export function attach(
  scope: Scope,
  level: Level,
  raws: readonly Row[],
  early?: Early,
): MaybePromise<void> {
  if (raws.length === 0) return undefined;
  stitch(level, raws);
  const { further, own } = level;
  const done = attachApart(scope, own, raws, early);
  if (further.length === 0) return done;
  return whenAll([done, ...further.map((apart) => attachApart(scope, apart, raws))]);
}

function whenAll(all: readonly MaybePromise<void>[]): MaybePromise<void> {
  const waiting = all.filter(isPromise);
  if (waiting.length < 2) return waiting[0];
  return Promise.all(waiting).then(() => {});
}

/** Loads relations to rows in hand. */
export function attachApart(
  scope: Scope,
  apart: Apart,
  raws: readonly Row[],
  early?: Early,
): MaybePromise<void> {
  const { loaded } = apart;
  if (loaded.length === 0 || raws.length === 0) return undefined;
  if (loaded.length === 1) return load(scope, loaded[0]!, apart, raws, early);
  return whenAll(loaded.map((one) => load(scope, one, apart, raws, early)));
}

function load(
  scope: Scope,
  one: Loaded,
  apart: Apart,
  raws: readonly Row[],
  early: Early | undefined,
): MaybePromise<void> {
  const { rowOf } = apart;
  const ahead = early?.byKey?.get(one.branch);
  if (ahead !== undefined) return ahead.then((found) => takeAhead(scope, one, apart, raws, found));
  if (raws.length > 1) return loadToMany(scope, one, rowOf, raws);
  const raw = raws[0]!;
  const row = rowOf(raw);
  return row === null ? undefined : loadToOne(scope, one, row, raw, early);
}

/** Asks once more for what didn't come ahead: it may be there all the same, where a key has changed in between. */
function takeAhead(
  scope: Scope,
  one: Loaded,
  apart: Apart,
  raws: readonly Row[],
  found: RowByKey,
): MaybePromise<void> {
  const { branch, key } = one;
  const { name } = branch.relation;
  const missing: Row[] = [];
  for (const raw of raws) {
    const row = apart.rowOf(raw);
    if (row === null) continue;
    const own = key(raw);
    const related = own === undefined ? undefined : found.get(own);
    row[name] = related ?? null;
    if (own !== undefined && related === undefined) missing.push(raw);
  }
  return missing.length === 0 ? undefined : load(scope, one, apart, missing, undefined);
}

/** Of a single row nothing needs to be told apart. */
function loadToOne(
  scope: Scope,
  { branch, key, values }: Loaded,
  row: Row,
  raw: Row,
  early: Early | undefined,
): MaybePromise<void> {
  const { cardinality, name } = branch.relation;
  row[name] = cardinality === "many" ? [] : null;
  if (key(raw) === undefined) return undefined;
  const found =
    early?.ofRow?.get(branch) ??
    readOf(
      scope,
      branch,
      values.map((read) => read(raw)),
    );
  return chain(found, (rows) => {
    if (cardinality === "many") row[name] = rows;
    else if (rows.length > 0) row[name] = rows[0]!;
  });
}

/** @returns The rows that are related by a key. */
export function readOf(scope: Scope, branch: Branch, key: Key): MaybePromise<Row[]> {
  const { level, plan, values } = planOf(scope, branch, key);
  return chain(runPlan(scope, plan, values), (rows) => {
    const raws = rows as Row[];
    return chain(attach(scope, level, raws), () => rowsOf(level, raws));
  });
}

function loadToMany(
  scope: Scope,
  { branch, key, values }: Loaded,
  rowOf: Apart["rowOf"],
  raws: readonly Row[],
): MaybePromise<void> {
  const { cardinality, name } = branch.relation;
  /** The rows that have the relation, beside their keys. */
  const rows: Row[] = [];
  const keys: unknown[] = [];
  const found = new Map<unknown, Row[]>();
  const asked: Key[] = [];
  for (const raw of raws) {
    const row = rowOf(raw);
    if (row === null) continue;
    row[name] = cardinality === "many" ? [] : null;
    const own = key(raw);
    if (own === undefined) continue;
    rows.push(row);
    keys.push(own);
    if (found.has(own)) continue;
    found.set(own, []);
    asked.push(values.map((read) => read(raw)));
  }
  if (asked.length === 0) return undefined;
  const put = (key: unknown, row: Row): unknown => found.get(key)?.push(row);
  const lots = lotsOf(asked).map((lot) => readLot(scope, branch, lot, put));
  return chain(whenAll(lots), () => {
    const given = new Set<Row[]>();
    for (const [index, row] of rows.entries()) {
      const related = found.get(keys[index])!;
      // Each row has its own list; a related row of several is one object.
      if (cardinality === "many") row[name] = given.has(related) ? [...related] : related;
      else if (related.length > 0) row[name] = related[0]!;
      given.add(related);
    }
  });
}

/** Takes a related row by the key that it belongs to. */
type Put = (key: unknown, row: Row) => unknown;

function readLot(scope: Scope, branch: Branch, keys: Keys, put: Put): MaybePromise<void> {
  const lot = lotOf(scope, branch, keys);
  const { level, statement } = lot;
  const key = keyReader(branch.relation.steps[0]!, level.reads);
  const use = (found: readonly unknown[], early?: Early): MaybePromise<void> => {
    const raws = found as Row[];
    for (const raw of raws) put(key(raw), level.rowOf(raw));
    return attach(scope, level, raws, early);
  };
  if (lot.ahead.length === 0) return chain(runRows(scope, statement), (rows) => use(rows));
  const [rows, byKey] = askTogether(scope, () => [
    runRows(scope, statement),
    askAhead(scope, branch, lot),
  ]);
  return settled(
    chain(rows, (found) => use(found, { byKey })),
    byKey.values(),
  );
}

function askAhead(
  scope: Scope,
  owner: Branch,
  { ahead, statement }: Lot,
): Map<Branch, Promise<RowByKey>> {
  const begin = async (branch: Branch): Promise<RowByKey> => {
    const rows = new Map<unknown, Row>();
    await readLot(scope, branch, keysIn(statement, owner, branch), (key, row) =>
      rows.set(key, row),
    );
    return rows;
  };
  return new Map(ahead.map((branch) => [branch, begin(branch)]));
}

/** Over one connection, in one write, where the database is a server. */
export function askTogether<Asked>({ plans }: Scope, ask: () => Asked): Asked {
  const { source } = plans.engine;
  return source.together === undefined ? ask() : source.together(ask);
}

/** What fails is told once, by the first who waits for it; and not before all that was asked has been answered. */
export async function settled<Result>(
  work: MaybePromise<Result>,
  early: Iterable<Promise<unknown>>,
): Promise<Result> {
  const answered = Promise.allSettled(early);
  try {
    return await work;
  } finally {
    await answered;
  }
}
