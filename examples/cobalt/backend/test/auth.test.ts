import { eq, type Executor } from "plinth";
import { expect } from "vitest";
import {
  createVerificationToken,
  refresh,
  revokeAll,
  signIn,
  signOut,
  signUp,
  verifyEmail,
} from "../src/auth.ts";
import { emailVerifications, refreshTokens } from "../src/schema/tokens.ts";
import { users } from "../src/schema/users.ts";
import { everywhere } from "./databases.ts";

const ada = { username: "ada", email: "ada@example.com", password: "engine" };
const HOUR_MS = 3_600_000;

function hoursFrom(now: Date, hours: number): Date {
  return new Date(now.getTime() + hours * HOUR_MS);
}

async function openTokens(db: Executor): Promise<number> {
  const tokens = await db.from(refreshTokens);
  return tokens.filter(({ revokedAt }) => revokedAt === null).length;
}

everywhere("a sign-up makes a user and a token for its address, or neither", async ({ db }) => {
  const { user, verificationToken } = await signUp(db, ada);
  expect(user).toMatchObject({
    username: "ada",
    role: "user",
    emailVerified: false,
    disabledAt: null,
  });
  expect(user.passwordHash).toMatch(/^scrypt:/);
  const [kept] = await db.from(emailVerifications);
  expect(kept).toMatchObject({ userId: user.id, verifiedAt: null });
  expect(JSON.stringify(kept)).not.toContain(verificationToken);

  await expect(signUp(db, { ...ada, username: "other" })).rejects.toMatchObject({
    reason: "taken",
    message: "An account has this address already.",
  });
  await expect(signUp(db, { ...ada, email: "other@example.com" })).rejects.toMatchObject({
    message: "An account has this name already.",
  });
  expect(await db.from(users).count()).toBe(1);
  expect(await db.from(emailVerifications).count()).toBe(1);
});

everywhere("a link verifies an address once, within a day", async ({ db }) => {
  const now = new Date();
  const { user, verificationToken } = await signUp(db, ada, now);
  const tooLate = verifyEmail(db, verificationToken, hoursFrom(now, 25));
  await expect(tooLate).rejects.toMatchObject({ reason: "expired" });
  const verified = await verifyEmail(db, verificationToken, hoursFrom(now, 23));
  expect(verified).toMatchObject({ id: user.id, emailVerified: true });
  await expect(verifyEmail(db, verificationToken, now)).rejects.toMatchObject({
    reason: "expired",
  });
  await expect(verifyEmail(db, "no token")).rejects.toMatchObject({ reason: "expired" });
  await createVerificationToken(db, user.id);
  expect(await db.from(emailVerifications).count()).toBe(2);
});

everywhere("wrong passwords and unknown addresses are told alike", async ({ db }) => {
  await signUp(db, ada);
  const wrong = { reason: "wrong", message: "Address or password are wrong." };
  await expect(signIn(db, { ...ada, password: "loom" })).rejects.toMatchObject(wrong);
  await expect(signIn(db, { ...ada, email: "b@example.com" })).rejects.toMatchObject(wrong);
  expect(await db.from(refreshTokens).count()).toBe(0);
  expect(await signIn(db, ada)).toMatchObject({ user: { username: "ada" } });
});

everywhere("a refresh token is exchanged, and keeps no secret in the database", async ({ db }) => {
  const { refreshToken } = await signIn(db, (await signUp(db, ada)) && ada);
  const next = await refresh(db, refreshToken);
  expect(next.refreshToken).not.toBe(refreshToken);
  expect(next.user.username).toBe("ada");
  expect(await openTokens(db)).toBe(1);
  expect(JSON.stringify(await db.from(refreshTokens))).not.toContain(next.refreshToken);
});

everywhere("a token that comes twice ends all sessions of its user", async ({ db }) => {
  await signUp(db, ada);
  const other = await signUp(db, { ...ada, username: "eve", email: "eve@example.com" });
  await signIn(db, { ...ada, email: other.user.email });
  const { refreshToken: stolen } = await signIn(db, ada);
  const { refreshToken: phone } = await signIn(db, ada);
  const { refreshToken: thief } = await refresh(db, stolen);
  expect(await openTokens(db)).toBe(3);

  await expect(refresh(db, stolen)).rejects.toMatchObject({ reason: "reused" });
  expect(await openTokens(db), "of the other user").toBe(1);
  for (const token of [thief, phone])
    await expect(refresh(db, token)).rejects.toMatchObject({ reason: "reused" });
});

everywhere("of many that exchange one token at once, one gets another", async ({ db }) => {
  await signUp(db, ada);
  const { refreshToken } = await signIn(db, ada);
  const settled = await Promise.allSettled(
    Array.from({ length: 8 }, () => refresh(db, refreshToken)),
  );
  const reasons = settled.map((one) =>
    one.status === "fulfilled" ? "exchanged" : (one.reason as { reason: unknown }).reason,
  );
  expect(reasons.filter((reason) => reason === "exchanged")).toHaveLength(1);
  expect(reasons.filter((reason) => reason === "reused")).toHaveLength(7);
});

everywhere("a token is good for 30 days, and until its session ends", async ({ db }) => {
  const now = new Date();
  const { user } = await signUp(db, ada, now);
  const { refreshToken } = await signIn(db, ada, now);
  await expect(refresh(db, refreshToken, hoursFrom(now, 30 * 24 + 1))).rejects.toMatchObject({
    reason: "expired",
  });
  await expect(refresh(db, "no token")).rejects.toMatchObject({ reason: "expired" });
  await signOut(db, refreshToken);
  await signOut(db, "no token");
  expect(await openTokens(db)).toBe(0);
  await signIn(db, ada);
  await signIn(db, ada);
  expect(await revokeAll(db, user.id)).toBe(2);
});

everywhere("a user's tokens go with the user", async ({ db }) => {
  const { user } = await signUp(db, ada);
  await signIn(db, ada);
  await db.delete(users).hard().where(eq(users.id, user.id));
  expect(await db.from(refreshTokens).count()).toBe(0);
  expect(await db.from(emailVerifications).count()).toBe(0);
});
