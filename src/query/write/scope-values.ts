/** The values that a client gives to columns with `.scope(…)`: what it writes is its own. */

import { Expression } from "../../ast/expression.ts";
import type { Assignment } from "../../ast/statement.ts";
import { InvalidValueError } from "../../core/error.ts";
import { checkerOf, encodeFor } from "../../dialect/values/type-map.ts";
import type { AnyTableColumn, TableInfo } from "../../schema/table.ts";
import { givenTo } from "../actor.ts";
import type { Lifts } from "../lifts.ts";
import type { Scope } from "../run.ts";

/** A column whose scope stands, with the client's value. */
export interface ScopedColumn {
  readonly column: AnyTableColumn;
  readonly value: unknown;
}

/** Whether rows that leave the column out get its value from a scope. */
export function isScoped({ spec: { scope } }: AnyTableColumn, lifts: Lifts = []): boolean {
  if (scope === undefined) return false;
  return !lifts.some((lift) => lift.scope === undefined || lift.scope === scope.name);
}

/** @throws {BuildError} `E_NO_SCOPE` where the client wasn't told a value. */
export function scopedColumns(
  { context }: Scope,
  { scoped }: TableInfo,
  lifts?: Lifts,
): readonly ScopedColumn[] {
  return scoped
    .filter((column) => isScoped(column, lifts))
    .map((column) => ({ column, value: givenTo(context, { scope: column.spec.scope!.name }) }));
}

function isSame(column: AnyTableColumn, one: unknown, other: unknown): boolean {
  if (one instanceof Expression || one === null) return false;
  const check = checkerOf(column.type);
  const textOf = (value: unknown): string => String(encodeFor(column.key, check, value));
  return textOf(one) === textOf(other);
}

function refuseOther({ column, value }: ScopedColumn, given: unknown): void {
  if (isSame(column, given, value)) return;
  const { name } = column.spec.scope!;
  throw new InvalidValueError(
    `"${column.key}" is written with another value than that of the scope "${name}".`,
    { hint: `Leave it out, as the scope gives it, or write with .without("${name}").` },
  );
}

type AnyRow = Readonly<Record<string, unknown>>;

/**
 * The rows with the values of the scopes that they leave out.
 *
 * @throws {InvalidValueError} for a row of somebody else's.
 */
export function withScopeValues(
  scope: Scope,
  table: TableInfo,
  rows: readonly AnyRow[],
  lifts: Lifts,
): readonly AnyRow[] {
  if (table.scoped.length === 0) return rows;
  const scoped = scopedColumns(scope, table, lifts);
  return rows.map((row) => {
    for (const one of scoped)
      if (Object.hasOwn(row, one.column.key)) refuseOther(one, row[one.column.key]);
    const missing = scoped.filter(({ column }) => !Object.hasOwn(row, column.key));
    if (missing.length === 0) return row;
    const entries = missing.map(({ column, value }) => [column.key, value] as const);
    return Object.fromEntries([...Object.entries(row), ...entries]);
  });
}

/** @throws {InvalidValueError} for an update that would give rows away. */
export function refuseMoves(
  scope: Scope,
  table: TableInfo,
  set: readonly Assignment[],
  lifts: Lifts,
): void {
  if (table.scoped.length === 0) return;
  for (const one of scopedColumns(scope, table, lifts)) {
    const own = set.find(({ column }) => column === one.column);
    if (own !== undefined) refuseOther(one, own.value);
  }
}
