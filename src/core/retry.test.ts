import { expect, test } from "vitest";
import { pauseMs } from "./retry.ts";

test("pauses take any time up to a ceiling that doubles, to one second at most", () => {
  const longest = [1, 2, 3, 4, 5, 6, 7, 8, 9, 1_000].map((attempt) => pauseMs(attempt, () => 1));
  expect(longest).toEqual([10, 20, 40, 80, 160, 320, 640, 1_000, 1_000, 1_000]);
  expect(pauseMs(5, () => 0)).toBe(0);
  expect(pauseMs(3, () => 0.25)).toBe(10);
});
