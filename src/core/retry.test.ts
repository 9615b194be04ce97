import { expect, test } from "vitest";
import { pauseMs } from "./retry.ts";

test("pauses take any time up to a ceiling that doubles, to one second at most", () => {
  const longest = [1, 2, 3, 4, 5, 6, 7, 8, 9, 1_000].map((attempt) => pauseMs(attempt, () => 1));
  expect(longest).toEqual([10, 20, 40, 80, 160, 320, 640, 1_000, 1_000, 1_000]);
  expect(pauseMs(5, () => 0)).toBe(0);
  expect(pauseMs(3, () => 0.25)).toBe(10);
});

test("pauses have the ceilings that they are given", () => {
  const ceilings = { firstMs: 100, maxMs: 1_000 };
  const longest = [1, 2, 3, 4, 5, 60].map((attempt) => pauseMs(attempt, () => 1, ceilings));
  expect(longest).toEqual([100, 200, 400, 800, 1_000, 1_000]);
  expect(pauseMs(3, () => 0.5, ceilings)).toBe(200);
  expect(pauseMs(1e9, () => 1, ceilings)).toBe(1_000);
  expect(pauseMs(10_000, () => 0.5, { firstMs: 0, maxMs: 0 })).toBe(0);
});
