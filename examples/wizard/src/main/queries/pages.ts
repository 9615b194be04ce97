import { asc, type Executor } from "plinth";
import { users } from "../schemas/user.schema.ts";

// #region cursor
/** For large tables. Users that were made in the same second are neither skipped nor shown twice. */
export async function getUsers(db: Executor, cursor?: string, limit = 20) {
  return db.from(users).keyset([asc(users.createdAt)], { after: cursor, size: limit });
}
// #endregion

// #region page
/** For small ones. Pages count from 1. */
export async function getUsersPaginated(db: Executor, page = 1, limit = 20) {
  return db.from(users).orderBy(asc(users.createdAt), asc(users.id)).page(page, { size: limit });
}
// #endregion
