import { createPresence, type Store } from "plinth/services";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { StoreKind } from "./kit.ts";

export function presenceSuite(kind: StoreKind): void {
  describe("presence", { concurrent: true }, () => {
    let store: Store;
    beforeAll(async () => {
      store = await kind.open("presence");
    });
    afterAll(() => store.close());

    test("members are here until they leave, or are silent", async () => {
      const here = createPresence(store, { ttlMs: 5_000 });
      expect(await here.list("room")).toEqual([]);
      expect(await here.beat("room", "ada")).toBe(true);
      await sleep(20);
      expect(await here.beat("room", "grace")).toBe(true);
      expect(await here.beat("other", "linus")).toBe(true);
      expect(await here.list("room")).toEqual(["ada", "grace"]);
      await sleep(2_600);
      expect(await here.beat("room", "ada")).toBe(false);
      expect(await here.list("room")).toEqual(["grace", "ada"]);
      await sleep(2_600);
      expect(await here.list("room")).toEqual(["ada"]);
      expect(await here.has("room", "grace")).toBe(false);
      expect(await here.has("room", "ada")).toBe(true);
      expect(await here.count("room")).toBe(1);
      expect(await here.leave("room", "ada")).toBe(true);
      expect(await here.leave("room", "ada")).toBe(false);
      expect(await here.count("room")).toBe(0);
      expect(await store.ttlMs(["presence", "room"])).toBeUndefined();
    });

    test("a room of many, and of hostile names", async () => {
      const here = createPresence(store, { namespace: "crowd", ttlMs: 60_000 });
      const names = Array.from({ length: 300 }, (_, index) => `member ${index}`);
      names.push("a:b", "*", "{a}", "\0", "a\0b", "a\r\nb", "", "__proto__", "🌍");
      await Promise.all(names.map((name) => here.beat("*", name)));
      expect(new Set(await here.list("*"))).toEqual(new Set(names));
      expect(await here.count("*")).toBe(names.length);
      expect(await here.count("a")).toBe(0);
    });

    test("nobody is here longer than the rule gives, whatever the clock did", async () => {
      await createPresence(store, { namespace: "back", ttlMs: 3_600_000 }).beat("room", "ada");
      const here = createPresence(store, { namespace: "back", ttlMs: 3_000 });
      expect(await here.list("room")).toEqual(["ada"]);
      await sleep(3_050);
      expect(await here.list("room")).toEqual([]);
    });
  });
}
