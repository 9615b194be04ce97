import {
  alias,
  and,
  asc,
  count,
  countDistinct,
  desc,
  eq,
  gt,
  isDistinctFrom,
  isNull,
  or,
  type RowOf,
} from "plinth";
import type { Db } from "../database.ts";
import { Refusal } from "../refusal.ts";
import { channels } from "../schema/channels.ts";
import { dmChannels, dmParticipants } from "../schema/dms.ts";
import { messages } from "../schema/messages.ts";
import { findFriendship } from "./friendships.ts";
import { holdUsers } from "./locks.ts";

export type DmChannel = RowOf<typeof dmChannels>;

async function findDmBetween(db: Db, userIds: readonly string[]): Promise<DmChannel | undefined> {
  const [first = "", second = ""] = userIds;
  const theirs = alias(dmParticipants, "theirs");
  const everybody = alias(dmParticipants, "everybody");
  const [found] = await db
    .select({ id: dmChannels.id, createdAt: dmChannels.createdAt })
    .from(dmChannels)
    .innerJoin(
      dmParticipants,
      and(eq(dmParticipants.channelId, dmChannels.id), eq(dmParticipants.userId, first)),
    )
    .innerJoin(theirs, and(eq(theirs.channelId, dmChannels.id), eq(theirs.userId, second)))
    .innerJoin(everybody, eq(everybody.channelId, dmChannels.id))
    .groupBy(dmChannels.id, dmChannels.createdAt)
    .having(eq(countDistinct(everybody.userId), 2));
  return found;
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
      const known = await findDmBetween(tx, userIds);
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

/** All of a user's, with how many messages of others are newer than the last one read. */
export async function findDmChannelsOfUser(db: Db, userId: string): Promise<UnreadDm[]> {
  const lastRead = alias(messages, "last_read");
  const isNewer = or(
    isNull(lastRead.id),
    gt(messages.createdAt, lastRead.createdAt),
    and(eq(messages.createdAt, lastRead.createdAt), gt(messages.id, lastRead.id)),
  );
  return (
    db
      .select({ id: channels.id, name: channels.name, unreadCount: count(messages.id) })
      .from(dmParticipants)
      .innerJoin(channels, eq(channels.id, dmParticipants.channelId))
      // A message that was read and deleted since still says how far somebody has read.
      .leftJoin(lastRead, eq(lastRead.id, dmParticipants.lastReadMessageId))
      .withDeleted(lastRead)
      .leftJoin(
        messages,
        and(
          eq(messages.channelId, channels.id),
          isDistinctFrom(messages.authorId, userId),
          isNewer,
        ),
      )
      .where(eq(dmParticipants.userId, userId))
      .groupBy(channels.id, channels.name, channels.createdAt)
      .orderBy(desc(count(messages.id)), asc(channels.createdAt), asc(channels.id))
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
