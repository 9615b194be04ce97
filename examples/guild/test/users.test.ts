import { eq, sql } from "plinth";
import { createDatabaseSessions } from "plinth/outbox";
import { expect } from "vitest";
import { people } from "../fixtures/users.ts";
import {
  createSession,
  deleteExpiredSessions,
  deleteSession,
  findSessionByToken,
  findSessionsOfUser,
  updateSession,
} from "../src/queries/sessions.ts";
import {
  createUser,
  deleteUser,
  findUserByEmail,
  findUserById,
  findUserByUsername,
  findUserMfaSecret,
  findUsers,
  findUsersByIds,
  updateUser,
  updateUserMfaSecret,
  updateUserStatus,
} from "../src/queries/users.ts";
import { sessions, users } from "../src/schema/users.ts";
import { everywhere, nobody } from "./databases.ts";

everywhere("a user is created with what is known", [], async ({ db }) => {
  const user = await createUser(db, { username: "testuser", email: "Test@Example.com" });
  expect(user).toMatchObject({
    username: "testuser",
    email: "test@example.com",
    displayName: null,
    passwordHash: null,
    status: "offline",
  });
  expect(user.id).toMatch(/^[\da-f]{8}-[\da-f]{4}-7/);
  expect(user.createdAt).toBeInstanceOf(Date);
  expect(user).not.toHaveProperty("mfaSecret");
});

everywhere("names and addresses that aren't any are refused", ["users"], async ({ db, row }) => {
  for (const username of ["", "a", "Ada", "two words", "x".repeat(33)])
    await expect(createUser(db, { username })).rejects.toThrow("A name has");
  await expect(createUser(db, { username: "erin", email: "nowhere" })).rejects.toThrow(
    "That is no address.",
  );
  await expect(
    updateUser(db, row(people, "ada").id, { displayName: "x".repeat(65) }),
  ).rejects.toMatchObject({ code: "E_VALUE_TOO_LONG" });
});

everywhere("names and addresses are of one user each", ["users"], async ({ db, row }) => {
  await expect(createUser(db, { username: "ada" })).rejects.toMatchObject({
    code: "E_UNIQUE_VIOLATION",
    table: "users",
    columns: ["username"],
  });
  await expect(
    createUser(db, { username: "other", email: "ADA@example.com" }),
  ).rejects.toMatchObject({ code: "E_UNIQUE_VIOLATION", columns: ["email"] });
  await expect(
    updateUser(db, row(people, "dora").id, { email: "bob@example.com" }),
  ).rejects.toMatchObject({ code: "E_UNIQUE_VIOLATION" });
  // Any number may go without an address.
  expect(await createUser(db, { username: "erin" })).toMatchObject({ email: null });
});

everywhere("a user is found by what is unique, or not", ["users"], async ({ db, row }) => {
  const { mfaSecret: _, ...ada } = row(people, "ada");
  expect(await findUserById(db, ada.id)).toEqual(ada);
  expect(await findUserByUsername(db, "ada")).toEqual(ada);
  expect(await findUserByEmail(db, "Ada@Example.com")).toEqual(ada);
  expect(await findUserById(db, nobody)).toBeUndefined();
  expect(await findUserByUsername(db, "ADA")).toBeUndefined();
  expect(await findUserByEmail(db, "eve@example.com")).toBeUndefined();
  await expect(findUserById(db, "no key")).rejects.toMatchObject({ code: "E_INVALID_VALUE" });
});

everywhere("users are searched by letters of their names", ["users"], async ({ db, row }) => {
  const names = async (search: string, limit?: number) =>
    (await findUsers(db, search, limit)).map(({ username }) => username);
  await updateUser(db, row(people, "dora").id, { displayName: "100%_Ada" });
  expect(await names("AD")).toEqual(["ada", "dora"]);
  expect(await names("ad", 1)).toEqual(["ada"]);
  expect(await names("%_")).toEqual(["dora"]);
  expect(await names("xyz")).toEqual([]);
});

everywhere("users are found by a list of keys", ["users"], async ({ db, row }) => {
  const [ada, bob] = [row(people, "ada").id, row(people, "bob").id];
  const found = await findUsersByIds(db, [bob, nobody, ada, bob]);
  expect(found).toEqual([
    { id: ada, username: "ada", displayName: "Ada L.", status: "online" },
    { id: bob, username: "bob", displayName: null, status: "offline" },
  ]);
  expect(await findUsersByIds(db, [])).toEqual([]);
  await expect(findUsersByIds(db, [ada, "no key"])).rejects.toMatchObject({
    code: "E_INVALID_VALUE",
  });
});

everywhere("a user is changed, and nobody else", ["users"], async ({ db, row }) => {
  const { id } = row(people, "bob");
  expect(await updateUser(db, id, { displayName: "Bob B." })).toMatchObject({
    username: "bob",
    displayName: "Bob B.",
  });
  expect(await updateUserStatus(db, id, "busy")).toBe(true);
  expect(await findUserById(db, id)).toMatchObject({ status: "busy", displayName: "Bob B." });
  expect(await updateUser(db, nobody, { displayName: "Nobody" })).toBeUndefined();
  expect(await updateUserStatus(db, nobody, "busy")).toBe(false);
  expect(await findUserByUsername(db, "ada")).toMatchObject({ status: "online" });
});

