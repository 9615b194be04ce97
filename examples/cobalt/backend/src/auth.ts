import { and, eq, gt, isNull, type Executor } from "plinth";
import { hashPassword, isPassword } from "./passwords.ts";
import { Refusal } from "./refusal.ts";
import { emailVerifications, refreshTokens } from "./schema/tokens.ts";
import { users } from "./schema/users.ts";
import { createToken, hashToken } from "./tokens.ts";
import { createUser, findUserByEmail, findUserById, type User } from "./users.ts";

const HOUR_MS = 3_600_000;
const VERIFICATION_MS = 24 * HOUR_MS;
const REFRESH_MS = 30 * 24 * HOUR_MS;

export interface SignUp {
  readonly username: string;
  readonly email: string;
  readonly password: string;
}

/** What a person is let in with. */
export interface SignedIn {
  readonly user: User;
  /** Good for one use, and for 30 days. */
  readonly refreshToken: string;
}

/** Makes a user and the token that is sent to its address, both or neither. */
export async function signUp(
  db: Executor,
  { username, email, password }: SignUp,
  now = new Date(),
): Promise<{ readonly user: User; readonly verificationToken: string }> {
  const passwordHash = await hashPassword(password);
  return db.transaction(async (tx) => {
    const user = await createUser(tx, { username, email, passwordHash });
    return { user, verificationToken: await createVerificationToken(tx, user.id, now) };
  });
}

/** @returns What stands in the link that is mailed. Of it only a hash is kept. */
export async function createVerificationToken(
  db: Executor,
  userId: string,
  now = new Date(),
): Promise<string> {
  const { token, tokenHash } = createToken();
  const expiresAt = new Date(now.getTime() + VERIFICATION_MS);
  await db.insert(emailVerifications).values({ userId, tokenHash, expiresAt });
  return token;
}

/**
 * Takes a token that came back from the mailed link. It is good once.
 *
 * @throws {Refusal} `"expired"` for one that is used, too old or unknown.
 */
export async function verifyEmail(db: Executor, token: string, now = new Date()): Promise<User> {
  return db.transaction(async (tx) => {
    const [taken] = await tx
      .update(emailVerifications)
      .set({ verifiedAt: now })
      .where(
        and(
          eq(emailVerifications.tokenHash, hashToken(token)),
          isNull(emailVerifications.verifiedAt),
          gt(emailVerifications.expiresAt, now),
        ),
      )
      .returning({ userId: emailVerifications.userId });
    if (taken === undefined) throw new Refusal("expired", "This link is good no more.");
    return tx
      .update(users)
      .set({ emailVerified: true })
      .where(eq(users.id, taken.userId))
      .returning()
      .one();
  });
}

/** @throws {Refusal} `"wrong"` for a wrong password or address, `"disabled"` for a user who may not. */
export async function signIn(
  db: Executor,
  { email, password }: { readonly email: string; readonly password: string },
  now = new Date(),
): Promise<SignedIn> {
  const user = await findUserByEmail(db, email);
  const isTheirs = await isPassword(password, user?.passwordHash);
  if (user === undefined || !isTheirs) throw new Refusal("wrong", "Address or password are wrong.");
  refuseDisabled(user);
  return { user, refreshToken: await issue(db, user.id, now) };
}

function refuseDisabled(user: User): void {
  if (user.disabledAt !== null) throw new Refusal("disabled", "This account is disabled.");
}

async function issue(db: Executor, userId: string, now: Date): Promise<string> {
  const { token, tokenHash } = createToken();
  const expiresAt = new Date(now.getTime() + REFRESH_MS);
  await db.insert(refreshTokens).values({ userId, tokenHash, expiresAt });
  return token;
}

/**
 * Exchanges a refresh token for a new one. Of any number that are tried at once, one is exchanged.
 *
 * A token that comes a second time was stolen, from one side or the other: all of the user's are revoked, so that the
 * thief's is, too.
 *
 * @throws {Refusal} `"reused"`, `"expired"`, or `"disabled"`.
 */
export async function refresh(db: Executor, token: string, now = new Date()): Promise<SignedIn> {
  const tokenHash = hashToken(token);
  const exchanged = await db.transaction(async (tx) => {
    const [revoked] = await tx
      .update(refreshTokens)
      .set({ revokedAt: now })
      .where(
        and(
          eq(refreshTokens.tokenHash, tokenHash),
          isNull(refreshTokens.revokedAt),
          gt(refreshTokens.expiresAt, now),
        ),
      )
      .returning({ userId: refreshTokens.userId });
    if (revoked === undefined) return undefined;
    const user = await findUserById(tx, revoked.userId);
    if (user === undefined) return undefined;
    refuseDisabled(user);
    return { user, refreshToken: await issue(tx, user.id, now) };
  });
  if (exchanged !== undefined) return exchanged;

  // Outside of the transaction that was refused: what is revoked here has to stay so.
  const known = await db.from(refreshTokens).where(eq(refreshTokens.tokenHash, tokenHash)).first();
  if (known === undefined || known.revokedAt === null)
    throw new Refusal("expired", "Please sign in again.");
  await revokeAll(db, known.userId, now);
  throw new Refusal("reused", "This token was used before. Please sign in again, everywhere.");
}

/** Ends one session. A token that isn't known ends none. */
export async function signOut(db: Executor, token: string, now = new Date()): Promise<void> {
  await db
    .update(refreshTokens)
    .set({ revokedAt: now })
    .where(and(eq(refreshTokens.tokenHash, hashToken(token)), isNull(refreshTokens.revokedAt)));
}

/** @returns How many sessions of the user ended. */
export async function revokeAll(db: Executor, userId: string, now = new Date()): Promise<number> {
  const { affectedRows } = await db
    .update(refreshTokens)
    .set({ revokedAt: now })
    .where(and(eq(refreshTokens.userId, userId), isNull(refreshTokens.revokedAt)));
  return affectedRows;
}
