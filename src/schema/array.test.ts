import { expect, test } from "vitest";
import { array } from "./array.ts";
import { table } from "./table.ts";
import { integer, json, text } from "./types.ts";

const refused = expect.objectContaining({ code: "E_SCHEMA" });

test("is one type wherever it is declared alike", () => {
  expect(array(text()).spec.type).toBe(array("name", text()).spec.type);
  expect(array(text(), { nulls: true }).spec.type).not.toBe(array(text()).spec.type);
});

test("refuses elements that are no plain values", () => {
  for (const element of [
    array(text()),
    json(),
    text().caseInsensitive(),
    text().unique(),
    text().default("a"),
    integer().primaryKey(),
  ])
    expect(() => array(element)).toThrow(refused);
});

test("refuses to be a key", () => {
  expect(() => table("one", { id: array(text()).primaryKey() })).toThrow(refused);
  expect(() => table("one", { id: array(text()).unique() })).toThrow(refused);
});
