import type { Store } from "plinth/services";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  readVersioned,
  voidVersioned,
  writeVersioned,
} from "../../../src/services/kv/versioned.ts";
import type { StoreKind } from "./kit.ts";

export function versionsSuite(kind: StoreKind): void {
  describe("versions", () => {
    let store: Store;
    beforeAll(async () => {
      store = await kind.open("versions");
    });
    afterAll(() => store.close());

    test("a value is written under the version that was read, once", async () => {
      const { version, value } = await readVersioned(store, "a", 5_000);
      expect(value).toBeUndefined();
      const options = { version, ttlMs: 60_000 };
      const next = await writeVersioned(store, "a", "first", options);
      expect(next).not.toBe(version);
      expect(await writeVersioned(store, "a", "second", options)).toBeUndefined();
      const held = await readVersioned(store, "a", 5_000);
      expect([held.version, Buffer.from(held.value!).toString()]).toEqual([next, "first"]);
      expect(await store.ttlMs("a")).toBeGreaterThan(5_000);
    });

    test("what was read before a key was voided isn't written after", async () => {
      const { version } = await readVersioned(store, "b", 5_000);
      await voidVersioned(store, "b", 5_000);
      expect(await writeVersioned(store, "b", "old", { version, ttlMs: 60_000 })).toBeUndefined();
      expect((await readVersioned(store, "b", 5_000)).value).toBeUndefined();
    });

    test("what was read before a key was lost isn't written after", async () => {
      const { version } = await readVersioned(store, "c", 5_000);
      await store.delete("c");
      const write = { version, ttlMs: 60_000 };
      expect(await writeVersioned(store, "c", "old", write)).toBeUndefined();
      expect((await readVersioned(store, "c", 5_000)).version).not.toBe(version);
      expect(await writeVersioned(store, "c", "old", write)).toBeUndefined();
    });

    test("a version that nobody writes under is forgotten", async () => {
      const { version } = await readVersioned(store, "d", 300);
      expect((await readVersioned(store, "d", 300)).version).toBe(version);
      await sleep(350);
      expect((await readVersioned(store, "d", 300)).version).not.toBe(version);
    });
  });
}
