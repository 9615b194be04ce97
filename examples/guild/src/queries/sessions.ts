import { and, desc, eq, gt, type RowOf } from "plinth";
import { createHash, randomBytes } from "node:crypto";
import type { Db } from "../database.ts";
import { sessions, type UserStatus } from "../schema/users.ts";

export type Session = RowOf<typeof sessions>;

/** Who gets the token is signed in; the database only knows what it hashes to. */
export interface NewSession {
  readonly session: Session;
  readonly token: string;
}

function hashOf(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

/** @param expiresAt Default: in thirty days. */
export async function createSession(
  db: Db,
  userId: string,
  expiresAt: Date = new Date(Date.now() + 30 * 24 * 60 * 60 * 1_000),
): Promise<NewSession> {
  const token = randomBytes(32).toString("base64url");
  const session = await db
    .insert(sessions)
    .values({ userId, tokenHash: hashOf(token), expiresAt })
    .returning()
    .one();
  return { session, token };
}

export interface SignedIn {
  readonly id: string;
  readonly expiresAt: Date;
  readonly userId: string;
  readonly username: string;
  readonly status: UserStatus;
}

/** The session of a token with whom it is of, unless it has expired. */
export async function findSessionByToken(
  db: Db,
  token: string,
  now = new Date(),
): Promise<SignedIn | undefined> {
  return db
    .query(
      `select s.id, s.expires_at as "expiresAt", s.user_id as "userId", u.username, u.status
       from sessions s
       join users u on u.id = s.user_id
       where s.token_hash = :tokenHash and s.expires_at > :now`,
      { tokenHash: hashOf(token), now },
    )
    .first();
}

/** The newest first. */
export async function findSessionsOfUser(db: Db, userId: string): Promise<Session[]> {
  return db
    .from(sessions)
    .where(eq(sessions.userId, userId))
    .orderBy(desc(sessions.createdAt), desc(sessions.id));
}

/**
 * Exchanges a token for a new one, once: of two who do so with the same token, one gets undefined.
 */
export async function updateSession(
  db: Db,
  token: string,
  expiresAt: Date,
  now = new Date(),
): Promise<string | undefined> {
  const next = randomBytes(32).toString("base64url");
  const { affectedRows } = await db
    .update(sessions)
    .set({ tokenHash: hashOf(next), expiresAt })
    .where(and(eq(sessions.tokenHash, hashOf(token)), gt(sessions.expiresAt, now)));
  return affectedRows > 0 ? next : undefined;
}

export async function deleteSession(db: Db, id: string): Promise<boolean> {
  const { affectedRows } = await db.delete(sessions).where(eq(sessions.id, id));
  return affectedRows > 0;
}

/** @returns Whose they were: a user for each session. */
export async function deleteExpiredSessions(db: Db, now = new Date()): Promise<string[]> {
  const deleted = await db.query(
    `delete from sessions where expires_at <= :now returning user_id as "userId"`,
    { now },
  );
  return deleted.map(({ userId }) => userId);
}
