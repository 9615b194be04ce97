import { conflictGuards } from "../../ast/scoping.ts";
import type { ConflictClause, InsertStatement, SelectionRecord } from "../../ast/statement.ts";
import { InvalidValueError } from "../../core/error.ts";
import { chain, isPromise, type MaybePromise } from "../../core/maybe-promise.ts";
import type { AnyTableColumn, TableInfo } from "../../schema/table.ts";
import { inTransaction } from "./atomic.ts";
import { chunksOf } from "./chunks.ts";
import { columnOf } from "./conflict.ts";
import { guardedWork } from "./conflict-guard.ts";
import { distinctParts } from "./distinct-keys.ts";
import { insertedColumns } from "./inserted-columns.ts";
import type { Lifts } from "../lifts.ts";
import { withScopeValues } from "./scope-values.ts";
import { readBack } from "./load-returning.ts";
import { runWriteAs, type Scope } from "../run.ts";
import { isToldKey, runForKey } from "./told-key.ts";
import type { WriteSummary } from "../types.ts";
import type { TableWatch, WriteAction } from "../watch/watchers.ts";
import { watchedWrites } from "./watched/load.ts";
import { INSERT, runReturning, summarize, type WriteWork } from "./write.ts";

export type AnyRow = Readonly<Record<string, unknown>>;

const UPSERT: readonly WriteAction[] = ["insert", "update"];

const { hasOwnProperty: hasOwn } = Object.prototype;

/** The rows of an insert, and what follows from them. */
interface InsertRows {
  /** As they were given. */
  readonly given: readonly AnyRow[];
  /** With what the program and the scopes add to them. */
  readonly complete: readonly AnyRow[];
  readonly columns: readonly AnyTableColumn[];
  /** All values of the rows, where they are plain and every row names the same; undefined where nobody has looked. */
  readonly cells: readonly unknown[] | undefined;
}

export interface InsertOptions {
  readonly conflict?: ConflictClause | undefined;
  readonly lifts: Lifts;
}

/** Reads rows, which mostly name what those of the insert before named; what these name stands at the table then. */
function cellsOf(table: TableInfo, rows: readonly AnyRow[]): readonly unknown[] | undefined {
  const last = table.lastInserted;
  const cells = last?.cellsOf(rows);
  if (cells !== undefined) return cells;
  const columns = columnsOfRows(table, last?.columns ?? [], rows);
  if (columns !== last?.columns) table.lastInserted = insertedColumns(columns);
  return undefined;
}

/**
 * The columns that the rows name, in the order in which they come.
 *
 * @param known Those of the insert before.
 */
function columnsOfRows(
  table: TableInfo,
  known: readonly AnyTableColumn[],
  rows: readonly AnyRow[],
): readonly AnyTableColumn[] {
  let columns: readonly AnyTableColumn[] = [];
  for (const row of rows) {
    if (namesJust(columns, row)) continue;
    if (columns.length === 0 && namesJust(known, row)) {
      columns = known;
      continue;
    }
    const further = furtherColumns(table, columns, row);
    if (further.length > 0) columns = [...columns, ...further];
  }
  return columns;
}

/** Whether the row has values for these columns, in this order, and nothing else. */
function namesJust(columns: readonly AnyTableColumn[], row: AnyRow): boolean {
  let place = 0;
  // Such a loop gives values without looking for them by their keys.
  for (const key in row) {
    if (!hasOwn.call(row, key)) continue;
    if (columns[place]?.key !== key || row[key] === undefined) return false;
    place++;
  }
  return place === columns.length;
}

function furtherColumns(
  table: TableInfo,
  columns: readonly AnyTableColumn[],
  row: AnyRow,
): AnyTableColumn[] {
  const further: AnyTableColumn[] = [];
  for (const key of Object.keys(row)) {
    if (row[key] === undefined) {
      throw new InvalidValueError(`The value of "${key}" is undefined.`, {
        hint: "Leave the key out for the column's default, or pass null for NULL.",
      });
    }
    if (!columns.some((column) => column.key === key)) further.push(columnOf(table, key));
  }
  return further;
}

