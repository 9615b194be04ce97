import { asc, eq, type Executor } from "plinth";
import type { schema } from "./schema/schema.ts";
import { refreshTokens } from "./schema/tokens.ts";
import { users } from "./schema/users.ts";

type Db = Executor<typeof schema>;

/** SeaORM's `user.find_related(RefreshTokens)`: of a row in hand. */
export async function tokensOf(db: Db, userId: string) {
  return db.from(refreshTokens).where(eq(refreshTokens.userId, userId));
}

/** SeaORM's `find_with_related(RefreshTokens)`: users with their tokens, in two queries whatever their number. */
export async function usersWithTokens(db: Db) {
  return db.from(users).orderBy(asc(users.username)).with({ refreshTokens: true });
}

/** The other way: tokens with their user, who always is there. */
export async function tokensWithUser(db: Db) {
  return db.from(refreshTokens).with({ user: { select: ["username"] } });
}
