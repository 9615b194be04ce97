import { and, eq, toBits, type RowOf } from "plinth";
import type { Db } from "../database.ts";
import { everyonePermissions } from "../permission-flags.ts";
import { queries } from "../plinth.queries.ts";
import { Refusal } from "../refusal.ts";
import { channels } from "../schema/channels.ts";
import { guildMembers, guilds, roles } from "../schema/guilds.ts";

export type Guild = RowOf<typeof guilds>;

/** With its owner as its first member, the role that everybody has, and a channel: all of it or nothing. */
export async function createGuild(
  db: Db,
  { name, ownerId }: Pick<Guild, "name" | "ownerId">,
): Promise<Guild> {
  return db.transaction(async (tx) => {
    const guild = await tx.insert(guilds).values({ name, ownerId }).returning().one();
    await tx.insert(guildMembers).values({ guildId: guild.id, userId: ownerId });
    await tx.insert(roles).values({
      guildId: guild.id,
      name: "everyone",
      permissions: toBits(roles.permissions, everyonePermissions),
      position: 0,
    });
    await tx.insert(channels).values({ guildId: guild.id, name: "general", type: "text" });
    return guild;
  });
}

export async function findGuildById(db: Db, id: string): Promise<Guild | undefined> {
  return db.from(guilds).find(id);
}

export interface GuildOfUser {
  readonly id: string;
  readonly name: string;
  readonly isOwner: boolean;
  readonly memberCount: number;
}

/** By their names. */
export async function findGuildsOfUser(db: Db, userId: string): Promise<GuildOfUser[]> {
  return db.query(
    `select g.id, g.name, g.owner_id = own.user_id as "isOwner: boolean", count(*) as "memberCount"
     from guild_members own
     join guilds g on g.id = own.guild_id
     join guild_members m on m.guild_id = g.id
     where own.user_id = :userId
     group by g.id, g.name, g.owner_id, own.user_id
     order by g.name, g.id`,
    { userId },
  );
}

export interface ChannelStatistics {
  readonly name: string;
  readonly messageCount: number;
  readonly authorCount: number;
  readonly lastMessageAt: Date | null;
}

/** Of every channel, silent ones too. */
export async function findChannelStatistics(db: Db, guildId: string): Promise<ChannelStatistics[]> {
  return db.query(queries.findChannelStatistics, { guildId });
}

export interface BusyMember {
  readonly place: number;
  readonly username: string;
  readonly messageCount: number;
}

/** Who has written most; those who have written as much share a place. */
export async function findBusiestMembers(
  db: Db,
  guildId: string,
  since: Date,
): Promise<BusyMember[]> {
  return db.query(queries.findBusiestMembers, { guildId, since });
}

export async function updateGuild(
  db: Db,
  id: string,
  changes: Pick<Guild, "name">,
): Promise<Guild | undefined> {
  const [guild] = await db.update(guilds).set(changes).where(eq(guilds.id, id)).returning();
  return guild;
}

/**
 * Hands a guild over.
 *
 * @throws {Refusal} to somebody who isn't in it.
 */
export async function updateGuildOwner(db: Db, id: string, ownerId: string): Promise<void> {
  await db.transaction(async (tx) => {
    const member = await tx
      .from(guildMembers)
      .where(and(eq(guildMembers.guildId, id), eq(guildMembers.userId, ownerId)))
      .first();
    if (member === undefined) throw new Refusal("A guild is handed over to a member of it.");
    await tx.update(guilds).set({ ownerId }).where(eq(guilds.id, id));
  });
}

/** All that is in it goes along. */
export async function deleteGuild(db: Db, id: string): Promise<boolean> {
  const { affectedRows } = await db.delete(guilds).where(eq(guilds.id, id));
  return affectedRows > 0;
}
