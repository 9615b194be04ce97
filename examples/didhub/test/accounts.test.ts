import { expect } from "vitest";
import {
  changePassword,
  ensureAdmin,
  pageOfAccounts,
  register,
  removeAccount,
  setAdmin,
  signIn,
} from "../src/accounts.ts";
import { auditLogs } from "../src/schema/administration.ts";
import { schema } from "../src/schema/schema.ts";
import { writeSetting } from "../src/settings.ts";
import { createAlters } from "../src/alters.ts";
import { everywhere } from "./databases.ts";
import { people } from "./people.ts";

const ada = { username: "ada", password: "engine" };

everywhere("an account waits for its approval, unless a setting says otherwise", async ({ db }) => {
  const { admin } = await people(db);
  expect(await register(db, ada)).toMatchObject({
    username: "ada",
    isAdmin: false,
    isSystem: false,
    isApproved: false,
  });
  await expect(signIn(db, ada)).rejects.toMatchObject({ reason: "forbidden" });

  await writeSetting(db, admin, { key: "registration.approval", value: "none" });
  const grace = { username: "grace", password: "compiler", isSystem: true };
  expect(await register(db, grace)).toMatchObject({ isSystem: true, isApproved: true });
  expect(await signIn(db, grace)).toMatchObject({ username: "grace" });
});

everywhere("a name is taken once, and tells its case", async ({ db }) => {
  await register(db, ada);
  await expect(register(db, ada)).rejects.toMatchObject({ reason: "taken" });
  expect(await register(db, { ...ada, username: "Ada" })).toMatchObject({ username: "Ada" });
  expect(await db.from(schema.tables.users).count()).toBe(2);
  expect(await db.from(schema.tables.systemRequests).count()).toBe(2);
});

everywhere("passwords are kept as hashes, and never given back", async ({ db }) => {
  expect(await ensureAdmin(db, ada)).toBe(true);
  expect(await ensureAdmin(db, { username: "second", password: "never made" })).toBe(false);
  const [kept, ...others] = await db.from(schema.tables.users);
  expect(others).toEqual([]);
  expect(kept?.passwordHash).toMatch(/^scrypt:.{22}:.{43}$/);

  const account = await signIn(db, ada, { ipAddress: "2001:db8::1", userAgent: "test" });
  expect(account).not.toHaveProperty("passwordHash");
  expect(account.createdAt).toBeInstanceOf(Date);
  await changePassword(db, { userId: account.id }, "difference");
  await expect(signIn(db, ada)).rejects.toMatchObject({ reason: "forbidden" });
  await expect(signIn(db, { ...ada, username: "nobody" })).rejects.toMatchObject({
    message: "Name or password are wrong.",
  });
  expect(await signIn(db, { ...ada, password: "difference" })).toEqual({
    ...account,
    updatedAt: expect.any(Date),
  });
});

everywhere("administrators make others administrators", async ({ db }) => {
  const { admin, owner, neighbour } = await people(db);
  await expect(setAdmin(db, owner, owner.userId, true)).rejects.toMatchObject({
    reason: "forbidden",
  });
  expect(await setAdmin(db, admin, owner.userId, true)).toMatchObject({ isAdmin: true });
  expect(await setAdmin(db, owner, admin.userId, false)).toMatchObject({ isAdmin: false });
  await expect(setAdmin(db, admin, neighbour.userId, true)).rejects.toMatchObject({
    message: "Only administrators may do this.",
  });
  await expect(setAdmin(db, owner, 9_999, true)).rejects.toMatchObject({ reason: "not found" });
});

everywhere("accounts are found page by page", async ({ db }) => {
  await people(db);
  const usernames = Array.from({ length: 25 }, (_, at) => `user_${String(at).padStart(2, "0")}`);
  await db
    .insert(schema.tables.users)
    .values(usernames.map((username) => ({ username, passwordHash: "none" })));

  const last = await pageOfAccounts(db, { isApproved: false }, { page: 3, size: 10 });
  expect(last).toMatchObject({ total: 25, page: 3, pages: 3 });
  expect(last.items.map(({ username }) => username)).toEqual(usernames.slice(20));

  const names = async (filter: { search?: string; isAdmin?: boolean }): Promise<string[]> =>
    (await pageOfAccounts(db, filter, { page: 1, size: 5 })).items.map(({ username }) => username);
  expect(await names({ isAdmin: true })).toEqual(["admin"]);
  expect(await names({ search: "ER_1" })).toEqual(usernames.slice(10, 15));
  expect(await names({ search: "%" })).toEqual([]);
});

everywhere("an account takes along all that is its own, and leaves what it did", async ({ db }) => {
  const { owner, neighbour, systemId } = await people(db);
  await createAlters(db, owner, systemId, [{ name: "River" }]);
  await expect(removeAccount(db, neighbour, owner.userId)).rejects.toMatchObject({
    reason: "forbidden",
  });
  await removeAccount(db, owner, owner.userId);

  expect(await db.from(schema.tables.systems).count()).toBe(0);
  expect(await db.from(schema.tables.alters).count()).toBe(0);
  const left = await db.from(auditLogs).orderBy(auditLogs.id);
  expect(left.map(({ userId, action }) => [userId, action])).toEqual([
    [null, "system.created"],
    [null, "alter.created"],
    [null, "user.removed"],
  ]);
});