function withClientDefaults(table: TableInfo, rows: readonly AnyRow[]): readonly AnyRow[] {
  const { made } = table;
  if (made.length === 0) return rows;
  return rows.map((row) => {
    const missing = made.filter((column) => !Object.hasOwn(row, column.key));
    if (missing.length === 0) return row;
    const entries = missing.map((column) => [column.key, column.spec.clientDefault!()] as const);
    return Object.fromEntries([...entries, ...Object.entries(row)]);
  });
}

/** A row that leaves such a column out must not give what every object inherits. */
function withoutInherited(table: TableInfo, rows: readonly AnyRow[]): readonly AnyRow[] {
  if (!table.hasInheritedKeys) return rows;
  return rows.map((row) => Object.assign(Object.create(null) as AnyRow, row));
}

/** A class, as an insert then makes one object of it; in closures it would be one for each of what it can do. */
export class InsertWork implements WriteWork {
  readonly once: WriteWork["once"];
  readonly scope: Scope;
  readonly table: TableInfo;
  readonly lifts: Lifts;
  readonly inserted: InsertRows;
  readonly conflict: ConflictClause | undefined;
  readonly comment: string | undefined = undefined;
  readonly actions: readonly WriteAction[];
  readonly isOfOne: boolean;
  /** Whether rows that the insert doesn't see may hold its keys. */
  readonly isGuarded: boolean;

  constructor(
    scope: Scope,
    table: TableInfo,
    inserted: InsertRows,
    { conflict, lifts }: InsertOptions,
    once = { isStarted: false },
  ) {
    this.once = once;
    this.scope = scope;
    this.table = table;
    this.lifts = lifts;
    this.inserted = inserted;
    this.conflict = conflict;
    this.actions = conflict === undefined ? INSERT : UPSERT;
    this.isOfOne = inserted.given.length === 1 && conflict === undefined;
    this.isGuarded =
      conflict !== undefined &&
      conflictGuards(statementOf(this, [], undefined, undefined, undefined)).length > 0;
  }

  get rows(): readonly AnyRow[] {
    return this.inserted.given;
  }

  /** The same insert, of rows whose keys may be there. */
  meeting(conflict: ConflictClause): InsertWork {
    const { inserted, lifts, once, scope, table } = this;
    return guarded(new InsertWork(scope, table, inserted, { conflict, lifts }, once));
  }

  statement(returning: SelectionRecord | undefined): InsertStatement {
    const { cells, complete } = this.inserted;
    return statementOf(this, complete, cells, undefined, returning);
  }

  summarize(within: Scope, comment: string | undefined): MaybePromise<WriteSummary> {
    if (this.rows.length === 0) return { affectedRows: 0 };
    const [first, ...others] = statementsOf(this, comment);
    if (others.length === 0) return counted(this, runPart(this, within, first!));
    return inTransaction(within, async (inner) => {
      let affectedRows = 0;
      for (const statement of [first!, ...others]) {
        const part = runPart(this, inner, statement);
        affectedRows += (isPromise(part) ? await part : part).affectedRows;
      }
      return counted(this, { affectedRows });
    });
  }

  readRows(
    within: Scope,
    returning: SelectionRecord,
    comment: string | undefined,
  ): MaybePromise<unknown[]> {
    if (this.rows.length === 0) return [];
    const { can } = within.plans.engine.dialect;
    const statements = statementsOf(this, comment);
    const [first, ...others] = statements;
    if (can.insertTellsKey && this.isOfOne && isToldKey(first!, returning))
      return runForKey(within, first!, returning.keys[0]!);
    if (!can.insertReturning) return readBack().readBackInserted(within, statements, returning);
    if (others.length === 0) return runReturning(within, first!, returning);
    return inTransaction(within, async (inner) => {
      const stored: unknown[] = [];
      for (const statement of statements)
        stored.push(...(await runReturning(inner, statement, returning)));
      return stored;
    });
  }

