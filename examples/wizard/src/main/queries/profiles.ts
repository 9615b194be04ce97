import type { Executor } from "plinth";
import type { schema } from "../schemas/schema.ts";
import { userProfiles, users, type NewUser, type User } from "../schemas/user.schema.ts";

// #region transaction
/** Both or neither. */
export async function createUserWithProfile(db: Executor, user: NewUser): Promise<User> {
  return db.transaction(async (tx) => {
    const made = await tx.insert(users).values(user).returning().one();
    await tx.insert(userProfiles).values({ userId: made.id, bio: "New user" });
    return made;
  });
}
// #endregion

// #region related
/** The same by the relation, which sets the key of the profile. */
export async function createUserWithItsProfile(
  db: Executor<typeof schema>,
  user: NewUser,
): Promise<User> {
  return db
    .insert(users)
    .values(user)
    .with({ profiles: { create: [{ bio: "New user" }] } })
    .returning()
    .one();
}
// #endregion
