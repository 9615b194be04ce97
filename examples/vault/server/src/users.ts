import { contains, eq, lower, UniqueViolationError, type Executor, type RowOf } from "plinth";
import { users } from "./entities/schema.ts";
import { Refusal } from "./refusal.ts";

export type User = RowOf<typeof users>;

export interface NewUser {
  readonly email: string;
  /** What others know the user by. */
  readonly ocid: string;
  /** A hash, such as `hashPassword` gives. */
  readonly passwd: string;
  /** In bytes; default 1 GiB. */
  readonly storageLimit?: number;
}

/**
 * Address and ocid are each taken once, by deleted users too.
 *
 * @throws {Refusal} `"taken"`
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
  const what = error.columns?.includes("email") === true ? "address" : "ocid";
  return new Refusal("taken", `A user has this ${what} already.`);
}

export async function findUserByEmail(db: Executor, email: string): Promise<User | undefined> {
  return db.from(users).where(eq(users.email, email)).first();
}

/** @throws {Refusal} `"taken"`, or `"not found"`. */
export async function changeEmail(db: Executor, id: number, email: string): Promise<User> {
  try {
    return found(await db.update(users).set({ email }).where(eq(users.id, id)).returning());
  } catch (error) {
    throw asTaken(error);
  }
}

/** @throws {Refusal} `"not found"` */
export async function setStorageLimit(db: Executor, id: number, bytes: number): Promise<User> {
  const set = { storageLimit: bytes };
  return found(await db.update(users).set(set).where(eq(users.id, id)).returning());
}

/** Every query leaves deleted users out from then on; the row stays, and can come back. */
export async function deleteUser(db: Executor, id: number): Promise<void> {
  found(await db.delete(users).where(eq(users.id, id)).returning());
}

export async function restoreUser(db: Executor, id: number): Promise<User> {
  return found(await db.restore(users).where(eq(users.id, id)).returning());
}

/** Pages from 1, in the order of addresses. */
export async function listUsers(
  db: Executor,
  search: string,
  { page, size }: { readonly page: number; readonly size: number },
) {
  return db
    .from(users)
    .where(contains(lower(users.email), search.toLowerCase()))
    .orderBy(users.email)
    .page(page, { size });
}

function found(rows: readonly User[]): User {
  if (rows[0] === undefined) throw new Refusal("not found", "There is no such user.");
  return rows[0];
}
