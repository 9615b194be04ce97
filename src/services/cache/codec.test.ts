import { describe, expect, test } from "vitest";
import { jsonCodec } from "./codec.ts";

function roundTrip(value: unknown): unknown {
  return jsonCodec.decode(jsonCodec.encode(value));
}

const values: readonly (readonly [string, unknown])[] = [
  ["plain data", { id: 1, name: "Ada", tags: ["a", null], on: true, part: { x: 1.5 } }],
  ["a date", new Date(1_700_000_000_123)],
  ["an invalid date", new Date(NaN)],
  ["a date deep inside", [{ at: { from: new Date(0) } }]],
  ["a bigint", { id: 9_007_199_254_740_993n, below: -1n }],
  ["bytes", { hash: new Uint8Array([0, 255, 128]), none: new Uint8Array() }],
  ["undefined, in objects and arrays", { a: undefined, b: [undefined, 1] }],
  ["numbers that JSON hasn't got", [NaN, Infinity, -Infinity, -0, 0]],
  ["maps and sets", new Map<unknown, unknown>([[{ a: 1n }, new Set([new Date(5)])]])],
  ["an object with a $ of its own", { $: ["date", 0], $x: 1, more: { $: 1 } }],
  ["texts", ['"\\\u0000\n', "\ud800", "日本語", "", "0", "1"]],
  ["texts as keys", { "": 1, "0": 2, "a.b": 3, constructor: 4 }],
  ["null", null],
];

describe("the codec of a cache", () => {
  test.each(values)("keeps %s", (_name, value) => {
    expect(roundTrip(value)).toStrictEqual(value);
  });

  test("keeps a property called __proto__ as a property, beside what JSON can't say", () => {
    const value = JSON.parse('{"__proto__": {"isAdmin": true}, "n": 1}') as Record<string, unknown>;
    value["at"] = 1n;
    const found = roundTrip(value) as Record<string, unknown>;
    expect(Object.keys(found)).toEqual(["__proto__", "n", "at"]);
    expect(Object.getPrototypeOf(found)).toBe(Object.prototype);
    expect(found["isAdmin"]).toBeUndefined();
  });

  test.each(['2{"a":1}', '{"a":1}', "", '1{"$":["temporal","2026-11-21"]}'])(
    "refuses a form that it doesn't know: %s",
    (text) => {
      expect(() => jsonCodec.decode(text)).toThrow("a form that isn't known here");
    },
  );

  test("is plain JSON where JSON does", () => {
    expect(jsonCodec.encode({ a: [1, "b"] })).toBe('0{"a":[1,"b"]}');
  });

  test("gives what only it can make another object", () => {
    const value = { list: [1] };
    const found = roundTrip(value) as typeof value;
    found.list.push(2);
    expect(value.list).toEqual([1]);
    expect(roundTrip(Buffer.from("a"))).toStrictEqual(new Uint8Array([97]));
  });

  test("refuses what would come back as something else, and says where it is", () => {
    class User {
      name = "canary-77";
    }
    const circle: { self?: unknown } = {};
    circle.self = circle;
    const cases: readonly (readonly [unknown, RegExp])[] = [
      [{ user: [new User()] }, /class User, at user\.0/],
      [{ run: () => 1 }, /a function, at run/],
      [Symbol("x"), /a symbol/],
      [circle, /levels, or itself/],
      [{ at: { toJSON: () => 1 } }, /a function, at at\.toJSON/],
      [/x/, /class RegExp/],
    ];
    for (const [value, message] of cases) {
      expect(() => jsonCodec.encode(value)).toThrow(message);
      expect(() => jsonCodec.encode(value)).not.toThrow(/canary/);
    }
  });
});
