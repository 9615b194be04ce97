import { eq } from "plinth";
import { expect } from "vitest";
import {
  userCounts,
  usersWithoutDeactivatedProfile,
  usersWithProfiles,
} from "../src/main/queries/joins.ts";
import { getUsers, getUsersPaginated } from "../src/main/queries/pages.ts";
import { createUserWithItsProfile, createUserWithProfile } from "../src/main/queries/profiles.ts";
import { giveRole, takeRole, usersWithRoles } from "../src/main/queries/roles.ts";
import { deactivateUser } from "../src/main/queries/soft-deletion.ts";
import { roles, userRoles } from "../src/main/schemas/role.schema.ts";
import { userProfiles, users } from "../src/main/schemas/user.schema.ts";
import { everywhere } from "./databases.ts";
import { people } from "./people.ts";

const namesAndBios = (
  rows: readonly { user: { name: string }; profile: { bio: string | null } | null }[],
): unknown[] => rows.map(({ profile, user }) => [user.name, profile?.bio ?? null]);

everywhere("a user and a profile are made together, or neither is", async ({ db }) => {
  await createUserWithProfile(db, { name: "Ada", email: "ada@example.com" });
  await createUserWithItsProfile(db, { name: "Bob", email: "bob@example.com" });
  expect(namesAndBios(await usersWithProfiles(db))).toEqual([
    ["Ada", "New user"],
    ["Bob", "New user"],
  ]);
  await expect(
    createUserWithProfile(db, { name: "Eve", email: "ada@example.com" }),
  ).rejects.toMatchObject({ code: "E_UNIQUE_VIOLATION" });
  expect(await db.from(userProfiles).count()).toBe(2);
});

everywhere("joins see active rows, and the guide's own form can be said", async ({ db }) => {
  const { ada, bob, cleo } = await people(db);
  await db.insert(userProfiles).values([
    { userId: ada.id, bio: "engines" },
    { userId: bob.id, bio: "boats" },
  ]);
  await db.delete(userProfiles).where(eq(userProfiles.bio, "boats"));
  await deactivateUser(db, cleo.id);
  expect(namesAndBios(await usersWithProfiles(db))).toEqual([
    ["Ada", "engines"],
    ["Bob", null],
  ]);
  expect(namesAndBios(await usersWithoutDeactivatedProfile(db))).toEqual([["Ada", "engines"]]);
  expect(await userCounts(db)).toEqual([
    { status: "active", count: 2 },
    { status: "inactive", count: 1 },
  ]);
});

everywhere("a role that was taken may be given again, and stands once", async ({ db }) => {
  const { ada } = await people(db);
  const role = await db.insert(roles).values({ name: "editor" }).returning().one();
  await giveRole(db, ada.id, role.id);
  await expect(giveRole(db, ada.id, role.id)).rejects.toMatchObject({
    code: "E_UNIQUE_VIOLATION",
  });
  await takeRole(db, ada.id, role.id);
  expect(await usersWithRoles(db)).toMatchObject([{ roles: [] }, { roles: [] }, { roles: [] }]);
  await giveRole(db, ada.id, role.id);
  const [first] = await usersWithRoles(db);
  expect(first).toMatchObject({ name: "Ada", roles: [{ name: "editor" }] });
  expect(await db.from(userRoles).withDeleted().count()).toBe(2);
});

everywhere("pages by cursor and by number hold each active user once", async ({ db }) => {
  const sameSecond = new Date("2026-01-02T03:04:05Z");
  await db.insert(users).values(
    Array.from({ length: 45 }, (_, at) => ({
      name: `User ${at}`,
      createdAt: at < 30 ? sameSecond : new Date(sameSecond.getTime() + at * 1_000),
    })),
  );
  const [first] = await db.from(users).where(eq(users.name, "User 0"));
  await deactivateUser(db, first!.id);

  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const { items, hasNextPage, nextCursor } = await getUsers(db, cursor, 7);
    seen.push(...items.map(({ id }) => id));
    expect(hasNextPage).toBe(nextCursor !== null);
    cursor = nextCursor ?? undefined;
  } while (cursor !== undefined);
  expect(seen).toHaveLength(44);
  expect(new Set(seen).size).toBe(44);

  const page = await getUsersPaginated(db, 3, 20);
  expect(page).toMatchObject({ total: 44, page: 3, pages: 3 });
  expect(page.items.map(({ id }) => id)).toEqual(seen.slice(40));
});
