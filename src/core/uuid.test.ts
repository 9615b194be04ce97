import { expect, test, vi } from "vitest";
import { uuidv7 } from "./uuid.ts";

function msOf(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}

test("UUIDs have the version 7 and the variant of RFC 9562, and the time", () => {
  const beforeMs = Date.now();
  // Some may have been made while another test of this process let the clock leap: later ones go on from there.
  const earlierMs = msOf(uuidv7());
  const id = uuidv7();
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(msOf(id)).toBeGreaterThanOrEqual(beforeMs);
  expect(msOf(id)).toBeLessThanOrEqual(Math.max(Date.now(), earlierMs + 1));
});

test("UUIDs of one process sort in the order in which they were made, and are all different", () => {
  const ids = Array.from({ length: 20_000 }, uuidv7);
  expect(ids.toSorted()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
});

test("UUIDs still sort when the clock goes back", () => {
  const before = uuidv7();
  vi.useFakeTimers({ now: Date.now() - 60_000, toFake: ["Date"] });
  try {
    const ids = [before, ...Array.from({ length: 10_000 }, uuidv7)];
    expect(ids.toSorted()).toEqual(ids);
  } finally {
    vi.useRealTimers();
  }
});
