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
    `with own as (
       select friend_id as id from friendships where user_id = :userId and status = 'accepted'
       union all
       select user_id from friendships where friend_id = :userId and status = 'accepted'
     )
     select u.id, u.username, u.status
     from own
     join users u on u.id = own.id
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
    `with own as (
       select friend_id as id from friendships where user_id = :userId and status = 'accepted'
       union all
       select user_id from friendships where friend_id = :userId and status = 'accepted'
     ),
     theirs as (
       select friend_id as id from friendships where user_id = :otherId and status = 'accepted'
       union all
       select user_id from friendships where friend_id = :otherId and status = 'accepted'
     )
     select u.id, u.username
     from own
     join theirs on theirs.id = own.id
     join users u on u.id = own.id
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
    `with own as (
       select friend_id as id from friendships where user_id = :userId and status = 'accepted'
       union all
       select user_id from friendships where friend_id = :userId and status = 'accepted'
     ),
     theirs as (
       select f.friend_id as id from own join friendships f on f.user_id = own.id where f.status = 'accepted'
       union all
       select f.user_id from own join friendships f on f.friend_id = own.id where f.status = 'accepted'
     )
     select u.id, u.username, count(*) as "mutualCount"
     from theirs
     join users u on u.id = theirs.id
     where theirs.id <> :userId
       and not exists (select 1 from friendships f where f.user_id = :userId and f.friend_id = theirs.id)
       and not exists (select 1 from friendships f where f.user_id = theirs.id and f.friend_id = :userId)
     group by u.id, u.username
     order by count(*) desc, u.username
     limit 10`,
    { userId },
  );
}

/**
 * Over how many friends two people know one another: 1 for friends, 2 for friends of friends, 3 at most. Each step goes by an
 * index, in both directions.
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
      `with one as (
         select friend_id as id from friendships where user_id = :userId and status = 'accepted'
         union
         select user_id from friendships where friend_id = :userId and status = 'accepted'
       ),
       two as (
         select f.friend_id as id from one join friendships f on f.user_id = one.id where f.status = 'accepted'
         union
         select f.user_id from one join friendships f on f.friend_id = one.id where f.status = 'accepted'
       ),
       three as (
         select f.friend_id as id from two join friendships f on f.user_id = two.id where f.status = 'accepted'
         union
         select f.user_id from two join friendships f on f.friend_id = two.id where f.status = 'accepted'
       )
       select min(steps.distance) as distance
       from (
         select 0 as distance from users where id = :userId and id = :otherId
         union all
         select 1 from one where id = :otherId
         union all
         select 2 from two where id = :otherId
         union all
         select 3 from three where id = :otherId
       ) as steps`,
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
