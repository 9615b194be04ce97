import { Expression, ValueNode } from "../../ast/expression.ts";
import { conflictGuards } from "../../ast/scoping.ts";
import type {
  ConflictClause,
  InsertStatement,
  SelectionRecord,
  SelectStatement,
} from "../../ast/statement.ts";
import { typeOf } from "../../ast/type-of.ts";
import { BuildError, InvalidValueError, UnsupportedError } from "../../core/error.ts";
import { chain, type MaybePromise } from "../../core/maybe-promise.ts";
import type { AnyTableColumn, TableInfo } from "../../schema/table.ts";
import { isAlike } from "../alike.ts";
import { inTransaction } from "./atomic.ts";
import { chunksOf } from "./chunks.ts";
import { columnOf } from "./conflict.ts";
import { guardedWork } from "./conflict-guard.ts";
import type { Lifts } from "../lifts.ts";
import { scopedColumns, withScopeValues } from "./scope-values.ts";
import { checkGrouping } from "../read/grouping.ts";
import { readBackInserted } from "./returning.ts";
import { runRows, runWrite, type Scope } from "../run.ts";
import type { WriteSummary } from "../types.ts";
import type { WriteAction } from "../watch/watchers.ts";
import { watchedInsert, watchedQuery } from "./watched/insert.ts";
import { watchedUpsert } from "./watched/upsert.ts";
import { INSERT, runReturning, summarize, type WriteWork } from "./write.ts";

export type AnyRow = Readonly<Record<string, unknown>>;

/** The columns that a query's members are, which have to hold what these give. */
function columnsOfQuery(table: TableInfo, { selection }: SelectStatement): AnyTableColumn[] {
  const columns = selection.keys.map((key) => columnOf(table, key));
  columns.forEach((column, index) => {
    const value = selection.values[index];
    const type = value instanceof Expression ? typeOf(value) : undefined;
    if (value instanceof Expression && (type === undefined || isAlike(type, column.type))) return;
    throw new InvalidValueError(
      `"${column.key}" of the query is of another type than the column.`,
      {
        hint: "Select an expression of the column's type, for a decimal with as many digits.",
      },
    );
  });
  const made = table.columns.find(
    (column) => column.spec.clientDefault !== undefined && !columns.includes(column),
  );
  if (made !== undefined) {
    throw new BuildError(
      "E_UNKNOWN_COLUMN",
      `The program makes "${made.key}" for each row, which those of a query don't pass.`,
      { hint: `Select a value for "${made.key}", too.` },
    );
  }
  return columns;
}

/** A query with the values of the scopes, which it leaves to the client. */
function withScopeMembers(
  scope: Scope,
  table: TableInfo,
  query: SelectStatement,
  lifts: Lifts,
): SelectStatement {
  if (table.scoped.length === 0) return query;
  const scoped = scopedColumns(scope, table, lifts);
  const { keys, values } = query.selection;
  const own = scoped.find(({ column }) => keys.includes(column.key));
  if (own !== undefined) {
    throw new BuildError(
      "E_UNKNOWN_COLUMN",
      `The query selects "${own.column.key}", which the scope "${own.column.spec.scope!.name}" gives.`,
      { hint: "Leave it out, or insert with .without(…)." },
    );
  }
  const selection = {
    keys: [...keys, ...scoped.map(({ column }) => column.key)],
    values: [...values, ...scoped.map(({ column, value }) => new ValueNode(value, column.type))],
    source: undefined,
  };
  return { ...query, selection };
}

export function queryWork(
  scope: Scope,
  table: TableInfo,
  selected: SelectStatement,
  lifts: Lifts,
): WriteWork {
  checkGrouping(selected);
  const query = withScopeMembers(scope, table, selected, lifts);
  const columns = columnsOfQuery(table, query);
  const statement: InsertStatement = {
    kind: "insert",
    into: table,
    columns,
    rows: [],
    query,
    conflict: undefined,
    returning: undefined,
  };
  const { can, name } = scope.plans.engine.dialect;
  return {
    once: { isStarted: false },
    scope,
    table,
    comment: undefined,
    actions: INSERT,
    isOfOne: false,
    statement: (returning) => ({ ...statement, returning }),
    summarize: (within, comment) =>
      summarize(within, comment === undefined ? statement : { ...statement, comment }),
    readRows(within, returning, comment) {
      if (can.insertReturning) return runReturning(within, { ...statement, comment }, returning);
      throw new UnsupportedError({
        dialect: name,
        feature: "returning() of an insert from a query",
        instead: "Read the rows with a query of their own.",
      });
    },
    watched(within, watch, returning, comment) {
      const work = queryWork(scope, table, selected, lifts);
      if (returning !== undefined && !can.insertReturning)
        return work.readRows(within, returning, comment);
      return watchedQuery(
        within,
        watch,
        {
          work,
          makeOfRows: (rows) => insertWork(scope, table, rows, { lifts }),
          readRows: (inner) => runRows(inner, query),
        },
        returning,
        comment,
      );
    },
  };
}

const UPSERT: readonly WriteAction[] = ["insert", "update"];

export interface InsertWork extends WriteWork {
  readonly rows: readonly AnyRow[];
  readonly lifts: Lifts;
}

export interface InsertOptions {
  readonly conflict?: ConflictClause | undefined;
  readonly lifts: Lifts;
  readonly once?: { isStarted: boolean };
}

