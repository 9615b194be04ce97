import { asc, contains, eq, lower, or, type NewRowOf, type RowOf } from "plinth";
import type { Db } from "../database.ts";
import { Refusal } from "../refusal.ts";
import { users, type UserStatus } from "../schema/users.ts";

/** All but the secret of an authenticator, which is asked for by itself. */
export type User = Omit<RowOf<typeof users>, "mfaSecret">;
export type NewUser = Omit<NewRowOf<typeof users>, "createdAt" | "id" | "mfaSecret" | "updatedAt">;

const columns = {
  id: users.id,
  username: users.username,
  email: users.email,
  passwordHash: users.passwordHash,
  displayName: users.displayName,
  status: users.status,
  createdAt: users.createdAt,
  updatedAt: users.updatedAt,
};

/** A name is written in one way only, and so is an address: what looks alike is the same. */
function normalized<Fields extends Partial<NewUser>>(fields: Fields): Fields {
  const { email, username } = fields;
  if (username !== undefined && !/^[a-z0-9_.]{2,32}$/.test(username))
    throw new Refusal("A name has 2 to 32 of the signs a to z, 0 to 9, _ and .");
  if (typeof email !== "string") return fields;
  if (!email.includes("@")) throw new Refusal("That is no address.");
  return { ...fields, email: email.toLowerCase() };
}

/** @throws {UniqueViolationError} when the name or the address is taken. */
export async function createUser(db: Db, user: NewUser): Promise<User> {
  return db.insert(users).values(normalized(user)).returning(columns).one();
}

export async function findUserById(db: Db, id: string): Promise<User | undefined> {
  return db.select(columns).from(users).where(eq(users.id, id)).first();
}

/** As the document writes it: `$1`, and the columns that are needed. */
export async function findUserByUsername(db: Db, username: string): Promise<User | undefined> {
  return db
    .query(
      `select id, username, email, password_hash as "passwordHash", display_name as "displayName", status,
              created_at as "createdAt", updated_at as "updatedAt"
       from users
       where username = $1`,
      [username],
    )
    .first();
}

export async function findUserByEmail(db: Db, email: string): Promise<User | undefined> {
  return db
    .query(
      `select id, username, email, password_hash as "passwordHash", display_name as "displayName", status,
              created_at as "createdAt", updated_at as "updatedAt"
       from users
       where email = :email`,
      { email: email.toLowerCase() },
    )
    .first();
}

export type ListedUser = Pick<User, "displayName" | "id" | "status" | "username">;

/** Those of these keys that there are, by their names. */
export async function findUsersByIds(db: Db, ids: readonly string[]): Promise<ListedUser[]> {
  return db.query(
    `select id, username, display_name as "displayName", status
     from users
     where id in (:ids)
     order by username`,
    { ids },
  );
}

/** Those in whose names these letters stand, in whatever case. */
export async function findUsers(
  db: Db,
  search: string,
  limit = 20,
): Promise<Pick<User, "displayName" | "id" | "username">[]> {
  return db
    .select({ id: users.id, username: users.username, displayName: users.displayName })
    .from(users)
    .where(
      or(
        contains(users.username, search.toLowerCase()),
        contains(lower(users.displayName), search.toLowerCase()),
      ),
    )
    .orderBy(asc(users.username))
    .limit(limit);
}

/** @returns undefined where there is no such user. */
export async function updateUser(
  db: Db,
  id: string,
  changes: Partial<NewUser>,
): Promise<User | undefined> {
  const [user] = await db
    .update(users)
    .set(normalized(changes))
    .where(eq(users.id, id))
    .returning(columns);
  return user;
}

/** @returns Whether there is such a user. */
export async function updateUserStatus(db: Db, id: string, status: UserStatus): Promise<boolean> {
  const { affectedRows } = await db.update(users).set({ status }).where(eq(users.id, id));
  return affectedRows > 0;
}

/** Encrypted before it is sent; null takes it away. */
export async function updateUserMfaSecret(
  db: Db,
  id: string,
  mfaSecret: string | null,
): Promise<boolean> {
  const { affectedRows } = await db.update(users).set({ mfaSecret }).where(eq(users.id, id));
  return affectedRows > 0;
}

/** @returns null where there is none, undefined where there is no such user. */
export async function findUserMfaSecret(db: Db, id: string): Promise<string | null | undefined> {
  const user = await db
    .select({ mfaSecret: users.mfaSecret })
    .from(users)
    .where(eq(users.id, id))
    .first();
  return user?.mfaSecret;
}

/**
 * Sessions, memberships and friendships go along; messages stay, without their author.
 *
 * @throws {ForeignKeyViolationError} while the user owns a guild.
 */
export async function deleteUser(db: Db, id: string): Promise<boolean> {
  const { affectedRows } = await db.delete(users).where(eq(users.id, id));
  return affectedRows > 0;
}
