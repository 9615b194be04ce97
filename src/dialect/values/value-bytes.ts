/** Values as bytes, by their types: a UUID takes 16, an instant about 8. */

import type { LogicalType, TimestampType } from "../../ast/logical-type.ts";
import { instantOf } from "../../core/temporal.ts";
import { isoOfMicroseconds, microseconds } from "./instant-count.ts";

const DAY_MS = 86_400_000;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

class ByteWriter {
  readonly #parts: Uint8Array[] = [];

  get bytes(): Uint8Array {
    return Buffer.concat(this.#parts);
  }

  raw(bytes: Uint8Array): void {
    this.#parts.push(bytes);
  }

  /** Seven bits a byte, the lowest first. */
  unsigned(value: bigint): void {
    const bytes: number[] = [];
    let left = value;
    for (; left > 0x7fn; left >>= 7n) bytes.push(Number(left & 0x7fn) | 0x80);
    bytes.push(Number(left));
    this.raw(Uint8Array.from(bytes));
  }

  /** Small numbers take few bytes, negative ones too. */
  signed(value: bigint): void {
    this.unsigned(value >= 0n ? value << 1n : (-value << 1n) - 1n);
  }

  counted(bytes: Uint8Array): void {
    this.unsigned(BigInt(bytes.length));
    this.raw(bytes);
  }
}

class ByteReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  raw(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new RangeError("The bytes end before the value.");
    const bytes = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return bytes;
  }

  unsigned(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.raw(1)[0]!;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new RangeError("The number has no end.");
  }

  signed(): bigint {
    const value = this.unsigned();
    return value & 1n ? -((value + 1n) >> 1n) : value >> 1n;
  }

  counted(): Buffer {
    return this.raw(Number(this.unsigned()));
  }
}

function writeValue(out: ByteWriter, type: LogicalType, value: unknown): void {
  switch (type.kind) {
    case "integer":
    case "bigint":
      out.signed(BigInt(value as bigint | number));
      return;
    case "boolean":
      out.raw(Uint8Array.of(value === true ? 1 : 0));
      return;
    case "double":
    case "real": {
      const bytes = Buffer.alloc(8);
      bytes.writeDoubleBE(value as number);
      out.raw(bytes);
      return;
    }
    case "uuid":
      out.raw(Buffer.from((value as string).replaceAll("-", ""), "hex"));
      return;
    case "timestamp":
      out.signed(
        value instanceof Date ? BigInt(value.getTime()) * 1000n : microseconds(value as string),
      );
      return;
    case "date":
      out.signed(BigInt(Date.parse(value as string) / DAY_MS));
      return;
    case "bytes":
      out.counted(value as Uint8Array);
      return;
    default:
      out.counted(Buffer.from(value as string));
  }
}

function readInstant({ mode, precision }: TimestampType, micros: bigint): unknown {
  if (mode === "date") return new Date(Number(micros / 1000n));
  const text = isoOfMicroseconds(micros, precision);
  return mode === "string" ? text : instantOf(text);
}

function readValue(bytes: ByteReader, type: LogicalType): unknown {
  switch (type.kind) {
    case "integer":
      return Number(bytes.signed());
    case "bigint":
      return type.mode === "number" && type.flags === undefined
        ? Number(bytes.signed())
        : bytes.signed();
    case "boolean":
      return bytes.raw(1)[0] === 1;
    case "double":
    case "real":
      return bytes.raw(8).readDoubleBE();
    case "uuid":
      return bytes
        .raw(16)
        .toString("hex")
        .replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
    case "timestamp":
      return readInstant(type, bytes.signed());
    case "date":
      return new Date(Number(bytes.signed()) * DAY_MS).toISOString().slice(0, 10);
    case "bytes":
      return Uint8Array.from(bytes.counted());
    case "json":
      return JSON.parse(utf8.decode(bytes.counted())) as unknown;
    default:
      return utf8.decode(bytes.counted());
  }
}

/** A bit for each value says whether it is NULL; the others follow. */
export function writeValues(types: readonly LogicalType[], values: readonly unknown[]): Uint8Array {
  const out = new ByteWriter();
  out.unsigned(
    values.reduce<bigint>(
      (bits, value, at) => (value === null ? bits | (1n << BigInt(at)) : bits),
      0n,
    ),
  );
  types.forEach((type, at) => {
    if (values[at] !== null) writeValue(out, type, values[at]);
  });
  return out.bytes;
}

/** @throws where the bytes are none of these types. The values may still be none of their types. */
export function readValues(
  types: readonly LogicalType[],
  canBeNull: readonly boolean[],
  from: Uint8Array,
): unknown[] {
  const bytes = new ByteReader(from);
  const nulls = bytes.unsigned();
  if (nulls >> BigInt(types.length) > 0n) throw new RangeError("There are NULLs of no column.");
  const values = types.map((type, at) => {
    if ((nulls >> BigInt(at)) & 1n) {
      if (canBeNull[at] !== true) throw new RangeError("A value is NULL that can't be.");
      return null;
    }
    return readValue(bytes, type);
  });
  if (!bytes.isAtEnd) throw new RangeError("There are bytes behind the values.");
  return values;
}

/** One value, as its check gave it. */
export function bytesOfValue(type: LogicalType, value: unknown): Uint8Array {
  const out = new ByteWriter();
  writeValue(out, type, value);
  return out.bytes;
}

/** @throws where the bytes are no value of the type. */
export function valueOfBytes(type: LogicalType, bytes: Uint8Array): unknown {
  return readValue(new ByteReader(bytes), type);
}