  watched(
    within: Scope,
    watch: TableWatch,
    returning: SelectionRecord | undefined,
    comment: string | undefined,
  ): MaybePromise<WriteSummary | unknown[]> {
    const { conflict, inserted, lifts, scope, table } = this;
    const rows = inserted.complete;
    const make = (others: readonly AnyRow[], meeting?: ConflictClause): WriteWork =>
      insertWork(scope, table, others, { conflict: meeting, lifts });
    return conflict === undefined
      ? watchedWrites().watchedInsert(within, watch, rows, make, returning, comment)
      : watchedWrites().watchedUpsert(within, watch, { rows, conflict, make }, returning, comment);
  }
}

function statementOf(
  { conflict, inserted, lifts, table }: InsertWork,
  rows: readonly AnyRow[],
  cells: readonly unknown[] | undefined,
  comment: string | undefined,
  returning: SelectionRecord | undefined,
): InsertStatement {
  const { columns } = inserted;
  return { kind: "insert", into: table, columns, rows, cells, conflict, returning, comment, lifts };
}

/** One statement for each row where none of them names a column, as SQL has only one such row at a time. */
function statementsOf(work: InsertWork, comment: string | undefined): InsertStatement[] {
  const { cells, columns, complete: rows } = work.inserted;
  if (rows.length === 1) return [statementOf(work, rows, cells, comment, undefined)];
  const { can } = work.scope.plans.engine.dialect;
  const { conflict } = work;
  const apart =
    conflict === undefined || can.upsertMeetsTwice ? [rows] : distinctParts(conflict, rows);
  const parts =
    columns.length === 0
      ? rows.map((row) => [row])
      : apart.flatMap((part) => chunksOf(part, columns.length, can));
  let start = 0;
  return parts.map((part) => {
    const end = start + part.length * columns.length;
    const own = cells?.slice(start, end);
    start = end;
    return statementOf(work, part, own, comment, undefined);
  });
}

/** Whether a row whose key is taken may stay as it is, and another one not. */
function isChoosing({ conflict, isGuarded }: InsertWork): boolean {
  return isGuarded || conflict?.where !== undefined;
}

function guarded(work: InsertWork): InsertWork {
  const { conflict, isGuarded, rows } = work;
  return isGuarded && conflict!.where === undefined && rows.length > 0
    ? guardedWork(work, conflict!)
    : work;
}

function runPart(
  work: InsertWork,
  within: Scope,
  statement: InsertStatement,
): MaybePromise<WriteSummary> {
  if (!isChoosing(work)) return summarize(within, statement);
  return runWriteAs(within, statement, ({ affectedRows, keptRows }) => ({
    affectedRows: keptRows === undefined ? affectedRows : statement.rows.length - keptRows,
  }));
}

/** A row that exists is updated, so each was written once; some servers count it twice, or not if it stays the same. */
function counted<Summary extends MaybePromise<WriteSummary>>(
  work: InsertWork,
  summary: Summary,
): MaybePromise<WriteSummary> {
  const { conflict } = work;
  if (conflict === undefined || isChoosing(work)) return summary;
  if (conflict.update.length === 0 && conflict.set === undefined) return summary;
  return chain(summary as MaybePromise<WriteSummary>, () => ({ affectedRows: work.rows.length }));
}

/** Of rows that are given, completed by what the program makes and the scopes give. */
export function insertWork(
  scope: Scope,
  table: TableInfo,
  given: readonly AnyRow[],
  options: InsertOptions,
): InsertWork {
  const rows = withClientDefaults(table, withScopeValues(scope, table, given, options.lifts));
  const cells = cellsOf(table, rows);
  const { columns } = table.lastInserted!;
  const inserted = { given, complete: withoutInherited(table, rows), columns, cells };
  return guarded(new InsertWork(scope, table, inserted, options));
}
