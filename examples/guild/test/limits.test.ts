import { openStore } from "plinth/services";
import { expect, test } from "vitest";
import { createLimits, limitRules, LimitRefusal } from "../src/limits.ts";
import { openGuildStore } from "../src/store.ts";
import { nobody } from "./databases.ts";
import { keysOf, onEveryStore } from "./stores.ts";

const ip = "198.51.100.7";
const other = "203.0.113.9";

onEveryStore("an address is counted in its category, in a key of its own", async (store) => {
  const limits = createLimits(store);
  expect(await limits.take("login", ip)).toMatchObject({ allowed: true, remaining: 4 });
  expect(await limits.take("login", ip)).toMatchObject({ remaining: 3 });
  expect(await limits.take("register", ip)).toMatchObject({ remaining: 2 });
  expect(await limits.take("login", other)).toMatchObject({ remaining: 4 });
  expect(await limits.take("message", nobody)).toMatchObject({ limit: 10, remaining: 9 });
  expect(await keysOf(store, "ratelimit")).toEqual([
    `ratelimit:login:${ip}`,
    `ratelimit:login:${other}`,
    `ratelimit:message:${nobody}`,
    `ratelimit:register:${ip}`,
  ]);
  expect(await store.get(["ratelimit", "login", ip])).toBe("2");
  const leftMs = (await store.ttlMs(["ratelimit", "login", ip]))!;
  expect(leftMs).toBeGreaterThan(0);
  expect(leftMs).toBeLessThanOrEqual(limitRules.login.windowMs);
});

onEveryStore("who goes on is blocked, also where it had not been", async (store) => {
  const limits = createLimits(store);
  for (let attempt = 1; attempt <= 5; attempt++) await limits.take("login", ip);
  await expect(limits.take("login", ip)).rejects.toMatchObject({
    reason: "blocked",
    message: "Too many attempts. Please come back later.",
    retryAfterMs: limitRules.login.blockMs,
    headers: { "Retry-After": "900", "RateLimit-Remaining": "0" },
  });
  for (const category of ["request", "register"] as const)
    await expect(limits.take(category, ip)).rejects.toMatchObject({ reason: "blocked" });
  expect(await limits.take("request", other)).toMatchObject({ allowed: true });
  expect(await keysOf(store, "ratelimit")).toContain(`ratelimit:block:${ip}`);

  await limits.reset("login", ip);
  await expect(limits.take("login", ip), "a block stays").rejects.toMatchObject({
    reason: "blocked",
  });
  expect(await limits.unblock(ip)).toBe(true);
  expect(await limits.unblock(ip)).toBe(false);
  await limits.reset("login", ip);
  expect(await limits.take("login", ip)).toMatchObject({ remaining: 4 });
});

onEveryStore("a user is slowed down, and blocked nowhere", async (store) => {
  const limits = createLimits(store);
  for (let count = 1; count <= 10; count++) await limits.take("message", nobody);
  await expect(limits.take("message", nobody)).rejects.toBeInstanceOf(LimitRefusal);
  await expect(limits.take("message", nobody)).rejects.toMatchObject({
    reason: "limit",
    message: "That was too often. Please wait a moment.",
  });
  expect(await limits.take("upload", nobody)).toMatchObject({ allowed: true });
  expect(await keysOf(store, "ratelimit")).toEqual([
    `ratelimit:message:${nobody}`,
    `ratelimit:upload:${nobody}`,
  ]);
});

onEveryStore("an address is blocked by hand, for a while or for good", async (store) => {
  const limits = createLimits(store);
  await limits.block(ip);
  await limits.block(other, 50);
  await expect(limits.take("request", ip)).rejects.toMatchObject({ retryAfterMs: Infinity });
  await new Promise((resolve) => setTimeout(resolve, 80));
  expect(await limits.take("request", other)).toMatchObject({ allowed: true });
});

onEveryStore("many at once are let through as often as the rule says", async (store) => {
  const limits = createLimits(store);
  const settled = await Promise.allSettled(
    Array.from({ length: 40 }, () => limits.take("login", ip)),
  );
  expect(settled.filter(({ status }) => status === "fulfilled")).toHaveLength(5);
});

onEveryStore("all addresses of a network of IPv6 are one", async (store) => {
  const limits = createLimits(store);
  await limits.take("login", "2001:db8:1:2::3");
  expect(await limits.take("login", "2001:db8:1:2:ffff::4")).toMatchObject({ remaining: 3 });
  expect(await limits.take("login", "2001:db8:1:3::3")).toMatchObject({ remaining: 4 });
  expect(await limits.take("login", `::ffff:${ip}`)).toMatchObject({ remaining: 4 });
  expect(await limits.take("login", ip)).toMatchObject({ remaining: 3 });
});

test("without a store nobody signs in, and everybody reads on", async () => {
  const store = await openStore("memory:");
  const limits = createLimits(store);
  await store.close();
  await expect(limits.take("login", ip)).rejects.toMatchObject({ reason: "unavailable" });
  expect(await limits.take("request", ip)).toMatchObject({ allowed: true, reason: "unavailable" });
});

test("a server that is named is taken, and no file is made", async () => {
  await using store = await openGuildStore("memory:?max_mib=8");
  await store.set(["session", "1"], "a");
  expect(await store.get(["session", "1"])).toBe("a");
});
