import { alias, and, asc, eq, inArray, ne, or, type RowOf } from "plinth";
import type { Db } from "../database.ts";
import { Refusal } from "../refusal.ts";
import { friendships, pairOf } from "../schema/friendships.ts";
import { users } from "../schema/users.ts";
import { holdUsers } from "./locks.ts";
import type { User } from "./users.ts";

export type Friendship = RowOf<typeof friendships>;

/** What is between two people, whoever began. */
export async function findFriendship(
  db: Db,
  userId: string,
  friendId: string,
): Promise<Friendship | undefined> {
  return db
    .from(friendships)
    .where(eq(friendships.pair, pairOf(userId, friendId)))
    .first();
}

/**
 * Asks somebody, or accepts, where that one has asked already.
 *
 * @throws {Refusal} where one has blocked the other, and for somebody unknown.
 * @throws {UniqueViolationError} where they are friends, or asked already.
 */
export async function createFriendship(
  db: Db,
  userId: string,
  friendId: string,
): Promise<Friendship> {
  return db.transaction(async (tx) => {
    if (userId === friendId || !(await holdUsers(tx, [userId, friendId])))
      throw new Refusal("There is no such user.");
    const known = await findFriendship(tx, userId, friendId);
    if (known?.status === "blocked") throw new Refusal("One of you has blocked the other.");
    if (known?.status === "pending" && known.friendId === userId)
      return updateFriendship(tx, userId, friendId, "accepted");
    return tx
      .insert(friendships)
      .values({ userId, friendId, pair: pairOf(userId, friendId) })
      .returning()
      .one();
  });
}

/** By their names. */
export async function findFriends(
  db: Db,
  userId: string,
): Promise<Pick<User, "id" | "status" | "username">[]> {
  return db
    .select({ id: users.id, username: users.username, status: users.status })
    .from(friendships)
    .innerJoin(
      users,
      and(
        ne(users.id, userId),
        or(eq(users.id, friendships.userId), eq(users.id, friendships.friendId)),
      ),
    )
    .where(
      and(
        eq(friendships.status, "accepted"),
        or(eq(friendships.userId, userId), eq(friendships.friendId, userId)),
      ),
    )
    .orderBy(asc(users.username));
}

/** Who has asked this user, by their names. */
export async function findFriendRequests(
  db: Db,
  userId: string,
): Promise<Pick<User, "id" | "username">[]> {
  return db
    .select({ id: users.id, username: users.username })
    .from(friendships)
    .innerJoin(users, eq(users.id, friendships.userId))
    .where(and(eq(friendships.friendId, userId), eq(friendships.status, "pending")))
    .orderBy(asc(users.username));
}

/** Who is a friend of both, by their names. */
export async function findMutualFriends(
  db: Db,
  userId: string,
  otherId: string,
): Promise<Pick<User, "id" | "username">[]> {
  const friendsOf = (id: string, name: string) => {
    const own = alias(friendships, name);
    const asked = db
      .select({ id: own.friendId })
      .from(own)
      .where(and(eq(own.userId, id), eq(own.status, "accepted")));
    const asking = db
      .select({ id: own.userId })
      .from(own)
      .where(and(eq(own.friendId, id), eq(own.status, "accepted")));
    return asked.union(asking);
  };
  return db
    .select({ id: users.id, username: users.username })
    .from(users)
    .where(
      and(
        inArray(users.id, friendsOf(userId, "own")),
        inArray(users.id, friendsOf(otherId, "theirs")),
      ),
    )
    .orderBy(asc(users.username));
}

/**
 * Accepts what the other one asked, or blocks the other one, whatever was before.
 *
 * @param userId Who does so.
 * @throws {Refusal} where nothing was asked, and where the other one has blocked first.
 */
export async function updateFriendship(
  db: Db,
  userId: string,
  friendId: string,
  status: "accepted" | "blocked",
): Promise<Friendship> {
  return db.transaction(async (tx) => {
    if (userId === friendId || !(await holdUsers(tx, [userId, friendId])))
      throw new Refusal("There is no such user.");
    const known = await findFriendship(tx, userId, friendId);
    if (known?.status === "blocked" && known.userId !== userId)
      throw new Refusal("One of you has blocked the other.");
    if (status === "blocked") return block(tx, userId, friendId);
    if (known?.status !== "pending" || known.friendId !== userId)
      throw new Refusal("There is nothing to accept.");
    return tx
      .update(friendships)
      .set({ status })
      .where(eq(friendships.pair, known.pair))
      .returning()
      .one();
  });
}

/** The row says who blocked whom, whoever asked before. */
async function block(tx: Db, userId: string, friendId: string): Promise<Friendship> {
  const pair = pairOf(userId, friendId);
  await tx.delete(friendships).where(eq(friendships.pair, pair));
  return tx
    .insert(friendships)
    .values({ userId, friendId, pair, status: "blocked" })
    .returning()
    .one();
}

/**
 * Ends a friendship, withdraws or declines a request, or takes a block back.
 *
 * @returns Whether there was something.
 * @throws {Refusal} for a block of the other one's.
 */
export async function deleteFriendship(db: Db, userId: string, friendId: string): Promise<boolean> {
  return db.transaction(async (tx) => {
    await holdUsers(tx, [userId, friendId]);
    const known = await findFriendship(tx, userId, friendId);
    if (known?.status === "blocked" && known.userId !== userId)
      throw new Refusal("One of you has blocked the other.");
    const { affectedRows } = await tx
      .delete(friendships)
      .where(eq(friendships.pair, pairOf(userId, friendId)));
    return affectedRows > 0;
  });
}
