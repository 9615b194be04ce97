/** Values at the edges of every type: what is kept, what is stored in another spelling, what is refused. */

/** The columns that hold them. */
export type SampleKey =
  | "small"
  | "whole"
  | "big"
  | "safe"
  | "real"
  | "price"
  | "wide"
  | "units"
  | "flag"
  | "body"
  | "title"
  | "key"
  | "at"
  | "second"
  | "micro"
  | "fine"
  | "tenth"
  | "single"
  | "day"
  | "clock"
  | "milli"
  | "finest"
  | "raw"
  | "hash"
  | "data";

export const MAX_BIGINT: bigint = 2n ** 63n - 1n;
const MIN_BIGINT = -(2n ** 63n);

/** Stored and read back as it was given. */
export const kept: readonly (readonly [SampleKey, readonly unknown[]])[] = [
  ["small", [0, 1, -1, 32_767, -32_768]],
  ["whole", [0, 2_147_483_647, -2_147_483_648]],
  [
    "big",
    [0n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 53n + 1n, -(2n ** 53n) - 1n, MAX_BIGINT, MIN_BIGINT],
  ],
  ["safe", [0, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]],
  [
    "real",
    [0, 0.1, -1.5, 1 / 3, 1e21, 123_456_789.123_456_79, 5e-324, Number.MAX_VALUE, 2 ** 53 + 2],
  ],
  ["price", ["0.00", "9.90", "-0.01", "9999999999999999.99", "-9999999999999999.99"]],
  ["wide", ["0.00000000", "123456789012345678901234567890.12345678", "-0.00000001"]],
  ["units", ["0", "123456789012345678901234567890", "-123456789012345678901234567890"]],
  ["flag", [true, false]],
  [
    "body",
    [
      "",
      " ",
      "trailing ",
      "é e\u0301",
      "😀 👩‍👩‍👧",
      "\u{10FFFF}",
      "\r\n\t\u0001\u007f\\",
      `'"\`;--`,
      "null",
      "x".repeat(2 ** 20),
    ],
  ],
  ["title", ["", "0123456789", "😀😀😀😀😀😀😀😀😀😀"]],
  [
    "key",
    [
      "00000000-0000-0000-0000-000000000000",
      "ffffffff-ffff-ffff-ffff-ffffffffffff",
      "0190a3c4-5d6e-7f80-9123-456789abcdef",
    ],
  ],
  [
    "at",
    [
      new Date(0),
      new Date(-1),
      new Date("0001-01-01T00:00:00.000Z"),
      new Date("9999-12-31T23:59:59.999Z"),
      new Date("2026-03-29T01:30:00.123Z"),
      new Date("1900-01-01T00:00:00.001Z"),
    ],
  ],
  ["second", [new Date("2026-01-31T12:00:01.000Z"), new Date("0001-01-01T00:00:00.000Z")]],
  [
    "micro",
    [
      "2026-01-31T12:00:00.123456Z",
      "1969-12-31T23:59:59.999999Z",
      "0001-01-01T00:00:00.000001Z",
      "9999-12-31T23:59:59.999999Z",
    ],
  ],
  ["fine", [new Date("2026-01-31T12:00:00.123Z"), new Date("1969-12-31T23:59:59.999Z")]],
  ["tenth", ["2026-01-31T12:00:00.1Z", "0001-01-01T00:00:00.0Z"]],
  ["single", [0, 0.5, -1.5, 16_777_216, 2 ** -149, -(2 ** -126), (2 - 2 ** -23) * 2 ** 127]],
  ["day", ["0001-01-01", "1582-10-10", "1969-12-31", "2024-02-29", "9999-12-31"]],
  ["clock", ["00:00:00", "12:30:59", "23:59:59"]],
  ["milli", ["00:00:00.000", "12:00:00.500", "23:59:59.999"]],
  ["finest", ["00:00:00.000001", "12:00:00.000000", "23:59:59.999999"]],
  [
    "raw",
    [
      new Uint8Array(0),
      Uint8Array.of(0),
      Uint8Array.of(0, 0, 1),
      Uint8Array.of(255, 254, 39, 34, 92, 120, 0),
      Uint8Array.from({ length: 256 }, (_, at) => at),
      new Uint8Array(2 ** 20).fill(92),
    ],
  ],
  ["hash", [new Uint8Array(0), Uint8Array.of(32, 0, 32, 32), new Uint8Array(4)]],
  [
    "data",
    [
      [],
      {},
      [null],
      { a: null, b: [1, 2.5, -3], c: { "": "é 😀 \u2028" } },
      "text",
      0,
      -1.5e-7,
      9_007_199_254_740_991,
      true,
      false,
      '"quoted"',
      [`'"\`;--\\`],
      nested(30),
    ],
  ],
];

