import { eq, type Executor } from "plinth";
import { users, type User } from "../schemas/user.schema.ts";

// #region deactivate
/** Sets `deactivatedAt`, `deactivatedBy` and `updatedAt`. Who acts is told by `db.as({ id })`. */
export async function deactivateUser(db: Executor, id: string): Promise<User[]> {
  return db.delete(users).where(eq(users.id, id)).returning();
}
// #endregion

// #region restore
/** Clears both, and sets `updatedAt`. */
export async function restoreUser(db: Executor, id: string): Promise<User[]> {
  return db.restore(users).where(eq(users.id, id)).returning();
}
// #endregion

// #region deactivated
export async function getDeactivatedUsers(db: Executor): Promise<User[]> {
  return db.from(users).onlyDeleted().orderBy(users.id);
}
// #endregion
