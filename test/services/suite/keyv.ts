import { Keyv } from "keyv";
import { setTimeout as sleep } from "node:timers/promises";
import { createKeyvStore, type Store } from "plinth/services";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { StoreKind } from "./kit.ts";

export function keyvSuite(kind: StoreKind): void {
  describe("keyv", () => {
    let store: Store;
    beforeAll(async () => {
      store = await kind.open("keyv");
    });
    afterAll(() => store.close());

    test("keeps and forgets what Keyv gives it", async () => {
      const keyv = new Keyv({ store: createKeyvStore(store), throwOnErrors: true });
      await keyv.set("a:b*", { deep: [1, "ü"] });
      expect(await keyv.get("a:b*")).toEqual({ deep: [1, "ü"] });
      expect([await keyv.has("a:b*"), await keyv.has("a")]).toEqual([true, false]);
      await keyv.set("short", 1, 2_500);
      expect(await keyv.getMany(["a:b*", "short", "none"])).toEqual([
        { deep: [1, "ü"] },
        1,
        undefined,
      ]);
      await sleep(2_550);
      expect(await keyv.get("short")).toBeUndefined();
      const keys: string[][] = [];
      for await (const key of store.list("keyv")) keys.push(key);
      expect(keys).toEqual([["keyv", "all", "a:b*"]]);
      expect([await keyv.delete("a:b*"), await keyv.delete("a:b*")]).toEqual([true, false]);
    });

    test("namespaces of Keyv stay apart", async () => {
      const one = new Keyv({
        store: createKeyvStore(store),
        namespace: "one",
        throwOnErrors: true,
      });
      const two = new Keyv({
        store: createKeyvStore(store),
        namespace: "two",
        throwOnErrors: true,
      });
      await one.set("a", 1);
      await two.set("a", 2);
      await two.setMany([{ key: "b", value: 3 }]);
      const entries: [unknown, unknown][] = [];
      for await (const [key, value] of two.iterator()) entries.push([key, value]);
      expect(new Map(entries)).toEqual(
        new Map([
          ["a", 2],
          ["b", 3],
        ]),
      );
      await one.clear();
      expect([await one.get("a"), await two.get("a")]).toEqual([undefined, 2]);
      expect(await two.deleteMany(["a", "none"])).toBeDefined();
      expect(await two.get("a")).toBeUndefined();
    });
  });
}
