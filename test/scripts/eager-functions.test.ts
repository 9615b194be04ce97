import { decode, encode } from "@jridgewell/sourcemap-codec";
import { runInThisContext } from "node:vm";
import { expect, test } from "vitest";
import { compiledAtOnce } from "../../scripts/eager-functions.ts";

const code =
  'import"node:path";const first=double(2);function double(n){return twice(n)}\n' +
  "function unused(){return first}function twice(n){return n*2}export{first,unused};";

function rangeOf(name: string): string {
  const start = code.indexOf(`function ${name}`);
  return `${start}:${code.indexOf("}", start) + 1}`;
}

/** Each sign of the code stands on the same line and column in the source. */
const mappings = encode(
  code
    .split("\n")
    .map((line, index) => Array.from(line, (_, column) => [column, 0, index, column])),
);

test("functions that are called at the start stand in parentheses before all else", () => {
  const called = new Set([rangeOf("double"), rangeOf("twice")]);
  const changed = compiledAtOnce({ code, mappings }, called);

  expect(changed.code).toBe(
    'import"node:path";var double=(function double(n){return twice(n)}),twice=(function twice(n){return n*2});' +
      "const first=double(2);\nfunction unused(){return first}export{first,unused};",
  );
  const body = changed.code.replace(/^import[^;]*;/, "").replace(/export.*/, "");
  expect(runInThisContext(`(() => {${body}return [unused(),double.name]})()`)).toEqual([
    4,
    "double",
  ]);
});

test("the source map tells where they are from", () => {
  const called = new Set([rangeOf("double"), rangeOf("twice")]);
  const changed = compiledAtOnce({ code, mappings }, called);

  const source = code.split("\n");
  const lines = changed.code.split("\n");
  let known = 0;
  for (const [line, segments] of decode(changed.mappings).entries()) {
    for (const [column, , sourceLine, sourceColumn] of segments) {
      // What stands between two parts belongs to the first, the end of a line too.
      if (sourceLine === undefined || column === lines[line]!.length) continue;
      known++;
      expect(lines[line]![column]).toBe(source[sourceLine]![sourceColumn!]);
    }
  }
  expect(known).toBe(source.join("").length);
});

test("a file of which nothing is called stays as it is", () => {
  const chunk = { code, mappings };
  expect(compiledAtOnce(chunk, undefined)).toBe(chunk);
  expect(compiledAtOnce(chunk, new Set(["1:2"]))).toBe(chunk);
});
