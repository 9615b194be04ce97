import {
  and,
  contains,
  eq,
  lower,
  UniqueViolationError,
  type Executor,
  type Page,
  type RowOf,
} from "plinth";
import { record, type Actor } from "./audit.ts";
import { hashPassword, isPassword } from "./passwords.ts";
import { requireAdmin } from "./permissions.ts";
import { Refusal } from "./refusal.ts";
import { systemRequests } from "./schema/administration.ts";
import { users } from "./schema/users.ts";
import { readSetting } from "./settings.ts";
import type { PageRequest } from "./page.ts";

/** An account as others see it: without its password. */
export type Account = Omit<RowOf<typeof users>, "passwordHash">;

const account = {
  id: users.id,
  username: users.username,
  isAdmin: users.isAdmin,
  isSystem: users.isSystem,
  isApproved: users.isApproved,
  createdAt: users.createdAt,
  updatedAt: users.updatedAt,
};

export interface Registration {
  readonly username: string;
  readonly password: string;
  readonly isSystem?: boolean;
}

/** Makes an account. Unless a setting says otherwise it waits for an administrator. */
export async function register(
  db: Executor,
  { username, password, isSystem = false }: Registration,
): Promise<Account> {
  const passwordHash = await hashPassword(password);
  return db.transaction(async (tx) => {
    const isApproved = (await readSetting(tx, "registration.approval")) !== "required";
    const made = await insertUser(tx, { username, passwordHash, isSystem, isApproved });
    if (!isApproved) await tx.insert(systemRequests).values({ userId: made.id });
    await record(tx, { userId: made.id }, { action: "user.registered", details: { username } });
    return made;
  });
}

async function insertUser(
  tx: Executor,
  user: Pick<RowOf<typeof users>, "isApproved" | "isSystem" | "passwordHash" | "username">,
): Promise<Account> {
  try {
    return await tx.insert(users).values(user).returning(account).one();
  } catch (error) {
    if (!(error instanceof UniqueViolationError)) throw error;
    throw new Refusal("taken", `The name ${user.username} is taken.`);
  }
}

/**
 * The first administrator, whom nobody can approve.
 *
 * @returns Whether it was made: where there is one already, nothing is.
 */
export async function ensureAdmin(
  db: Executor,
  { username, password }: Registration,
): Promise<boolean> {
  const passwordHash = await hashPassword(password);
  return db.transaction(async (tx) => {
    if ((await tx.from(users).where(eq(users.isAdmin, true)).count()) > 0) return false;
    await tx.insert(users).values({ username, passwordHash, isAdmin: true, isApproved: true });
    await record(tx, { userId: null }, { action: "user.made_admin", details: { username } });
    return true;
  });
}

/** @returns The account, when the password is its own and it is approved. */
export async function signIn(
  db: Executor,
  credentials: { readonly username: string; readonly password: string },
  from: Omit<Actor, "userId"> = {},
): Promise<Account> {
  const user = await db.from(users).where(eq(users.username, credentials.username)).first();
  const isTheirs = await isPassword(credentials.password, user?.passwordHash);
  if (user === undefined || !isTheirs) {
    const details = { username: credentials.username };
    await record(db, { ...from, userId: null }, { action: "user.sign_in_failed", details });
    throw new Refusal("forbidden", "Name or password are wrong.");
  }
  if (!user.isApproved) throw new Refusal("forbidden", "The account waits for its approval.");
  await record(db, { ...from, userId: user.id }, { action: "user.signed_in" });
  const { passwordHash: _, ...signedIn } = user;
  return signedIn;
}

export async function changePassword(
  db: Executor,
  actor: Actor & { readonly userId: number },
  password: string,
): Promise<void> {
  const passwordHash = await hashPassword(password);
  await db.transaction(async (tx) => {
    await tx.update(users).set({ passwordHash }).where(eq(users.id, actor.userId));
    await record(tx, actor, { action: "user.changed_password" });
  });
}

export async function setAdmin(
  db: Executor,
  actor: Actor,
  userId: number,
  isAdmin: boolean,
): Promise<Account> {
  return db.transaction(async (tx) => {
    await requireAdmin(tx, actor);
    const [changed] = await tx
      .update(users)
      .set({ isAdmin })
      .where(eq(users.id, userId))
      .returning(account);
    if (changed === undefined) throw new Refusal("not found", "There is no such account.");
    const action = isAdmin ? "user.made_admin" : "user.unmade_admin";
    await record(tx, actor, { action, entityType: "user", entityId: userId });
    return changed;
  });
}

/** Removes an account with all that belongs to it. What it did stays in the audit log, without its name. */
export async function removeAccount(db: Executor, actor: Actor, userId: number): Promise<void> {
  await db.transaction(async (tx) => {
    if (actor.userId !== userId) await requireAdmin(tx, actor);
    const { affectedRows } = await tx.delete(users).where(eq(users.id, userId));
    if (affectedRows === 0) throw new Refusal("not found", "There is no such account.");
    const by: Actor = actor.userId === userId ? { ...actor, userId: null } : actor;
    await record(tx, by, { action: "user.removed", entityType: "user", entityId: userId });
  });
}

export interface AccountFilter {
  readonly search?: string;
  readonly isAdmin?: boolean;
  readonly isApproved?: boolean;
}

export async function pageOfAccounts(
  db: Executor,
  { search, isAdmin, isApproved }: AccountFilter,
  { page, size }: PageRequest,
): Promise<Page<Account>> {
  const condition = and(
    search === undefined ? undefined : contains(lower(users.username), search.toLowerCase()),
    isAdmin === undefined ? undefined : eq(users.isAdmin, isAdmin),
    isApproved === undefined ? undefined : eq(users.isApproved, isApproved),
  );
  return db
    .select(account)
    .from(users)
    .where(condition)
    .orderBy(users.username)
    .page(page, { size });
}
