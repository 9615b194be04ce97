/** Updates and deletes of tables that are watched: the rows are locked and read before, and read again behind. */

import { LogicNode, type Condition } from "../../../ast/expression.ts";
import { LIFT_ALL } from "../../../ast/scoping.ts";
import type {
  Assignment,
  DeleteStatement,
  SelectionRecord,
  UpdateStatement,
} from "../../../ast/statement.ts";
import type { TableInfo } from "../../../schema/table.ts";
import { runWrite, type Scope } from "../../run.ts";
import type { WriteSummary } from "../../types.ts";
import type { AnyRow, Removal, TableWatch, WriteAction } from "../../watch/watchers.ts";
import { assignmentsOf } from "../conflict.ts";
import { kept } from "../kept.ts";
import { havingValues, inParts, lockMet, selectKeyed, type Key } from "../keyed-rows.ts";
import { keySpeller } from "../key-text.ts";
import { refuseMoves } from "../scope-values.ts";
import { runReturning } from "../write.ts";
import { keyOf, outcomeOf, readingOf, refuseMovedKey, watched, type Read } from "./reading.ts";

type Outcome = WriteSummary | unknown[];

/** What an update is told to set, by the columns' keys: without what every update keeps by itself. */
function setOf(set: readonly Assignment[], keptBy: readonly Assignment[]): AnyRow {
  const given = set.filter((assignment) => !keptBy.includes(assignment));
  return Object.fromEntries(given.map(({ column, value }) => [column.key, value]));
}

/** Runs the update for these rows, and reads what somebody wants to know of them. */
async function writeKeyed(
  scope: Scope,
  statement: UpdateStatement,
  watch: TableWatch,
  action: WriteAction,
  keys: readonly Key[],
  returning: SelectionRecord | undefined,
): Promise<Read[]> {
  const { table } = watch;
  const { joins, where } = statement;
  const wantsRows = watch.wantsRows(action);
  const { can } = scope.plans.engine.dialect;
  const { selection, split } = readingOf(watch, action, returning);
  const isRead = returning !== undefined || wantsRows;
  const found: unknown[] = [];
  for (const part of inParts(scope, table.primaryKey, keys)) {
    const these = havingValues(table.primaryKey, part);
    // With joins, the values may come from a row that the condition names.
    const narrowed = { ...statement, where: narrow(joins.length > 0 ? where : undefined, these) };
    if (isRead && can.updateReturning) {
      found.push(...(await runReturning(scope, narrowed, selection)));
    } else {
      await runWrite(scope, narrowed);
      if (isRead) found.push(...(await selectKeyed(scope, table, selection, part)));
    }
  }
  return isRead ? found.map(split) : keys.map((row) => ({ row, given: undefined }));
}

export function narrow(where: UpdateStatement["where"], these: Condition): Condition {
  return where === undefined ? these : new LogicNode("and", [where, these]);
}

/** Tells of rows that were updated. @param before As they were, or their keys. */
export async function tellUpdated(
  scope: Scope,
  watch: TableWatch,
  action: WriteAction,
  before: readonly AnyRow[],
  after: readonly AnyRow[],
): Promise<void> {
  const { primaryKey } = watch.table;
  const spell = keySpeller(primaryKey);
  const wantsRows = watch.wantsRows(action);
  const olds = new Map(before.map((row) => [spell(row), row]));
  const written = after.map((row) => ({
    key: keyOf(watch.table, row),
    before: wantsRows ? olds.get(spell(row)) : undefined,
    after: wantsRows ? row : undefined,
  }));
  await watch.after(scope, action, written);
}

/** @param keptBy What of its assignments it was not told, but keeps by itself. */
export function watchedUpdate(
  scope: Scope,
  watch: TableWatch,
  statement: UpdateStatement,
  keptBy: readonly Assignment[],
  action: WriteAction,
  returning: SelectionRecord | undefined,
): Promise<Outcome> {
  const { table } = watch;
  refuseMovedKey(table, statement.set);
  return watched(scope, watch, async (inner) => {
    const { selection } = readingOf(watch, action, undefined);
    const before: Key[] = await lockMet(inner, table, statement, selection);
    if (before.length === 0) return outcomeOf(returning, []);
    const keys = before.map((row) => keyOf(table, row));
    const set = setOf(statement.set, keptBy);
    if (action === "soft delete") await watch.beforeDelete(inner, keys, action);
    const [changed] =
      action === "soft delete" ? [set] : await watch.beforeUpdate(inner, [{ keys, set }], action);
    const written =
      changed === set ? statement : { ...statement, set: assigned(inner, statement, changed!) };
    const found = await writeKeyed(inner, written, watch, action, keys, returning);
    await tellUpdated(
      inner,
      watch,
      action,
      before,
      found.map(({ row }) => row),
    );
    return outcomeOf(returning, found);
  });
}

/** What a hook wants to be set. */
function assigned(
  scope: Scope,
  { lifts, table: of }: UpdateStatement,
  values: AnyRow,
): Assignment[] {
  const table = of as TableInfo;
  const set = assignmentsOf(table, values, "What a hook made of an update");
  refuseMovedKey(table, set);
  refuseMoves(scope, table, set, lifts);
  return [...set, ...kept(table, set)];
}

export function watchedDelete(
  scope: Scope,
  watch: TableWatch,
  statement: DeleteStatement,
  returning: SelectionRecord | undefined,
): Promise<Outcome> {
  const { table } = watch;
  const action: Removal = "delete";
  return watched(scope, watch, async (inner) => {
    const { selection, split } = readingOf(watch, action, returning);
    const found = await lockMet(inner, table, statement, selection, (row) => split(row).row);
    const before = found.map(split);
    if (before.length === 0) return outcomeOf(returning, []);
    const keys = before.map(({ row }) => keyOf(table, row));
    await watch.beforeDelete(inner, keys, action);
    for (const part of inParts(inner, table.primaryKey, keys)) {
      const where = havingValues(table.primaryKey, part);
      await runWrite(inner, { ...statement, joins: [], where, lifts: LIFT_ALL });
    }
    const written = before.map(({ row }, index) => ({
      key: keys[index]!,
      before: watch.wantsRows(action) ? row : undefined,
      after: undefined,
    }));
    await watch.after(inner, action, written);
    return outcomeOf(returning, before);
  });
}
