import { and, eq, type RowOf } from "plinth";
import type { Db } from "../database.ts";
import { dmParticipants } from "../schema/dms.ts";

export type DmParticipant = RowOf<typeof dmParticipants>;

const isParticipant = (channelId: string, userId: string) =>
  and(eq(dmParticipants.channelId, channelId), eq(dmParticipants.userId, userId));

/** @throws {UniqueViolationError} for who takes part already. */
export async function createDmParticipant(
  db: Db,
  channelId: string,
  userId: string,
): Promise<DmParticipant> {
  return db.insert(dmParticipants).values({ channelId, userId }).returning().one();
}

export interface ListedParticipant {
  readonly userId: string;
  readonly username: string;
  readonly lastReadMessageId: string | null;
}

/** By their names. */
export async function findDmParticipants(db: Db, channelId: string): Promise<ListedParticipant[]> {
  return db.query(
    `select p.user_id as "userId", u.username, p.last_read_message_id as "lastReadMessageId"
     from dm_participants p
     join users u on u.id = p.user_id
     where p.channel_id = :channelId
     order by u.username`,
    { channelId },
  );
}

/**
 * Says up to which message somebody has read, in one statement: nothing is unread again by two who say so at once.
 *
 * @returns Whether it went on: not to a message before the last one read, nor one of another channel.
 */
export async function updateDmParticipant(
  db: Db,
  channelId: string,
  userId: string,
  { lastReadMessageId }: { readonly lastReadMessageId: string },
): Promise<boolean> {
  const { affectedRows } = await db.query(
    `update dm_participants
     set last_read_message_id = :lastReadMessageId
     where channel_id = :channelId and user_id = :userId
       and exists (
         select 1
         from messages m
         left join messages seen on seen.id = dm_participants.last_read_message_id
         where m.id = :lastReadMessageId and m.channel_id = dm_participants.channel_id
           and (
             seen.id is null
             or m.created_at > seen.created_at
             or (m.created_at = seen.created_at and m.id > seen.id)
           )
       )`,
    { channelId, userId, lastReadMessageId },
  );
  return affectedRows > 0;
}

/** Leaves; the messages stay for the others. */
export async function deleteDmParticipant(
  db: Db,
  channelId: string,
  userId: string,
): Promise<boolean> {
  const { affectedRows } = await db.delete(dmParticipants).where(isParticipant(channelId, userId));
  return affectedRows > 0;
}
