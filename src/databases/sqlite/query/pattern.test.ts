import { expect, test } from "vitest";
import { foldCase, matchesPattern } from "./pattern.ts";

test.each([
  ["", "", true],
  ["%", "", true],
  ["_", "", false],
  ["a%c", "abbc", true],
  ["a%c", "abcb", false],
  ["%b%b%", "abab", true],
  ["_b%", "ab", true],
  ["_", "😀", true],
  ["50\\%", "50%", true],
  ["50\\%", "50x", false],
  ["a\\_b", "a_b", true],
  ["a\\_b", "axb", false],
  ["a\\\\b", "a\\b", true],
  ["a\\", "a\\", true],
  ["%.*", "x.*", true],
  ["a%", "a\nb", true],
  ["É%", "été", false],
])("the pattern %j and the text %j: %j", (pattern, text, expected) => {
  expect(matchesPattern(pattern, text)).toBe(expected);
});

test("case is folded letter by letter", () => {
  expect(matchesPattern(foldCase("É%"), foldCase("été"))).toBe(true);
  expect(foldCase("İSTANBUL").length).toBe(8);
});

test("a pattern made to take long takes no longer than pattern times text", () => {
  const start = performance.now();
  expect(matchesPattern(`${"%a".repeat(50)}b`, "a".repeat(5_000))).toBe(false);
  // Backtracking through every `%` would take longer than the universe has been there.
  expect(performance.now() - start).toBeLessThan(5_000);
});
