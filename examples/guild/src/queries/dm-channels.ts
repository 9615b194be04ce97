import { and, eq, type RowOf } from "plinth";
import type { Db } from "../database.ts";
import { Refusal } from "../refusal.ts";
import { channels } from "../schema/channels.ts";
import { dmChannels, dmParticipants } from "../schema/dms.ts";
import { findFriendship } from "./friendships.ts";
import { holdUsers } from "./locks.ts";

export type DmChannel = RowOf<typeof dmChannels>;

/** Of these two and nobody else. */
async function findDmBetween(db: Db, one: string, other: string): Promise<DmChannel | undefined> {
  return db
    .query(
      `select d.id, d.created_at as "createdAt"
       from dm_participants a
       join dm_participants b on b.channel_id = a.channel_id
       join dm_channels d on d.id = a.channel_id
       where a.user_id = :one and b.user_id = :other
         and (select count(*) from dm_participants p where p.channel_id = d.id) = 2`,
      { one, other },
    )
    .first();
}

/**
 * Direct messages between these people: those that there are, where they are two.
 *
 * @throws {Refusal} for one alone, for somebody unknown, and between two of whom one has blocked the other.
 */
export async function createDmChannel(
  db: Db,
  userIds: readonly string[],
  name: string | null = null,
): Promise<DmChannel> {
  const [first = "", second = "", ...others] = userIds;
  if (userIds.length < 2 || new Set(userIds).size < userIds.length)
    throw new Refusal("Direct messages are between two people or more.");
  return db.transaction(async (tx) => {
    if (!(await holdUsers(tx, userIds))) throw new Refusal("There is no such user.");
    if (others.length === 0) {
      const known = await findDmBetween(tx, first, second);
      if (known !== undefined) return known;
      const friendship = await findFriendship(tx, first, second);
      if (friendship?.status === "blocked") throw new Refusal("One of you has blocked the other.");
    }
    const { id } = await tx
      .insert(channels)
      .values({ type: "dm", name })
      .returning({ id: channels.id })
      .one();
    const made = await tx.insert(dmChannels).values({ id }).returning().one();
    await tx.insert(dmParticipants).values(userIds.map((userId) => ({ channelId: id, userId })));
    return made;
  });
}

export async function findDmChannelById(
  db: Db,
  id: string,
): Promise<(DmChannel & { name: string | null }) | undefined> {
  return db
    .select({ id: dmChannels.id, createdAt: dmChannels.createdAt, name: channels.name })
    .from(dmChannels)
    .innerJoin(channels, eq(channels.id, dmChannels.id))
    .where(eq(dmChannels.id, id))
    .first();
}

export interface UnreadDm {
  readonly id: string;
  readonly name: string | null;
  readonly unreadCount: number;
}

/**
 * All of a user's, with how many messages of others are newer than the last one read. That one counts though it was deleted
 * since, which the builder would hide: it says how far somebody has read.
 */
export async function findDmChannelsOfUser(db: Db, userId: string): Promise<UnreadDm[]> {
  return db.query(
    `select c.id, c.name, count(m.id) as "unreadCount"
     from dm_participants p
     join channels c on c.id = p.channel_id
     left join messages seen on seen.id = p.last_read_message_id
     left join messages m on m.channel_id = p.channel_id and m.deleted_at is null
       and (m.author_id is null or m.author_id <> p.user_id)
       and (
         seen.id is null
         or m.created_at > seen.created_at
         or (m.created_at = seen.created_at and m.id > seen.id)
       )
     where p.user_id = :userId
     group by c.id, c.name, c.created_at
     order by count(m.id) desc, c.created_at, c.id`,
    { userId },
  );
}

/** @returns undefined where there are no such direct messages. */
export async function updateDmChannel(
  db: Db,
  id: string,
  { name }: { readonly name: string | null },
): Promise<(DmChannel & { name: string | null }) | undefined> {
  await db
    .update(channels)
    .set({ name })
    .where(and(eq(channels.id, id), eq(channels.type, "dm")));
  return findDmChannelById(db, id);
}

/** The channel goes, and with it both of its halves, its participants and its messages. */
export async function deleteDmChannel(db: Db, id: string): Promise<boolean> {
  const { affectedRows } = await db
    .delete(channels)
    .where(and(eq(channels.id, id), eq(channels.type, "dm")));
  return affectedRows > 0;
}
