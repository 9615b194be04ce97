import { and, asc, eq, inArray, type RowOf } from "plinth";
import type { Db } from "../database.ts";
import { channelMembers, channels } from "../schema/channels.ts";
import { guildMembers } from "../schema/guilds.ts";
import { users, type UserStatus } from "../schema/users.ts";

export type GuildMember = RowOf<typeof guildMembers>;

const isMember = (guildId: string, userId: string) =>
  and(eq(guildMembers.guildId, guildId), eq(guildMembers.userId, userId));

/** @throws {UniqueViolationError} for who is in already. */
export async function createGuildMember(
  db: Db,
  guildId: string,
  userId: string,
): Promise<GuildMember> {
  return db.insert(guildMembers).values({ guildId, userId }).returning().one();
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

/** By their names. */
export async function findGuildMembers(db: Db, guildId: string): Promise<ListedMember[]> {
  return db
    .select({
      userId: guildMembers.userId,
      username: users.username,
      nickname: guildMembers.nickname,
      status: users.status,
      joinedAt: guildMembers.joinedAt,
    })
    .from(guildMembers)
    .innerJoin(users, eq(users.id, guildMembers.userId))
    .where(eq(guildMembers.guildId, guildId))
    .orderBy(asc(users.username));
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
