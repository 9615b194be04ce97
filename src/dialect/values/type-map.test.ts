import { expect, test } from "vitest";
import type { LogicalType } from "../../ast/logical-type.ts";
import { decimal, integer, json, text, timestamp, varchar } from "../../schema/types.ts";
import { canonicalDecimal, canonicalInstant, checkerOf } from "./type-map.ts";

const decimalType = (precision: number, scale: number) =>
  decimal({ precision, scale }).spec.type as Extract<LogicalType, { kind: "decimal" }>;

test.each([
  ["0", "0.00"],
  ["-0", "0.00"],
  ["-0.00", "0.00"],
  ["00012", "12.00"],
  [".5", "0.50"],
  ["5.", "5.00"],
  ["-.01", "-0.01"],
  ["1.500000", "1.50"],
  ["999.99", "999.99"],
])("the decimal %s is %s", (given, expected) => {
  expect(canonicalDecimal(given, decimalType(5, 2))).toBe(expected);
});

test.each(["1000", "-1000", "0.001", "1.005"])(
  "the decimal %s is out of the range of (5, 2)",
  (given) => {
    expect(() => canonicalDecimal(given, decimalType(5, 2))).toThrowError(
      expect.objectContaining({ code: "E_OUT_OF_RANGE" }),
    );
  },
);

test.each([
  "",
  "-",
  ".",
  "+1",
  "1e2",
  "0x1",
  "1 ",
  " 1",
  "1,0",
  "--1",
  "1.2.3",
  "NaN",
  "Infinity",
  "٣",
  "1\n",
])("%j is no decimal", (given) => {
  expect(() => canonicalDecimal(given, decimalType(5, 2))).toThrowError(
    expect.objectContaining({ code: "E_INVALID_VALUE" }),
  );
});

test("a decimal keeps its value in its one spelling, and has no other", () => {
  let state = 7;
  const below = (limit: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state % limit;
  };
  for (let round = 0; round < 2_000; round++) {
    const scale = below(8);
    const digits = String(below(1_000_000_000)).padStart(scale + 1, "0");
    const whole = digits.slice(0, digits.length - scale);
    const fraction = scale === 0 ? "" : digits.slice(-scale);
    const given = `${below(2) === 0 ? "-" : ""}${"0".repeat(below(3))}${whole}${below(2) === 0 || fraction ? "." : ""}${fraction}${"0".repeat(below(3))}`;
    const spelt = canonicalDecimal(
      given.endsWith(".") ? given.slice(0, -1) : given,
      decimalType(20, 8),
    );

    const scaled = (text: string): bigint => {
      const [before = "", after = ""] = text.replace("-", "").split(".");
      const value = BigInt(before + after.padEnd(8, "0").slice(0, 8));
      return text.startsWith("-") ? -value : value;
    };
    expect(scaled(spelt)).toBe(scaled(given));
    expect(spelt).toMatch(/^(?:-(?!0\.0+$))?(?:0|[1-9]\d*)\.\d{8}$/);
    expect(canonicalDecimal(spelt, decimalType(20, 8))).toBe(spelt);
  }
});

test.each([
  ["2026-01-31T12:00:00Z", 6, "2026-01-31T12:00:00.000000Z"],
  ["2026-01-31 12:00:00.5Z", 3, "2026-01-31T12:00:00.500Z"],
  ["2026-01-31T12:00:00.123456Z", 0, "2026-01-31T12:00:00Z"],
  ["2024-02-29T23:59:59.999999Z", 1, "2024-02-29T23:59:59.9Z"],
  ["0001-01-01T00:00:00Z", 0, "0001-01-01T00:00:00Z"],
])("the instant %s to %i digits is %s", (given, precision, expected) => {
  expect(canonicalInstant(given, precision)).toBe(expected);
});

test.each([
  "2026-02-29T00:00:00Z",
  "2026-13-01T00:00:00Z",
  "2026-00-10T00:00:00Z",
  "2026-04-31T00:00:00Z",
  "2026-01-31T24:00:00Z",
  "2026-01-31T12:60:00Z",
  "2026-01-31T12:00:60Z",
  "2026-01-31T12:00:00",
  "2026-01-31T12:00:00+00:00",
  "2026-01-31T12:00Z",
  "2026-01-31T12:00:00.1234567Z",
  "26-01-31T12:00:00Z",
  "0000-01-01T00:00:00Z",
  "+10000-01-01T00:00:00Z",
  "2026-01-31T12:00:00Z\n",
  "now",
])("%j is no instant", (given) => {
  expect(() => canonicalInstant(given, 6)).toThrowError(
    expect.objectContaining({
      code: expect.stringMatching(/^E_(?:INVALID_VALUE|OUT_OF_RANGE)$/) as unknown,
    }),
  );
});

test("a Date is cut to its precision towards the past, and is not changed itself", () => {
  const check = checkerOf(timestamp({ precision: 0 }).spec.type);
  const given = new Date(-1);
  expect(check(given)).toEqual(new Date(-1_000));
  expect(given.getTime()).toBe(-1);
  expect(checkerOf(timestamp({ precision: 1 }).spec.type)(new Date(199))).toEqual(new Date(100));
});

test("the length of a text is counted in code points", () => {
  const check = checkerOf(varchar({ length: 3 }).spec.type);
  expect(check("😀😀😀")).toBe("😀😀😀");
  expect(() => check("😀😀😀!")).toThrowError(
    expect.objectContaining({ code: "E_VALUE_TOO_LONG" }),
  );
  expect(() => check("e\u0301e\u0301")).toThrowError(
    expect.objectContaining({ code: "E_VALUE_TOO_LONG" }),
  );
});

test("JSON is refused for NUL and half surrogate pairs, not for texts that look like their escapes", () => {
  const check = checkerOf(json().spec.type);
  for (const value of ["\0", "\\\0", "a\ud800", { "\udc00": 1 }, [["\\\\\0"]]])
    expect(() => check(value)).toThrowError(expect.objectContaining({ code: "E_INVALID_VALUE" }));
  for (const value of ["\\u0000", "\\\\ud800", String.raw`\\\u0000`, "\u0001", "😀", "\u2028"])
    expect(JSON.parse(String(check(value)))).toBe(value);
});

test("a message tells the kind of a value and never the value", () => {
  for (const value of ["canary", ["canary"], { canary: 1 }, Symbol("canary"), () => "canary"]) {
    for (const type of [integer(), timestamp(), decimal({ precision: 4 })]) {
      expect(() => checkerOf(type.spec.type)(value)).toThrowError(/^(?!.*canary)/s);
    }
  }
  expect(() => checkerOf(text().spec.type)(["canary"])).toThrowError(
    "The value must be a string, and is an array.",
  );
});
