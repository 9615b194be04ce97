import { createOneTime, type Store } from "plinth/services";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { StoreKind } from "./kit.ts";

export function oneTimeSuite(kind: StoreKind): void {
  describe("one-time values", () => {
    let store: Store;
    beforeAll(async () => {
      store = await kind.open("one-time");
    });
    afterAll(() => store.close());

    test("are consumed once", async () => {
      const states = createOneTime<{ verifier: string }>(store, {
        namespace: "oidc:state",
        ttlMs: 600_000,
      });
      const state = await states.issue({ verifier: "ü" });
      expect(await store.get(["oidc", "state", state])).toBe('{"verifier":"ü"}');
      expect(await store.ttlMs(["oidc", "state", state])).toBeGreaterThan(590_000);
      expect(await states.consume(state)).toEqual({ verifier: "ü" });
      expect(await states.consume(state)).toBeUndefined();
      expect(await states.consume("never issued")).toBeUndefined();
    });

    test("of 100 who ask at once one gets it", async () => {
      const tokens = createOneTime<number>(store, { namespace: "token", ttlMs: 60_000 });
      const handles = kind.isShared
        ? await Promise.all(Array.from({ length: 4 }, () => kind.open("one-time")))
        : [store];
      const everywhere = handles.map((handle) =>
        createOneTime<number>(handle, { namespace: "token", ttlMs: 60_000 }),
      );
      let got = 0;
      for (let round = 0; round < 20; round++) {
        const token = await tokens.issue(round);
        const asked = Array.from({ length: 100 }, (_, index) =>
          everywhere[index % everywhere.length]!.consume(token),
        );
        const found = (await Promise.all(asked)).filter((value) => value !== undefined);
        expect(found).toEqual([round]);
        got += found.length;
      }
      console.log(`one-time values on ${kind.name}: 20 × 100 consumers, ${got} got one`);
      if (kind.isShared) await Promise.all(handles.map((handle) => handle.close()));
    });

    test("what JSON would lose is refused, and nothing is kept", async () => {
      const values = createOneTime<unknown>(store, { namespace: "values", ttlMs: 60_000 });
      for (const value of [{ at: new Date(0) }, { id: 1n }, undefined, [undefined], new Map()]) {
        await expect(values.issue(value)).rejects.toMatchObject({ code: "E_INVALID_VALUE" });
        await expect(values.put("own", value)).rejects.toMatchObject({ code: "E_INVALID_VALUE" });
      }
      expect(await values.put("own", { text: "語", list: [1, null], left: undefined })).toBe(true);
      expect(await values.consume("own")).toEqual({ text: "語", list: [1, null] });
    });

    test("end with their time", async () => {
      const short = createOneTime<true>(store, { namespace: "short", ttlMs: 60 });
      const token = await short.issue(true);
      await sleep(100);
      expect(await short.consume(token)).toBeUndefined();
    });

    test("a token of the program's own is taken once", async () => {
      const hooks = createOneTime<string>(store, { namespace: "hook", ttlMs: 60_000 });
      expect(await hooks.put("evt_1", "first")).toBe(true);
      expect(await hooks.put("evt_1", "second")).toBe(false);
      expect(await hooks.consume("evt_1")).toBe("first");
      await expect(hooks.put("x".repeat(300), "")).rejects.toMatchObject({
        code: "E_INVALID_VALUE",
      });
    });

    test("no token that comes from outside fails", async () => {
      const tokens = createOneTime<number>(store, { namespace: "outside", ttlMs: 60_000 });
      for (const token of ["\ud800".repeat(200), "\0".repeat(200), "語".repeat(200)]) {
        expect(await tokens.consume(token)).toBeUndefined();
      }
      await expect(tokens.put("\ud800", 1)).rejects.toMatchObject({ code: "E_INVALID_VALUE" });
    });

    test("what comes from outside finds nothing that isn't theirs", async () => {
      const states = createOneTime<string>(store, { namespace: "oidc:state", ttlMs: 60_000 });
      await store.set(["oidc", "state", "a", "b"], '"secret"');
      await store.set(["oidc", "other"], '"secret"');
      for (const token of [
        "a:b",
        "*",
        "../other",
        "",
        "x".repeat(10_000),
        undefined,
        {},
        ["a", "b"],
      ]) {
        expect(await states.consume(token as string)).toBeUndefined();
      }
    });
  });
}