/** Stored in its one spelling. */
export const respelt: readonly (readonly [SampleKey, unknown, unknown])[] = [
  ["price", "1", "1.00"],
  ["price", "0001.5", "1.50"],
  ["price", ".5", "0.50"],
  ["price", "-0", "0.00"],
  ["price", "9.9000", "9.90"],
  ["wide", "1", "1.00000000"],
  ["key", "0190A3C4-5D6E-7F80-9123-456789ABCDEF", "0190a3c4-5d6e-7f80-9123-456789abcdef"],
  ["second", new Date("2026-01-31T12:00:01.999Z"), new Date("2026-01-31T12:00:01.000Z")],
  ["second", new Date("1969-12-31T23:59:59.500Z"), new Date("1969-12-31T23:59:59.000Z")],
  ["micro", "2026-01-31 12:00:00Z", "2026-01-31T12:00:00.000000Z"],
  ["micro", "2026-01-31T12:00:00.5Z", "2026-01-31T12:00:00.500000Z"],
  ["tenth", "2026-01-31T12:00:00.19Z", "2026-01-31T12:00:00.1Z"],
  ["single", 0.1, Math.fround(0.1)],
  ["single", 16_777_217, 16_777_216],
  ["single", 1e-60, 0],
  ["clock", "12:00:00.000", "12:00:00"],
  ["milli", "12:00:00", "12:00:00.000"],
  ["milli", "12:00:00.25", "12:00:00.250"],
  ["milli", "12:00:00.123000", "12:00:00.123"],
  ["raw", Buffer.from("buffer").subarray(1, 3), Uint8Array.of(117, 102)],
  ["data", { a: undefined, b: 1 }, { b: 1 }],
  ["data", new Date(0), "1970-01-01T00:00:00.000Z"],
];

const circle: { self?: unknown } = {};
circle.self = circle;

const notScalars: readonly unknown[] = [
  {},
  [],
  [1],
  { $ne: 1 },
  { toString: () => "1" },
  Symbol("s"),
  () => 1,
];

