/** Writes rows together with what belongs to them, inside a transaction. */

import { LogicNode, NotNode, type Condition } from "../../../ast/expression.ts";
import { InvalidValueError } from "../../../core/error.ts";
import type { AnyTableColumn, TableInfo } from "../../../schema/table.ts";
import { runRows, type Scope } from "../../run.ts";
import { havingValues } from "../../write/keyed-rows.ts";
import type {
  ChildChange,
  LinkChange,
  NewRow,
  ParentChange,
  RelatedChange,
  Values,
} from "./changes.ts";
import { carried, link, linkedTo } from "./link.ts";
import { deleteRows, insertRows, readKeyed, selectOf, updateRows, withKeys } from "./rows.ts";

/** The columns of a row that others point at. */
export function pointedAt(changes: readonly RelatedChange[]): AnyTableColumn[] {
  return changes.flatMap((change) => (change.kind === "parent" ? [] : change.step.from));
}

function nulls(change: RelatedChange, columns: readonly AnyTableColumn[]): Values {
  const nullable = columns.filter(({ spec }) => spec.nullable);
  if (nullable.length > 0) return Object.fromEntries(nullable.map(({ key }) => [key, null]));
  const { name, owner, target } = change.relation;
  const { table } = change.kind === "parent" ? owner : target;
  throw new InvalidValueError(
    `Rows of "${table}" can't be without "${name}" of "${owner.table}": the key is not null.`,
    { hint: "Delete them, or connect them to another row." },
  );
}

/** Makes a row, and all that is written with it. */
async function create(
  scope: Scope,
  table: TableInfo,
  { columns, changes }: NewRow,
  needed: readonly AnyTableColumn[],
): Promise<Values> {
  const parents = await writeParents(scope, changes);
  const wanted = [...new Set([...needed, ...pointedAt(changes)])];
  const [made = {}] = await insertRows(scope, table, [{ ...columns, ...parents }], wanted);
  await writeRest(scope, made, changes);
  return made;
}

/** @returns Rows in their order; many at once where nothing is written with them. */
async function createAll(
  scope: Scope,
  table: TableInfo,
  rows: readonly NewRow[],
  own: Values,
  needed: readonly AnyTableColumn[],
): Promise<readonly Values[]> {
  const complete = rows.map((row) => ({ ...row, columns: { ...row.columns, ...own } }));
  if (complete.every(({ changes }) => changes.length === 0)) {
    const all = complete.map(({ columns }) => columns);
    return insertRows(scope, table, all, needed);
  }
  const made: Values[] = [];
  for (const row of complete) made.push(await create(scope, table, row, needed));
  return made;
}

/** Finds or makes what the row points at. @returns What its columns hold then. */
export async function writeParents(
  scope: Scope,
  changes: readonly RelatedChange[],
): Promise<Values> {
  let values: Values = {};
  for (const change of changes)
    if (change.kind === "parent") values = { ...values, ...(await writeParent(scope, change)) };
  return values;
}

async function writeParent(scope: Scope, change: ParentChange): Promise<Values> {
  const { connect, create: rows, disconnect, relation, step } = change;
  const [made] = await createAll(scope, relation.target, rows, {}, step.to);
  const [found] = await readKeyed(scope, relation.target, connect, step.to);
  const parent = made ?? found;
  if (parent !== undefined) return carried(step.to, parent, step.from);
  return disconnect === "all" ? nulls(change, step.from) : {};
}

/**
 * Writes what points at a row.
 *
 * @param row Holds what `pointedAt` says.
 */
export async function writeRest(
  scope: Scope,
  row: Values,
  changes: readonly RelatedChange[],
): Promise<void> {
  for (const change of changes) {
    if (change.kind === "child") await writeChildren(scope, row, change);
    else if (change.kind === "link") await writeLinks(scope, row, change);
  }
}

function both(one: Condition, other: Condition): Condition {
  return new LogicNode("and", [one, other]);
}

function notOf(table: TableInfo, keys: readonly unknown[], condition: Condition): Condition {
  return keys.length === 0 ? condition : both(condition, new NotNode(withKeys(table, keys)));
}

async function writeChildren(scope: Scope, row: Values, change: ChildChange): Promise<void> {
  const { connect, constants, create: rows, disconnect, relation, set, step } = change;
  const { target } = relation;
  const own = { ...carried(step.from, row, step.to), ...constants };
  const owned = havingValues(columnsOf(target, own), [own]);
  const isReplacing = relation.cardinality === "one" && rows.length + connect.length > 0;
  const kept = set ?? (isReplacing ? connect : undefined);
  if (disconnect === "all") await updateRows(scope, target, nulls(change, step.to), owned);
  else if (disconnect.length > 0)
    await updateRows(
      scope,
      target,
      nulls(change, step.to),
      both(owned, withKeys(target, disconnect)),
    );
  if (kept !== undefined && (set !== undefined || step.to.some(({ spec }) => spec.nullable)))
    await leave(scope, change, notOf(target, kept, owned));
  const joining = [...(set ?? []), ...connect];
  if (joining.length > 0) {
    await readKeyed(scope, target, joining, []);
    await updateRows(scope, target, own, withKeys(target, joining));
  }
  await createAll(scope, target, rows, own, []);
}

/** Those of a key that may not be NULL are refused only where there are any. */
async function leave(scope: Scope, change: ChildChange, where: Condition): Promise<void> {
  const { relation, step } = change;
  const { target } = relation;
  if (step.to.some(({ spec }) => spec.nullable))
    return updateRows(scope, target, nulls(change, step.to), where);
  const left = await runRows(scope, {
    ...selectOf(scope, target, target.primaryKey),
    where,
  });
  if (left.length > 0) nulls(change, step.to);
}

function columnsOf(table: TableInfo, values: Values): AnyTableColumn[] {
  return Object.keys(values).map((key) => table.column(key)!);
}

async function writeLinks(scope: Scope, row: Values, change: LinkChange): Promise<void> {
  const { connect, create: rows, disconnect, further, relation, set, step } = change;
  const { target } = relation;
  const own = carried(step.from, row, step.to);
  const owned = havingValues(step.to, [own]);
  if (disconnect !== "all" && disconnect.length > 0) {
    const found = await readKeyed(scope, target, disconnect, further.to);
    await deleteRows(scope, step.table, both(owned, linkedTo(further, found)));
  }
  const wanted = await readKeyed(scope, target, [...(set ?? []), ...connect], further.to);
  if (set !== undefined) {
    const others =
      wanted.length === 0 ? owned : both(owned, new NotNode(linkedTo(further, wanted)));
    await deleteRows(scope, step.table, others);
  }
  const made = await createAll(scope, target, rows, {}, further.to);
  await link(scope, change, own, [...wanted, ...made]);
}
