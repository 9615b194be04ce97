import { expect, test } from "vitest";
import type { LogicalType } from "../../ast/logical-type.ts";
import { InvalidValueError } from "../../core/error.ts";
import { isoOf, readDate } from "./instant.ts";
import { arrayLiteral, itemsOf, postgresTypes } from "./types.ts";
import { readerOf, typeIdOf, wireValue } from "./untyped.ts";

test("an instant is read to the millisecond, whatever the length of its fraction", () => {
  const instants: Record<string, string> = {
    "2026-11-21 00:31:13+00": "2026-11-21T00:31:13.000Z",
    "2026-11-21 00:31:13.5+00": "2026-11-21T00:31:13.500Z",
    "2026-11-21 00:31:13.57+00": "2026-11-21T00:31:13.570Z",
    "2026-11-21 00:31:13.571+00": "2026-11-21T00:31:13.571Z",
    "2026-11-21 00:31:13.571999+00": "2026-11-21T00:31:13.571Z",
    "2026-11-21 00:31:13.000001+00": "2026-11-21T00:31:13.000Z",
    "2026-11-21 00:31:13": "2026-11-21T00:31:13.000Z",
    "1969-12-31 23:59:59.999999+00": "1969-12-31T23:59:59.999Z",
    "1000-01-01 00:00:00+00": "1000-01-01T00:00:00.000Z",
    "0999-12-31 23:59:59.9+00": "0999-12-31T23:59:59.900Z",
    "0099-01-02 03:04:05.006+00": "0099-01-02T03:04:05.006Z",
    "0001-01-01 00:00:00+00": "0001-01-01T00:00:00.000Z",
    "9999-12-31 23:59:59.999999+00": "9999-12-31T23:59:59.999Z",
  };
  for (const [text, iso] of Object.entries(instants)) {
    expect(readDate(text).toISOString(), text).toBe(iso);
    expect(isoOf(text, 3)).toBe(iso);
  }
});

test("the text of an instant has the digits of its precision", () => {
  expect(isoOf("2026-11-21 00:31:13.5+00", 6)).toBe("2026-11-21T00:31:13.500000Z");
  expect(isoOf("2026-11-21 00:31:13.571724+00", 0)).toBe("2026-11-21T00:31:13Z");
});

test("an instant that is infinite or far away is out of range", () => {
  for (const text of [
    "infinity",
    "-infinity",
    "0044-03-15 00:00:00+00 BC",
    "12026-01-01 00:00:00+00",
    "294276-12-31 23:59:59+00",
  ]) {
    expect(() => readDate(text), text).toThrow(/1 to 9999/);
    expect(() => isoOf(text, 3), text).toThrow(/1 to 9999/);
  }
});

test("an instant of a session in another time zone is not read as one of UTC", () => {
  expect(() => readDate("2026-11-21 00:31:13+02")).toThrow(/instant/);
  expect(() => readDate("2026-11-21 00:31:13.5+05:30")).toThrow(/instant/);
});

test("every item of an array is quoted", () => {
  expect(arrayLiteral([])).toBe("{}");
  expect(arrayLiteral(["NULL", "", 'a"b', "c\\d", "e,f", "{g}"])).toBe(
    '{"NULL","","a\\"b","c\\\\d","e,f","{g}"}',
  );
});

test("a decimal has the digits of its scale, and keeps those beyond it", () => {
  const read = (scale: number, text: string) =>
    postgresTypes.read({ kind: "decimal", precision: 10, scale }, false)!(text);
  expect(read(2, "9.90")).toBe("9.90");
  expect(read(2, "9")).toBe("9.00");
  expect(read(2, "-9.5")).toBe("-9.50");
  expect(read(2, "9.9000")).toBe("9.90");
  expect(read(2, "9.9010")).toBe("9.9010");
  expect(read(0, "9.000")).toBe("9");
  expect(read(0, "9")).toBe("9");
  for (const text of ["NaN", "Infinity", "-Infinity"]) {
    for (const scale of [0, 2]) expect(() => read(scale, text)).toThrow(/NaN or infinite/);
  }
});

test("a bigint read as a number refuses what a number can't hold", () => {
  const read = postgresTypes.read({ kind: "bigint", mode: "number" }, false)!;
  expect(read("9007199254740991")).toBe(Number.MAX_SAFE_INTEGER);
  expect(() => read("9007199254740993")).toThrow(/2\^53/);
});

test("values with a type are bound as text", () => {
  const types: [LogicalType, unknown, string][] = [
    [{ kind: "integer", bits: 32 }, -5, "-5"],
    [{ kind: "bigint", mode: "bigint" }, 2n ** 60n, "1152921504606846976"],
    [{ kind: "double" }, 1e-7, "1e-7"],
    [{ kind: "boolean" }, false, "false"],
    [{ kind: "timestamp", mode: "date", precision: 3 }, new Date(1), "1970-01-01T00:00:00.001Z"],
  ];
  for (const [type, value, text] of types) expect(postgresTypes.store(type)!(value)).toBe(text);
});

test("a value without a type tells what it is, and text doesn't", () => {
  const ids: [unknown, number][] = [
    [5, 23],
    [-(2 ** 31), 23],
    [2 ** 31, 20],
    [2 ** 53, 701],
    [0.5, 701],
    [-0, 23],
    [5n, 20],
    [true, 16],
    [new Date(0), 1184],
    [new Uint8Array(1), 17],
    ["5", 0],
    [null, 0],
  ];
  expect(ids.map(([value]) => [value, typeIdOf(value)])).toEqual(ids);
});

test("bytes go over the wire as they are, without a copy", () => {
  const memory = Uint8Array.of(1, 2, 3, 4);
  const sent = wireValue(memory.subarray(1, 3)) as Buffer;
  expect([...sent]).toEqual([2, 3]);
  expect(sent.buffer).toBe(memory.buffer);
  expect(wireValue(null)).toBe(null);
  expect(wireValue(-0)).toBe("0");
});

test("bytes of a cell are a Uint8Array of their own, no Buffer of a shared pool", () => {
  const bytes = readerOf(17)!(String.raw`\x00ff10`) as Uint8Array;
  expect(bytes).toEqual(Uint8Array.of(0, 255, 16));
  expect(bytes.constructor).toBe(Uint8Array);
});

test.each([
  ["{}", []],
  ['{a,NULL,"NULL"}', ["a", null, "NULL"]],
  [String.raw`{"a\"b","c\\d","e,{f}",""}`, ['a"b', "c\\d", "e,{f}", ""]],
  ["[0:1]={1,2}", ["1", "2"]],
])("takes the array %s apart", (text, items) => {
  expect(itemsOf(text)).toEqual(items);
});

test.each(["", "{", "a", "{{1},{2}}", "{a,}", '{"a}', "{a}b"])("refuses %j as an array", (text) => {
  expect(() => itemsOf(text)).toThrow(InvalidValueError);
});
