/** Updates of many rows, each to values of its own. */

import { CompareNode, Expression, LogicNode } from "../../ast/expression.ts";
import { rowsSource } from "../../ast/rows.ts";
import type { Assignment, UpdateStatement } from "../../ast/statement.ts";
import {
  BuildError,
  InvalidValueError,
  StaleRowError,
  UnsupportedError,
} from "../../core/error.ts";
import type {
  AnyTable,
  AnyTableColumn,
  ColumnsOf,
  Flat,
  KeyNameOf,
  RowOf,
  TableInfo,
  WritableOf,
} from "../../schema/table.ts";
import { inTransaction } from "./atomic.ts";
import { chunksOf } from "./chunks.ts";
import { columnOf } from "./conflict.ts";
import { kept } from "./kept.ts";
import { keySpeller } from "./key-text.ts";
import { keysOfTable } from "./matches.ts";
import { refuseMoves } from "./scope-values.ts";
import { COUNT_ALL } from "../read/count.ts";
import { runRow, runWrite, type Scope } from "../run.ts";
import { emptyStatement } from "../statement.ts";
import type { WriteSummary } from "../types.ts";
import { watchedWrites } from "./watched/load.ts";
import { CompleteWrite, tableOfWrite, UPDATE } from "./write.ts";

/** A row of `updateMany`: its key, and what it sets. */
export type UpdateManyRow<T extends AnyTable, Key extends keyof ColumnsOf<T>> = Flat<
  { [Name in Key]: RowOf<T>[Name] & {} } & Omit<Partial<WritableOf<T>>, Key>
>;

export interface UpdateManyOptions<Key extends string> {
  /** The columns that tell which row is meant: a primary or unique key. Default: the primary key. */
  readonly key?: Key | readonly Key[];
}

export type UpdateManyKey<T extends AnyTable> = KeyNameOf<T> & string;

export interface UpdateManySummary extends WriteSummary {
  /** How many of the given keys no row has. */
  readonly missing: number;
}

type AnyRow = Readonly<Record<string, unknown>>;

/** Rows that set the same columns. */
interface Group {
  readonly columns: readonly AnyTableColumn[];
  readonly rows: AnyRow[];
}

function requireValues(key: readonly AnyTableColumn[], row: AnyRow): void {
  for (const column of key) {
    const value = row[column.key];
    if (value !== undefined && value !== null && !(value instanceof Expression)) continue;
    throw new InvalidValueError(`A row has no value for its key "${column.key}".`, {
      hint: "Each row of updateMany() brings its whole key.",
    });
  }
}

function refuseTwice(key: readonly AnyTableColumn[], rows: readonly AnyRow[]): void {
  const spell = keySpeller(key);
  const met = new Set<string>();
  for (const row of rows) {
    requireValues(key, row);
    const text = spell(row);
    if (met.has(text)) {
      const names = key.map((column) => `"${column.key}"`).join(", ");
      throw new InvalidValueError(`Two rows have the same key (${names}).`, {
        hint: "Put what they set into one row.",
      });
    }
    met.add(text);
  }
}

function requirePlain(row: AnyRow, names: readonly string[]): void {
  for (const name of names) {
    const value = row[name];
    if (value !== undefined && !(value instanceof Expression)) continue;
    throw new InvalidValueError(
      `The value of "${name}" is ${value === undefined ? "undefined" : "an expression"}.`,
      { hint: "Leave the key out to keep the column as it is, or pass null for NULL." },
    );
  }
}

/** The columns that a row brings besides its key: what it sets, and the version that was read. */
function columnsGiven(table: TableInfo, key: readonly AnyTableColumn[], names: readonly string[]) {
  const columns = names
    .map((name) => {
      const column = columnOf(table, name);
      if (column.type.kind !== "custom") return column;
      throw new UnsupportedError({
        dialect: "Plinth",
        feature: `updateMany() of "${name}", which is of a custom type`,
        instead: "Update the rows one by one, in one transaction.",
      });
    })
    .filter((column) => !key.includes(column));
  if (columns.some(({ spec }) => spec.keeps !== "version")) return columns;
  throw new BuildError("E_EMPTY_WRITE", `A row of updateMany("${table.table}") sets nothing.`);
}

function areSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((name, index) => name === other[index]);
}

/** What a row leaves out stays as it is, so rows that set other columns stand in another statement. */
function groupsOf(
  table: TableInfo,
  key: readonly AnyTableColumn[],
  rows: readonly AnyRow[],
): Iterable<Group> {
  const groups = new Map<string, Group>();
  let last: { readonly names: readonly string[]; readonly group: Group } | undefined;
  for (const row of rows) {
    const names = Object.keys(row);
    requirePlain(row, names);
    // Rows mostly bring what the one before them brought.
    if (last === undefined || !areSame(names, last.names)) {
      const columns = columnsGiven(table, key, names);
      const name = JSON.stringify(columns.map((column) => column.key).toSorted());
      let group = groups.get(name);
      if (group === undefined) groups.set(name, (group = { columns, rows: [] }));
      last = { names, group };
    }
    last.group.rows.push(row);
  }
  return groups.values();
}

