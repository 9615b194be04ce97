import { openStore } from "plinth/services";
import { expect } from "vitest";
import { signUp } from "../src/auth.ts";
import { createGate } from "../src/gate.ts";
import { refreshTokens } from "../src/schema/tokens.ts";
import { everywhere } from "./databases.ts";

const ada = { username: "ada", email: "ada@example.com", password: "engine" };

everywhere("a refresh token is read once, until something happens to it", async ({ db }) => {
  await using store = await openStore("memory:");
  const gate = createGate(db, store);
  const { user } = await signUp(db, ada);
  const { refreshToken } = await gate.signIn(ada, "203.0.113.7");
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

  const [phone, laptop] = [
    await gate.signIn(ada, "203.0.113.7"),
    await gate.signIn(ada, "203.0.113.7"),
  ];
  expect(await gate.userOf(laptop.refreshToken)).toBe(user.id);
  await gate.signOut(laptop.refreshToken);
  expect(await gate.userOf(laptop.refreshToken)).toBeUndefined();
  expect(await gate.userOf(phone.refreshToken)).toBe(user.id);
  expect(await gate.revokeAll(user.id)).toBe(1);
  expect(await gate.userOf(phone.refreshToken)).toBeUndefined();
});

everywhere(
  "who tries too often is refused, and so is everybody without the store",
  async ({ db }) => {
    const store = await openStore("memory:");
    const gate = createGate(db, store);
    await signUp(db, ada);
    for (let attempt = 0; attempt < 5; attempt++) {
      await expect(gate.signIn({ ...ada, password: "loom" }, "203.0.113.7")).rejects.toMatchObject({
        reason: "wrong",
      });
    }
    // The password is right now, and the account's attempts are used up, from wherever they come.
    await expect(gate.signIn(ada, "198.51.100.2")).rejects.toMatchObject({ reason: "too many" });
    await store.close();
    await expect(gate.signIn(ada, "198.51.100.3")).rejects.toMatchObject({ reason: "too many" });
  },
);
