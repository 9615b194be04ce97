import { companionKey, type Store } from "plinth/services";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { StoreKind } from "./kit.ts";

export function valuesSuite(kind: StoreKind): void {
  describe("values", { concurrent: true }, () => {
    let store: Store;
    beforeAll(async () => {
      store = await kind.open("values");
    });
    afterAll(() => store.close());

    test("gives back the text that was set, and nothing where nothing was", async () => {
      expect(await store.get(["greeting", "none"])).toBeUndefined();
      expect(await store.set(["greeting", "a"], "héllo 🌍\0\r\n")).toBe(true);
      expect(await store.get(["greeting", "a"])).toBe("héllo 🌍\0\r\n");
      expect(await store.set(["greeting", "a"], "")).toBe(true);
      expect(await store.get(["greeting", "a"])).toBe("");
      expect(await store.getMany([["greeting", "none"], ["greeting", "a"], "x"])).toEqual([
        undefined,
        "",
        undefined,
      ]);
      expect(await store.getMany([])).toEqual([]);
    });

    test("gives back every byte", async () => {
      const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
      await store.set("bytes", bytes);
      expect(new Uint8Array((await store.getBytes("bytes"))!)).toEqual(bytes);
      await store.set("bytes", "ä");
      expect(new Uint8Array((await store.getBytes("bytes"))!)).toEqual(
        new Uint8Array([0xc3, 0xa4]),
      );
      expect(await store.getBytes("no bytes")).toBeUndefined();
    });

    test("keeps its own copy of bytes", async () => {
      const bytes = new Uint8Array([1, 2, 3]);
      await store.set("copied", bytes);
      bytes[0] = 9;
      (await store.getBytes("copied"))![1] = 9;
      expect([...(await store.getBytes("copied"))!]).toEqual([1, 2, 3]);
    });

    test("forgets a value when its time is over, and not before", async () => {
      await store.set("short", "a", { ttlMs: 2_500 });
      await store.set("long", "b", { ttlMs: 60_000 });
      const left = (await store.ttlMs("short"))!;
      expect(left).toBeGreaterThan(0);
      expect(left).toBeLessThanOrEqual(2_500);
      expect(await store.get("short")).toBe("a");
      await sleep(2_550);
      expect(await store.get("short")).toBeUndefined();
      expect(await store.ttlMs("short")).toBeUndefined();
      expect(await store.set("short", "c", { only: "present" })).toBe(false);
      expect(await store.get("long")).toBe("b");
    });

    test("tells, changes and ends expiry", async () => {
      await store.set("stays", "a");
      expect(await store.ttlMs("stays")).toBe(Infinity);
      expect(await store.expire("stays", 60_000)).toBe(true);
      expect(await store.ttlMs("stays")).toBeLessThanOrEqual(60_000);
      expect(await store.ttlMs("stays")).toBeGreaterThan(50_000);
      expect(await store.expire("stays", "never")).toBe(true);
      expect(await store.ttlMs("stays")).toBe(Infinity);
      expect(await store.expire("never there", 10)).toBe(false);
      expect(await store.expire("never there", "never")).toBe(false);
      await store.set("stays", "b", { ttlMs: 60_000 });
      await store.set("stays", "c");
      expect(await store.ttlMs("stays")).toBe(Infinity);
    });

    test("sets only where there is nothing, or only where there is something", async () => {
      expect(await store.set("once", "a", { only: "present" })).toBe(false);
      expect(await store.set("once", "b", { only: "absent", ttlMs: 60_000 })).toBe(true);
      expect(await store.set("once", "c", { only: "absent" })).toBe(false);
      expect(await store.get("once")).toBe("b");
      expect(await store.set("once", "d", { only: "present" })).toBe(true);
      expect(await store.get("once")).toBe("d");
    });

    test("one of many that set where there is nothing succeeds", async () => {
      const tries = Array.from({ length: 50 }, (_, index) =>
        store.set("first of many", String(index), { only: "absent" }),
      );
      expect((await Promise.all(tries)).filter(Boolean)).toHaveLength(1);
    });

    test("deletes, and tells how many there were", async () => {
      await store.set("gone 1", "a");
      await store.set("gone 2", "a");
      expect(await store.delete("gone 1", "gone 2", "gone 3")).toBe(2);
      expect(await store.delete("gone 1")).toBe(0);
      expect(await store.delete()).toBe(0);
      expect(await store.get("gone 1")).toBeUndefined();
    });

    test("takes a value once", async () => {
      await store.set("taken", "a");
      expect(await store.take("taken")).toBe("a");
      expect(await store.take("taken")).toBeUndefined();
    });

    test("counts, and a counter's time begins with it", async () => {
      expect(await store.increment("count")).toBe(1);
      expect(await store.increment("count", { by: 41 })).toBe(42);
      expect(await store.increment("count", { by: -50 })).toBe(-8);
      expect(await store.ttlMs("count")).toBe(Infinity);
      expect(await store.get("count")).toBe("-8");

      expect(await store.increment("window", { ttlMs: 3_000 })).toBe(1);
      await sleep(300);
      expect(await store.increment("window", { ttlMs: 3_000 })).toBe(2);
      expect(await store.ttlMs("window")).toBeLessThanOrEqual(2_710);
      await sleep(2_750);
      expect(await store.increment("window", { ttlMs: 3_000 })).toBe(1);
    });

    test("counts what many add at once", async () => {
      await Promise.all(Array.from({ length: 100 }, () => store.increment("crowd", { by: 2 })));
      expect(await store.get("crowd")).toBe("200");
    });

    test("refuses to count on what is no number, and changes nothing", async () => {
      await store.set("word", "abc");
      await expect(store.increment("word")).rejects.toMatchObject({ code: "E_INVALID_VALUE" });
      await expect(store.increment("word", { ttlMs: 10 })).rejects.toMatchObject({
        code: "E_INVALID_VALUE",
      });
      expect(await store.get("word")).toBe("abc");
    });

    test("refuses what it can't keep before anything is done", async () => {
      const invalid = { code: "E_INVALID_VALUE" };
      for (const ttlMs of [0, -1, NaN, Infinity, 1e20]) {
        await expect(store.set("bad", "a", { ttlMs })).rejects.toMatchObject(invalid);
        await expect(store.increment("bad", { ttlMs })).rejects.toMatchObject(invalid);
        await expect(store.expire("bad", ttlMs)).rejects.toMatchObject(invalid);
      }
      for (const value of [undefined, null, 1, {}, []]) {
        await expect(store.set("bad", value as never)).rejects.toMatchObject(invalid);
      }
      await expect(store.increment("bad", { by: 0.5 })).rejects.toMatchObject(invalid);
      await expect(store.get([])).rejects.toMatchObject(invalid);
      await expect(store.get([1] as never)).rejects.toMatchObject(invalid);
      await expect(store.get("x".repeat(2_000))).rejects.toMatchObject({
        code: "E_VALUE_TOO_LONG",
      });
      expect(await store.get("bad")).toBeUndefined();
    });

    test("waits as long as it is told, however long, and refuses what is no time", async () => {
      for (const timeoutMs of [Infinity, 2 ** 31, 1e15]) {
        expect(await store.within(timeoutMs).set("patience", "a")).toBe(true);
      }
      for (const timeoutMs of [NaN, 0, -1]) {
        expect(() => store.within(timeoutMs)).toThrow("timeoutMs");
      }
    });

    test("a companion is a key of its own", async () => {
      const companion = companionKey(["session", "1"], "devices");
      await store.set(["session", "1"], "main");
      await store.set(companion, "other");
      expect(await store.getMany([["session", "1"], companion])).toEqual(["main", "other"]);
    });

    test("keeps a megabyte", async () => {
      const text = "ü".repeat(500_000);
      await store.set("large", text);
      expect(await store.get("large")).toBe(text);
    });
  });
}
