import { expect, test } from "vitest";
import { parseJson } from "./parse-json.ts";

test("keys with escapes are those of the text, whatever was parsed before", () => {
  const keys = ["\\", '"', "\n", "\t", "a\\", 'a"', "a\\b", 'a"b', "\\\\", "\\n", "\u0001"];
  for (let round = 0; round < 2; round++) {
    for (const key of keys) {
      const text = JSON.stringify({ k: 1, [key]: { [key]: [{ [key]: key }] } });
      expect(JSON.stringify(parseJson(text))).toBe(text);
      expect(JSON.stringify(parseJson(text.replaceAll(":", " : ")))).toBe(text);
    }
  }
});

test("texts that look like keys stay texts", () => {
  const value = { 'k"': '"k\\": 1, {', key: ['\\":', "key0"], "x\\": '"' };
  expect(parseJson(JSON.stringify(value))).toEqual(value);
});

test("a key reaches no prototype, and the last of two alike counts", () => {
  const parsed = parseJson('{"__proto__": {"\\"": 1}, "\\u0061": 1, "a": 2}') as object;
  expect(Object.entries(parsed)).toEqual([
    ["__proto__", { '"': 1 }],
    ["a", 2],
  ]);
  expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype);
  expect(() => parseJson('{"\\"": 1')).toThrow(SyntaxError);
});

test("long texts with many escapes are parsed", () => {
  const value = { '"': '\\"\n'.repeat(400_000) };
  expect(parseJson(JSON.stringify(value))).toEqual(value);
});
