/** What the driver gives as what is asked of a connection; cells whose type the query doesn't give by the types that the server tells. */

import { UnsupportedError } from "../../../core/error.ts";
import type { Cells, WriteResult } from "../../../dialect/driver.ts";
import { readJson, readSafeInteger, type Decode } from "../../../dialect/values/type-map.ts";
import { readDate } from "../instants.ts";

/** What the driver tells of a column. */
export interface ColumnDefinition {
  readonly type: string;
  readonly scale: number;
  /** Whether MariaDB marks the column as JSON, which is text to it. */
  isDataTypeFormatJson?(): boolean;
  name(): string;
  /** The table that it is of; empty for an expression. */
  orgTable(): string;
}

export interface ResultRows extends Array<Cells> {
  readonly meta: readonly ColumnDefinition[];
}

export function isRows(answer: unknown): answer is ResultRows {
  return Array.isArray(answer);
}

function readBytes(cell: unknown): unknown {
  // A copy: what the driver gives is a view of a packet.
  return Buffer.isBuffer(cell) ? new Uint8Array(cell) : cell;
}

/**
 * How a column is read. Whole numbers are numbers where that is exact; that is also what a sum of whole numbers is, which
 * the server types as a DECIMAL without digits after the point. Other decimals are text.
 */
function readerOf(column: ColumnDefinition): Decode | undefined {
  if (column.isDataTypeFormatJson?.() === true) return readJson;
  switch (column.type) {
    case "BIGINT":
      return readSafeInteger;
    case "DECIMAL":
    case "NEWDECIMAL":
      return column.scale === 0 && column.orgTable() === "" ? readSafeInteger : undefined;
    case "DATETIME":
    case "DATETIME2":
    case "TIMESTAMP":
    case "TIMESTAMP2":
      return readDate;
    case "JSON":
      return readJson;
    default:
      return readBytes;
  }
}

export function readPlaces(rows: ResultRows, places: readonly number[]): readonly Cells[] {
  const readers = places.map((place) => readerOf(rows.meta[place]!));
  return rows.map((cells) => {
    const values = [...cells];
    places.forEach((place, index) => {
      const cell = values[place];
      const read = readers[index];
      if (read !== undefined && cell !== null) values[place] = read(cell);
    });
    return values;
  });
}

export function namesOf(rows: ResultRows): string[] {
  return rows.meta.map((column) => column.name());
}

/** The rows whose last cell, how many were kept so far, is as before: the others were there already. */
export function insertedRows(rows: ResultRows): ResultRows {
  let keptCount = 0;
  const inserted = rows.filter((cells) => {
    const before = keptCount;
    keptCount = Number(cells.at(-1));
    return keptCount === before;
  });
  return Object.assign(inserted, { meta: rows.meta });
}

/**
 * What a procedure gives is a list: its results, and how it ended.
 *
 * @throws {UnsupportedError} for several results. They are there, but an answer has the rows of one.
 */
export function onlyResultOf(answer: unknown): unknown {
  if (!isRows(answer) || answer.meta !== undefined) return answer;
  const results: readonly unknown[] = answer;
  const [only, ...others] = results.filter(isRows);
  if (others.length === 0) return only;
  throw severalResults();
}

export function severalResults(): UnsupportedError {
  return new UnsupportedError({
    dialect: "MySQL",
    feature: "reading several results of one statement",
    instead:
      "The statement was run, and what it wrote is written. Let a procedure give one result, or none.",
  });
}

export function rowsOf(answer: unknown): readonly Cells[] {
  return isRows(answer) ? answer : [];
}

export function firstOf(answer: unknown): Cells | undefined {
  return isRows(answer) ? answer[0] : undefined;
}

/** Rows, with the columns that tell what their cells are. */
export function withColumns(answer: unknown, columns: unknown): unknown {
  if (isRows(answer)) Object.assign(answer, { meta: columns });
  return answer;
}

export function writeResultOf(answer: unknown): WriteResult {
  if (isRows(answer)) return { affectedRows: answer.length, insertId: undefined };
  const { affectedRows, insertId } = answer as { affectedRows: number; insertId: bigint };
  return { affectedRows, insertId: insertId === 0n ? undefined : insertId };
}
