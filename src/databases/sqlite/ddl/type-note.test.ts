import { expect, test } from "vitest";
import type { LogicalType } from "../../../ast/logical-type.ts";
import { noteOf, typeOfNote } from "./type-note.ts";

const elements: readonly LogicalType[] = [
  { kind: "integer", bits: 16 },
  { kind: "bigint", mode: "bigint" },
  { kind: "bigint", mode: "bigint", flags: {} },
  { kind: "text", length: undefined },
  { kind: "text", length: 30 },
  { kind: "bytes", length: 16 },
  { kind: "time", precision: 3 },
  { kind: "decimal", precision: 10, scale: 2 },
  { kind: "timestamp", mode: "date", precision: 3 },
  { kind: "boolean" },
  { kind: "uuid" },
];

test.each(elements)("an array of $kind comes back from its note", (element) => {
  const type: LogicalType = { kind: "array", element, hasNulls: true };

  expect(typeOfNote(noteOf(type)!)).toEqual(type);
});

test("no text ends the comment", () => {
  const type: LogicalType = { kind: "custom", name: `*/ "'; 100% --`, databases: {} };

  expect(noteOf(type)).toBe('custom "%2a/ %22%27; 100%25 --"');
  expect(typeOfNote(noteOf(type)!)).toEqual(type);
});

test("an enum has no note, as its name changes without the table", () => {
  const element: LogicalType = { kind: "enum", name: "colour", values: ["red"] };

  expect(noteOf(element)).toBeUndefined();
  expect(noteOf({ kind: "array", element })).toBe("array of text");
});

test("a storage that isn't the usual one is told", () => {
  const type: LogicalType = {
    kind: "timestamp",
    mode: "date",
    precision: 3,
    storage: { sqlite: "seconds" },
  };

  expect(noteOf(type)).toBe("timestamp(3) as seconds");
  expect(typeOfNote("timestamp(3) as seconds")).toEqual(type);
});

test("other people's comments say nothing", () => {
  for (const text of ["the user's id", "constructor", "timestamp", "enum colour", ""])
    expect(typeOfNote(text)).toBeUndefined();
});
