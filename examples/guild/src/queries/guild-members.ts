import { and, eq, inArray, type RowOf } from "plinth";
import type { Db } from "../database.ts";
import { channelMembers, channels } from "../schema/channels.ts";
import { guildMembers } from "../schema/guilds.ts";
import type { UserStatus } from "../schema/users.ts";

export type GuildMember = RowOf<typeof guildMembers>;

const isMember = (guildId: string, userId: string) =>
  and(eq(guildMembers.guildId, guildId), eq(guildMembers.userId, userId));

/** @throws {UniqueViolationError} for who is in already. */
export async function createGuildMember(
  db: Db,
  guildId: string,
  userId: string,
): Promise<GuildMember> {
  return db
    .query(
      `insert into guild_members (guild_id, user_id) values (:guildId, :userId)
       returning guild_id as "guildId", user_id as "userId", nickname, joined_at as "joinedAt"`,
      { guildId, userId },
    )
    .one();
}

export async function findGuildMember(
  db: Db,
  guildId: string,
  userId: string,
): Promise<GuildMember | undefined> {
  return db.from(guildMembers).find({ guildId, userId });
}

export interface ListedMember {
  readonly userId: string;
  readonly username: string;
  readonly nickname: string | null;
  readonly status: UserStatus;
  readonly joinedAt: Date;
}

/** By their names: all, or those of one status. */
export async function findGuildMembers(
  db: Db,
  guildId: string,
  status?: UserStatus,
): Promise<ListedMember[]> {
  return db.query(
    `select m.user_id as "userId", u.username, m.nickname, u.status, m.joined_at as "joinedAt"
     from guild_members m
     join users u on u.id = m.user_id
     where m.guild_id = :guildId /*if status*/ and u.status = :status /*end*/
     order by u.username`,
    { guildId, status },
  );
}

/** @returns undefined for who is not in the guild. */
export async function updateGuildMember(
  db: Db,
  guildId: string,
  userId: string,
  changes: Pick<GuildMember, "nickname">,
): Promise<GuildMember | undefined> {
  const [member] = await db
    .update(guildMembers)
    .set(changes)
    .where(isMember(guildId, userId))
    .returning();
  return member;
}

/** Roles go along by their foreign key; the guild's private channels are left here. */
export async function deleteGuildMember(db: Db, guildId: string, userId: string): Promise<boolean> {
  return db.transaction(async (tx) => {
    const ofGuild = tx
      .select({ id: channels.id })
      .from(channels)
      .where(eq(channels.guildId, guildId));
    await tx
      .delete(channelMembers)
      .where(and(eq(channelMembers.userId, userId), inArray(channelMembers.channelId, ofGuild)));
    const { affectedRows } = await tx.delete(guildMembers).where(isMember(guildId, userId));
    return affectedRows > 0;
  });
}
