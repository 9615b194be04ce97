/** Reads the rows of prepared statements in one loop. The driver calls a function for each cell, and makes texts of instants. */

import type { Cells } from "../../../dialect/driver.ts";
import { dateText, ServerInstant } from "../instants.ts";

/** What the server tells of a column. */
export interface WireColumn {
  readonly columnType: number;
  readonly scale: number;
  readonly collation: { readonly index: number };
  signed(): boolean;
  isSet(): boolean;
}

/** Bytes, and where a row begins and ends among them. */
export interface RowPacket {
  readonly buf: Buffer;
  readonly pos: number;
  readonly end: number;
}

export type ReadRow = (packet: RowPacket) => Cells;

/** How a cell is written. Numbers come first, each with as many bytes as `WIDTHS` says. */
const TINY = 0;
const UNSIGNED_TINY = 1;
const SHORT = 2;
const UNSIGNED_SHORT = 3;
const INT = 4;
const UNSIGNED_INT = 5;
const FLOAT = 6;
const DOUBLE = 7;
const BIGINT = 8;
const UNSIGNED_BIGINT = 9;
const INSTANT = 10;
const DATE = 11;
const DECIMAL = 12;
const TEXT = 13;
const BYTES = 14;

const WIDTHS = [1, 1, 2, 2, 4, 4, 4, 8, 8, 8];

/** Rows up to this size are made one text, of which the row's texts are parts: each keeps the whole in memory. */
const MAX_LINE = 1024;

/** The number of a collation that bytes have. */
const BINARY = 63;

/** By the server's number of the type, signed and not. Source: MariaDB manual, "Result Set Packets", "Field Types". */
const FORMS = new Map<number, readonly [signed: number, unsigned: number]>([
  [0, [DECIMAL, DECIMAL]],
  [1, [TINY, UNSIGNED_TINY]],
  [2, [SHORT, UNSIGNED_SHORT]],
  [3, [INT, UNSIGNED_INT]],
  [4, [FLOAT, FLOAT]],
  [5, [DOUBLE, DOUBLE]],
  [7, [INSTANT, INSTANT]],
  [8, [BIGINT, UNSIGNED_BIGINT]],
  [10, [DATE, DATE]],
  [12, [INSTANT, INSTANT]],
  [245, [TEXT, TEXT]],
  [246, [DECIMAL, DECIMAL]],
]);

/** VARCHAR, the four lengths of BLOB, VAR_STRING, STRING: texts, and bytes. */
const TEXTS = new Set([15, 249, 250, 251, 252, 253, 254]);

/** Undefined for what comes seldom. */
function formOf(column: WireColumn): number | undefined {
  const { columnType } = column;
  if (!TEXTS.has(columnType)) return FORMS.get(columnType)?.[column.signed() ? 0 : 1];
  if (column.isSet()) return undefined;
  return column.collation.index === BINARY ? BYTES : TEXT;
}

/** The function that reads rows of such columns; undefined where the driver has to. */
export function rowReader(columns: readonly WireColumn[]): ReadRow | undefined {
  const forms: number[] = [];
  for (const column of columns) {
    const form = formOf(column);
    if (form === undefined) return undefined;
    forms.push(form);
  }
  const scales = columns.map((column) => column.scale);
  const hasTexts = forms.filter(isText).length > 1;
  return (packet) => readRow(packet, forms, scales, hasTexts);
}

function isText(form: number): boolean {
  return form === TEXT || form === DECIMAL;
}

/** Source: MariaDB manual, "Resultset Row": a byte 0, a bit for each column, the third and on, and what isn't NULL. */
function readRow(
  { buf, pos, end }: RowPacket,
  forms: readonly number[],
  scales: readonly number[],
  hasTexts: boolean,
): unknown[] {
  const { length } = forms;
  // A text of its own for each cell is a call into the runtime, which costs more than all else of the cell.
  const line = hasTexts && end - pos <= MAX_LINE ? buf.toString("latin1", pos, end) : undefined;
  const cells = new Array<unknown>(length);
  let at = pos + 1 + ((length + 9) >> 3);
  for (let place = 0, bit = 2; place < length; place++, bit++) {
    if ((buf[pos + 1 + (bit >> 3)]! & (1 << (bit & 7))) !== 0) {
      cells[place] = null;
      continue;
    }
    const form = forms[place]!;
    if (form < INSTANT) {
      cells[place] = readNumber(buf, at, form);
      at += WIDTHS[form]!;
      continue;
    }
    let size = buf[at++]!;
    if (size > 250) {
      const width = size === 252 ? 2 : size === 253 ? 3 : 8;
      size = width === 8 ? Number(buf.readBigUInt64LE(at)) : buf.readUIntLE(at, width);
      at += width;
    }
    if (line !== undefined && isText(form) && isAscii(buf, at, at + size)) {
      cells[place] = line.slice(at - pos, at - pos + size);
    } else cells[place] = readSized(buf, at, size, form, scales[place]!);
    at += size;
  }
  return cells;
}

function readNumber(buf: Buffer, at: number, form: number): unknown {
  switch (form) {
    case TINY:
      return (buf[at]! << 24) >> 24;
    case UNSIGNED_TINY:
      return buf[at]!;
    case SHORT:
      return (uint16(buf, at) << 16) >> 16;
    case UNSIGNED_SHORT:
      return uint16(buf, at);
    case INT:
      return int32(buf, at);
    case UNSIGNED_INT:
      return int32(buf, at) >>> 0;
    case FLOAT:
      return buf.readFloatLE(at);
    case DOUBLE:
      takeHalves(buf, at);
      return halves.getFloat64(0, true);
    default:
      return readBigint(buf, at, form);
  }
}

/** Where the halves of a number are put together, as `Buffer` does it by each byte, or by two halves and a sum. */
const halves = new DataView(new ArrayBuffer(8));

function takeHalves(buf: Buffer, at: number): void {
  halves.setInt32(0, int32(buf, at), true);
  halves.setInt32(4, int32(buf, at + 4), true);
}

function readBigint(buf: Buffer, at: number, form: number): bigint {
  takeHalves(buf, at);
  return form === BIGINT ? halves.getBigInt64(0, true) : halves.getBigUint64(0, true);
}

function isAscii(buf: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (buf[at]! > 127) return false;
  return true;
}

function readSized(buf: Buffer, at: number, size: number, form: number, scale: number): unknown {
  switch (form) {
    case TEXT:
      return buf.toString("utf8", at, at + size);
    case DECIMAL:
      return buf.toString("latin1", at, at + size);
    case BYTES:
      return buf.subarray(at, at + size);
    default: {
      // What is 0 up to the end is left out.
      const year = size < 4 ? 0 : uint16(buf, at);
      const month = size < 4 ? 0 : buf[at + 2]!;
      const day = size < 4 ? 0 : buf[at + 3]!;
      if (form === DATE) return dateText(year, month, day);
      const seconds = size < 7 ? 0 : (buf[at + 4]! * 60 + buf[at + 5]!) * 60 + buf[at + 6]!;
      const microseconds = size < 11 ? 0 : int32(buf, at + 7);
      return new ServerInstant(year, month, day, seconds, microseconds, scale);
    }
  }
}

function uint16(buf: Buffer, at: number): number {
  return buf[at]! | (buf[at + 1]! << 8);
}

function int32(buf: Buffer, at: number): number {
  return uint16(buf, at) | (uint16(buf, at + 2) << 16);
}
