import {
  and,
  asc,
  contains,
  desc,
  eq,
  isNotNull,
  isNull,
  lower,
  or,
  UniqueViolationError,
  type Executor,
  type RowOf,
} from "plinth";
import { Refusal } from "./refusal.ts";
import { users } from "./schema/users.ts";

export type User = RowOf<typeof users>;
export type Role = User["role"];

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

/**
 * The row stays, with its name and address, which nobody else can take: for audits, and because the user may come back.
 * Where they are to be free again, `hard` deletion is the way.
 */
export async function disableUser(db: Executor, id: string): Promise<User> {
  return found(await db.delete(users).where(eq(users.id, id)).returning());
}

export async function enableUser(db: Executor, id: string): Promise<User> {
  return found(await db.restore(users).where(eq(users.id, id)).returning());
}

/** For good, with all tokens. Name and address are free again. */
export async function deleteUser(db: Executor, id: string): Promise<void> {
  const { affectedRows } = await db.delete(users).hard().where(eq(users.id, id));
  if (affectedRows === 0) throw new Refusal("not found", "There is no such user.");
}

export interface UserFilter {
  readonly search?: string;
  readonly role?: Role;
  readonly isDisabled?: boolean;
}

/** For administrators: the newest first, pages from 1. */
export async function listUsers(
  db: Executor,
  { isDisabled, role, search }: UserFilter,
  { page, size }: { readonly page: number; readonly size: number },
) {
  const condition = and(
    role === undefined ? undefined : eq(users.role, role),
    search === undefined
      ? undefined
      : or(
          contains(lower(users.username), lowered(search)),
          contains(lower(users.email), lowered(search)),
        ),
    isDisabled === undefined
      ? undefined
      : isDisabled
        ? isNotNull(users.disabledAt)
        : isNull(users.disabledAt),
  );
  return db.from(users).where(condition).orderBy(desc(users.createdAt)).page(page, { size });
}

function lowered(text: string): string {
  return text.toLowerCase();
}

/** SeaORM's `paginate(db, size)` counts pages from 0. */
export async function fetchPage(db: Executor, page: number, size = 20): Promise<User[]> {
  const { items } = await db
    .from(users)
    .orderBy(asc(users.createdAt))
    .page(page + 1, { size });
  return items;
}

/** SeaORM's `num_pages()`. */
export async function countPages(db: Executor, size = 20): Promise<number> {
  return Math.ceil((await db.from(users).count()) / size);
}

function found(rows: readonly User[]): User {
  const [user] = rows;
  if (user === undefined) throw new Refusal("not found", "There is no such user.");
  return user;
}
