import { expect, test } from "vitest";
import { SQLITE_LEXIS } from "../../databases/sqlite/lexis.ts";
import { readGiven } from "./parameters.ts";
import { parseCheckedText } from "./text.ts";

const text = parseCheckedText(
  "update t set a = :a, b = :b where id in (:ids) /*if open*/ and c = 1 /*end*/",
  SQLITE_LEXIS,
);
const parameters = text.parameters.map((one) => ({ ...one, isNullable: one.name === "a" }));

const FULL = { a: 1, b: 2, ids: [3] };

test.each([
  ["no value", { ...FULL, a: undefined }, "Parameter :a is missing. Pass null for NULL."],
  ["no value where NULL isn't taken", { ...FULL, b: undefined }, "Parameter :b is missing."],
  ["NULL where it isn't taken", { ...FULL, b: null }, /^Parameter :b is null, and takes no NULL\./],
  [
    "a value for a list",
    { ...FULL, ids: 3 },
    /^Parameter :ids is a list, and was given a number\./,
  ],
  [
    "a value for a switch",
    { ...FULL, open: "yes" },
    "Parameter :open is a switch, true or false, and was given a string.",
  ],
  ["nothing", undefined, /, and was given nothing\.$/],
  ["a list for names", [1], /, and was given an array\.$/],
])("refuses %s by words that fit", (_what, given, message) => {
  expect(() => readGiven(text, parameters, given)).toThrow(message);
});
