import { expect } from "vitest";
import { signIn, signUp } from "../src/auth.ts";
import { tokensOf, tokensWithUser, usersWithTokens } from "../src/relations.ts";
import {
  countAdmins,
  countPages,
  createUser,
  deleteUser,
  disableUser,
  enableUser,
  fetchPage,
  findActiveUsers,
  findUserByEmail,
  findUserById,
  findUserByUsername,
  findVerifiedUsers,
  listUsers,
  setRole,
  updateUserEmail,
  usernames,
} from "../src/users.ts";
import { everywhere } from "./databases.ts";

const passwordHash = "none";
const nobody = "018f0000-0000-7000-8000-000000000000";

everywhere("users are made, found, changed and deleted", async ({ db }) => {
  const alice = await createUser(db, {
    username: "alice",
    email: "alice@example.com",
    passwordHash,
  });
  expect(alice.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/);
  expect(await findUserById(db, alice.id)).toEqual(alice);
  expect(await findUserByUsername(db, "alice")).toEqual(alice);
  expect(await findUserByUsername(db, "nobody")).toBeUndefined();
  const changed = await updateUserEmail(db, alice.id, "new@example.com");
  expect(changed).toMatchObject({ email: "new@example.com", emailVerified: false });
  expect(changed.updatedAt.getTime()).toBeGreaterThanOrEqual(alice.updatedAt.getTime());
  await setRole(db, alice.id, "admin");
  expect(await countAdmins(db)).toBe(1);
  expect(await usernames(db)).toEqual(["alice"]);
  expect(await findVerifiedUsers(db)).toEqual([]);
  await deleteUser(db, alice.id);
  expect(await findUserById(db, alice.id)).toBeUndefined();
  const lost = [
    () => updateUserEmail(db, nobody, "x@example.com"),
    () => deleteUser(db, nobody),
    () => disableUser(db, nobody),
  ];
  for (const work of lost) await expect(work()).rejects.toMatchObject({ reason: "not found" });
});

everywhere(
  "a disabled user is found, may not sign in, and keeps name and address",
  async ({ db }) => {
    const ada = { username: "ada", email: "ada@example.com", password: "engine" };
    const { user } = await signUp(db, ada);
    const disabled = await disableUser(db, user.id);
    expect(disabled.disabledAt).toBeInstanceOf(Date);
    expect(await findUserById(db, user.id)).toMatchObject({ username: "ada" });
    expect(await findUserByUsername(db, "ada")).toMatchObject({ id: user.id });
    expect(await findUserByEmail(db, "ada@example.com")).toMatchObject({ id: user.id });
    expect(await findActiveUsers(db)).toEqual([]);
    await expect(signIn(db, ada)).rejects.toMatchObject({ reason: "disabled" });
    await expect(signUp(db, { ...ada, username: "other" })).rejects.toMatchObject({
      reason: "taken",
      message: "An account has this address already.",
    });
    const enabled = await enableUser(db, user.id);
    expect(enabled.disabledAt).toBeNull();
    expect(await signIn(db, ada)).toMatchObject({ user: { username: "ada" } });

    await disableUser(db, user.id);
    await deleteUser(db, user.id);
    expect(await signUp(db, ada)).toMatchObject({ user: { username: "ada" } });
  },
);

everywhere("administrators list users by pages, with filters", async ({ db }) => {
  for (let at = 0; at < 25; at++) {
    const username = `User${String(at).padStart(2, "0")}`;
    const role = at < 3 ? "admin" : "user";
    await createUser(db, { username, email: `${username}@example.com`, passwordHash, role });
  }
  const [first] = await findActiveUsers(db);
  await disableUser(db, first!.id);
  expect(await listUsers(db, {}, { page: 2, size: 20 })).toMatchObject({ total: 25, pages: 2 });
  const disabled = await listUsers(db, { isDisabled: true }, { page: 1, size: 20 });
  expect(disabled.items.map(({ username }) => username)).toEqual(["User00"]);
  expect(
    await listUsers(db, { role: "admin", isDisabled: false }, { page: 1, size: 5 }),
  ).toMatchObject({ total: 2 });
  expect(await listUsers(db, { search: "USER1" }, { page: 1, size: 5 })).toMatchObject({
    total: 10,
    pages: 2,
  });
  expect(await countPages(db, 20)).toBe(2);
  expect((await fetchPage(db, 0)).length + (await fetchPage(db, 1)).length).toBe(25);
});

everywhere("tokens are loaded with their users, and users with their tokens", async ({ db }) => {
  const ada = { username: "ada", email: "ada@example.com", password: "engine" };
  const { user } = await signUp(db, ada);
  await signUp(db, { ...ada, username: "bob", email: "bob@example.com" });
  await signIn(db, ada);
  await signIn(db, ada);
  expect(await tokensOf(db, user.id)).toHaveLength(2);
  const all = await usersWithTokens(db);
  expect(all.map((one) => [one.username, one.refreshTokens.length])).toEqual([
    ["ada", 2],
    ["bob", 0],
  ]);
  expect((await tokensWithUser(db)).map((token) => token.user.username)).toEqual(["ada", "ada"]);
});
