import { expect, test } from "vitest";
import type { LogicalType } from "../../ast/logical-type.ts";
import type { CursorError } from "../../core/error.ts";
import { asc } from "../order.ts";
import { tableSelection } from "../read/selection.ts";
import { emptyStatement } from "../statement.ts";
import { infoOf, table } from "../../schema/table.ts";
import {
  bigint,
  boolean,
  bytes,
  date,
  decimal,
  double,
  enumType,
  integer,
  real,
  text,
  time,
  timestamp,
  uuid,
  varchar,
} from "../../schema/types.ts";
import { readCursor, secretsOf, writeCursor, type CursorFormat } from "./cursor.ts";
import { checkerOf } from "../../dialect/values/type-map.ts";
import { readValues, writeValues } from "../../dialect/values/value-bytes.ts";
import { keyTermsOf } from "./key-terms.ts";

const mood = enumType("mood", ["low", "high"]);
const values: readonly (readonly [LogicalType, readonly unknown[]])[] = [
  [integer().spec.type, [0, 1, -1, 2 ** 31 - 1, -(2 ** 31)]],
  [bigint().spec.type, [0n, 2n ** 63n - 1n, -(2n ** 63n)]],
  [bigint({ mode: "number" }).spec.type, [0, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]],
  [boolean().spec.type, [true, false]],
  [double().spec.type, [0, -0.1, 1e300, Number.MIN_VALUE]],
  [real().spec.type, [Math.fround(0.1)]],
  [decimal({ precision: 30, scale: 2 }).spec.type, ["0.00", "-1234567890123456789012345678.90"]],
  [text().spec.type, ["", "a", "ä\u{1F600}", "x".repeat(5_000)]],
  [uuid().spec.type, ["01234567-89ab-cdef-0123-456789abcdef"]],
  [date().spec.type, ["0001-01-01", "1969-12-31", "9999-12-31"]],
  [time({ precision: 6 }).spec.type, ["23:59:59.999999"]],
  [
    timestamp({ precision: 6, mode: "string" }).spec.type,
    ["0001-01-01T00:00:00.000001Z", "1969-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"],
  ],
  [bytes().spec.type, [Uint8Array.of(), Uint8Array.of(0, 255)]],
  [mood().spec.type, ["low", "high"]],
];

test("values of every type come back as they were", () => {
  for (const [type, all] of values) {
    for (const value of [...all, null]) {
      const types = [type, type];
      const bytesOf = writeValues(types, [value, null]);
      expect(readValues(types, [true, true], bytesOf)).toEqual([value, null]);
    }
  }
});

test("bytes that are no values of the types are refused", () => {
  const wrong = (types: LogicalType[], canBeNull: boolean[], from: number[]): void => {
    expect(() => {
      const read = readValues(types, canBeNull, Uint8Array.from(from));
      read.forEach((value, place) => checkerOf(types[place]!)(value));
    }).toThrow();
  };
  const whole = integer().spec.type;
  wrong([whole], [false], []);
  wrong([whole], [false], [1]);
  wrong([whole], [true], [2]);
  wrong([whole], [true], [0]);
  wrong([whole], [true], [0, 2, 2]);
  wrong([whole], [true], [0, ...Array.from({ length: 12 }, () => 0xff)]);
  wrong([whole], [true], [0, 0xff, 0xff, 0xff, 0xff, 0x7f]);
  wrong([mood().spec.type], [true], [0, 1, 65]);
  wrong([text().spec.type], [true], [0, 1, 0xff]);
  wrong([text().spec.type], [true], [0, 1, 0]);
  wrong([varchar({ length: 1 }).spec.type], [true], [0, 2, 65, 65]);
  wrong([uuid().spec.type], [true], [0, 1, 2]);
  wrong([double().spec.type], [true], [0, 0x7f, 0xf0, 0, 0, 0, 0, 0, 0]);
});

const rows = table("rows", { id: integer().primaryKey(), key: uuid().notNull(), name: text() });

function formatOf(secrets: readonly string[] = []): CursorFormat {
  const info = infoOf(rows);
  const statement = { ...emptyStatement(info, tableSelection(info)), orderBy: [asc(rows.key)] };
  return { terms: keyTermsOf(statement, false), query: Buffer.from("abcdef"), secrets };
}

const VALUES = ["01234567-89ab-cdef-0123-456789abcdef", 7];

test("a cursor is short, and the same for the same row", () => {
  const cursor = writeCursor(formatOf(), VALUES);
  expect(cursor).toBe(writeCursor(formatOf(), VALUES));
  expect(cursor.length).toBe(39);
  expect(writeCursor(formatOf(["0123456789abcdef"]), VALUES).length).toBe(55);
});

test("a cursor tells what is wrong with it, and never what is in it", () => {
  const secret = "0123456789abcdef";
  const reasonOf = (format: CursorFormat, cursor: string): string => {
    try {
      readCursor(format, cursor);
      return "none";
    } catch (error) {
      const { code, message, reason } = error as CursorError;
      expect(code).toBe("E_CURSOR");
      expect(message).not.toMatch(/0123|cdef/);
      return reason;
    }
  };
  const plain = writeCursor(formatOf(), VALUES);
  const signed = writeCursor(formatOf([secret]), VALUES);
  expect(readCursor(formatOf([secret]), signed)).toEqual(VALUES);
  expect(reasonOf(formatOf([secret]), plain)).toBe("unsigned");
  expect(reasonOf(formatOf(), signed)).toBe("signed");
  expect(reasonOf(formatOf(["another secret, long"]), signed)).toBe("forged");
  expect(reasonOf({ ...formatOf(), query: Buffer.from("ABCDEF") }, plain)).toBe("another query");
  // The last letter of some lengths has bits that mean nothing.
  const letters = Array.from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
  const sameBytes = letters
    .map((letter) => plain.slice(0, -1) + letter)
    .filter((other) => other !== plain);
  for (const other of sameBytes) expect(reasonOf(formatOf(), other)).toBe("damaged");
});

test("a secret that could be guessed is refused", () => {
  expect(secretsOf(undefined)).toEqual([]);
  expect(secretsOf("0123456789abcdef")).toEqual(["0123456789abcdef"]);
  for (const secret of ["", "short", ["0123456789abcdef", ""], [7 as never]])
    expect(() => secretsOf(secret)).toThrow(/16 characters/);
});
