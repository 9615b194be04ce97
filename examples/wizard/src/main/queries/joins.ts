import { asc, caseWhen, count, eq, isNull, type Executor } from "plinth";
import { userProfiles, users } from "../schemas/user.schema.ts";

// #region on
/** All active users, with their active profile or null: the profile's condition stands in ON. */
export async function usersWithProfiles(db: Executor) {
  return db
    .select({ user: users, profile: userProfiles })
    .from(users)
    .leftJoin(userProfiles, eq(users.id, userProfiles.userId))
    .orderBy(asc(users.name));
}
// #endregion

// #region where
/**
 * The same, as the guide writes it, with the profile's condition in WHERE: a user whose only profile is deactivated is
 * left out.
 */
export async function usersWithoutDeactivatedProfile(db: Executor) {
  return db
    .select({ user: users, profile: userProfiles })
    .from(users)
    .withDeleted(userProfiles)
    .leftJoin(userProfiles, eq(users.id, userProfiles.userId))
    .where(isNull(userProfiles.deactivatedAt))
    .orderBy(asc(users.name));
}
// #endregion

// #region counts
/** How many users are active, and how many are not. */
export async function userCounts(db: Executor) {
  const status = caseWhen(isNull(users.deactivatedAt), "active").else("inactive");
  return db
    .select({ status, count: count() })
    .from(users)
    .withDeleted(users)
    .groupBy(status)
    .orderBy(status);
}
// #endregion
