// The sessions of the database, kept for a while in the store as `session:{user_id}`: what every request asks for.
import { DbError, type Database } from "plinth";
import { createCache, type CacheStats, type Store } from "plinth/services";
import {
  createSession,
  deleteExpiredSessions,
  deleteSession,
  findSessionByToken,
  findSessionsOfUser,
  updateSession,
  type NewSession,
  type Session,
} from "./queries/sessions.ts";
import type { schema } from "./schema/schema.ts";

/** What is kept of a session: nothing that anybody gets in with. */
export type SessionMetadata = Pick<Session, "createdAt" | "expiresAt" | "id">;

/**
 * Whatever changes sessions makes the cache void after it is in the database. Where the store is away then, `delete`,
 * `deleteExpired` and `forget` throw: the change is made, and is seen everywhere within five minutes.
 */
export interface CachedSessions {
  /** The sessions of a user that are good, the newest first. */
  list(userId: string, now?: Date): Promise<SessionMetadata[]>;
  /** Whether a session is good still, of which an access token says whose it is: no query, as long as the cache knows. */
  find(userId: string, sessionId: string, now?: Date): Promise<SessionMetadata | undefined>;
  create(userId: string, expiresAt?: Date): Promise<NewSession>;
  /** Exchanges a token for a new one, once, as `updateSession`. */
  update(token: string, expiresAt: Date, now?: Date): Promise<string | undefined>;
  delete(userId: string, sessionId: string): Promise<boolean>;
  deleteExpired(now?: Date): Promise<string[]>;
  /** For what changes them by the way, as `deleteUser` does. */
  forget(...userIds: string[]): Promise<void>;
  stats(): CacheStats;
}

export interface CachedSessionsOptions {
  /** How long the store may take before the database is asked, in milliseconds. Default 50. */
  readonly timeoutMs?: number;
}

/** @param db No transaction: it would show others what isn't committed. */
export function createCachedSessions(
  db: Database<typeof schema>,
  store: Store,
  options: CachedSessionsOptions = {},
): CachedSessions {
  const cache = createCache<SessionMetadata[]>(store, {
    ...options,
    namespace: "session",
    ttlMs: 5 * 60_000,
  });
  const forget = (...userIds: string[]): Promise<void> =>
    cache.delete(...new Set(userIds).values().map((userId) => [userId]));

  /** Where there is a new token it has to reach its owner, whether or not the store is there. */
  const forgetIfPossible = async (userId: string): Promise<void> => {
    try {
      await forget(userId);
    } catch (error) {
      if (!(error instanceof DbError)) throw error;
    }
  };

  const list = async (userId: string, now = new Date()): Promise<SessionMetadata[]> => {
    const all = await cache.getOrLoad([userId], async () => {
      const sessions = await findSessionsOfUser(db, userId);
      return sessions.map(({ createdAt, expiresAt, id }) => ({ createdAt, expiresAt, id }));
    });
    return all.filter(({ expiresAt }) => expiresAt > now);
  };

  return {
    list,
    forget,
    stats: () => cache.stats(),
    async find(userId, sessionId, now) {
      return (await list(userId, now)).find(({ id }) => id === sessionId);
    },
    async create(userId, expiresAt) {
      const made = await createSession(db, userId, expiresAt);
      await forgetIfPossible(userId);
      return made;
    },
    async update(token, expiresAt, now) {
      const next = await updateSession(db, token, expiresAt, now);
      const session = next === undefined ? undefined : await findSessionByToken(db, next, now);
      if (session !== undefined) await forgetIfPossible(session.userId);
      return next;
    },
    async delete(userId, sessionId) {
      const isGone = await deleteSession(db, sessionId);
      await forget(userId);
      return isGone;
    },
    async deleteExpired(now) {
      const userIds = await deleteExpiredSessions(db, now);
      await forget(...userIds);
      return userIds;
    },
  };
}