function statementOf(
  table: TableInfo,
  key: readonly AnyTableColumn[],
  columns: readonly AnyTableColumn[],
  rows: readonly AnyRow[],
  { comment, lifts }: Pick<UpdateStatement, "comment" | "lifts">,
): UpdateStatement {
  const targets = [...key, ...columns];
  const source = rowsSource(targets, rows.length);
  const cells: unknown[] = [];
  for (const row of rows) for (const column of targets) cells.push(row[column.key]);
  const equals = targets.map(
    (column, index) => new CompareNode("=", column, source.columns[index]!),
  );
  const equal = equals.slice(0, key.length);
  // A version that a row brings is compared and not set.
  const version = targets.findIndex(({ spec }) => spec.keeps === "version");
  const set = columns
    .map((column, index): Assignment => ({ column, value: source.columns[key.length + index] }))
    .filter((_, index) => key.length + index !== version);
  return {
    kind: "update",
    table,
    joins: [
      {
        kind: "inner",
        source,
        inputs: { values: [cells], first: 0 },
        on: equal.length === 1 ? equal[0]! : new LogicNode("and", equal),
      },
    ],
    set: [...set, ...kept(table, set)],
    where: equals[version],
    returning: undefined,
    comment,
    lifts,
  };
}

/**
 * Refuses a write that met fewer rows than there are because some have another version by now.
 *
 * @throws {StaleRowError}
 */
async function refuseStale(
  scope: Scope,
  { joins, lifts, table, where }: UpdateStatement,
  affectedRows: number,
): Promise<void> {
  if (where === undefined) return;
  const found = await runRow(scope, { ...emptyStatement(table, COUNT_ALL), joins, lifts });
  if ((found as { count: number }).count > affectedRows) throw new StaleRowError(table.table);
}

function refuseMovesOf(scope: Scope, table: TableInfo, rows: readonly AnyRow[]): void {
  for (const column of table.scoped) {
    for (const row of rows.filter(({ [column.key]: value }) => value !== undefined))
      refuseMoves(scope, table, [{ column, value: row[column.key] }], scope.context?.lifts);
  }
}

/** Every statement, made and checked before the first is sent. */
function statementsOf(
  scope: Scope,
  table: TableInfo,
  key: readonly AnyTableColumn[],
  rows: readonly AnyRow[],
  comment: string | undefined,
): UpdateStatement[] {
  const { can } = scope.plans.engine.dialect;
  const statements: UpdateStatement[] = [];
  for (const { columns, rows: alike } of groupsOf(table, key, rows)) {
    for (const chunk of chunksOf(alike, key.length + columns.length, can))
      statements.push(
        statementOf(table, key, columns, chunk, { comment, lifts: scope.context?.lifts }),
      );
  }
  return statements;
}

function keyOf(table: TableInfo, names: readonly string[] | undefined): readonly AnyTableColumn[] {
  const key = names?.map((name) => columnOf(table, name)) ?? table.primaryKey;
  const isKey = keysOfTable(table).some((declared) =>
    declared.every((column) => key.some((given) => given === column)),
  );
  if (isKey) return key;
  throw new BuildError(
    "E_UNKNOWN_COLUMN",
    names === undefined
      ? `Table "${table.table}" has no primary key.`
      : `The columns ${names.map((name) => `"${name}"`).join(", ")} are no key of "${table.table}".`,
    { hint: "Name the columns of a primary or unique key: { key: … }." },
  );
}

/** An update of many rows, which runs once when it is awaited. */
export class ManyUpdate extends CompleteWrite<UpdateManySummary> {}

export function updateMany(
  scope: Scope,
  target: AnyTable,
  rows: readonly AnyRow[],
  options: UpdateManyOptions<string>,
): ManyUpdate {
  const table = tableOfWrite(target);
  const names = typeof options.key === "string" ? [options.key] : options.key;
  const key = keyOf(table, names);

  async function run(within: Scope, statements: readonly UpdateStatement[]): Promise<number> {
    let affectedRows = 0;
    for (const statement of statements) {
      const outcome = await runWrite(within, statement);
      await refuseStale(within, statement, outcome.affectedRows);
      affectedRows += outcome.affectedRows;
    }
    return affectedRows;
  }

  const summary = (affectedRows: number): UpdateManySummary => ({
    affectedRows,
    missing: rows.length - affectedRows,
  });

  function checkedStatements(given: readonly AnyRow[], comment: string | undefined) {
    refuseTwice(key, given);
    refuseMovesOf(scope, table, given);
    return statementsOf(scope, table, key, given, comment);
  }

  async function summarizeAll(within: Scope, comment: string | undefined) {
    const statements = checkedStatements(rows, comment);
    const isOne = statements.length < 2 && statements[0]?.where === undefined;
    return summary(
      await (isOne
        ? run(within, statements)
        : inTransaction(within, (inner) => run(inner, statements))),
    );
  }

  return new ManyUpdate({
    once: { isStarted: false },
    scope,
    table,
    comment: undefined,
    actions: UPDATE,
    isOfOne: false,
    summarize: summarizeAll,
    readRows() {
      throw new TypeError("An update of many rows gives none back.");
    },
    async watched(within, watch, _returning, comment) {
      checkedStatements(rows, comment);
      const statements = (given: readonly AnyRow[]) => checkedStatements(given, comment);
      const many = { key, rows, refuseStale, statementsOf: statements };
      return summary(await watchedWrites().watchedUpdateMany(within, watch, many));
    },
    statement() {
      const [first] = statementsOf(scope, table, key, rows, undefined);
      if (first !== undefined) return first;
      throw new BuildError("E_EMPTY_WRITE", "An update of no rows sends nothing.");
    },
  });
}
