import { expect, vi } from "vitest";
import { changePassword, signIn, signOut, signUp, whoIs } from "../server/src/auth.ts";
import {
  changeEmail,
  createUser,
  deleteUser,
  findUserByEmail,
  listUsers,
  restoreUser,
} from "../server/src/users.ts";
import { everywhere } from "./databases.ts";

const alice = { email: "alice@example.com", ocid: "alice", password: "wonderland" };
const bob = { email: "bob@example.com", ocid: "bob", password: "builder" };
const phone = { agent: "Safari on an iPhone" };

everywhere("users are made, found, changed, deleted and restored", async (vault) => {
  const { db } = vault;
  const user = await signUp(vault, alice);
  expect(user).toMatchObject({ ocid: "alice", storageLimit: 1_073_741_824, deletedAt: null });
  expect(await findUserByEmail(db, alice.email)).toEqual(user);
  await expect(signUp(vault, { ...alice, ocid: "other" })).rejects.toMatchObject({
    reason: "taken",
    message: expect.stringContaining("address"),
  });
  await expect(signUp(vault, { ...bob, ocid: "alice" })).rejects.toMatchObject({
    reason: "taken",
    message: expect.stringContaining("ocid"),
  });

  await deleteUser(db, user.id);
  expect(await findUserByEmail(db, alice.email)).toBeUndefined();
  await expect(deleteUser(db, user.id)).rejects.toMatchObject({ reason: "not found" });
  await expect(changeEmail(db, user.id, "x@example.com")).rejects.toMatchObject({
    reason: "not found",
  });
  await expect(signUp(vault, alice)).rejects.toMatchObject({ reason: "taken" });
  expect(await restoreUser(db, user.id)).toMatchObject({ ocid: "alice", deletedAt: null });
});

everywhere("sessions are under their user's key, and end one by one or all", async (vault) => {
  const user = await signUp(vault, alice);
  const first = await signIn(vault, alice, phone);
  const second = await signIn(vault, alice, { agent: "Firefox on Linux" });
  expect(await vault.store.ttlMs(["session", String(user.id)])).toBeGreaterThan(0);
  expect(await whoIs(vault, first.token)).toMatchObject({
    profile: { id: user.id, ocid: "alice" },
    session: { data: phone },
  });
  expect(await signOut(vault, second.token)).toBe(true);
  expect(await signOut(vault, second.token)).toBe(false);
  expect(await whoIs(vault, second.token)).toBeUndefined();
  expect(await whoIs(vault, first.token)).toBeDefined();
  await changePassword(vault, user.id, "looking glass");
  expect(await whoIs(vault, first.token)).toBeUndefined();
  await expect(signIn(vault, alice, phone)).rejects.toMatchObject({ reason: "wrong" });
  await expect(changePassword(vault, user.id + 9, "x")).rejects.toMatchObject({
    reason: "not found",
  });
});

everywhere("who sets a new password is told when sessions couldn't be ended", async (vault) => {
  const user = await signUp(vault, alice);
  const away = vi.spyOn(vault.sessions, "revokeAll").mockRejectedValue(new Error("It is away."));
  await expect(changePassword(vault, user.id, "looking glass")).rejects.toMatchObject({
    code: "E_AFTER_COMMIT",
  });
  away.mockRestore();
  await expect(signIn(vault, alice, phone)).rejects.toMatchObject({ reason: "wrong" });
});

everywhere("a deleted user is out at once, and may not come in", async (vault) => {
  const user = await signUp(vault, alice);
  const { token } = await signIn(vault, alice, phone);
  await deleteUser(vault.db, user.id);
  expect(await whoIs(vault, token)).toBeUndefined();
  expect(await vault.sessions.list(String(user.id))).toEqual([]);
  await expect(signIn(vault, alice, phone)).rejects.toMatchObject({ reason: "wrong" });
  // A session that was made in the same moment is nobody's.
  const late = await vault.sessions.create(String(user.id), phone);
  expect(await whoIs(vault, late.token)).toBeUndefined();
  await restoreUser(vault.db, user.id);
  expect(await whoIs(vault, late.token)).toMatchObject({ profile: { ocid: "alice" } });
});

everywhere("users are listed by pages", async ({ db }) => {
  for (const at of [1, 2, 3])
    await createUser(db, { email: `U${at}@example.net`, ocid: `u${at}`, passwd: "none" });
  await createUser(db, { email: "other@example.com", ocid: "other", passwd: "none" });
  const last = await listUsers(db, "@Example.NET", { page: 2, size: 2 });
  expect(last).toMatchObject({ page: 2, pages: 2, total: 3, items: [{ ocid: "u3" }] });
});
