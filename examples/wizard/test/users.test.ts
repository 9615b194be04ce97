import { eq } from "plinth";
import { expect } from "vitest";
import {
  deactivateUser,
  getDeactivatedUsers,
  restoreUser,
} from "../src/main/queries/soft-deletion.ts";
import {
  createUser,
  getActiveUserById,
  getActiveUsers,
  namesOfUsers,
  renameUser,
} from "../src/main/queries/users.ts";
import { users } from "../src/main/schemas/user.schema.ts";
import { everywhere } from "./databases.ts";
import { people } from "./people.ts";

const longAgo = new Date("2020-01-02T03:04:05Z");

everywhere("a user has what every row has", async ({ db }) => {
  const user = await createUser(db, { name: "John Doe", email: "user@example.com" });
  expect(user).toMatchObject({ credits: 0, deactivatedAt: null, deactivatedBy: null });
  expect(user.id).toMatch(/^[0-9a-f-]{36}$/);
  expect(user.createdAt).toBeInstanceOf(Date);
  expect(user.updatedAt).toEqual(user.createdAt);
});

everywhere("an update sets updatedAt", async ({ db }) => {
  const { ada } = await people(db);
  await db.update(users).set({ updatedAt: longAgo }).where(eq(users.id, ada.id));
  const [renamed] = await renameUser(db, ada.id, "Jane Doe");
  expect(renamed?.name).toBe("Jane Doe");
  expect(renamed?.updatedAt.getTime()).toBeGreaterThan(longAgo.getTime());
});

everywhere("a deactivated user is hidden, and comes back", async ({ db }) => {
  const { ada, bob } = await people(db);
  await db.update(users).set({ updatedAt: longAgo }).all();
  const [gone] = await deactivateUser(db.as({ id: bob.id }), ada.id);
  expect(gone).toMatchObject({ id: ada.id, deactivatedBy: bob.id });
  expect(gone?.deactivatedAt).toBeInstanceOf(Date);
  expect(gone?.updatedAt.getTime()).toBeGreaterThan(longAgo.getTime());

  expect(await getActiveUserById(db, ada.id)).toBeUndefined();
  expect(await namesOfUsers(db)).toEqual(["Bob", "Cleo"]);
  expect((await getActiveUsers(db)).map(({ name }) => name)).toEqual(["Bob", "Cleo"]);
  expect((await getDeactivatedUsers(db)).map(({ name }) => name)).toEqual(["Ada"]);
  expect(await renameUser(db, ada.id, "Nobody")).toEqual([]);
  expect(await deactivateUser(db, ada.id)).toEqual([]);

  await db.update(users).withDeleted().set({ updatedAt: longAgo }).all();
  const [back] = await restoreUser(db, ada.id);
  expect(back).toMatchObject({ name: "Ada", deactivatedAt: null, deactivatedBy: null });
  expect(back?.updatedAt.getTime()).toBeGreaterThan(longAgo.getTime());
  expect(await restoreUser(db, ada.id)).toEqual([]);
  expect(await getDeactivatedUsers(db)).toEqual([]);
});

everywhere("an address stays taken while its user is deactivated", async ({ db }) => {
  const { ada } = await people(db);
  await deactivateUser(db, ada.id);
  await expect(createUser(db, { name: "Ada", email: "ada@example.com" })).rejects.toMatchObject({
    code: "E_UNIQUE_VIOLATION",
    constraint: "users_email_unique",
  });
});
