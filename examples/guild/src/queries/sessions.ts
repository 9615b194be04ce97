import { and, desc, eq, gt, lte, type RowOf } from "plinth";
import { createHash, randomBytes } from "node:crypto";
import type { Db } from "../database.ts";
import { sessions, users } from "../schema/users.ts";
import type { User } from "./users.ts";

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

/** The session of a token with whom it is of, unless it has expired. */
export async function findSessionByToken(
  db: Db,
  token: string,
  now = new Date(),
): Promise<{ session: Session; user: Pick<User, "id" | "status" | "username"> } | undefined> {
  return db
    .select({
      session: sessions,
      user: { id: users.id, username: users.username, status: users.status },
    })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(and(eq(sessions.tokenHash, hashOf(token)), gt(sessions.expiresAt, now)))
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

/** @returns How many there were. */
export async function deleteExpiredSessions(db: Db, now = new Date()): Promise<number> {
  const { affectedRows } = await db.delete(sessions).where(lte(sessions.expiresAt, now));
  return affectedRows;
}
