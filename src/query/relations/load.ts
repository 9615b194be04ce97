/** Reads related rows and puts them to the rows that they belong to: one query for each relation, whatever the rows. */

import { chain, isPromise, type MaybePromise } from "../../core/maybe-promise.ts";
import { runPlan, runRows, type Scope } from "../run.ts";
import { keyReader } from "./keys.ts";
import { rowsOf, stitch, type Apart, type Level, type Loaded, type Row } from "./level.ts";
import { lotOf, planOf, type Key } from "./lot.ts";
import { lotsOf } from "./statement.ts";
import type { Branch } from "./tree.ts";

/** Of branches whose rows were asked for before the row was there to which they belong. */
export type Early = ReadonlyMap<Branch, Promise<Row[]>>;

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
  { rowOf }: Apart,
  raws: readonly Row[],
  early: Early | undefined,
): MaybePromise<void> {
  if (raws.length > 1) return loadToMany(scope, one, rowOf, raws);
  const raw = raws[0]!;
  const row = rowOf(raw);
  return row === null ? undefined : loadToOne(scope, one, row, raw, early);
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
    early?.get(branch) ??
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
  const lots = lotsOf(asked).map((lot) => readLot(scope, branch, lot, found));
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

/** @param found Collects the related rows by the key that they belong to. */
function readLot(
  scope: Scope,
  branch: Branch,
  keys: readonly Key[],
  found: ReadonlyMap<unknown, Row[]>,
): MaybePromise<void> {
  const { level, statement } = lotOf(scope.context?.lifts, branch, keys);
  const key = keyReader(branch.relation.steps[0]!, level.reads);
  return chain(runRows(scope, statement), (rows) => {
    const raws = rows as Row[];
    for (const raw of raws) found.get(key(raw))?.push(level.rowOf(raw));
    return attach(scope, level, raws);
  });
}
