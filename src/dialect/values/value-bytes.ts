/** Values as bytes, by their types: a UUID takes 16, an instant about 8. */

import type { LogicalType, TimestampType } from "../../ast/logical-type.ts";
import { instantOf } from "../../core/temporal.ts";
import { isoOfMicroseconds, microseconds } from "./instant-count.ts";

const DAY_MS = 86_400_000;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Groups of seven bits that a number holds exactly; bigints, which take ten times as long, are for more. */
const NUMBER_GROUPS = 7;
const MAX_GROUPS = 10;

class ByteWriter {
  readonly #parts: Uint8Array[] = [];
  /** Behind the parts. */
  #bytes: number[] = [];

  get bytes(): Uint8Array {
    const last = Uint8Array.from(this.#bytes);
    return this.#parts.length === 0 ? last : Buffer.concat([...this.#parts, last]);
  }

  byte(value: number): void {
    this.#bytes.push(value);
  }

  raw(bytes: Uint8Array): void {
    if (this.#bytes.length > 0) this.#parts.push(Uint8Array.from(this.#bytes));
    this.#bytes = [];
    this.#parts.push(bytes);
  }

  /** Seven bits a byte, the lowest first. */
  unsigned(value: bigint | number): void {
    if (typeof value === "bigint") {
      let left = value;
      for (; left > 0x7fn; left >>= 7n) this.byte(Number(left & 0x7fn) | 0x80);
      this.byte(Number(left));
      return;
    }
    let left = value;
    for (; left > 0x7f; left = Math.floor(left / 0x80)) this.byte((left % 0x80) | 0x80);
    this.byte(left);
  }

  /** Small numbers take few bytes, negative ones too. */
  signed(value: bigint | number): void {
    // Twice the number is below 2^53.
    if (typeof value === "number" && Math.abs(value) < 2 ** 52)
      return this.unsigned(value >= 0 ? value * 2 : -value * 2 - 1);
    const whole = BigInt(value);
    this.unsigned(whole >= 0n ? whole << 1n : (-whole << 1n) - 1n);
  }

  counted(bytes: Uint8Array): void {
    this.unsigned(bytes.length);
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

  byte(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw new RangeError("The bytes end before the value.");
    return byte;
  }

  raw(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new RangeError("The bytes end before the value.");
    const bytes = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return bytes;
  }

  unsigned(): bigint | number {
    let value = 0;
    for (let group = 0; group < NUMBER_GROUPS; group++) {
      const byte = this.byte();
      value += (byte & 0x7f) * 0x80 ** group;
      if (byte < 0x80) return value;
    }
    return this.#longer(BigInt(value));
  }

  #longer(lowest: bigint): bigint {
    let value = lowest;
    for (let group = NUMBER_GROUPS; group < MAX_GROUPS; group++) {
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << BigInt(7 * group);
      if (byte < 0x80) return value;
    }
    throw new RangeError("The number has no end.");
  }

  signed(): bigint | number {
    const value = this.unsigned();
    if (typeof value === "bigint") return value & 1n ? -((value + 1n) >> 1n) : value >> 1n;
    return value % 2 === 1 ? -((value + 1) / 2) : value / 2;
  }

  counted(): Buffer {
    return this.raw(Number(this.unsigned()));
  }
}

function writeValue(out: ByteWriter, type: LogicalType, value: unknown): void {
  switch (type.kind) {
    case "integer":
    case "bigint":
      out.signed(value as bigint | number);
      return;
    case "boolean":
      out.byte(value === true ? 1 : 0);
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
      out.signed(Date.parse(value as string) / DAY_MS);
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
        : BigInt(bytes.signed());
    case "boolean":
      return bytes.byte() === 1;
    case "double":
    case "real":
      return bytes.raw(8).readDoubleBE();
    case "uuid":
      return bytes
        .raw(16)
        .toString("hex")
        .replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
    case "timestamp":
      return readInstant(type, BigInt(bytes.signed()));
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

function nullsOf(values: readonly unknown[]): bigint | number {
  if (!values.includes(null)) return 0;
  return values.reduce<bigint>(
    (bits, value, at) => (value === null ? bits | (1n << BigInt(at)) : bits),
    0n,
  );
}

/** A bit for each value says whether it is NULL; the others follow. */
export function writeValues(types: readonly LogicalType[], values: readonly unknown[]): Uint8Array {
  const out = new ByteWriter();
  out.unsigned(nullsOf(values));
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
  const nulls = BigInt(bytes.unsigned());
  if (nulls >> BigInt(types.length) > 0n) throw new RangeError("There are NULLs of no column.");
  const values = types.map((type, at) => {
    if (nulls !== 0n && (nulls >> BigInt(at)) & 1n) {
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
