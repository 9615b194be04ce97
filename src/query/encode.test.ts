import { expect, test } from "vitest";
import type { Binding } from "../dialect/sql/writer.ts";
import { InvalidValueError } from "../core/error.ts";
import { createEncoder } from "./encode.ts";

const double = (value: unknown): unknown => {
  if (typeof value !== "number") throw new InvalidValueError("The value must be a number.");
  return value * 2;
};
const same = (value: unknown): unknown => value;
const broken = (): never => {
  throw new TypeError("broken");
};

const bindingsOf = (rowCount: number, row: readonly [string, Binding["encode"]][]): Binding[] =>
  Array.from({ length: rowCount }, () => row)
    .flat()
    .map(([column, encode], index) => ({ index, item: -1, encode, column }));

/** The first call loops, the one after so many values runs generated code. */
const calls = ["the first time", "once there were many values"];

function encoderAt(call: string, bindings: readonly Binding[], warm: readonly unknown[]) {
  const encode = createEncoder(bindings);
  for (let count = 0; call !== calls[0] && count <= 1_000; count += warm.length) encode([...warm]);
  return encode;
}

test.each(calls)("each column of each row is encoded as its own %s", (call) => {
  const bindings = bindingsOf(3, [
    ["a", double],
    ["b", same],
  ]);
  const encode = encoderAt(call, bindings, [1, 2, 3, 4, 5, 6]);
  const values = [1, "x", null, "y", 3, null];
  encode(values);
  expect(values).toEqual([2, "x", null, "y", 6, null]);
});

test.each(calls)(
  "columns alike but for their names are no rows, and named in errors %s",
  (call) => {
    const bindings = bindingsOf(1, [
      ["a", double],
      ["b", double],
      ["c", double],
    ]);
    const encode = encoderAt(call, bindings, [1, 2, 3]);
    const values = [1, 2, 3];
    encode(values);
    expect(values).toEqual([2, 4, 6]);
    expect(() => encode([1, "x", 3])).toThrow('Column "b": The value must be a number.');
  },
);

test.each(calls)("the first refused value of the first row is told %s", (call) => {
  const bindings = bindingsOf(2, [
    ["a", double],
    ["b", double],
  ]);
  const encode = encoderAt(call, bindings, [1, 2, 3, 4]);
  expect(() => encode([1, "x", "y", 4])).toThrow('Column "b"');
  expect(() => encode([1, 2, "y", "z"])).toThrow('Column "a"');
});

test.each(calls)("an error that isn't ours stays as it is %s", (call) => {
  const encode = encoderAt(call, bindingsOf(1, [["a", broken]]), [null]);
  expect(() => encode([1])).toThrow(new TypeError("broken"));
});

test.each(calls)("a statement of nothing, and one of a hundred values, are encoded %s", (call) => {
  const none: unknown[] = [];
  createEncoder([])(none);
  expect(none).toEqual([]);
  const row = Array.from({ length: 100 }, (_, at) => [`c${at}`, double] as [string, typeof double]);
  const values = Array.from({ length: 100 }, (_, at) => at);
  encoderAt(call, bindingsOf(1, row), values)(values);
  expect(values[99]).toBe(198);
});
