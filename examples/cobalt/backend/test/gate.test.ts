import { openStore, type Store } from "plinth/services";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { signUp } from "../src/auth.ts";
import { createGate } from "../src/gate.ts";
import { refreshTokens } from "../src/schema/tokens.ts";
import { openGateStore } from "../src/store.ts";
import { users } from "../src/schema/users.ts";
import { everywhere } from "./databases.ts";
import { withEveryStore } from "./stores.ts";

const ada = { username: "ada", email: "ada@example.com", password: "engine" };
const home = "203.0.113.7";

/** As long as it takes: what is cached is so on a machine that is busy, too. */
const patient = { timeoutMs: 10_000 };

async function keysOf(store: Store): Promise<string[]> {
  const keys = [];
  for await (const parts of store.list("ratelimit")) keys.push(parts.join(":"));
  return keys.toSorted();
}

everywhere("a refresh token is read once, until something happens to it", async ({ db }) => {
  await withEveryStore(async (store) => {
    const gate = createGate(db, store, patient);
    const { user } = await signUp(db, ada);
    const { refreshToken } = await gate.signIn(ada, home);
    expect(await gate.userOf(refreshToken)).toBe(user.id);
    // Nothing but the gate changes tokens, and so nothing is seen of this.
    await db.update(refreshTokens).set({ revokedAt: new Date() }).all();
    expect(await gate.userOf(refreshToken)).toBe(user.id);
    await db.update(refreshTokens).set({ revokedAt: null }).all();

    const next = await gate.refresh(refreshToken);
    expect(await gate.userOf(refreshToken)).toBeUndefined();
    expect(await gate.userOf(next.refreshToken)).toBe(user.id);
    await expect(gate.refresh(refreshToken)).rejects.toMatchObject({ reason: "reused" });
    expect(await gate.userOf(next.refreshToken)).toBeUndefined();

    const [phone, laptop] = [await gate.signIn(ada, home), await gate.signIn(ada, home)];
    expect(await gate.userOf(laptop.refreshToken)).toBe(user.id);
    await gate.signOut(laptop.refreshToken);
    expect(await gate.userOf(laptop.refreshToken)).toBeUndefined();
    expect(await gate.userOf(phone.refreshToken)).toBe(user.id);
    expect(await gate.revokeAll(user.id)).toBe(1);
    expect(await gate.userOf(phone.refreshToken)).toBeUndefined();
    await gate.delete(user.id);
  });
});

everywhere("who is disabled or deleted is known no more, at once", async ({ db }) => {
  await withEveryStore(async (store) => {
    const gate = createGate(db, store, patient);
    const { user } = await signUp(db, ada);
    const { refreshToken } = await gate.signIn(ada, home);
    expect(await gate.userOf(refreshToken)).toBe(user.id);
    await gate.disable(user.id);
    expect(await gate.userOf(refreshToken)).toBeUndefined();
    await gate.enable(user.id);
    expect(await gate.userOf(refreshToken)).toBe(user.id);
    await gate.delete(user.id);
    expect(await gate.userOf(refreshToken)).toBeUndefined();
    expect(await db.from(users).count()).toBe(0);
  });
});

everywhere("who tries too often is refused, by account and by address", async ({ db }) => {
  await withEveryStore(async (store) => {
    const gate = createGate(db, store, patient);
    const { user } = await signUp(db, ada);
    const wrong = { ...ada, password: "loom" };
    for (let attempt = 0; attempt < 5; attempt++)
      await expect(gate.signIn(wrong, home)).rejects.toMatchObject({ reason: "wrong" });
    // The password is right now, and the account's attempts are used up, from wherever they come.
    await expect(gate.signIn(ada, "198.51.100.2")).rejects.toMatchObject({ reason: "too many" });

    for (let attempt = 0; attempt < 20; attempt++)
      await expect(gate.signIn(ada, home)).rejects.toMatchObject({ reason: "too many" });
    expect(await keysOf(store)).toEqual([
      `ratelimit:block:${home}`,
      "ratelimit:login:198.51.100.2",
      `ratelimit:login:${home}`,
      `ratelimit:login:account:${ada.email}`,
    ]);
    // A blocked address uses up nobody's attempts.
    const eve = { ...ada, email: "eve@example.com" };
    await expect(gate.signIn(eve, home)).rejects.toMatchObject({ reason: "too many" });
    expect(await keysOf(store)).toHaveLength(4);
    await gate.delete(user.id);
  });
});

everywhere("without the store nobody gets in, and who is in stays in", async ({ db }) => {
  const store = await openStore("memory:");
  const gate = createGate(db, store);
  const { user } = await signUp(db, ada);
  const { refreshToken } = await gate.signIn(ada, home);
  await store.close();
  await expect(gate.signIn(ada, home)).rejects.toMatchObject({ reason: "too many" });
  expect(await gate.userOf(refreshToken)).toBe(user.id);
  const next = await gate.refresh(refreshToken);
  expect(await gate.userOf(next.refreshToken)).toBe(user.id);
  await expect(gate.revokeAll(user.id)).rejects.toMatchObject({ code: "E_CLOSED" });
  expect(await gate.userOf(next.refreshToken)).toBeUndefined();
});

test("the store is where its URL says", async () => {
  const folder = mkdtempSync(join(tmpdir(), "cobalt-"));
  try {
    await using store = await openGateStore(`sqlite:${join(folder, "store.sqlite")}`);
    expect(await store.increment("visits")).toBe(1);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
