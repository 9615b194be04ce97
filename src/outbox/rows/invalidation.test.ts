import { expect, test, vi } from "vitest";
import { ConnectionError } from "../../core/error.ts";
import { createCache, type Cache } from "../../services/cache/cache.ts";
import { openStore } from "../../services/kv/open.ts";
import { Invalidation } from "./invalidation.ts";

test("what a store that was away is to be told is told in parts, and what comes meanwhile anew", async () => {
  await using store = await openStore("memory:");
  const told: string[][] = [];
  let isAway = true;
  let asked = 0;
  const cache: Cache = {
    ...createCache(store, { namespace: "rows", ttlMs: 1_000 }),
    namespace: "rows",
    invalidateTags: async (...tags) => {
      asked += 1;
      if (isAway) throw new ConnectionError("E_CONNECTION_LOST", "It is away.");
      told.push(tags);
    },
  };
  const invalidation = new Invalidation(cache, undefined);
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  try {
    const touched = Array.from({ length: 12_000 }, (_, index) => ({
      table: `t${index}`,
      rows: [],
    }));
    await invalidation.tell(touched);
    await vi.advanceTimersByTimeAsync(500);
    isAway = false;
    await invalidation.tell([{ table: "t0", rows: [] }]);
    told.length = 0;
    await vi.advanceTimersByTimeAsync(500);
    expect(told.map(({ length }) => length)).toEqual([5_000, 5_000, 2_000]);
    expect(new Set(told.flat()).size).toBe(12_000);
    isAway = true;
    await invalidation.tell(touched);
    await invalidation.close();
    const askedUntilClosed = asked;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(asked).toBe(askedUntilClosed);
  } finally {
    vi.useRealTimers();
  }
});
