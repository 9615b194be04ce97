import { describe, expect, test } from "vitest";
import type { LogicalType } from "../../ast/logical-type.ts";
import { encoderOf } from "../../dialect/values/type-map.ts";
import { mariadb } from "./mariadb.ts";
import { readDate, ServerInstant } from "./instants.ts";
import { mysqlTypes } from "./types.ts";
import { mysql } from "./variant.ts";

const types = mysqlTypes(mariadb);

describe("an instant", () => {
  test("is read to the millisecond, in UTC, in every century", () => {
    const cases = [
      ["2024-02-29 23:59:59", "2024-02-29T23:59:59.000Z"],
      ["2024-02-29 23:59:59.7", "2024-02-29T23:59:59.700Z"],
      ["1969-12-31 23:59:59.123999", "1969-12-31T23:59:59.123Z"],
      ["0050-01-01 00:00:00.001", "0050-01-01T00:00:00.001Z"],
      ["2024-02-29", "2024-02-29T00:00:00.000Z"],
    ];
    for (const [cell, iso] of cases) expect(readDate(cell).toISOString()).toBe(iso);
  });

  test("in parts is the same as its text", () => {
    const cases = [
      [2024, 2, 29, 86_399, 0, 0],
      [2024, 2, 29, 86_399, 700_000, 1],
      [1969, 12, 31, 86_399, 123_999, 6],
      [1900, 3, 1, 0, 1, 6],
      [50, 1, 1, 3_661, 1_000, 3],
      [9999, 12, 31, 86_399, 999_999, 6],
    ] as const;
    for (const [year, month, day, second, microsecond, scale] of cases) {
      const instant = new ServerInstant(year, month, day, second, microsecond, scale);
      expect(readDate(instant)).toEqual(readDate(String(instant)));
      expect(readDate(instant).toISOString().slice(0, 10)).toBe(String(instant).slice(0, 10));
    }
  });

  test("is of every day that there is", () => {
    for (let day = -719_528; day < 2_932_897; day += 37) {
      const iso = new Date(day * 86_400_000).toISOString();
      expect(readDate(iso.slice(0, 10)).toISOString()).toBe(iso);
    }
  });

  test("that has no month or day is refused, not guessed", () => {
    expect(() => readDate("0000-00-00 00:00:00")).toThrow(/month or day is 0/);
    expect(() => readDate("2024-02-00 00:00:00")).toThrow(/month or day is 0/);
    expect(() => readDate(new ServerInstant(0, 0, 0, 0, 0, 0))).toThrow(/month or day is 0/);
  });

  test("as text has the digits of its precision", () => {
    const read = (precision: number) =>
      types.read({ kind: "timestamp", mode: "string", precision }, false)!;

    expect(read(6)("2024-01-02 03:04:05.12")).toBe("2024-01-02T03:04:05.120000Z");
    expect(read(3)("2024-01-02 03:04:05.123456")).toBe("2024-01-02T03:04:05.123Z");
    expect(read(0)("2024-01-02 03:04:05")).toBe("2024-01-02T03:04:05Z");
  });
});

describe("a whole number", () => {
  test("beyond 32 bits is bound as a bigint, for the driver would bind a floating-point number", () => {
    const encode = encoderOf(types, { kind: "bigint", mode: "number" });

    expect(encode(2 ** 31 - 1)).toBe(2 ** 31 - 1);
    expect(encode(2 ** 31)).toBe(2n ** 31n);
    expect(encode(-(2 ** 53) + 1)).toBe(-(2n ** 53n) + 1n);
    expect(types.storeUntyped(2 ** 40)).toBe(2n ** 40n);
    expect(types.storeUntyped(0.5)).toBe(0.5);
  });

  test("is read from a number, a bigint or the text of a sum", () => {
    const read = (type: LogicalType) => types.read(type, false)!;

    expect(read({ kind: "bigint", mode: "bigint" })("9223372036854775807")).toBe(2n ** 63n - 1n);
    expect(() => read({ kind: "bigint", mode: "bigint" })("9223372036854775808")).toThrow(
      /64 bits/,
    );
    expect(read({ kind: "bigint", mode: "number" })(5n)).toBe(5);
    expect(() => read({ kind: "bigint", mode: "number" })(2n ** 53n)).toThrow(/2\^53/);
    expect(read({ kind: "boolean" })(1n)).toBe(true);
  });
});

test("a UUID is 16 bytes to MySQL, and comes back as it was", () => {
  const uuid = "0192f000-0000-7000-8000-00000000abcd";
  const { store, read } = mysqlTypes(mysql);
  const bytes = store({ kind: "uuid" })!(uuid) as Buffer;

  expect(bytes).toHaveLength(16);
  expect(read({ kind: "uuid" }, false)!(bytes)).toBe(uuid);
  expect(types.store({ kind: "uuid" })).toBeUndefined();
});

test("bytes without a type are given to the driver as the Buffer that it wants, without a copy", () => {
  const bytes = new Uint8Array([1, 2, 3, 4]).subarray(1, 3);
  const stored = types.storeUntyped(bytes) as Buffer;

  expect(Buffer.isBuffer(stored)).toBe(true);
  expect([...stored]).toEqual([2, 3]);
  expect(stored.buffer).toBe(bytes.buffer);
});
