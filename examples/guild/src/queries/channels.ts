import { and, asc, eq, exists, ne, or, type RowOf } from "plinth";
import type { Db } from "../database.ts";
import { isAllowed, resolvePermissions } from "../permissions.ts";
import { channelMembers, channels, type ChannelType } from "../schema/channels.ts";

export type Channel = RowOf<typeof channels>;

export interface NewChannel {
  readonly name: string;
  readonly type?: Exclude<ChannelType, "dm">;
  readonly isPrivate?: boolean;
}

export async function createChannel(
  db: Db,
  guildId: string,
  channel: NewChannel,
): Promise<Channel> {
  return db
    .insert(channels)
    .values({ guildId, ...channel })
    .returning()
    .one();
}

export async function findChannelById(db: Db, id: string): Promise<Channel | undefined> {
  return db.from(channels).find(id);
}

/** All of a guild, private ones too: text first, by their names. */
export async function findChannelsOfGuild(db: Db, guildId: string): Promise<Channel[]> {
  return db
    .from(channels)
    .where(eq(channels.guildId, guildId))
    .orderBy(asc(channels.type), asc(channels.name), asc(channels.id));
}

/** Those that a member sees: the open ones, and the private ones that the member is in; administrators all. */
export async function findVisibleChannels(
  db: Db,
  guildId: string,
  userId: string,
): Promise<Channel[]> {
  const permissions = await resolvePermissions(db, guildId, userId);
  if (permissions === undefined) return [];
  if (isAllowed(permissions, "administrator")) return findChannelsOfGuild(db, guildId);
  if (!isAllowed(permissions, "viewChannels")) return [];
  const membership = db
    .select({ id: channelMembers.channelId })
    .from(channelMembers)
    .where(and(eq(channelMembers.channelId, channels.id), eq(channelMembers.userId, userId)));
  return db
    .from(channels)
    .where(
      and(eq(channels.guildId, guildId), or(eq(channels.isPrivate, false), exists(membership))),
    )
    .orderBy(asc(channels.type), asc(channels.name), asc(channels.id));
}

/** @returns undefined where there is no such channel of a guild. */
export async function updateChannel(
  db: Db,
  id: string,
  changes: Partial<Pick<NewChannel, "isPrivate" | "name">>,
): Promise<Channel | undefined> {
  const [channel] = await db
    .update(channels)
    .set(changes)
    .where(and(eq(channels.id, id), ne(channels.type, "dm")))
    .returning();
  return channel;
}

/** Its messages and their attachments' rows go along. */
export async function deleteChannel(db: Db, id: string): Promise<boolean> {
  const { affectedRows } = await db
    .delete(channels)
    .where(and(eq(channels.id, id), ne(channels.type, "dm")));
  return affectedRows > 0;
}