/** Refused before anything is sent, by the code. */
export const refused: readonly (readonly [
  SampleKey,
  "E_INVALID_VALUE" | "E_OUT_OF_RANGE" | "E_VALUE_TOO_LONG",
  readonly unknown[],
])[] = [
  ["small", "E_OUT_OF_RANGE", [32_768, -32_769]],
  ["whole", "E_OUT_OF_RANGE", [2_147_483_648, -2_147_483_649, 1e300]],
  [
    "whole",
    "E_INVALID_VALUE",
    ["1", "", 1n, true, false, 1.5, NaN, Infinity, new Date(0), ...notScalars],
  ],
  ["big", "E_OUT_OF_RANGE", [MAX_BIGINT + 1n, MIN_BIGINT - 1n]],
  ["big", "E_INVALID_VALUE", [1, "1", true, 1.5, ...notScalars]],
  ["safe", "E_OUT_OF_RANGE", [2 ** 53, -(2 ** 53)]],
  ["safe", "E_INVALID_VALUE", [1n, "1", 0.5, NaN, Infinity, ...notScalars]],
  ["real", "E_INVALID_VALUE", [NaN, Infinity, -Infinity, "1", 1n, true, ...notScalars]],
  ["price", "E_OUT_OF_RANGE", ["0.001", "10000000000000000.00", "-10000000000000000"]],
  [
    "price",
    "E_INVALID_VALUE",
    ["", ".", "-", "1e3", "0x10", "1,5", " 1", "NaN", "١", 1, 1n, ...notScalars],
  ],
  ["units", "E_OUT_OF_RANGE", ["1234567890123456789012345678901", "0.5"]],
  ["flag", "E_INVALID_VALUE", [0, 1, "true", "", 1n, ...notScalars]],
  [
    "body",
    "E_INVALID_VALUE",
    [0, 1, false, true, 1n, "\0", "a\0b", "\ud83d", "\ude00x", new Date(0), ...notScalars],
  ],
  ["title", "E_VALUE_TOO_LONG", ["01234567890", "😀😀😀😀😀😀😀😀😀😀x"]],
  ["title", "E_INVALID_VALUE", [0, false, "\0", "\ud800", ...notScalars]],
  [
    "key",
    "E_INVALID_VALUE",
    [
      "",
      "x",
      "0190a3c45d6e7f809123456789abcdef",
      "{0190a3c4-5d6e-7f80-9123-456789abcdef}",
      0,
      false,
      ...notScalars,
    ],
  ],
  ["at", "E_INVALID_VALUE", [new Date(NaN), 0, "2026-01-31T12:00:00Z", 1n, true, ...notScalars]],
  [
    "at",
    "E_OUT_OF_RANGE",
    [
      new Date(8.64e15),
      new Date(-8.64e15),
      new Date("+010000-01-01T00:00:00.000Z"),
      new Date("0000-12-31T23:59:59.999Z"),
    ],
  ],
  [
    "micro",
    "E_INVALID_VALUE",
    [
      "",
      "2026-01-31",
      "2026-02-30T00:00:00Z",
      "2026-01-31T24:00:00Z",
      "2026-01-31T12:00:00",
      "2026-01-31T12:00:00+01:00",
      "2026-01-31T12:00:00.1234567Z",
      new Date(0),
      0,
      ...notScalars,
    ],
  ],
  ["single", "E_INVALID_VALUE", [NaN, Infinity, -Infinity, "1", 1n, true, ...notScalars]],
  ["single", "E_OUT_OF_RANGE", [3.5e38, -3.5e38, Number.MAX_VALUE]],
  [
    "day",
    "E_INVALID_VALUE",
    [
      "",
      "2026-02-29",
      "2026-13-01",
      "2026-00-10",
      "2026-1-1",
      "20260101",
      "2026-01-01T00:00:00Z",
      "2026-01-01 ",
      "-0001-01-01",
      "10000-01-01",
      "infinity",
      new Date(0),
      0,
      ...notScalars,
    ],
  ],
  ["day", "E_OUT_OF_RANGE", ["0000-01-01"]],
  [
    "clock",
    "E_INVALID_VALUE",
    [
      "",
      "24:00:00",
      "12:60:00",
      "12:00:60",
      "12:00",
      "-12:00:00",
      "12:00:00Z",
      "12:00:00+01",
      "12:00:00.1234567",
      "now",
      new Date(0),
      0,
      ...notScalars,
    ],
  ],
  ["clock", "E_OUT_OF_RANGE", ["12:00:00.5", "12:00:00.000001"]],
  ["milli", "E_OUT_OF_RANGE", ["12:00:00.1234"]],
  [
    "raw",
    "E_INVALID_VALUE",
    [
      "",
      "00",
      0,
      new ArrayBuffer(1),
      new Uint16Array(1),
      new DataView(new ArrayBuffer(1)),
      ...notScalars,
    ],
  ],
  ["hash", "E_VALUE_TOO_LONG", [new Uint8Array(5)]],
  [
    "data",
    "E_INVALID_VALUE",
    [1n, [1n], circle, Symbol("s"), () => 1, "\0", { "\0": 1 }, ["\ud800"], { a: { "\udfff": 1 } }],
  ],
];

export function nested(depth: number): unknown {
  let value: unknown = "end";
  for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { in: value };
  return value;
}
