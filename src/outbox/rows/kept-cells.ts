import type { Cells } from "../../dialect/driver.ts";

function isOwnObject(cell: unknown): cell is object {
  if (typeof cell !== "object" || cell === null || Array.isArray(cell)) return false;
  return !(cell instanceof Date || cell instanceof Uint8Array || isPlain(cell));
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/**
 * The cells of a row as a cache can keep them: objects of a driver's own, such as an instant in its parts, as the texts
 * that they stand for, which decoders read as well.
 */
export function keptCells(cells: Cells): Cells {
  return cells.some(isOwnObject)
    ? // oxlint-disable-next-line typescript/no-base-to-string -- such objects are texts in parts.
      cells.map((cell) => (isOwnObject(cell) ? String(cell) : cell))
    : cells;
}
