import { afterEach, expect, test, vi } from "vitest";
import { uuidv7 } from "./uuid.ts";

afterEach(() => vi.useRealTimers());

test("UUIDs have the version 7 and the variant of RFC 9562, and the time", () => {
  const beforeMs = Date.now();
  const id = uuidv7();
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  const ms = Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
  expect(ms).toBeGreaterThanOrEqual(beforeMs);
  expect(ms).toBeLessThan(beforeMs + 5_000);
});

test("UUIDs of one process sort in the order in which they were made, and are all different", () => {
  const ids = Array.from({ length: 20_000 }, uuidv7);
  expect(ids.toSorted()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
});

test("UUIDs still sort when the clock goes back", () => {
  const before = uuidv7();
  vi.useFakeTimers({ now: Date.now() - 60_000 });
  const ids = [before, ...Array.from({ length: 10_000 }, uuidv7)];
  expect(ids.toSorted()).toEqual(ids);
});
