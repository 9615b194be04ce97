/** Reads related rows and puts them to the rows that they belong to: one query for each relation, whatever the rows. */

import type { AnyExpression } from "../../ast/expression.ts";
import { chain, isPromise, type MaybePromise } from "../../core/maybe-promise.ts";
import type { Relation } from "../../schema/relation.ts";
import type { TableInfo } from "../../schema/table.ts";
import { runRows, type Scope } from "../run.ts";
import { keyTextOf } from "./keys.ts";
import { pack, type Packed, type Read, type Row } from "./packed.ts";
import { lotsOf, relatedSelect } from "./statement.ts";
import type { Branch } from "./tree.ts";

/** A row in hand, and what is known of it. */
interface Parent {
  readonly row: Row;
  readonly key: unknown;
  readonly values: readonly unknown[];
}

/** What must be known of a row to find what is related to it: the key, and whether it has the relation. */
export function neededOf(branches: readonly Branch[], owner: TableInfo): AnyExpression[] {
  return branches.flatMap(({ relation }) => {
    const columns = relation.steps[0]!.from.map((column) => owner.column(column.key)!);
    return relation.ownerWhere === undefined ? columns : [...columns, relation.ownerWhere];
  });
}

/**
 * Puts what the branches load into rows.
 *
 * @param reads Read what `neededOf` says of a row as it came.
 */
export function attach(
  scope: Scope,
  branches: readonly Branch[],
  raws: readonly Row[],
  { reads, rowOf }: Pick<Packed, "reads" | "rowOf">,
): MaybePromise<void> {
  if (raws.length === 0) return undefined;
  let place = 0;
  const waiting: Promise<void>[] = [];
  for (const branch of branches) {
    const { ownerWhere, steps } = branch.relation;
    const width = steps[0]!.from.length;
    const own = reads.slice(place, place + width);
    place += width;
    const hasRelation = ownerWhere === undefined ? undefined : reads[place++];
    const done = attachBranch(
      scope,
      branch,
      parentsOf(branch.relation, raws, rowOf, own, hasRelation),
    );
    if (isPromise(done)) waiting.push(done);
  }
  return waiting.length === 0 ? undefined : Promise.all(waiting).then(() => {});
}

function parentsOf(
  { cardinality, name, steps }: Relation,
  raws: readonly Row[],
  rowOf: Packed["rowOf"],
  reads: readonly Read[],
  hasRelation: Read | undefined,
): Parent[] {
  const keyText = keyTextOf(steps[0]!);
  const parents: Parent[] = [];
  for (const raw of raws) {
    const row = rowOf(raw);
    const values = reads.map((read) => read(raw));
    const isOpen = hasRelation === undefined || hasRelation(raw) === true;
    const key = isOpen ? keyText(values) : undefined;
    row[name] = cardinality === "many" ? [] : null;
    if (key !== undefined) parents.push({ row, key, values });
  }
  return parents;
}

function attachBranch(
  scope: Scope,
  branch: Branch,
  parents: readonly Parent[],
): MaybePromise<void> {
  if (parents.length === 0) return undefined;
  const keys = new Map<unknown, readonly unknown[]>();
  for (const { key, values } of parents) if (!keys.has(key)) keys.set(key, values);
  const found = new Map<unknown, Row[]>();
  const lots = lotsOf([...keys.values()]).map((lot) => readLot(scope, branch, lot, found));
  const waiting = lots.filter(isPromise);
  const ready = waiting.length === 0 ? undefined : Promise.all(waiting).then(() => {});
  return chain<void, void>(ready, () => deal(branch.relation, parents, found));
}

/** Gives each row its own list; a related row of several is one object. */
function deal(
  { cardinality, name }: Relation,
  parents: readonly Parent[],
  found: ReadonlyMap<unknown, Row[]>,
): void {
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
  found: Map<unknown, Row[]>,
): MaybePromise<void> {
  const { branches, relation, selection } = branch;
  const related = relatedSelect(branch, keys, scope.context?.lifts);
  const packed = pack(selection, [...related.keys, ...neededOf(branches, relation.target)]);
  const own = packed.reads.slice(0, related.keys.length);
  const inner = { rowOf: packed.rowOf, reads: packed.reads.slice(related.keys.length) };
  const keyText = keyTextOf(relation.steps[0]!);
  return chain(runRows(scope, related.select(packed.record)), (rows) => {
    const raws = rows as Row[];
    for (const raw of raws) {
      const key = keyText(own.map((read) => read(raw)));
      const list = found.get(key);
      if (list === undefined) found.set(key, [packed.rowOf(raw)]);
      else list.push(packed.rowOf(raw));
    }
    return attach(scope, branches, raws, inner);
  });
}
