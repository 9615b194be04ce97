import { createCache, jsonCodec, type Cache, type Store } from "plinth/services";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { StoreKind } from "./kit.ts";

/** So that no test depends on how busy the machine is, unless it is about that. */
const patient = { timeoutMs: 10_000 };
const isLong = process.env["PLINTH_TEST_LONG"] !== undefined;

export function cacheSuite(kind: StoreKind): void {
  describe("cache", () => {
    let store: Store;
    beforeAll(async () => {
      store = await kind.open("cache");
    });
    afterAll(() => store.close());

    const make = (namespace: string, options: object = {}): Cache =>
      createCache(store, { namespace, ttlMs: 60_000, ...patient, ...options });

    test("loads once, and gives everybody an object of their own", async () => {
      const cache = make("plain");
      const load = () => ({ id: 1n, at: new Date(5), list: [1] });
      const first = await cache.getOrLoad(["user", "1"], load);
      first.list.push(2);
      const second = await cache.getOrLoad(["user", "1"], load);
      expect(second).toEqual({ id: 1n, at: new Date(5), list: [1] });
      expect(await cache.get(["user", "1"])).toEqual(second);
      expect(cache.stats()).toMatchObject({ hits: 2, misses: 1, loads: 1, refusals: 0 });
      expect(await store.ttlMs(["plain", "user", "1"])).toBeGreaterThan(50_000);
    });

    test("set, delete and clear do what they say", async () => {
      const cache = make("verbs");
      await cache.set("a", 1);
      await cache.set("b", 2, { ttlMs: 5_000 });
      await cache.set(["c", "d"], 3);
      expect(await cache.get("a")).toBe(1);
      expect(await store.ttlMs(["verbs", "b"])).toBeLessThanOrEqual(5_000);
      await cache.delete("a", "b");
      expect([await cache.get("a"), await cache.get("b")]).toEqual([undefined, undefined]);
      expect(await cache.clear()).toBe(1);
      expect(await cache.get(["c", "d"])).toBeUndefined();
    });

    test("that there is nothing is kept, too, for its own time", async () => {
      const cache = make("negative", { negativeTtlMs: 30_000 });
      let loads = 0;
      const load = (): string | undefined => (loads++, undefined);
      expect(await cache.getOrLoad("a", load)).toBeUndefined();
      expect(await cache.getOrLoad("a", load)).toBeUndefined();
      expect(loads).toBe(1);
      expect(await store.ttlMs(["negative", "a"])).toBeLessThanOrEqual(30_000);
      await store.expire(["negative", "a"], 1);
      await sleep(20);
      await cache.getOrLoad("a", load);
      expect(loads).toBe(2);
      const never = make("never", { negativeTtlMs: 0 });
      await never.getOrLoad("a", load);
      await never.getOrLoad("a", load);
      expect(loads).toBe(4);
      await cache.getOrLoad("null", () => null);
      expect(await cache.getOrLoad<string | null>("null", () => "loaded")).toBeNull();
    });

    test("what a loader throws reaches all who wait, and isn't kept", async () => {
      const cache = make("errors", { leaseMs: 40_000, timeoutMs: 40_000 });
      const failing = () =>
        cache.getOrLoad("a", async (): Promise<number> => {
          await expect.poll(() => cache.stats().shared).toBe(2);
          throw new Error("down");
        });
      const outcomes = await Promise.allSettled([failing(), failing(), failing()]);
      expect(outcomes.every(({ status }) => status === "rejected")).toBe(true);
      expect(cache.stats().loadErrors).toBe(1);
      // Nobody waits for the lease's end, which is far.
      const startMs = performance.now();
      expect(await cache.getOrLoad("a", () => 1)).toBe(1);
      expect(performance.now() - startMs).toBeLessThan(10_000);
      await expect(cache.getOrLoad("b", () => new URL("http://a"))).rejects.toMatchObject({
        code: "E_INVALID_VALUE",
      });
    });

    test("times end earlier by chance, and never later", async () => {
      const cache = make("jitter", { ttlMs: 100_000, jitter: 0.2 });
      const keys = Array.from({ length: 60 }, (_, index) => String(index));
      await Promise.all(keys.map((key) => cache.set(key, 1)));
      const left = await Promise.all(keys.map((key) => store.ttlMs(["jitter", key])));
      const times = left.map((ms) => ms!);
      expect(Math.max(...times)).toBeLessThanOrEqual(100_000);
      expect(Math.min(...times)).toBeGreaterThan(75_000);
      expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(8_000);
    });

    test("tags make void whatever has them, also what is being loaded", async () => {
      const cache = make("tags");
      let loads = 0;
      const read = (key: string, ...tags: string[]): Promise<number> =>
        cache.getOrLoad(key, () => ++loads, { tags });
      await read("a", "team:1", "all");
      await read("b", "team:2", "all");
      await cache.set("c", 0, { tags: ["team:1"] });
      expect([await read("a"), await read("b"), loads]).toEqual([1, 2, 2]);

      await cache.invalidateTags("team:1");
      expect([await cache.get("a"), await cache.get("b"), await cache.get("c")]).toEqual([
        undefined,
        2,
        undefined,
      ]);
      expect(await read("a", "team:1", "all")).toBe(3);
      await cache.invalidateTags("all");
      expect([await read("a", "team:1", "all"), await read("b", "team:2", "all")]).toEqual([4, 5]);

      let goOn!: () => void;
      const held = new Promise<void>((resolve) => (goOn = resolve));
      const isLoading = Promise.withResolvers<void>();
      const loadSlowly = (): Promise<string> => {
        isLoading.resolve();
        return held.then(() => "old");
      };
      const slow = cache.getOrLoad("d", loadSlowly, { tags: ["team:3"] });
      await isLoading.promise;
      await cache.invalidateTags("team:3");
      goOn();
      expect(await slow).toBe("old");
      expect(await cache.getOrLoad("d", () => "new", { tags: ["team:3"] })).toBe("new");
      expect(await cache.getOrLoad("d", () => "newer", { tags: ["team:3"] })).toBe("new");
    });

    test("nothing stands and falls with what may bring it, and a value doesn't", async () => {
      const cache = make("nothing");
      let value = undefined as number | undefined;
      let loads = 0;
      const load = (): number | undefined => (loads++, value);
      const options = { tags: ["row"], tagsOfNothing: ["inserts"] };
      const read = () => cache.getOrLoad("a", load, options);
      expect([await read(), await read(), loads]).toEqual([undefined, undefined, 1]);
      value = 1;
      await cache.invalidateTags("inserts");
      expect([await read(), loads]).toEqual([1, 2]);
      await cache.invalidateTags("inserts");
      expect([await read(), loads]).toEqual([1, 2]);
      await cache.invalidateTags("row");
      expect([await read(), loads]).toEqual([1, 3]);
    });

    test("several are loaded together, and only those that aren't there", async () => {
      const cache = make("several", { negativeTtlMs: 60_000 });
      const asked: number[][] = [];
      const read = (keys: readonly number[]) =>
        cache.getOrLoadMany(
          keys.map((key) => ({ key: String(key), tags: [`n${key % 2}`] })),
          (missing) => {
            asked.push(missing.map((index) => keys[index]!));
            return missing.map((index) => (keys[index] === 9 ? undefined : keys[index]! * 10));
          },
        );
      expect(await read([])).toEqual([]);
      await cache.getOrLoad("2", () => 20, { tags: ["n0"] });
      expect(await read([1, 2, 9, 3])).toEqual([10, 20, undefined, 30]);
      expect(await read([3, 9, 2, 1])).toEqual([30, undefined, 20, 10]);
      await cache.invalidateTags("n0");
      await cache.delete("3");
      expect(await read([1, 2, 3, 3])).toEqual([10, 20, 30, 30]);
      expect(asked).toEqual([
        [1, 9, 3],
        [2, 3, 3],
      ]);
      expect(await cache.get("1")).toBe(10);

      // Neither what fails is kept, nor what somebody made void meanwhile.
      const fail = cache.getOrLoadMany([{ key: "f" }], () => Promise.reject(new Error("no")));
      await expect(fail).rejects.toThrow("no");
      expect(await cache.getOrLoad("f", () => 1)).toBe(1);
      // As a query does that finds not all of them: whose each is, nobody knows.
      const entries = ["i", "j"].map((key) => ({ key }));
      for (const found of [[1], [1, 2, 3], undefined]) {
        const short = cache.getOrLoadMany(entries, () => found as number[]);
        await expect(short).rejects.toMatchObject({ code: "E_INVALID_VALUE" });
      }
      expect(await cache.get("j")).toBeUndefined();
      expect(await cache.getOrLoad("j", () => 1)).toBe(1);
      const late = await cache.getOrLoadMany(
        [{ key: "g", tags: ["t"] }, { key: "h" }],
        async () => {
          await cache.invalidateTags("t");
          await cache.delete("h");
          return [1, 1];
        },
      );
      expect([late, await cache.get("g"), await cache.get("h")]).toEqual([
        [1, 1],
        undefined,
        undefined,
      ]);
    });

    test("a stale value is given out while one reader loads anew", async () => {
      const cache = make("stale", { ttlMs: 200, staleMs: 60_000, jitter: 0 });
      let loads = 0;
      const isRead = Promise.withResolvers<void>();
      const read = (): Promise<number> =>
        cache.getOrLoad("a", async () => {
          loads++;
          if (loads > 1) await isRead.promise;
          return loads;
        });
      expect(await read()).toBe(1);
      await sleep(250);
      // The load can't end before all of them have their answers.
      expect(await Promise.all(Array.from({ length: 50 }, read))).toEqual(Array(50).fill(1));
      isRead.resolve();
      await expect.poll(read).toBe(2);
      expect(cache.stats().staleHits).toBeGreaterThanOrEqual(50);
      await cache.delete("a");
      expect(await cache.get("a")).toBeUndefined();
    });

    test("promise 24: no reader puts an older value over what a writer made void", async () => {
      const rounds = isLong || kind.name === "memory" ? 10_000 : 1_500;
      const outcome = await interleave(rounds, (round) => {
        const cache = make(`race ${round % 50}`);
        return {
          read: (load) => cache.getOrLoad(String(round), load),
          change: () => cache.delete(String(round)),
          get: async () => (await cache.get(String(round))) as number | undefined,
        };
      });
      const naive = await interleave(rounds, (round) => {
        const key = ["naive", String(round)];
        const get = async (): Promise<number | undefined> => {
          const text = await store.get(key);
          return text === undefined ? undefined : Number(text);
        };
        return {
          get,
          async read(load) {
            const held = await get();
            if (held !== undefined) return held;
            const value = await load();
            await store.set(key, String(value), { ttlMs: 60_000 });
            return value;
          },
          change: async () => void (await store.delete(key)),
        };
      });
      console.log(
        `promise 24 on ${kind.name}: ${rounds} interleavings, ${outcome.stale} stale; a naive cache: ${naive.stale}`,
      );
      expect(outcome).toEqual({ stale: 0, early: 0 });
      expect(naive.stale).toBeGreaterThan(0);
    });

    test("promise 26: 500 simultaneous misses are one load", async () => {
      const cache = make("stampede");
      let loads = 0;
      const read = (): Promise<{ n: number }> =>
        cache.getOrLoad("a", async () => {
          loads++;
          // Until all the others wait for it.
          await expect.poll(() => cache.stats().shared).toBe(499);
          return { n: loads };
        });
      const found = await Promise.all(Array.from({ length: 500 }, read));
      console.log(`promise 26 on ${kind.name}: 500 simultaneous misses, ${loads} load`);
      expect(loads).toBe(1);
      expect(new Set(found).size).toBe(500);
      expect(found.every(({ n }) => n === 1)).toBe(true);

      // Whoever comes after an invalidation doesn't get what was being loaded before it.
      const isLoading = Promise.withResolvers<void>();
      const isAfter = Promise.withResolvers<void>();
      const before = cache.getOrLoad("b", async () => {
        isLoading.resolve();
        await isAfter.promise;
        return "before";
      });
      await isLoading.promise;
      await cache.delete("b");
      expect(await cache.getOrLoad("b", () => "after")).toBe("after");
      isAfter.resolve();
      expect(await before).toBe("before");
      expect(await cache.get("b")).toBe("after");
    });

    test("promise 26: handles of one store load once, by the lease", async () => {
      const handles = kind.isShared
        ? await Promise.all(Array.from({ length: 4 }, () => kind.open("cache")))
        : [store];
      const options = { namespace: "lease", ttlMs: 60_000, leaseMs: 40_000, timeoutMs: 40_000 };
      const caches = handles.map((handle) => createCache(handle, options));
      let loads = 0;
      const readAll = Array.from({ length: 200 }, (_, index) =>
        caches[index % caches.length]!.getOrLoad("a", async () => {
          loads++;
          await sleep(100);
          return "value";
        }),
      );
      expect(new Set(await Promise.all(readAll))).toEqual(new Set(["value"]));
      expect(loads).toBe(1);

      // One that fails gives the lease up; the others don't wait for its end.
      const startMs = performance.now();
      const isLoading = Promise.withResolvers<void>();
      const failing = caches[0]!.getOrLoad("b", async () => {
        isLoading.resolve();
        await sleep(50);
        throw new Error("down");
      });
      const failed = failing.catch(() => "failed");
      await isLoading.promise;
      const other = createCache(handles.at(-1)!, options);
      expect(await other.getOrLoad("b", () => "loaded")).toBe("loaded");
      expect(await failed).toBe("failed");
      expect(performance.now() - startMs).toBeLessThan(20_000);
      if (kind.isShared) await Promise.all(handles.map((handle) => handle.close()));
    });

    test("a loader that takes longer than the lease isn't waited for", async () => {
      const options = { namespace: "late", ttlMs: 60_000, leaseMs: 150, ...patient };
      const [slow, quick] = [createCache(store, options), createCache(store, options)];
      const isLoading = Promise.withResolvers<void>();
      const isAnswered = Promise.withResolvers<void>();
      const late = slow.getOrLoad("a", async () => {
        isLoading.resolve();
        await isAnswered.promise;
        return "late";
      });
      await isLoading.promise;
      // The late one can't end before the quick one has its answer.
      expect(await quick.getOrLoad("a", () => "quick")).toBe("quick");
      isAnswered.resolve();
      expect(await late).toBe("late");
      await expect.poll(() => slow.stats().refusals).toBe(1);
      expect(await quick.get("a")).toBe("quick");
    });

    test("promise 32: keys of readers reach nobody else's", async () => {
      const cache = make("safe");
      const other = make("safe:inner");
      await other.set("secret", "theirs", { tags: ["t"] });
      const hostile = [
        "a:b",
        "*",
        "{x}",
        "inner:secret",
        "\r\nDEL safe",
        "a%3Ab",
        "",
        "{safe:t}:tag",
      ];
      for (const part of hostile) await cache.set([part, "x"], part, { tags: [part || "empty"] });
      for (const part of hostile) expect(await cache.get([part, "x"])).toBe(part);
      await cache.invalidateTags("*");
      expect(await cache.get(["*", "x"])).toBeUndefined();
      expect(await cache.get(["a:b", "x"])).toBe("a:b");
      expect(await cache.get("inner:secret")).toBeUndefined();
      expect(await other.get("secret")).toBe("theirs");
      const text = make("safe text");
      for (const part of hostile.filter(Boolean)) await text.set(part, part);
      for (const part of hostile.filter(Boolean)) expect(await text.get(part)).toBe(part);
      console.log(`promise 32 on ${kind.name}: ${hostile.length} hostile keys, none crossed`);
    });

    test("what can't be read any more is loaded again", async () => {
      const cache = make("broken");
      for (const broken of ["x", "x".repeat(80), `${"0".repeat(29)}v0{`, `${"0".repeat(29)}t[`]) {
        await store.set(["broken", "a"], broken);
        expect(await cache.getOrLoad("a", () => "fresh")).toBe("fresh");
        expect(await cache.get("a")).toBe("fresh");
      }
    });

    test("keeps values by a codec of the program's own, also as bytes", async () => {
      const bytes = createCache<Uint8Array>(store, {
        namespace: "bytes",
        ttlMs: 60_000,
        staleMs: 1_000,
        codec: { isBinary: true, encode: (value) => value, decode: (value) => value.slice() },
        ...patient,
      });
      const value = new Uint8Array([0, 255, 10, 0xc3, 0x28]);
      await bytes.getOrLoad("a", () => value, { tags: ["ä\n"] });
      expect([...(await bytes.get("a"))!]).toEqual([...value]);
      const plain = createCache<Uint8Array>(store, {
        namespace: "bytes2",
        ttlMs: 60_000,
        codec: { isBinary: true, encode: (given) => given, decode: (given) => given.slice() },
        ...patient,
      });
      await plain.set("a", value, { tags: ["ä\n", "b"] });
      expect([...(await plain.get("a"))!]).toEqual([...value]);
      const upper = createCache<string>(store, {
        namespace: "upper",
        ttlMs: 60_000,
        codec: { encode: (given) => given.toUpperCase(), decode: (given) => given },
        ...patient,
      });
      await upper.set("a", "ü");
      expect(await upper.get("a")).toBe("Ü");
      expect(jsonCodec.decode(jsonCodec.encode(1n))).toBe(1n);
    });

    test("whoever listens hears of hits, misses and loads", async () => {
      const events: unknown[] = [];
      const listen = (event: unknown): unknown => events.push(event);
      subscribe("plinth:cache", listen);
      const cache = make("heard");
      await cache.getOrLoad("a", () => 1);
      await cache.getOrLoad("a", () => 1);
      unsubscribe("plinth:cache", listen);
      await cache.get("a");
      const mine = events.filter((event) => (event as { namespace: string }).namespace === "heard");
      expect(mine).toEqual([
        { namespace: "heard", kind: "miss" },
        { namespace: "heard", kind: "load", durationMs: expect.any(Number) as number },
        { namespace: "heard", kind: "hit" },
      ]);
      expect(cache.stats()).toMatchObject({ hits: 2, misses: 1, loads: 1 });
    });

    test("settings that make no sense are refused", () => {
      for (const options of [
        { ttlMs: 0 },
        { jitter: 1 },
        { jitter: -1 },
        { leaseMs: -1 },
        { staleMs: NaN },
        { timeoutMs: 0 },
      ]) {
        expect(() => make("bad", options)).toThrow(
          expect.objectContaining({ code: "E_INVALID_VALUE" }),
        );
      }
    });
  });
}

