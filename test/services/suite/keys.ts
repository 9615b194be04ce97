import type { Store } from "plinth/services";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { StoreKind } from "./kit.ts";

const HOSTILE = [
  "a:b",
  "a",
  "b",
  ":",
  "::",
  "",
  "*",
  "?",
  "[ab]",
  "{a}",
  "{",
  "}",
  "a}b",
  "a\r\nDEL b",
  "\r\n",
  "\0",
  "%",
  "%3A",
  "%25",
  "a%3Ab",
  "%uD800",
  "\ud800",
  "\udc00",
  "\ufffd",
  "ü",
  "u\u0308",
  "🌍",
  " ",
  "\\",
  "'; drop table entries; --",
  "__proto__",
  "constructor",
];

async function collect(store: Store, namespace: string | readonly string[]): Promise<string[][]> {
  const found: string[][] = [];
  for await (const parts of store.list(namespace)) found.push(parts);
  return found;
}

export function keysSuite(kind: StoreKind): void {
  describe("keys", () => {
    let store: Store;
    beforeAll(async () => {
      store = await kind.open("keys");
    });
    afterAll(() => store.close());

    test("hostile parts never meet, and never leave their namespace", async () => {
      const keys = HOSTILE.flatMap((first) => [
        ["hostile", first],
        ...HOSTILE.map((second) => ["hostile", first, second]),
      ]);
      await Promise.all(keys.map((key) => store.set(key, JSON.stringify(key))));
      const values = await store.getMany(keys);
      const crossed = keys.filter((key, index) => values[index] !== JSON.stringify(key));
      console.log(`hostile keys on ${kind.name}: ${keys.length} keys, ${crossed.length} crossed`);
      expect(crossed).toEqual([]);

      const inside = await collect(store, ["hostile", "a"]);
      expect(inside.length).toBe(HOSTILE.length);
      expect(inside.every(([space, first]) => space === "hostile" && first === "a")).toBe(true);
      for (const pattern of ["*", "?", "[ab]", "{a}", ""]) {
        const found = await collect(store, ["hostile", pattern]);
        expect(new Set(found.map((parts) => parts[1]))).toEqual(new Set([pattern]));
      }
      const text = (parts: readonly string[]): string => JSON.stringify(parts);
      expect((await collect(store, "hostile")).map(text).sort()).toEqual(keys.map(text).sort());
    });

    /** So many keys below a namespace, one of its name, and one beside it. */
    async function fill(namespace: string, count: number): Promise<void> {
      const inside = Array.from({ length: count }, (_, index) => [namespace, String(index)]);
      await Promise.all(inside.map((key) => store.set(key, "a")));
      await store.set(namespace, "a");
      await store.set([`${namespace}2`, "1"], "a");
    }

    test("lists a namespace and nothing beside it", async () => {
      await fill("listed", 1_200);
      const found = await collect(store, "listed");
      expect(new Set(found.map(([, id]) => id)).size).toBe(1_200);
      expect(found.every(([space]) => space === "listed")).toBe(true);
      expect(await collect(store, "list")).toEqual([]);
    });

    test("ends a listing in the middle", async () => {
      await fill("ended", 300);
      for await (const parts of store.list("ended")) {
        expect(parts[0]).toBe("ended");
        break;
      }
      expect(await store.get("ended")).toBe("a");
    });

    test("clears a namespace and nothing beside it", async () => {
      await fill("cleared", 1_200);
      expect(await store.clear("cleared")).toBe(1_200);
      expect(await collect(store, "cleared")).toEqual([]);
      expect(await store.clear("cleared")).toBe(0);
      expect(await store.get("cleared")).toBe("a");
      expect(await store.get(["cleared2", "1"])).toBe("a");
    });

    test("a prefix keeps programs apart that share a server", async () => {
      await using one = await kind.open("prefix", { prefix: "one" });
      await using two = await kind.open("prefix", { prefix: "two:b" });
      await one.set(["session", "1"], "of one");
      await two.set(["session", "1"], "of two");
      expect(await one.get(["session", "1"])).toBe("of one");
      expect(await two.get(["session", "1"])).toBe("of two");
      expect(await collect(one, "session")).toEqual([["session", "1"]]);
      expect(await collect(two, "session")).toEqual([["session", "1"]]);
      if (!kind.isShared) return;
      await using plain = await kind.open("prefix");
      expect(await plain.get(["one", "session", "1"])).toBe("of one");
      expect(await plain.get(["two", "b", "session", "1"])).toBe("of two");
    });

    test("handles of one place share what is kept", async () => {
      if (!kind.isShared) return;
      await using other = await kind.open("keys");
      await store.set("shared", "a");
      expect(await other.take("shared")).toBe("a");
      expect(await store.get("shared")).toBeUndefined();
    });
  });
}
