/** Updates of many rows, each to values of its own, of tables that are watched. */

import type { UpdateStatement } from "../../../ast/statement.ts";
import { InvalidValueError } from "../../../core/error.ts";
import type { AnyTableColumn, TableInfo } from "../../../schema/table.ts";
import { runWrite, type Scope } from "../../run.ts";
import type { AnyRow, TableWatch } from "../../watch/watchers.ts";
import { havingValues, inParts, keySelection, lockMet, selectKeyed } from "../keyed-rows.ts";
import { keySpeller } from "../key-text.ts";
import { keyOf, readingOf, refuseMovedKey, watched } from "./reading.ts";
import { narrow, tellUpdated } from "./update.ts";

/** An update of many rows as it is written. */
export interface ManyRows {
  /** The columns that tell which row is meant. */
  readonly key: readonly AnyTableColumn[];
  readonly rows: readonly AnyRow[];
  /** Statements that each join their rows. */
  statementsOf(rows: readonly AnyRow[]): readonly UpdateStatement[];
  /** @throws {StaleRowError} where a statement met fewer rows than there are, as they have another version. */
  refuseStale(scope: Scope, statement: UpdateStatement, affectedRows: number): Promise<void>;
}

/** @returns how many rows were met. */
export function watchedUpdateMany(
  scope: Scope,
  watch: TableWatch,
  many: ManyRows,
): Promise<number> {
  const { table } = watch;
  return watched(scope, watch, async (inner) => {
    const statements = many.statementsOf(await plannedRows(inner, watch, many));
    for (const { set } of statements) refuseMovedKey(table, set);
    const { selection } = readingOf(watch, "update", undefined);
    const before: AnyRow[] = [];
    for (const statement of statements) {
      const rows = await lockMet<AnyRow>(inner, table, statement, selection);
      // Only these: a row that somebody inserts meanwhile is told of by nobody.
      await writeThese(inner, table, statement, rows);
      await many.refuseStale(inner, statement, rows.length);
      before.push(...rows);
    }
    if (before.length > 0) {
      const keys = before.map((row) => keyOf(table, row));
      const isRead = watch.wantsRows("update");
      const after = isRead ? await selectKeyed(inner, table, selection, keys) : keys;
      await tellUpdated(inner, watch, "update", before, after as AnyRow[]);
    }
    return before.length;
  });
}

async function writeThese(
  scope: Scope,
  table: TableInfo,
  statement: UpdateStatement,
  rows: readonly AnyRow[],
): Promise<void> {
  if (rows.length === 0) return;
  for (const part of inParts(scope, table.primaryKey, rows)) {
    const these = havingValues(table.primaryKey, part);
    await runWrite(scope, { ...statement, where: narrow(statement.where, these) });
  }
}

/** The rows as hooks want them. */
async function plannedRows(
  scope: Scope,
  watch: TableWatch,
  { key, rows, statementsOf }: ManyRows,
): Promise<readonly AnyRow[]> {
  if (!watch.precedes("update") || rows.length === 0) return rows;
  const { table } = watch;
  const spell = keySpeller(key);
  const own = { keys: key.map((column) => column.key), values: key, source: undefined };
  const selection = {
    keys: ["own", "primary"],
    values: [own, keySelection(table)],
    source: undefined,
  };
  const found = new Map<string, AnyRow>();
  for (const { joins, lifts } of statementsOf(rows)) {
    const met = { joins, lifts, where: undefined };
    const those = await lockMet<Met>(scope, table, met, selection, ({ primary }) => primary);
    for (const { own: values, primary } of those) found.set(spell(values), primary);
  }
  const there = rows.filter((row) => found.has(spell(row)));
  const isOwn = (name: string): boolean =>
    key.some((column) => column.key === name) || table.column(name)?.spec.keeps === "version";
  const updates = there.map((row) => ({
    keys: [found.get(spell(row))!],
    set: Object.fromEntries(Object.entries(row).filter(([name]) => !isOwn(name))),
  }));
  if (updates.length === 0) return rows;
  const sets = await watch.beforeUpdate(scope, updates);
  const changed = new Map(there.map((row, index) => [row, sets[index]!]));
  return rows.map((row) => {
    const set = changed.get(row);
    if (set === undefined) return row;
    const names = key.find((column) => Object.hasOwn(set, column.key));
    if (names !== undefined) {
      throw new InvalidValueError(
        `A hook sets "${names.key}", by which updateMany() finds the row.`,
      );
    }
    const kept = Object.entries(row).filter(([name]) => isOwn(name));
    return Object.fromEntries([...kept, ...Object.entries(set)]);
  });
}

interface Met {
  readonly own: AnyRow;
  readonly primary: AnyRow;
  readonly [key: string]: unknown;
}
