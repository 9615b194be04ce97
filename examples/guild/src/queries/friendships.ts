import { eq, type RowOf } from "plinth";
import type { Db } from "../database.ts";
import { Refusal } from "../refusal.ts";
import { friendships, pairOf } from "../schema/friendships.ts";
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
  return db.query(
    `select u.id as "id!", u.username as "username!", u.status as "status!"
     from friendships f
     join users u on u.id = case when f.user_id = :userId then f.friend_id else f.user_id end
     where f.status = 'accepted' and (f.user_id = :userId or f.friend_id = :userId)
     order by u.username`,
    { userId },
  );
}

/** Who has asked this user, by their names. */
export async function findFriendRequests(
  db: Db,
  userId: string,
): Promise<Pick<User, "id" | "username">[]> {
  return db.query(
    `select u.id, u.username
     from friendships f
     join users u on u.id = f.user_id
     where f.friend_id = :userId and f.status = 'pending'
     order by u.username`,
    { userId },
  );
}

/** Who is a friend of both, by their names. */
export async function findMutualFriends(
  db: Db,
  userId: string,
  otherId: string,
): Promise<Pick<User, "id" | "username">[]> {
  return db.query(
    `with friends as (
       select user_id as of_id, friend_id as id from friendships where status = 'accepted'
       union all
       select friend_id, user_id from friendships where status = 'accepted'
     )
     select u.id, u.username
     from friends own
     join friends theirs on theirs.id = own.id
     join users u on u.id = own.id
     where own.of_id = :userId and theirs.of_id = :otherId
     order by u.username`,
    { userId, otherId },
  );
}

export interface Suggestion {
  readonly id: string;
  readonly username: string;
  readonly mutualCount: number;
}

/** Friends of friends with whom there is nothing yet, those with the most friends in common first. */
export async function findFriendSuggestions(db: Db, userId: string): Promise<Suggestion[]> {
  return db.query(
    `with friends as (
       select user_id as of_id, friend_id as id from friendships where status = 'accepted'
       union all
       select friend_id, user_id from friendships where status = 'accepted'
     )
     select u.id, u.username, count(*) as "mutualCount: number"
     from friends own
     join friends theirs on theirs.of_id = own.id
     join users u on u.id = theirs.id
     where own.of_id = :userId and theirs.id <> :userId
       and not exists (
         select 1 from friendships f
         where (f.user_id = :userId and f.friend_id = theirs.id)
            or (f.user_id = theirs.id and f.friend_id = :userId)
       )
     group by u.id, u.username
     order by count(*) desc, u.username
     limit 10`,
    { userId },
  );
}

/**
 * Over how many friends two people know one another: 1 for friends, 2 for friends of friends, 3 at most.
 *
 * @returns null where it is over more, or not at all.
 */
export async function findFriendDistance(
  db: Db,
  userId: string,
  otherId: string,
): Promise<number | null> {
  const { distance } = await db
    .query(
      `with recursive friends as (
         select user_id as of_id, friend_id as id from friendships where status = 'accepted'
         union all
         select friend_id, user_id from friendships where status = 'accepted'
       ),
       reached as (
         select id, 0 as distance from users where id = :userId
         union
         select f.id, r.distance + 1 from reached r join friends f on f.of_id = r.id where r.distance < 3
       )
       select min(distance) as "distance: number" from reached where id = :otherId`,
      { userId, otherId },
    )
    .one();
  return distance;
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
