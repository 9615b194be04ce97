import { and, asc, eq, ne, type RowOf } from "plinth";
import type { Db } from "../database.ts";
import { isAllowed, resolvePermissions } from "../permissions.ts";
import { channels, type ChannelType } from "../schema/channels.ts";

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
  return db.query(
    `select c.id, c.guild_id as "guildId", c.name, c.type, c.is_private as "isPrivate", c.created_at as "createdAt"
     from channels c
     where c.guild_id = :guildId
       and (
         c.is_private = false
         or exists (select 1 from channel_members m where m.channel_id = c.id and m.user_id = :userId)
       )
     order by c.type, c.name, c.id`,
    { guildId, userId },
  );
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
