import { expect, test } from "vitest";
import { errorText } from "./error-text.ts";

test.each([
  [new TypeError("not so"), "TypeError: not so"],
  ["a text", "a text"],
  [undefined, "undefined"],
  [new Error("a\0b\ud800"), "Error: ab\ufffd"],
  [new Error(`${"x".repeat(1_992)}\u{1f600}`), `Error: ${"x".repeat(1_992)}\ufffd`],
  [Object.create(null), "What was thrown has no text."],
  ["", "What was thrown has no text."],
  [Object.assign(new Error("no"), { message: Symbol("no") }), "What was thrown has no text."],
])("keeps the text of what was thrown (%#)", (error, text) => {
  expect(errorText(error)).toBe(text);
});
