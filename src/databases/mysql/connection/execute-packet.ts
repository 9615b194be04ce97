/**
 * Writes COM_STMT_EXECUTE with all its values in one loop. The driver calls two functions for each value, and measures
 * each text before it writes it.
 */

import { LARGE_BYTES } from "./large-bytes.ts";

/** Larger ones are the driver's, which cuts them to what the server takes. */
const MAX_SIZE = 4_000_000;

/** Numbers of types. Source: MariaDB manual, "Result Set Packets", "Field Types". */
const TINY = 1;
const INT = 3;
const DOUBLE = 5;
const BIGINT = 8;
const BLOB = 252;
const VAR_STRING = 253;

const MAX_BIGINT = 2n ** 63n - 1n;

/** The packet's length, its number, the command, the statement, no cursor, once. */
const HEAD_SIZE = 4 + 1 + 4 + 1 + 4;
/** A length is at most so long. */
const MAX_LENGTH_SIZE = 4;

/** Texts of so many characters have fewer bytes than a length of one byte, and of two, can say. */
const SHORT_TEXT = 83;
const MIDDLE_TEXT = 21_845;
/** Up to this length a loop is quicker than a call into the runtime. */
const LOOPED_TEXT = 24;

/** Up to this size a packet is cut from Node's pool. */
const SMALL_PACKET = 512;

/** Values of larger ones are written here first, as what they will take is known only then. */
let scratch = Buffer.allocUnsafeSlow(65_536);

/** How many bytes the packet takes at most; undefined where one is the driver's to write. */
function maxSizeOf(values: readonly unknown[]): number | undefined {
  // A bit for each that tells NULL, and its type.
  let size = HEAD_SIZE + ((values.length + 7) >> 3) + 1 + values.length * 2;
  for (const value of values) {
    switch (typeof value) {
      case "string":
        size += MAX_LENGTH_SIZE + value.length * 3;
        break;
      case "number":
        size += (value | 0) === value ? 4 : 8;
        break;
      case "boolean":
        size += 1;
        break;
      case "bigint":
        if (value > MAX_BIGINT) return undefined;
        size += 8;
        break;
      default:
        if (value === null) break;
        if (!Buffer.isBuffer(value) || value.length >= LARGE_BYTES) return undefined;
        size += MAX_LENGTH_SIZE + value.length;
    }
  }
  return size > MAX_SIZE ? undefined : size;
}

/**
 * Source: MariaDB manual, "COM_STMT_EXECUTE". Types and values are as the driver sends them.
 *
 * @returns undefined where the driver has to write it.
 */
export function executePacket(statementId: number, values: readonly unknown[]): Buffer | undefined {
  const maxSize = maxSizeOf(values);
  if (maxSize === undefined) return undefined;
  // A small one wastes little where its texts turn out to be shorter, and is spared the copy.
  if (maxSize <= SMALL_PACKET) {
    const packet = Buffer.allocUnsafe(maxSize);
    const end = writePacket(packet, statementId, values);
    return end === maxSize ? packet : packet.subarray(0, end);
  }
  if (maxSize > scratch.length) scratch = Buffer.allocUnsafeSlow(maxSize);
  return Buffer.from(scratch.subarray(0, writePacket(scratch, statementId, values)));
}

/** @returns where it ends. */
function writePacket(buf: Buffer, statementId: number, values: readonly unknown[]): number {
  const end = writeValues(buf, values);
  const size = end - 4;
  buf[0] = size;
  buf[1] = size >> 8;
  buf[2] = size >> 16;
  buf[3] = 0;
  buf[4] = 0x17;
  writeInt32(buf, 5, statementId);
  buf[9] = 0;
  writeInt32(buf, 10, 1);
  return end;
}

/** A bit for each that is NULL, a byte 1, two bytes for each type, and what isn't NULL. @returns where they end. */
function writeValues(buf: Buffer, values: readonly unknown[]): number {
  const { length } = values;
  const nulls = HEAD_SIZE;
  let typeAt = nulls + ((length + 7) >> 3);
  if (length === 0) return typeAt;
  for (let place = nulls; place < typeAt; place++) buf[place] = 0;
  buf[typeAt++] = 1;
  let at = typeAt + length * 2;
  for (let place = 0; place < length; place++) {
    const value = values[place];
    let type = VAR_STRING;
    if (typeof value === "string") at = writeText(buf, at, value);
    else if (typeof value === "number") {
      if ((value | 0) === value) {
        type = INT;
        at = writeInt32(buf, at, value);
      } else {
        type = DOUBLE;
        at = buf.writeDoubleLE(value, at);
      }
    } else if (value === null) buf[nulls + (place >> 3)]! |= 1 << (place & 7);
    else if (typeof value === "bigint") {
      type = BIGINT;
      at = buf.writeBigInt64LE(value, at);
    } else if (typeof value === "boolean") {
      type = TINY;
      buf[at++] = value ? 1 : 0;
    } else {
      type = BLOB;
      const bytes = value as Buffer;
      at = writeLength(buf, at, bytes.length);
      at += bytes.copy(buf, at);
    }
    buf[typeAt++] = type;
    buf[typeAt++] = 0;
  }
  return at;
}

function writeInt32(buf: Buffer, at: number, value: number): number {
  buf[at] = value;
  buf[at + 1] = value >> 8;
  buf[at + 2] = value >> 16;
  buf[at + 3] = value >> 24;
  return at + 4;
}

/** A length is said in two bytes and three, whatever it is. */
function writeLength(buf: Buffer, at: number, length: number): number {
  buf[at] = length < 65_536 ? 252 : 253;
  buf[at + 1] = length;
  buf[at + 2] = length >> 8;
  if (length < 65_536) return at + 3;
  buf[at + 3] = length >> 16;
  return at + 4;
}

function writeText(buf: Buffer, at: number, text: string): number {
  const { length } = text;
  if (length > SHORT_TEXT) {
    // The text first, as only then it is known how long it is.
    const begin = at + (length > MIDDLE_TEXT ? 4 : 3);
    const size = buf.write(text, begin);
    if (length <= MIDDLE_TEXT) writeLength(buf, at, size);
    else {
      buf[at] = 253;
      buf.writeUIntLE(size, at + 1, 3);
    }
    return begin + size;
  }
  if (length <= LOOPED_TEXT) {
    let place = 0;
    for (; place < length; place++) {
      const code = text.charCodeAt(place);
      if (code > 127) break;
      buf[at + 1 + place] = code;
    }
    if (place === length) {
      buf[at] = length;
      return at + 1 + length;
    }
  }
  const size = buf.write(text, at + 1);
  buf[at] = size;
  return at + 1 + size;
}
