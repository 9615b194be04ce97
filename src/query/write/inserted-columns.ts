/** Reading rows that name what the rows before them named, as most rows of a table do. */

import { isPlain } from "../../ast/plain-rows.ts";
import { generated, VALUES_BEFORE_GENERATING } from "../../core/generated.ts";
import type { AnyTableColumn, InsertedColumns } from "../../schema/table.ts";

type AnyRow = Readonly<Record<string, unknown>>;

/** Puts a row's values into a list, from a place on. @returns false where it isn't such a row, and the list no use. */
type ReadRow = (row: AnyRow, cells: unknown[], start: number) => boolean;

/** A copy of more values than these would be felt, and statements then read their own rows. */
const MAX_CELLS = 65_536;

const { hasOwnProperty: hasOwn } = Object.prototype;

/** The columns that rows name, in the order in which they come. */
export function insertedColumns(columns: readonly AnyTableColumn[]): InsertedColumns {
  const keys = columns.map(({ key }) => key);
  let read = looping(keys);
  let count = 0;
  return {
    columns,
    cellsOf(rows) {
      const length = rows.length * keys.length;
      if (length === 0 || length > MAX_CELLS) return undefined;
      if (count <= VALUES_BEFORE_GENERATING) {
        count += length;
        if (count > VALUES_BEFORE_GENERATING) read = generate(keys) ?? read;
      }
      const cells = new Array<unknown>(length);
      let at = 0;
      for (const row of rows) {
        if (!read(row, cells, at)) return undefined;
        at += keys.length;
      }
      return cells;
    },
  };
}

function looping(keys: readonly string[]): ReadRow {
  return (row, cells, start) => {
    let place = 0;
    // Such a loop gives values without looking for them by their keys.
    for (const key in row) {
      if (!hasOwn.call(row, key) || keys[place] !== key) return false;
      const cell = row[key];
      if (!isPlain(cell)) return false;
      cells[start + place++] = cell;
    }
    return place === keys.length;
  };
}

/** Here the engine learns where the rows keep each value. */
function generate(keys: readonly string[]): ReadRow | undefined {
  const data: Record<string, unknown> = { keys, isPlain, hasOwn };
  const lines = keys.map((key, place) => {
    data[`k${place}`] = key;
    return `cell = row[k${place}]; if (!isPlain(cell)) return false; cells[start + ${place}] = cell;`;
  });
  return generated(
    data,
    "return (row, cells, start) => { let place = 0, cell; " +
      "for (const key in row) if (!hasOwn.call(row, key) || keys[place++] !== key) return false; " +
      `if (place !== ${keys.length}) return false; ${lines.join(" ")} return true; }`,
  );
}
