// What stands in Valkey before the database: how often somebody may try, and whose a refresh token is.
import { and, eq, isNull, type Executor } from "plinth";
import { createCache, createLimiter, type Store } from "plinth/services";
import { refresh, revokeAll, signIn, signOut, type SignedIn } from "./auth.ts";
import { Refusal } from "./refusal.ts";
import { refreshTokens } from "./schema/tokens.ts";
import { hashToken } from "./tokens.ts";

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
  revokeAll(userId: string): Promise<number>;
}

interface OpenToken {
  readonly userId: string;
  readonly expiresAt: Date;
}

/** @param db Not a transaction: what is cached has to hold. */
export function createGate(db: Executor, store: Store): Gate {
  const minute = 60_000;
  const options = { max: 20, windowMs: minute, blockMs: 15 * minute };
  const byAddress = createLimiter(store, { category: "login", ...options });
  const byAccount = createLimiter(store, {
    category: "login:account",
    max: 5,
    windowMs: 5 * minute,
  });
  const cache = createCache<OpenToken>(store, { namespace: "cobalt:refresh", ttlMs: 5 * minute });

  const findOpen = (tokenHash: string) =>
    db
      .select({ userId: refreshTokens.userId, expiresAt: refreshTokens.expiresAt })
      .from(refreshTokens)
      .where(and(eq(refreshTokens.tokenHash, tokenHash), isNull(refreshTokens.revokedAt)))
      .first();

  /** After it is committed that they are of no use any more. */
  async function forgetAll(userId: string): Promise<void> {
    const tokens = await db.from(refreshTokens).where(eq(refreshTokens.userId, userId));
    await cache.delete(...tokens.map(({ tokenHash }) => tokenHash));
  }

  return {
    async signIn(attempt, address) {
      const [ofAddress, ofAccount] = await Promise.all([
        byAddress.take(address),
        byAccount.take(attempt.email.toLowerCase()),
      ]);
      if (!ofAddress.allowed || !ofAccount.allowed) {
        throw new Refusal("too many", "Too many attempts. Please wait a while.");
      }
      const signedIn = await signIn(db, attempt);
      await byAccount.reset(attempt.email.toLowerCase());
      return signedIn;
    },

    async userOf(token) {
      const tokenHash = hashToken(token);
      const open = await cache.getOrLoad(tokenHash, () => findOpen(tokenHash));
      return open !== undefined && open.expiresAt > new Date() ? open.userId : undefined;
    },

    async refresh(token) {
      const tokenHash = hashToken(token);
      try {
        return await refresh(db, token);
      } catch (error) {
        // Somebody had a copy: all tokens of the user were revoked.
        if (error instanceof Refusal && error.reason === "reused") {
          const [known] = await db
            .from(refreshTokens)
            .where(eq(refreshTokens.tokenHash, tokenHash));
          if (known !== undefined) await forgetAll(known.userId);
        }
        throw error;
      } finally {
        await cache.delete(tokenHash);
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
  };
}
