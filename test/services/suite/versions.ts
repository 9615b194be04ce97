import type { Store } from "plinth/services";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { claim, fill, peek, readHeld, release } from "../../../src/services/cache/versions.ts";
import type { StoreKind } from "./kit.ts";

const options = { holdMs: 60_000, leaseMs: 60_000, staleMs: 0 };
const ttlMs = 60_000;

export function versionsSuite(kind: StoreKind): void {
  describe("versions of cached values", { concurrent: true }, () => {
    let store: Store;
    beforeAll(async () => {
      store = await kind.open("versions");
    });
    afterAll(() => store.close());

    async function granted(
      key: string,
      more: Partial<typeof options> & { voids?: string } = {},
    ): Promise<{ readonly head: string; readonly version: string }> {
      const found = await claim(store, key, { ...options, ...more });
      if (found.kind !== "granted") throw new Error(`It is ${found.kind}.`);
      return found;
    }

    async function bodyOf(key: string): Promise<string | undefined> {
      const { held } = await peek(store, key);
      const body = held === undefined ? undefined : readHeld(held)?.body;
      return body === undefined ? undefined : Buffer.from(body).toString();
    }

    test("a value is written under the version that was read, once", async () => {
      const { version } = await granted("a");
      expect(await fill(store, "a", "first ü", { version, ttlMs })).toBe(true);
      expect(await fill(store, "a", "second", { version, ttlMs })).toBe(false);
      expect(await bodyOf("a")).toBe("first ü");
      expect(await store.ttlMs("a")).toBeGreaterThan(5_000);
      expect(await claim(store, "a", options)).toMatchObject({ kind: "filled" });
    });

    test("one gets the lease, the others are told how long it lasts", async () => {
      const long = { holdMs: 60_000, leaseMs: 2_500 };
      const { version } = await granted("b", long);
      const second = await claim(store, "b", { ...options, ...long });
      expect(second).toMatchObject({ kind: "taken", version });
      expect(second.kind === "taken" && second.leftMs).toBeGreaterThan(0);
      await sleep(2_530);
      expect((await granted("b", long)).version).toBe(version);
    });

    test("what was read before a key was deleted isn't written after", async () => {
      const { version } = await granted("c");
      await store.delete("c");
      expect(await fill(store, "c", "old", { version, ttlMs })).toBe(false);
      expect((await granted("c")).version).not.toBe(version);
      expect(await fill(store, "c", "old", { version, ttlMs })).toBe(false);
      expect(await bodyOf("c")).toBeUndefined();
    });

    test("a version that nobody writes under is forgotten", async () => {
      const { version } = await granted("d", { holdMs: 200 });
      await sleep(250);
      expect((await granted("d")).version).not.toBe(version);
    });

    test("a lease that is given up is the next one's, and only its holder gives it up", async () => {
      const { head } = await granted("e");
      await release(store, "e", "x".repeat(29));
      expect((await claim(store, "e", options)).kind).toBe("taken");
      await release(store, "e", head);
      await granted("e");
    });

    test("a value near its end is left to readers, while one loads", async () => {
      const stale = { ...options, staleMs: 60_000 };
      const { version } = await granted("f");
      await fill(store, "f", "value ü", { version, ttlMs: 50_000 });
      const next = await claim(store, "f", stale);
      expect(next.kind).toBe("granted");
      expect((await claim(store, "f", stale)).kind).toBe("taken");
      expect(await bodyOf("f")).toBe("value ü");
      if (next.kind === "granted") await release(store, "f", next.head);
      expect(await bodyOf("f")).toBe("value ü");
      const left = await store.ttlMs("f");
      expect(left).toBeGreaterThan(40_000);
      expect(left).toBeLessThanOrEqual(50_000);
      const again = await granted("f", stale);
      expect(await fill(store, "f", new Uint8Array([255, 0]), { ...again, ttlMs })).toBe(true);
      const { held } = await peek(store, "f");
      expect([...(readHeld(held!)!.body as Uint8Array)]).toEqual([255, 0]);
    });

    test("a void value makes place for a new version", async () => {
      const { version } = await granted("g");
      await fill(store, "g", "void", { version, ttlMs });
      const { held } = await peek(store, "g");
      const voids = readHeld(held!)!.version;
      expect((await granted("g", { voids })).version).not.toBe(voids);
      expect((await claim(store, "g", { ...options, voids })).kind).toBe("taken");
      expect(await bodyOf("g")).toBeUndefined();
    });

    test("what is no entry makes place, too", async () => {
      await store.set("h", "short");
      const { version } = await granted("h");
      expect(await fill(store, "h", "value", { version, ttlMs })).toBe(true);
    });
  });
}