everywhere("a status is one of four, to the database too", ["users"], async ({ db, row }) => {
  const { id } = row(people, "ada");
  for (const status of ["online", "away", "busy", "offline"] as const) {
    await updateUserStatus(db, id, status);
    expect((await findUserById(db, id))?.status).toBe(status);
    expect(await db.from(users).where(eq(users.status, status)).count()).toBeGreaterThan(0);
  }
  await expect(updateUserStatus(db, id, "asleep" as "away")).rejects.toMatchObject({
    code: "E_INVALID_VALUE",
  });
  await expect(db.execute(sql`update users set status = 'asleep'`)).rejects.toMatchObject({
    name: expect.stringMatching(/Error$/),
  });
  expect((await findUserById(db, id))?.status).toBe("offline");
});

everywhere("the secret of an authenticator is bytes in the database", ["users"], async (given) => {
  const { db, row } = given;
  const { id } = row(people, "ada");
  const secret = "JBSWY3DPEHPK3PXP";
  expect(await findUserMfaSecret(db, id)).toBeNull();
  expect(await updateUserMfaSecret(db, id, secret)).toBe(true);
  expect(await findUserMfaSecret(db, id)).toBe(secret);
  const { rows } = await db.execute(
    sql<{ mfa_secret: Uint8Array }>`select mfa_secret from users where username = 'ada'`,
  );
  const stored = Buffer.from(rows[0]!.mfa_secret);
  expect(stored.length).toBeGreaterThan(secret.length);
  expect(stored.includes(secret)).toBe(false);
  expect(await updateUserMfaSecret(db, id, null)).toBe(true);
  expect(await findUserMfaSecret(db, id)).toBeNull();
  expect(await updateUserMfaSecret(db, nobody, secret)).toBe(false);
  expect(await findUserMfaSecret(db, nobody)).toBeUndefined();
});

everywhere("sessions are found by their token until they expire", ["users"], async (given) => {
  const { db, row } = given;
  const { id: userId } = row(people, "ada");
  const expiresAt = new Date("2030-01-01T00:00:00Z");
  const before = new Date("2029-12-31T23:59:59Z");
  const { session, token } = await createSession(db, userId, expiresAt);
  expect(session.tokenHash).not.toContain(token);
  expect(await findSessionByToken(db, token, before)).toEqual({
    id: session.id,
    expiresAt,
    userId,
    username: "ada",
    status: "online",
  });
  expect(await findSessionByToken(db, token, expiresAt)).toBeUndefined();
  expect(await findSessionByToken(db, "another", before)).toBeUndefined();
  await expect(createSession(db, nobody)).rejects.toMatchObject({
    code: "E_FOREIGN_KEY_VIOLATION",
  });
});

everywhere("a token is exchanged once", ["users"], async ({ db, row }) => {
  const { id: userId } = row(people, "ada");
  const expiresAt = new Date("2030-01-01T00:00:00Z");
  const { token } = await createSession(db, userId, expiresAt);
  const [first, second] = await Promise.all([
    updateSession(db, token, expiresAt),
    updateSession(db, token, expiresAt),
  ]);
  const next = first ?? second;
  expect([first, second]).toContain(undefined);
  expect(await findSessionByToken(db, token)).toBeUndefined();
  expect(await findSessionByToken(db, next!)).toMatchObject({ username: "ada" });
  expect(await updateSession(db, next!, expiresAt, expiresAt)).toBeUndefined();
});

everywhere("the table serves Plinth's own sessions as it is", ["users"], async ({ db, row }) => {
  const { id: userId } = row(people, "ada");
  const own = createDatabaseSessions(db, sessions, { detectsReuse: false });
  const { session, token } = await own.create(userId, undefined);
  expect((await findSessionsOfUser(db, userId)).map(({ id }) => id)).toEqual([session.id]);
  const rotation = await own.rotate(token);
  expect(rotation).toMatchObject({ status: "rotated", session: { id: session.id, userId } });
  expect(await own.find(token)).toBeUndefined();
  await expect(own.create(nobody, undefined)).rejects.toMatchObject({
    code: "E_FOREIGN_KEY_VIOLATION",
  });
  expect(await deleteUser(db, userId)).toBe(true);
  expect(await own.find(rotation.status === "rotated" ? rotation.token : "")).toBeUndefined();
});

everywhere(
  "sessions end one by one, all of a time, or with their user",
  ["users"],
  async (given) => {
    const { db, row } = given;
    const { id: userId } = row(people, "dora");
    const years = [2027, 2028, 2029].map((year) => new Date(Date.UTC(year, 0)));
    const made = [];
    for (const year of years) made.push(await createSession(db, userId, year));
    expect((await findSessionsOfUser(db, userId)).map(({ expiresAt }) => expiresAt)).toEqual(
      years.toReversed(),
    );
    expect(await deleteExpiredSessions(db, years[0])).toEqual([userId]);
    expect(await deleteSession(db, made[1]!.session.id)).toBe(true);
    expect(await deleteSession(db, made[1]!.session.id)).toBe(false);
    expect(await findSessionsOfUser(db, userId)).toHaveLength(1);
    expect(await deleteUser(db, userId)).toBe(true);
    expect(await deleteUser(db, userId)).toBe(false);
    expect(await findSessionsOfUser(db, userId)).toEqual([]);
  },
);