/** The columns that the rows name, in the order in which they come. */
function columnsOfRows(table: TableInfo, rows: readonly AnyRow[]): AnyTableColumn[] {
  const columns: AnyTableColumn[] = [];
  for (const row of rows) {
    let index = 0;
    for (const key of Object.keys(row)) {
      if (row[key] === undefined) {
        throw new InvalidValueError(`The value of "${key}" is undefined.`, {
          hint: "Leave the key out for the column's default, or pass null for NULL.",
        });
      }
      // Rows are mostly alike, so the next column is mostly the next key.
      if (columns[index]?.key !== key && !columns.some((column) => column.key === key)) {
        columns.push(columnOf(table, key));
      }
      index++;
    }
  }
  return columns;
}

function withClientDefaults(table: TableInfo, rows: readonly AnyRow[]): readonly AnyRow[] {
  const made = table.columns.filter((column) => column.spec.clientDefault !== undefined);
  if (made.length === 0) return rows;
  return rows.map((row) => {
    const missing = made.filter((column) => !Object.hasOwn(row, column.key));
    if (missing.length === 0) return row;
    const entries = missing.map((column) => [column.key, column.spec.clientDefault!()] as const);
    return Object.fromEntries([...entries, ...Object.entries(row)]);
  });
}

/** A column may be called `constructor`: a row that leaves it out must not give what every object inherits. */
function withoutInherited(
  columns: readonly AnyTableColumn[],
  rows: readonly AnyRow[],
): readonly AnyRow[] {
  if (!columns.some((column) => column.key in Object.prototype)) return rows;
  return rows.map((row) => Object.assign(Object.create(null) as AnyRow, row));
}

export function insertWork(
  scope: Scope,
  table: TableInfo,
  given: readonly AnyRow[],
  { conflict, lifts, once = { isStarted: false } }: InsertOptions,
): InsertWork {
  const complete = withClientDefaults(table, withScopeValues(scope, table, given, lifts));
  const columns = columnsOfRows(table, complete);
  const rows = withoutInherited(columns, complete);
  const { can } = scope.plans.engine.dialect;

  function statementOf(
    part: readonly AnyRow[],
    comment?: string,
    returning?: SelectionRecord,
  ): InsertStatement {
    const into = table;
    return { kind: "insert", into, columns, rows: part, conflict, returning, comment, lifts };
  }

  const isGuarded = conflict !== undefined && conflictGuards(statementOf([])).length > 0;
  /** Whether a row whose key is taken may stay as it is, and another one not. */
  const isChoosing = isGuarded || conflict?.where !== undefined;

  /** A row that exists is updated, so each was written once; some servers count it twice, or not if it stays the same. */
  function counted(summary: WriteSummary): WriteSummary {
    if (conflict === undefined || isChoosing) return summary;
    return conflict.update.length === 0 && conflict.set === undefined
      ? summary
      : { affectedRows: rows.length };
  }

  function runPart(within: Scope, statement: InsertStatement): MaybePromise<WriteSummary> {
    if (!isChoosing) return summarize(within, statement);
    return chain(runWrite(within, statement), ({ affectedRows, keptRows }) => ({
      affectedRows: keptRows === undefined ? affectedRows : statement.rows.length - keptRows,
    }));
  }

  /** One statement for each row where none of them names a column, as SQL has only one such row at a time. */
  function statements(comment: string | undefined): InsertStatement[] {
    if (rows.length === 1) return [statementOf(rows, comment)];
    const parts =
      columns.length === 0
        ? rows.map((row) => [row])
        : chunksOf(rows, columns.length, can.maxParameters);
    return parts.map((part) => statementOf(part, comment));
  }

  const work: InsertWork = {
    once,
    scope,
    table,
    lifts,
    rows: given,
    comment: undefined,
    actions: conflict === undefined ? INSERT : UPSERT,
    isOfOne: rows.length === 1 && conflict === undefined,
    statement: (returning) => statementOf(rows, undefined, returning),

    summarize(within, comment) {
      if (rows.length === 0) return { affectedRows: 0 };
      const [first, ...others] = statements(comment);
      if (others.length === 0) return chain(runPart(within, first!), counted);
      return inTransaction(within, async (inner) => {
        let affectedRows = 0;
        for (const statement of [first!, ...others])
          affectedRows += (await runPart(inner, statement)).affectedRows;
        return counted({ affectedRows });
      });
    },

    readRows(within, returning, comment) {
      if (rows.length === 0) return [];
      if (!can.insertReturning) return readBackInserted(within, statements(comment), returning);
      const [first, ...others] = statements(comment);
      if (others.length === 0) return runReturning(within, first!, returning);
      return inTransaction(within, async (inner) => {
        const stored: unknown[] = [];
        for (const statement of [first!, ...others])
          stored.push(...(await runReturning(inner, statement, returning)));
        return stored;
      });
    },

    watched(within, watch, returning, comment) {
      const make = (others: readonly AnyRow[], meeting?: ConflictClause): WriteWork =>
        insertWork(scope, table, others, { conflict: meeting, lifts });
      return conflict === undefined
        ? watchedInsert(within, watch, rows, make, returning, comment)
        : watchedUpsert(within, watch, { rows, conflict, make }, returning, comment);
    },
  };
  return isGuarded && conflict.where === undefined && rows.length > 0
    ? guardedWork(work, conflict)
    : work;
}
