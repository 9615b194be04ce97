/**
 * Inserts of tables that are watched, of rows that may exist. Those that do are found and locked by their keys, so that
 * the others are a plain insert, and it is certain of each what became of it.
 */

import { Expression, LogicNode, type AnyExpression } from "../../../ast/expression.ts";
import { LIFT_ALL } from "../../../ast/scoping.ts";
import type { ConflictClause, SelectionRecord } from "../../../ast/statement.ts";
import { util } from "../../../core/builtin.ts";
import { UniqueViolationError, UnsupportedError } from "../../../core/error.ts";
import type { AnyTableColumn, TableInfo } from "../../../schema/table.ts";
import type { Scope } from "../../run.ts";
import type { WriteSummary } from "../../types.ts";
import type { AnyRow, TableWatch } from "../../watch/watchers.ts";
import { assignmentsOf } from "../conflict.ts";
import { counted, timesLeft } from "../kept.ts";
import { havingValues, inParts, lockMet, selectKeyed } from "../keyed-rows.ts";
import { keySpeller } from "../key-text.ts";
import { keysOfTable } from "../matches.ts";
import { refuseMoves } from "../scope-values.ts";
import type { WriteWork } from "../write.ts";
import { tellInserted } from "./insert.ts";
import { keyOf, readingOf, refuseMovedKey, watched, type Read } from "./reading.ts";
import { tellUpdated } from "./update.ts";

/** How often a row may come from somebody else between its search and its insert. */
const MAX_TRIES = 3;

export interface Upsert {
  readonly rows: readonly AnyRow[];
  readonly conflict: ConflictClause;
  make(rows: readonly AnyRow[], conflict: ConflictClause | undefined): WriteWork;
}

interface Done {
  readonly affectedRows: number;
  readonly given: readonly unknown[];
}

export async function watchedUpsert(
  scope: Scope,
  watch: TableWatch,
  upsert: Upsert,
  returning: SelectionRecord | undefined,
  comment: string | undefined,
): Promise<WriteSummary | unknown[]> {
  const { dialect } = scope.plans.engine;
  if (returning !== undefined && !dialect.can.insertReturning) {
    throw new UnsupportedError({
      dialect: dialect.name,
      feature: "returning() of an insert with onConflict()",
      instead: "Read the rows by the key of the conflict.",
    });
  }
  // What the database can't do is refused before anything is sent.
  scope.plans.planOf(
    upsert.make(upsert.rows.slice(0, 1), upsert.conflict).statement(returning),
    [],
  );
  const run = (): Promise<Done> =>
    watched(scope, watch, (inner) => upsertRows(inner, watch, upsert, returning, comment));
  for (let attempt = 1; ; attempt++) {
    try {
      const { affectedRows, given } = await run();
      return returning === undefined ? { affectedRows } : [...given];
    } catch (error) {
      // Only what the database says may be another one's insert: a refusal of our own stays one.
      const isRace = error instanceof UniqueViolationError && error.cause !== undefined;
      if (!isRace || attempt === MAX_TRIES) throw error;
    }
  }
}

async function upsertRows(
  scope: Scope,
  watch: TableWatch,
  { conflict, make, rows }: Upsert,
  returning: SelectionRecord | undefined,
  comment: string | undefined,
): Promise<Done> {
  const { selection, split } = readingOf(watch, "insert", returning);
  const given: unknown[] = [];
  let affectedRows = 0;
  let left = rows.length === 0 ? rows : await watch.beforeInsert(scope, rows);
  while (left.length > 0) {
    const parts = await partition(scope, watch, left, conflict);
    if (parts.fresh.length > 0) {
      const work = make(parts.fresh, undefined);
      const found = (await work.readRows(scope, selection, comment)).map(split);
      await tellInserted(scope, watch, found);
      affectedRows += found.length;
      given.push(...found.map((read) => read.given));
    }
    if (parts.existing.length > 0) {
      const done = await meetExisting(scope, watch, parts, { conflict, make }, returning, comment);
      affectedRows += done.affectedRows;
      given.push(...done.given);
    }
    left = parts.again;
  }
  return { affectedRows, given };
}

