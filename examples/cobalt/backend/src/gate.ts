// What stands in Valkey before the database: how often somebody may try, and whose a refresh token is.
import { and, DbError, eq, isNull, type Executor } from "plinth";
import { createCache, createLimiter, networkOf, type Store } from "plinth/services";
import { refresh, revokeAll, signIn, signOut, type SignedIn } from "./auth.ts";
import { Refusal } from "./refusal.ts";
import { refreshTokens } from "./schema/tokens.ts";
import { users } from "./schema/users.ts";
import { hashToken } from "./tokens.ts";
import { deleteUser, disableUser, enableUser, type User } from "./users.ts";

const MINUTE_MS = 60_000;

/**
 * Where Valkey is away `signIn` refuses everybody, and `userOf` asks the database. What ends sessions throws then: it is done
 * in the database, and to be called again, or else the cache forgets by itself within five minutes.
 */
export interface Gate {
  /**
   * As `signIn` of auth.ts, for so many attempts.
   *
   * @throws {Refusal} `"too many"`, also when Valkey can't be asked; and what `signIn` throws.
   */
  signIn(
    attempt: { readonly email: string; readonly password: string },
    address: string,
  ): Promise<SignedIn>;
  /** Whose an open refresh token is: from the cache, unless something has happened to it. */
  userOf(token: string): Promise<string | undefined>;
  refresh(token: string): Promise<SignedIn>;
  signOut(token: string): Promise<void>;
  /** @returns How many sessions of the user ended. */
  revokeAll(userId: string): Promise<number>;
  disable(userId: string): Promise<User>;
  enable(userId: string): Promise<User>;
  /** For good, with all tokens. */
  delete(userId: string): Promise<void>;
}

interface OpenToken {
  readonly userId: string;
  readonly expiresAt: Date;
}

export interface GateOptions {
  /** How long Valkey may take to say whose a token is, before the database is asked, in milliseconds. Default 50. */
  readonly timeoutMs?: number;
}

/** @param db Not a transaction: what is cached has to hold. */
export function createGate(db: Executor, store: Store, options: GateOptions = {}): Gate {
  const { letIn, forgive } = limitAttempts(store);
  const cache = createCache<OpenToken>(store, {
    ...options,
    namespace: "cobalt:refresh",
    ttlMs: 5 * MINUTE_MS,
  });

  /** After it is committed that they are of no use any more. */
  async function forgetAll(userId: string): Promise<void> {
    const hashes = await db
      .select({ tokenHash: refreshTokens.tokenHash })
      .from(refreshTokens)
      .where(eq(refreshTokens.userId, userId))
      .list();
    await cache.delete(...hashes);
  }

  async function disable(userId: string): Promise<User> {
    const user = await disableUser(db, userId);
    await forgetAll(userId);
    return user;
  }

  return {
    async signIn(attempt, address) {
      await letIn(address, attempt.email);
      const signedIn = await signIn(db, attempt);
      await unlessAway(forgive(attempt.email));
      return signedIn;
    },

    async userOf(token) {
      const tokenHash = hashToken(token);
      const open = await cache.getOrLoad(tokenHash, () => findOpen(db, tokenHash));
      return open !== undefined && open.expiresAt > new Date() ? open.userId : undefined;
    },

    async refresh(token) {
      const tokenHash = hashToken(token);
      try {
        return await refresh(db, token);
      } catch (error) {
        // Somebody had a copy: all tokens of the user were revoked.
        if (error instanceof Refusal && error.reason === "reused") {
          const known = await db
            .from(refreshTokens)
            .where(eq(refreshTokens.tokenHash, tokenHash))
            .first();
          if (known !== undefined) await unlessAway(forgetAll(known.userId));
        }
        throw error;
      } finally {
        await unlessAway(cache.delete(tokenHash));
      }
    },

    async signOut(token) {
      await signOut(db, token);
      await cache.delete(hashToken(token));
    },

    async revokeAll(userId) {
      const count = await revokeAll(db, userId);
      await forgetAll(userId);
      return count;
    },

    disable,

    async enable(userId) {
      const user = await enableUser(db, userId);
      await forgetAll(userId);
      return user;
    },

    async delete(userId) {
      // Tokens of who is disabled aren't cached any more, so that none is when they are gone.
      await disable(userId);
      await deleteUser(db, userId);
    },
  };
}

/** One that is neither revoked nor of a disabled user. */
async function findOpen(db: Executor, tokenHash: string): Promise<OpenToken | undefined> {
  return db
    .select({ userId: refreshTokens.userId, expiresAt: refreshTokens.expiresAt })
    .from(refreshTokens)
    .innerJoin(users, eq(users.id, refreshTokens.userId))
    .where(
      and(
        eq(refreshTokens.tokenHash, tokenHash),
        isNull(refreshTokens.revokedAt),
        isNull(users.disabledAt),
      ),
    )
    .first();
}

/** By address, which is blocked when it goes on, and by account, which many addresses may try. */
function limitAttempts(store: Store) {
  const byAddress = createLimiter(store, {
    category: "login",
    max: 20,
    windowMs: MINUTE_MS,
    blockMs: 15 * MINUTE_MS,
  });
  const byAccount = createLimiter(store, {
    category: "login:account",
    max: 5,
    windowMs: 5 * MINUTE_MS,
  });
  return {
    /** One after the other: an address that is blocked uses up nobody's attempts. */
    async letIn(address: string, email: string): Promise<void> {
      const { allowed } = await byAddress.take(networkOf(address));
      if (allowed && (await byAccount.take(email.toLowerCase())).allowed) return;
      throw new Refusal("too many", "Too many attempts. Please wait a while.");
    },
    forgive: (email: string): Promise<void> => byAccount.reset(email.toLowerCase()),
  };
}

/** Whoever has a new token is to get it, whether or not Valkey could be told. */
async function unlessAway(told: Promise<void>): Promise<void> {
  try {
    await told;
  } catch (error) {
    if (!(error instanceof DbError)) throw error;
  }
}
