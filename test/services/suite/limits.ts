import { QueryError } from "plinth";
import { createLimiter, type Decision, type LimiterOptions, type Store } from "plinth/services";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { StoreKind } from "./kit.ts";

const ALGORITHMS = ["fixed", "sliding", "gcra"] as const;

export function limitsSuite(kind: StoreKind): void {
  describe("limits", { concurrent: true }, () => {
    let store: Store;
    beforeAll(async () => {
      store = await kind.open("limits");
    });
    afterAll(() => store.close());

    const limiterOf = (options: Partial<LimiterOptions>): ReturnType<typeof createLimiter> =>
      createLimiter(store, { category: "test", max: 5, windowMs: 60_000, ...options });

    for (const algorithm of ALGORITHMS) {
      test(`${algorithm}: lets the limit through, says what is left, and refuses the next`, async () => {
        const limiter = limiterOf({ category: `basic-${algorithm}`, algorithm });
        const decisions: Decision[] = [];
        for (let index = 0; index < 7; index++) decisions.push(await limiter.take("1.2.3.4"));
        expect(decisions.map(({ allowed }) => allowed)).toEqual([
          ...Array.from({ length: 5 }, () => true),
          false,
          false,
        ]);
        expect(decisions.map(({ remaining }) => remaining)).toEqual([4, 3, 2, 1, 0, 0, 0]);
        const last = decisions.at(-1)!;
        expect(last.reason).toBe("limit");
        expect(last.retryAfterMs).toBeGreaterThan(0);
        expect(last.retryAfterMs).toBeLessThanOrEqual(120_000);
        expect(last.headers).toMatchObject({
          "RateLimit-Limit": "5",
          "RateLimit-Remaining": "0",
          "RateLimit-Policy": "5;w=60",
          "Retry-After": String(Math.ceil(last.retryAfterMs / 1_000)),
        });
        expect(decisions[0]!.headers).not.toHaveProperty("Retry-After");
        expect((await limiter.take("5.6.7.8")).allowed).toBe(true);
      });

      test(`${algorithm}: lets pass again after what it said`, async () => {
        const limiter = limiterOf({
          category: `again-${algorithm}`,
          algorithm,
          max: 3,
          windowMs: 1_000,
        });
        let decision = await limiter.take("a");
        while (decision.allowed) decision = await limiter.take("a");
        const { retryAfterMs } = decision;
        expect(retryAfterMs).toBeGreaterThan(0);
        expect(retryAfterMs).toBeLessThanOrEqual(2_000);
        await sleep(retryAfterMs + 15);
        expect((await limiter.take("a")).allowed).toBe(true);
      });

      test(`${algorithm}: of many at once exactly the limit passes`, async () => {
        const limiter = limiterOf({ category: `many-${algorithm}`, algorithm, max: 20 });
        const takes = Array.from({ length: 100 }, () => limiter.take("a"));
        const allowed = (await Promise.all(takes)).filter((each) => each.allowed);
        expect(allowed).toHaveLength(20);
      });

      test(`${algorithm}: counts what one costs, looks without taking, and forgets`, async () => {
        const limiter = limiterOf({ category: `cost-${algorithm}`, algorithm });
        expect(await limiter.peek("a")).toMatchObject({ allowed: true, remaining: 5 });
        expect(await limiter.take("a", { cost: 4 })).toMatchObject({ allowed: true, remaining: 1 });
        expect(await limiter.take("a", { cost: 2 })).toMatchObject({
          allowed: false,
          remaining: 1,
        });
        expect(await limiter.peek("a")).toMatchObject({ allowed: true, remaining: 1 });
        expect(await limiter.take("a")).toMatchObject({ allowed: true, remaining: 0 });
        expect(await limiter.peek("a")).toMatchObject({ allowed: false, remaining: 0 });
        await limiter.reset("a");
        expect(await limiter.peek("a")).toMatchObject({ allowed: true, remaining: 5 });
      });
    }

    for (const algorithm of ALGORITHMS) {
      test(`${algorithm}: what outlives its rule, as after a clock that was put back, is cut`, async () => {
        const limiter = limiterOf({
          category: `cut-${algorithm}`,
          algorithm,
          max: 3,
          windowMs: 1_000,
        });
        let decision = await limiter.take("a");
        while (decision.allowed) {
          await store.expire(["ratelimit", `cut-${algorithm}`, "a"], 3_600_000);
          decision = await limiter.take("a");
        }
        const { retryAfterMs } = decision;
        expect(retryAfterMs).toBeLessThanOrEqual(2_000);
        await sleep(retryAfterMs + 15);
        expect((await limiter.take("a")).allowed).toBe(true);
      });
    }

    test("fixed: counts under the key and with the number of the documents", async () => {
      const limiter = limiterOf({ category: "login", algorithm: "fixed" });
      await limiter.take("10.0.0.1");
      await limiter.take("10.0.0.1");
      expect(await store.get(["ratelimit", "login", "10.0.0.1"])).toBe("2");
    });

    test("a cost that may never pass is refused, with what may", async () => {
      for (const algorithm of ALGORITHMS) {
        const isBursty = algorithm === "gcra";
        const limiter = limiterOf({
          category: `costly-${algorithm}`,
          algorithm,
          max: 5,
          ...(isBursty && { burst: 3 }),
        });
        await expect(limiter.take("a", { cost: 6 })).rejects.toMatchObject({
          code: "E_INVALID_VALUE",
          hint: isBursty
            ? "Take at most 3 at once, the limiter's burst, or raise that."
            : "Take at most 5 at once, the limiter's max, or raise that.",
        });
      }
    });

    test("gcra: after the burst one passes at a time", async () => {
      const limiter = limiterOf({
        category: "burst",
        algorithm: "gcra",
        max: 10,
        windowMs: 40_000,
        burst: 2,
      });
      expect((await limiter.take("a")).allowed).toBe(true);
      expect((await limiter.take("a")).allowed).toBe(true);
      const refused = await limiter.take("a");
      expect(refused.allowed).toBe(false);
      expect(refused.retryAfterMs).toBeLessThanOrEqual(4_000);
      await sleep(refused.retryAfterMs + 15);
      expect((await limiter.take("a")).allowed).toBe(true);
      expect((await limiter.take("a")).allowed).toBe(false);
    });

    test("whoever goes beyond is blocked, in every category that honors it", async () => {
      const login = limiterOf({
        category: "login2",
        algorithm: "fixed",
        max: 1,
        windowMs: 2_500,
        blockMs: 3_500,
      });
      const signup = limiterOf({ category: "signup", blockMs: 3_500 });
      const reading = limiterOf({ category: "reading" });
      expect((await login.take("9.9.9.9")).allowed).toBe(true);
      const refused = await login.take("9.9.9.9");
      expect(refused).toMatchObject({ allowed: false, reason: "blocked", retryAfterMs: 3_500 });
      expect(await store.get(["ratelimit", "block", "9.9.9.9"])).toBe("3500");
      expect(await signup.take("9.9.9.9")).toMatchObject({ allowed: false, reason: "blocked" });
      expect((await signup.take("9.9.9.8")).allowed).toBe(true);
      expect((await reading.take("9.9.9.9")).allowed).toBe(true);
      await sleep(3_550);
      expect((await login.take("9.9.9.9")).allowed).toBe(true);
    });

    test("what a blocked one tries isn't counted", async () => {
      const limiter = limiterOf({ category: "patient", max: 1, blockMs: 60_000 });
      await limiter.block("p");
      for (let index = 0; index < 3; index++) {
        expect(await limiter.take("p")).toMatchObject({ allowed: false, reason: "blocked" });
      }
      await limiter.unblock("p");
      expect(await limiter.take("p")).toMatchObject({ allowed: true, remaining: 0 });
    });

    test("who is beyond the limit is refused, also where the block can't be written", async () => {
      const full = new Proxy(store, {
        get(target, name) {
          if (name === "set") return () => Promise.reject(new QueryError("E_DATABASE_FULL", ""));
          const member: unknown = Reflect.get(target, name, target);
          return typeof member === "function" ? member.bind(target) : member;
        },
      });
      const options = { category: "open", max: 1, windowMs: 60_000, blockMs: 60_000 };
      const limiter = createLimiter(full, { ...options, onFailure: "open" });
      expect((await limiter.take("f")).allowed).toBe(true);
      expect(await limiter.take("f")).toMatchObject({ allowed: false, reason: "limit" });
    });

    test("a block by hand stays until it is taken away", async () => {
      const limiter = limiterOf({ category: "hand", honorsBlocks: true });
      await limiter.block("b");
      expect(await limiter.take("b")).toMatchObject({ allowed: false, retryAfterMs: Infinity });
      expect((await limiter.take("b")).headers["Retry-After"]).toBe("86400");
      expect(await limiter.unblock("b")).toBe(true);
      expect(await limiter.unblock("b")).toBe(false);
      expect((await limiter.take("b")).allowed).toBe(true);
    });

    test("a limiter that another algorithm's counters stand before begins anew", async () => {
      for (const before of ALGORITHMS) {
        await limiterOf({ category: `change-${before}`, algorithm: before }).take("a");
        for (const algorithm of ALGORITHMS) {
          const decision = await limiterOf({ category: `change-${before}`, algorithm }).take("a");
          expect(typeof decision.allowed).toBe("boolean");
        }
      }
    });

    test("subjects are whatever a request brings", async () => {
      const limiter = limiterOf({ category: "hostile", max: 1 });
      const subjects = [
        "\ud800".repeat(200),
        "a",
        "a:b",
        "::1",
        "",
        "*",
        "{a}",
        "\r\n",
        "x".repeat(100_000),
        "y".repeat(100_000),
      ];
      for (const subject of subjects) expect((await limiter.take(subject)).allowed).toBe(true);
      for (const subject of subjects) expect((await limiter.take(subject)).allowed).toBe(false);
      for (const subject of [undefined, null, 1, {}]) {
        await expect(limiter.take(subject as never)).rejects.toMatchObject({
          code: "E_INVALID_VALUE",
        });
      }
    });

    test("a counter that outlives its window, as after a clock that was put back, is cut", async () => {
      const limiter = limiterOf({
        category: "clock",
        algorithm: "fixed",
        windowMs: 3_000,
        blockMs: 3_000,
      });
      for (let index = 0; index < 6; index++) await limiter.take("c");
      await store.expire(["ratelimit", "clock", "c"], 3_600_000);
      await store.expire(["ratelimit", "block", "c"], 3_600_000);
      const refused = await limiter.take("c");
      expect(refused.allowed).toBe(false);
      expect(refused.retryAfterMs).toBeLessThanOrEqual(3_000);
      await sleep(3_050);
      expect((await limiter.take("c")).allowed).toBe(true);
    });
  });
}
