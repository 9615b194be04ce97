/** Rows of an insert that are plain values, of which the shape has to know no more than how many they are. */

import { Expression } from "./expression.ts";
import type { AnyColumn } from "./statement.ts";

type AnyRow = Readonly<Record<string, unknown>>;

export function isPlain(cell: unknown): boolean {
  return cell !== undefined && !(cell instanceof Expression);
}

/** From so many values on room is made for all at once, as a list that grows is copied again and again. */
const MANY_VALUES = 32;

function makeRoom(values: unknown[], count: number): void {
  if (count >= MANY_VALUES) values.length += count;
}

export function pushCells(cells: readonly unknown[], values: unknown[]): void {
  const start = values.length;
  makeRoom(values, cells.length);
  for (let at = 0; at < cells.length; at++) values[start + at] = cells[at];
}

/** Whether every cell of every row is a plain value; then the number of rows is all that the shape has to know. */
export function pushPlainRows(
  columns: readonly AnyColumn[],
  rows: readonly AnyRow[],
  values: unknown[],
): boolean {
  const start = values.length;
  makeRoom(values, rows.length * columns.length);
  let at = start;
  for (const row of rows) {
    if (!putPlainRow(columns, row, values, at)) {
      values.length = start;
      return false;
    }
    at += columns.length;
  }
  return true;
}

function putPlainRow(
  columns: readonly AnyColumn[],
  row: AnyRow,
  values: unknown[],
  start: number,
): boolean {
  let at = 0;
  // Mostly a row names just the columns, in their order. Such a loop gives values without looking for them by their keys.
  for (const key in row) {
    const cell = row[key];
    if (columns[at]?.key !== key || !isPlain(cell)) break;
    values[start + at] = cell;
    at++;
  }
  if (at === columns.length) return true;
  for (let place = 0; place < columns.length; place++) {
    const cell = row[columns[place]!.key];
    if (!isPlain(cell)) return false;
    values[start + place] = cell;
  }
  return true;
}
