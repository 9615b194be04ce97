/** Inserts of a query's rows. */

import { Expression, ValueNode } from "../../ast/expression.ts";
import type { InsertStatement, SelectStatement } from "../../ast/statement.ts";
import { typeOf } from "../../ast/type-of.ts";
import { BuildError, InvalidValueError, UnsupportedError } from "../../core/error.ts";
import type { AnyTableColumn, TableInfo } from "../../schema/table.ts";
import { isAlike } from "../alike.ts";
import { columnOf } from "./conflict.ts";
import { insertWork } from "./insert.ts";
import type { Lifts } from "../lifts.ts";
import { scopedColumns } from "./scope-values.ts";
import { checkGrouping } from "../read/grouping.ts";
import { runRows, type Scope } from "../run.ts";
import { watchedWrites } from "./watched/load.ts";
import { INSERT, runReturning, summarize, type WriteWork } from "./write.ts";

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
  const made = table.made.find((column) => !columns.includes(column));
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
      return watchedWrites().watchedQuery(
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