interface Parts {
  /** Rows whose keys are free. */
  readonly fresh: readonly AnyRow[];
  /** Rows whose keys are taken, by those in `before`. */
  readonly existing: readonly AnyRow[];
  /** Rows that meet what another one writes. */
  readonly again: readonly AnyRow[];
  /** The rows that exist, or their keys. */
  readonly before: readonly AnyRow[];
}

/** A unique key, and how a row's values in it are spelt; undefined where one of them is NULL, or is counted up. */
interface UniqueKey {
  readonly columns: readonly AnyTableColumn[];
  spell(row: AnyRow): string | undefined;
}

function uniqueKeysOf(table: TableInfo, { target }: ConflictClause): UniqueKey[] {
  const keys = target.length > 0 ? [target] : keysOfTable(table);
  return (keys as readonly (readonly AnyTableColumn[])[]).map((columns) => {
    const spell = keySpeller(columns);
    return {
      columns,
      spell: (row) => (columns.every((column) => hasValue(column, row)) ? spell(row) : undefined),
    };
  });
}

function hasValue({ key, spec }: AnyTableColumn, row: AnyRow): boolean {
  const value = row[key];
  const isLeftToDatabase =
    value === undefined && (spec.default !== undefined || spec.generated !== undefined);
  if (!isLeftToDatabase && !(value instanceof Expression))
    return value !== null && value !== undefined;
  throw new UnsupportedError({
    dialect: "Plinth",
    feature: `onConflict() by "${key}", whose value the database computes, of a table that hooks or an audit trail watch`,
    instead: "Give each row its value.",
  });
}

/** Finds the rows that exist, and locks them. */
async function partition(
  scope: Scope,
  watch: TableWatch,
  rows: readonly AnyRow[],
  conflict: ConflictClause,
): Promise<Parts> {
  const { table } = watch;
  const keys = uniqueKeysOf(table, conflict);
  const found = new Map<string, AnyRow>();
  const taken = keys.map(() => new Set<string>());
  const spellPrimary = keySpeller(table.primaryKey);
  const { row: whole } = selections(watch, keys);
  for (const [index, { columns, spell }] of keys.entries()) {
    const valued = rows.filter((row) => spell(row) !== undefined);
    if (valued.length === 0) continue;
    for (const part of inParts(scope, columns, valued)) {
      const where = narrowed(havingValues(columns, part), conflict.predicate);
      const those = await lockMet<Found>(
        scope,
        table,
        { joins: [], where, lifts: LIFT_ALL },
        whole,
        ({ row }) => row,
      );
      for (const { row, keys: values } of those) {
        found.set(spellPrimary(row), row);
        taken[index]!.add(spell(values)!);
      }
    }
  }
  const fresh: AnyRow[] = [];
  const existing: AnyRow[] = [];
  const again: AnyRow[] = [];
  const claimed = keys.map(() => new Set<string>());
  for (const row of rows) {
    const texts = keys.map(({ spell }) => spell(row));
    const isIn = (sets: readonly Set<string>[]): boolean =>
      texts.some((text, index) => text !== undefined && sets[index]!.has(text));
    if (isIn(claimed)) {
      again.push(row);
      continue;
    }
    texts.forEach((text, index) => text !== undefined && claimed[index]!.add(text));
    (isIn(taken) ? existing : fresh).push(row);
  }
  return { fresh, existing, again, before: [...found.values()] };
}

interface Found extends AnyRow {
  readonly row: AnyRow;
  readonly keys: AnyRow;
}

/** The row as it is watched, and its values in all of the keys. */
function selections(watch: TableWatch, keys: readonly UniqueKey[]): { row: SelectionRecord } {
  const { selection } = readingOf(watch, "update", undefined);
  const columns = [...new Set(keys.flatMap((key) => key.columns))];
  const values = { keys: columns.map(({ key }) => key), values: columns, source: undefined };
  return { row: { keys: ["row", "keys"], values: [selection, values], source: undefined } };
}

