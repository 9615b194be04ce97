import { expect, test } from "vitest";
import { resolveModel } from "./model.ts";
import { createNames } from "./naming.ts";
import { defineSchema } from "./schema.ts";
import { table } from "./table.ts";
import { enumType, integer } from "./types.ts";

test.each([
  ["no values", "e", []],
  ["a value twice", "e", ["a", "a"]],
  ["no name", "", ["a"]],
  ["a NUL", "e", ["a\0"]],
  ["half of a surrogate pair", "\ud800", ["a"]],
  ["a space at the end of a value", "e", ["a "]],
  ["a value of 64 bytes", "e", ["é".repeat(32)]],
])("an enum with %s is refused", (_, name, values) => {
  expect(() => enumType(name, values as never)).toThrow(
    expect.objectContaining({ code: "E_SCHEMA" }),
  );
});

test("an enum's longest value has 63 bytes, and its values are told", () => {
  const longest = enumType("e", ["a".repeat(63)]);
  expect(longest.values).toEqual(["a".repeat(63)]);
});

const one = enumType("one", ["a", "b"]);

test("an enum of several columns is one type of the model", () => {
  const first = table("first", { id: integer().primaryKey(), a: one(), b: one() });
  const second = table("second", { id: integer().primaryKey(), a: enumType("one", ["a", "b"])() });
  const { enums } = resolveModel(defineSchema({ first, second }), createNames());
  expect(enums).toEqual([{ kind: "enum", name: "one", values: ["a", "b"] }]);
});

test("two enums of one name and other values are refused, as is the name of a table", () => {
  const id = integer().primaryKey();
  const first = table("first", { id, a: one() });
  const second = table("second", { id, a: enumType("one", ["b", "a"])() });
  expect(() => defineSchema({ first, second })).toThrow('Two enums are named "one".');
  const third = table("one", { id });
  expect(() => defineSchema({ first, third })).toThrow('An enum and a table are both named "one".');
});

test("a reference between two enums is refused", () => {
  const parents = table("parents", { id: one().primaryKey() });
  const other = enumType("other", ["a", "b"]);
  const children = table("children", {
    id: other()
      .primaryKey()
      .references(() => parents.id),
  });
  expect(() => defineSchema({ parents, children })).toThrow(
    expect.objectContaining({ code: "E_SCHEMA" }),
  );
});
