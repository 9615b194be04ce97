import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Wakeup } from "./wakeup.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] }));
afterEach(() => void vi.useRealTimers());

test("a wait ends when it is woken, or when its time is over", async () => {
  const sleeping = new Wakeup();
  const woken = sleeping.wait(1_000);
  sleeping.wake();
  expect(await woken).toBe(true);
  const slept = sleeping.wait(1_000);
  vi.advanceTimersByTime(1_000);
  expect(await slept).toBe(false);
});

test("a wait that was ended leaves no timer behind", async () => {
  // Others of this process may have some. While this awaits, only promises that are settled have their turn.
  const before = vi.getTimerCount();
  const sleeping = new Wakeup();
  const woken = sleeping.wait(1_000);
  sleeping.wakeIn(300);
  expect(vi.getTimerCount()).toBe(before + 1);
  sleeping.wake();
  await woken;
  expect(vi.getTimerCount()).toBe(before);
});

test("what wakes while nobody waits ends the next wait, and only that", async () => {
  const sleeping = new Wakeup();
  sleeping.wake();
  sleeping.wake();
  expect(await sleeping.wait(1_000)).toBe(true);
  const slept = sleeping.wait(1_000);
  vi.advanceTimersByTime(1_000);
  expect(await slept).toBe(false);
});

test("a wait ends at the earliest time that was named, before it or while it lasts", async () => {
  const sleeping = new Wakeup();
  sleeping.wakeIn(100);
  sleeping.wakeIn(500);
  const first = sleeping.wait(1_000);
  vi.advanceTimersByTime(100);
  expect(await first).toBe(false);
  const second = sleeping.wait(1_000);
  sleeping.wakeIn(300);
  vi.advanceTimersByTime(300);
  expect(await second).toBe(false);
});

test("a time beyond what a timer takes doesn't end the wait at once", async () => {
  const sleeping = new Wakeup();
  let isOver = false;
  const waiting = sleeping.wait(Infinity).then(() => (isOver = true));
  await vi.advanceTimersByTimeAsync(86_400_000);
  expect(isOver).toBe(false);
  sleeping.wake();
  await waiting;
});
