import { and, eq, type RowOf } from "plinth";
import type { Db } from "../database.ts";
import { Refusal } from "../refusal.ts";
import { channelMembers, channels } from "../schema/channels.ts";
import { guildMembers } from "../schema/guilds.ts";
import type { User } from "./users.ts";

export type ChannelMember = RowOf<typeof channelMembers>;

/**
 * @throws {Refusal} for a channel that isn't private, and for who isn't in its guild.
 * @throws {UniqueViolationError} for who is in already.
 */
export async function createChannelMember(
  db: Db,
  channelId: string,
  userId: string,
): Promise<ChannelMember> {
  return db.transaction(async (tx) => {
    const eligible = await tx
      .select({ id: channels.id })
      .from(channels)
      .innerJoin(
        guildMembers,
        and(eq(guildMembers.guildId, channels.guildId), eq(guildMembers.userId, userId)),
      )
      .where(and(eq(channels.id, channelId), eq(channels.isPrivate, true)))
      .first();
    if (eligible === undefined)
      throw new Refusal("That is no private channel of a guild of this user.");
    return tx.insert(channelMembers).values({ channelId, userId }).returning().one();
  });
}

/** By their names. */
export async function findChannelMembers(
  db: Db,
  channelId: string,
): Promise<Pick<User, "id" | "status" | "username">[]> {
  return db.query(
    `select u.id, u.username, u.status
     from channel_members m
     join users u on u.id = m.user_id
     where m.channel_id = :channelId
     order by u.username`,
    { channelId },
  );
}

/** Exactly these from now on, or nothing changes. */
export async function updateChannelMembers(
  db: Db,
  channelId: string,
  userIds: readonly string[],
): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.delete(channelMembers).where(eq(channelMembers.channelId, channelId));
    for (const userId of new Set(userIds)) await createChannelMember(tx, channelId, userId);
  });
}

export async function deleteChannelMember(
  db: Db,
  channelId: string,
  userId: string,
): Promise<boolean> {
  const { affectedRows } = await db
    .delete(channelMembers)
    .where(and(eq(channelMembers.channelId, channelId), eq(channelMembers.userId, userId)));
  return affectedRows > 0;
}
