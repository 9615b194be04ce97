import type { Database } from "plinth";
import {
  deactivateUser,
  getDeactivatedUsers,
  restoreUser,
} from "../src/main/queries/soft-deletion.ts";
import {
  userCounts,
  usersWithoutDeactivatedProfile,
  usersWithProfiles,
} from "../src/main/queries/joins.ts";
import { createUserWithProfile } from "../src/main/queries/profiles.ts";
import { giveRole, takeRole, usersWithRoles } from "../src/main/queries/roles.ts";
import { createUser, namesOfUsers } from "../src/main/queries/users.ts";
import { roles, userRoles } from "../src/main/schemas/role.schema.ts";
import type { schema } from "../src/main/schemas/schema.ts";
import { userProfiles, type User } from "../src/main/schemas/user.schema.ts";
import { eq } from "plinth";
import * as print from "./print.ts";

type Db = Database<typeof schema>;

export interface Cast {
  readonly ada: User;
  readonly bob: User;
  readonly cleo: User;
}

export async function makeUsers(db: Db): Promise<Cast> {
  print.chapter("Users", "src/main/queries/users.ts");
  print.say(
    "Every table has a key, the time of its insert and of its last update, and when and by whom a row was deactivated. " +
      "A check refuses a schema in which one is forgotten.",
  );
  const make = (name: string): Promise<User> =>
    createUserWithProfile(db, { name, email: `${name.toLowerCase()}@example.com`, credits: 100 });
  const cast = { ada: await make("Ada"), bob: await make("Bob"), cleo: await make("Cleo") };
  await createUser(db, { name: "Dora" });
  print.rows((await usersWithProfiles(db)).map(rowOf));
  return cast;
}

function rowOf({
  user,
  profile,
}: {
  readonly user: User;
  readonly profile: { readonly bio: string | null } | null;
}) {
  return { name: user.name, credits: user.credits, profile: profile?.bio ?? null };
}

export async function deactivate(db: Db, { ada, bob }: Cast): Promise<void> {
  print.chapter("Deactivated, and back", "src/main/queries/soft-deletion.ts");
  print.say(
    "Ada deactivates Bob. The row stays, with who did it and when; queries, joins, counts and updates see him no more.",
  );
  await deactivateUser(db.as({ id: ada.id }), bob.id);
  const gone = await getDeactivatedUsers(db);
  print.rows(
    gone.map(({ deactivatedAt, deactivatedBy, name }) => ({
      name,
      "was deactivated": deactivatedAt !== null,
      "by Ada": deactivatedBy === ada.id,
    })),
  );
  print.lines(`names of users: ${(await namesOfUsers(db)).join(", ")}`);
  print.rows(await userCounts(db));
  print.say("Restored, he has neither a time nor a name beside him any more.");
  await restoreUser(db, bob.id);
  print.lines(`names of users: ${(await namesOfUsers(db)).join(", ")}`);
}

export async function join(db: Db, { cleo }: Cast): Promise<void> {
  print.chapter("Joins", "src/main/queries/joins.ts");
  print.say(
    "Cleo's profile is deactivated. In an outer join that stands in ON: she stays, without a profile.",
  );
  await db.delete(userProfiles).where(eq(userProfiles.userId, cleo.id));
  print.rows((await usersWithProfiles(db)).map(rowOf));
  print.say(
    "The guide's own form asks for it in WHERE, which drops her. It can be said, too, by withDeleted().",
  );
  print.rows((await usersWithoutDeactivatedProfile(db)).map(rowOf));
}

export async function assignRoles(db: Db, { ada, bob }: Cast): Promise<void> {
  print.chapter("Roles", "src/main/queries/roles.ts");
  print.say(
    "A role is given, taken, and given again. The pair of user and role is unique among active rows, " +
      "so that what was taken is in nobody's way.",
  );
  const [editor, reviewer] = await db
    .insert(roles)
    .values([{ name: "editor" }, { name: "reviewer" }])
    .returning();
  await giveRole(db, ada.id, editor!.id);
  await takeRole(db.as({ id: bob.id }), ada.id, editor!.id);
  await giveRole(db, ada.id, editor!.id);
  await giveRole(db, bob.id, reviewer!.id);
  const found = await usersWithRoles(db);
  print.rows(
    found.map((user) => ({
      name: user.name,
      roles: user.roles.map(({ name }) => name).join(", ") || null,
    })),
  );
  print.rows([
    {
      "active rows": await db.from(userRoles).count(),
      "with those taken": await db.from(userRoles).withDeleted().count(),
    },
  ]);
}
