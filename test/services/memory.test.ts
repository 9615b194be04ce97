import { createCache, openStore } from "plinth/services";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test, vi } from "vitest";
import { storeSuite } from "./suite/suite.ts";

storeSuite({
  name: "memory",
  isShared: false,
  open: (_place, options) => openStore("memory:", options),
});

describe("a store in memory that is full", () => {
  const large = "x".repeat(100_000);

  test("refuses to write, and what frees memory still works", async () => {
    await using store = await openStore("memory:?max_mib=1");
    let error: unknown;
    for (let index = 0; error === undefined && index < 50; index++) {
      error = await store.set(["big", String(index)], large).then(
        () => undefined,
        (reason: unknown) => reason,
      );
    }
    expect(error).toMatchObject({ code: "E_DATABASE_FULL" });
    await expect(store.increment("a")).rejects.toMatchObject({ code: "E_DATABASE_FULL" });
    expect(await store.get(["big", "0"])).toBe(large);
    expect(await store.take(["big", "0"])).toBe(large);
    expect(await store.clear("big")).toBeGreaterThan(5);
    expect(await store.increment("a")).toBe(1);
    expect(await store.policy()).toEqual({ evicts: false, name: "refuse" });
  });

  test("drops what is over before it refuses", async () => {
    await using store = await openStore("memory:?max_mib=1");
    for (let index = 0; index < 10; index++) {
      await store.set(["big", String(index)], large, { ttlMs: 50 });
    }
    await sleep(80);
    for (let index = 0; index < 10; index++) {
      expect(await store.set(["next", String(index)], large)).toBe(true);
    }
  });

  test("drops what was used longest ago, where it is told to", async () => {
    await using store = await openStore("memory:?max_mib=1&eviction=lru");
    await store.set("used", "a");
    await store.set("unused", "a");
    for (let index = 0; index < 50; index++) {
      await store.set(["big", String(index)], large);
      expect(await store.get("used")).toBe("a");
    }
    expect(await store.get("unused")).toBeUndefined();
    expect(await store.get(["big", "49"])).toBe(large);
    expect(await store.policy()).toEqual({ evicts: true, name: "lru" });
  });

  test("holds no more than it was told of short-lived values, though nobody reads them", async () => {
    await using store = await openStore("memory:?max_mib=1");
    for (let round = 0; round < 20; round++) {
      for (let index = 0; index < 500; index++) {
        await store.set(["short", `${round}:${index}`], "x".repeat(1_000), { ttlMs: 10 });
      }
      await sleep(15);
    }
  });
});

test("a load that never ends isn't waited for by those who come later, also without leases", async () => {
  vi.useFakeTimers({ toFake: ["hrtime"] });
  try {
    await using store = await openStore("memory:");
    const cache = createCache<string>(store, { namespace: "hangs", ttlMs: 60_000, leaseMs: 0 });
    await new Promise<void>((begun) => {
      void cache.getOrLoad("a", () => {
        begun();
        return new Promise<string>(() => {});
      });
    });
    vi.advanceTimersByTime(6_000);
    expect(await cache.getOrLoad("a", () => "b")).toBe("b");
  } finally {
    vi.useRealTimers();
  }
});