function narrowed(where: AnyExpression, predicate: AnyExpression | undefined): AnyExpression {
  return predicate === undefined ? where : new LogicNode("and", [where, predicate]);
}

/** Does to rows that exist what the insert says. */
async function meetExisting(
  scope: Scope,
  watch: TableWatch,
  { before, existing }: Parts,
  { conflict, make }: Pick<Upsert, "conflict" | "make">,
  returning: SelectionRecord | undefined,
  comment: string | undefined,
): Promise<Done> {
  const { table } = watch;
  const isUpdate = conflict.update.length > 0 || conflict.set !== undefined;
  const { insertReturning } = scope.plans.engine.dialect.can;
  // A row outside of the key's predicate meets none, whatever its values.
  if (!isUpdate && conflict.predicate === undefined) return { affectedRows: 0, given: [] };
  const clause = isUpdate ? await plannedConflict(scope, watch, conflict, before) : conflict;
  const work = make(existing, clause);
  const richer = watch.wantsRows("insert") ? "insert" : "update";
  const { selection, split } = readingOf(watch, richer, returning);
  const isPartial = conflict.predicate !== undefined || conflict.where !== undefined;
  if (insertReturning && (returning !== undefined || isPartial)) {
    const found = (await work.readRows(scope, selection, comment)).map(split);
    const spell = keySpeller(table.primaryKey);
    const olds = new Set(before.map(spell));
    const isOld = ({ row }: Read): boolean => olds.has(spell(row));
    await tellInserted(
      scope,
      watch,
      found.filter((read) => !isOld(read)),
    );
    const after = found.filter(isOld).map(({ row }) => row);
    await tellUpdated(scope, watch, "update", before, after);
    return { affectedRows: found.length, given: found.map(({ given }) => given) };
  }
  const { affectedRows } = await work.summarize(scope, comment);
  if (affectedRows > 0 && watch.follows("update")) {
    const keys = before.map((row) => keyOf(table, row));
    const wantsRows = watch.wantsRows("update");
    const after = wantsRows ? await selectKeyed(scope, table, selection, keys) : keys;
    const spell = keySpeller(table.primaryKey);
    const olds = new Map(before.map((row) => [spell(row), row]));
    // Rows that don't meet the condition of the update are as they were.
    const written = (after as AnyRow[]).filter(
      (row) => !isPartial || !wantsRows || !util().isDeepStrictEqual(row, olds.get(spell(row))),
    );
    await tellUpdated(scope, watch, "update", before, written);
  }
  return { affectedRows, given: [] };
}

/** What the insert does to rows that exist, as hooks want it. */
async function plannedConflict(
  scope: Scope,
  watch: TableWatch,
  conflict: ConflictClause,
  before: readonly AnyRow[],
): Promise<ConflictClause> {
  const { table } = watch;
  const keeps = (column: unknown): unknown => (column as AnyTableColumn).spec.keeps;
  const named = conflict.update
    .filter((column) => keeps(column) === undefined)
    .map(({ key }) => [key, table.inserted.column(key)] as const);
  const given = (conflict.set ?? [])
    .filter(({ column }) => keeps(column) !== "version")
    .map(({ column, value }) => [column.key, value] as const);
  const set: AnyRow = Object.fromEntries([...named, ...given]);
  const keys = before.map((row) => keyOf(table, row));
  const [changed] = await watch.beforeUpdate(scope, [{ keys, set }]);
  if (changed === set) {
    refuseMovedKey(table, [
      ...conflict.update.map((column) => ({ column })),
      ...(conflict.set ?? []),
    ]);
    return conflict;
  }
  const assignments = assignmentsOf(table, changed!, "What a hook made of an upsert");
  refuseMovedKey(table, assignments);
  refuseMoves(scope, table, assignments, scope.context?.lifts);
  const times = timesLeft(
    table,
    assignments.map(({ column }) => column),
  );
  return { ...conflict, update: times, set: [...assignments, ...counted(table)] };
}