interface Contender {
  read(load: () => Promise<number>): Promise<number>;
  change(): Promise<void>;
  get(): Promise<number | undefined>;
}

/**
 * A reader whose load takes the old value and then dawdles, against a writer that commits and makes void, at random
 * points of one another; then whether the cache holds what the database hasn't got any more.
 */
async function interleave(
  rounds: number,
  contenderOf: (round: number) => Contender,
): Promise<{ stale: number; early: number }> {
  let stale = 0;
  let early = 0;
  const turn = async (count: number): Promise<void> => {
    for (let index = 0; index < count; index++) await new Promise(setImmediate);
  };
  const one = async (round: number): Promise<void> => {
    const contender = contenderOf(round);
    let row = 1;
    const reading = async (): Promise<void> => {
      await turn(round % 5);
      await contender.read(async () => {
        const snapshot = row;
        await turn((round * 7) % 6);
        return snapshot;
      });
    };
    const writing = async (): Promise<void> => {
      await turn((round * 3) % 11);
      row = 2;
      await turn(round % 2);
      await contender.change();
      // Who begins now must not see what was before.
      const seen = await contender.read(async () => row);
      if (seen !== 2) early++;
    };
    await Promise.all([reading(), reading(), writing()]);
    const held = await contender.get();
    if (held !== undefined && held !== row) stale++;
  };
  for (let round = 0; round < rounds; round += 50) {
    const batch = Array.from({ length: Math.min(50, rounds - round) }, (_, index) =>
      one(round + index),
    );
    await Promise.all(batch);
  }
  return { stale, early };
}
