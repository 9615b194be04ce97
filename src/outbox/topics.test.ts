import { expect, test } from "vitest";
import { backoffMs, topicOf } from "./topics.ts";

test("pauses grow to a ceiling that doubles, and are of any length below it", () => {
  const times = { firstMs: 100, maxMs: 1_000 };
  const longest = [1, 2, 3, 4, 5, 60].map((attempt) => backoffMs(times, attempt, () => 1));
  expect(longest).toEqual([100, 200, 400, 800, 1_000, 1_000]);
  expect(backoffMs(times, 3, () => 0.5)).toBe(200);
  expect(backoffMs(times, 3, () => 0)).toBe(0);
  expect(backoffMs(times, 1e9, () => 1)).toBe(1_000);
});

test("a topic gets what is left out, and refuses what makes no sense", () => {
  const handle = (): void => undefined;
  expect(topicOf("t", handle)).toMatchObject({ name: "t", attempts: 12, timeoutMs: 30_000 });
  expect(topicOf("t", { handle, attempts: Infinity }).attempts).toBe(Infinity);
  const wrong = [
    { handle, attempts: 0 },
    { handle, timeoutMs: Infinity },
    { handle, concurrency: 1.5 },
    { handle, backoff: { firstMs: -1 } },
    {},
    undefined,
  ];
  for (const work of wrong)
    expect(() => topicOf("t", work)).toThrow(expect.objectContaining({ code: "E_CONFIG" }));
  for (const name of ["", "x".repeat(201)])
    expect(() => topicOf(name, handle)).toThrow(expect.objectContaining({ code: "E_CONFIG" }));
});
