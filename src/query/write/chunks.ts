/** Many rows in few statements: of few lengths, so that there are few plans, and none larger than a server takes. */

import type { Capabilities } from "../../dialect/capabilities.ts";

/** Up to this many rows a statement has exactly their number; beyond, four of the numbers up to the next power of two. */
const MAX_EXACT_ROWS = 8;
export const MAX_CHUNK_ROWS = 512;
/**
 * So many rows of few values are one statement, as a thousand is how many a program often writes at once. A server keeps a
 * prepared statement of more values in megabytes.
 */
const MAX_NARROW_ROWS = 1_000;
const MAX_NARROW_VALUES = 8_192;
/** In this process there is no way to a server to be spared, and a statement that is short stays in the processor's cache. */
const MAX_EMBEDDED_ROWS = 64;
/** Servers of the MySQL family take 4 MiB in one packet and more, and a character may be four bytes. */
export const MAX_CHUNK_SIZE = 1_000_000;

type AnyRow = Readonly<Record<string, unknown>>;

type ChunkLimits = Pick<Capabilities, "isEmbedded" | "maxParameters">;

/** About how many characters or bytes a value is when it is sent; what is always small counts little. */
function sizeOf(value: unknown): number {
  if (typeof value === "string") return value.length;
  if (typeof value !== "object" || value === null || value instanceof Date) return 8;
  if (value instanceof Uint8Array) return value.length * 2;
  try {
    return JSON.stringify(value)?.length ?? 8;
  } catch {
    // What JSON can't be is refused where it is bound, by its column.
    return 8;
  }
}

export function sizeOfRow(row: AnyRow): number {
  let size = 0;
  for (const value of Object.values(row)) size += sizeOf(value);
  return size;
}

/** How many rows a statement of so many columns has at most. */
function maxRows(columnCount: number, { isEmbedded, maxParameters }: ChunkLimits): number {
  const most = Math.floor(maxParameters / Math.max(1, columnCount));
  const isNarrow = columnCount * MAX_NARROW_ROWS <= MAX_NARROW_VALUES;
  const mostSent = isNarrow ? MAX_NARROW_ROWS : MAX_CHUNK_ROWS;
  return Math.max(1, Math.min(isEmbedded ? MAX_EMBEDDED_ROWS : mostSent, most));
}

/** How many of so many rows the next statement has. */
function rounded(rowCount: number): number {
  if (rowCount <= MAX_EXACT_ROWS || rowCount === MAX_NARROW_ROWS) return rowCount;
  const step = 2 ** (Math.floor(Math.log2(rowCount)) - 2);
  return rowCount - (rowCount % step);
}

/** How many of the rows from `start` on are sent together, of at most so many. */
function fittingRows(rows: readonly AnyRow[], start: number, most: number): number {
  let fitting = 0;
  for (let size = 0; fitting < most; fitting++) {
    size += sizeOfRow(rows[start + fitting]!);
    if (size > MAX_CHUNK_SIZE && fitting > 0) break;
  }
  return fitting;
}

/** @param limits Nothing is sent to a database in this process, so that its rows need no measuring. */
export function chunksOf<Row extends AnyRow>(
  rows: readonly Row[],
  columnCount: number,
  limits: ChunkLimits,
): (readonly Row[])[] {
  const most = maxRows(columnCount, limits);
  const chunks: (readonly Row[])[] = [];
  for (let start = 0; start < rows.length;) {
    const left = Math.min(most, rows.length - start);
    const size = rounded(limits.isEmbedded ? left : fittingRows(rows, start, left));
    chunks.push(size === rows.length ? rows : rows.slice(start, start + size));
    start += size;
  }
  return chunks;
}
