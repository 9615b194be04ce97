import { asc, eq, type Executor } from "plinth";
import { users, type NewUser, type User } from "../schemas/user.schema.ts";

// #region create
export async function createUser(db: Executor, user: NewUser): Promise<User> {
  return db.insert(users).values(user).returning().one();
}
// #endregion

// #region read
export async function getActiveUsers(db: Executor): Promise<User[]> {
  return db.from(users).orderBy(asc(users.createdAt), asc(users.id));
}

export async function getActiveUserById(db: Executor, id: string): Promise<User | undefined> {
  return db.from(users).find(id);
}
// #endregion

// #region update
/** `updatedAt` is set by itself. */
export async function renameUser(db: Executor, id: string, name: string): Promise<User[]> {
  return db.update(users).set({ name }).where(eq(users.id, id)).returning();
}
// #endregion

// #region names
/** Only the columns that are asked for. */
export async function namesOfUsers(db: Executor): Promise<string[]> {
  return db.select({ name: users.name }).from(users).orderBy(asc(users.name)).list();
}
// #endregion
