import {
  and,
  asc,
  desc,
  eq,
  isNull,
  UniqueViolationError,
  type Executor,
  type RowOf,
} from "plinth";
import { Refusal } from "./refusal.ts";
import { userRole, users } from "./schema/users.ts";

export type User = RowOf<typeof users>;
export type Role = User["role"];
export const roles = userRole.values;

export interface NewUser {
  readonly username: string;
  readonly email: string;
  readonly passwordHash: string;
  readonly role?: Role;
}

/**
 * Name and address are each taken once, by disabled users too.
 *
 * @throws {Refusal} `"taken"`, and which of them it is.
 */
export async function createUser(db: Executor, user: NewUser): Promise<User> {
  try {
    return await db.insert(users).values(user).returning().one();
  } catch (error) {
    throw asTaken(error);
  }
}

function asTaken(error: unknown): unknown {
  if (!(error instanceof UniqueViolationError)) return error;
  const what = error.columns?.includes("email") === true ? "address" : "name";
  return new Refusal("taken", `An account has this ${what} already.`);
}

/** Disabled or not. */
export async function findUserById(db: Executor, id: string): Promise<User | undefined> {
  return db.from(users).find(id);
}

/** Disabled or not. */
export async function findUserByUsername(
  db: Executor,
  username: string,
): Promise<User | undefined> {
  return db.from(users).where(eq(users.username, username)).first();
}

export async function findUserByEmail(db: Executor, email: string): Promise<User | undefined> {
  return db.from(users).where(eq(users.email, email)).first();
}

export async function findActiveUsers(db: Executor): Promise<User[]> {
  return db.from(users).where(isNull(users.disabledAt)).orderBy(users.username);
}

export async function findVerifiedUsers(db: Executor): Promise<User[]> {
  return db.from(users).where(eq(users.emailVerified, true)).orderBy(asc(users.createdAt));
}

export async function usernames(db: Executor): Promise<string[]> {
  return db.select({ username: users.username }).from(users).orderBy(users.username).list();
}

export async function countAdmins(db: Executor): Promise<number> {
  return db.from(users).where(eq(users.role, "admin")).count();
}

/** The address has to be verified anew. */
export async function updateUserEmail(db: Executor, id: string, email: string): Promise<User> {
  try {
    return found(
      await db
        .update(users)
        .set({ email, emailVerified: false })
        .where(eq(users.id, id))
        .returning(),
    );
  } catch (error) {
    throw asTaken(error);
  }
}

export async function setRole(db: Executor, id: string, role: Role): Promise<User> {
  return found(await db.update(users).set({ role }).where(eq(users.id, id)).returning());
}

function found(rows: readonly User[]): User {
  const [user] = rows;
  if (user === undefined) throw new Refusal("not found", "There is no such user.");
  return user;
}
