import { and, asc, eq, type RowOf } from "plinth";
import type { Db } from "../database.ts";
import { Refusal } from "../refusal.ts";
import { dmParticipants } from "../schema/dms.ts";
import { messages } from "../schema/messages.ts";
import { users } from "../schema/users.ts";

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
  return db
    .select({
      userId: dmParticipants.userId,
      username: users.username,
      lastReadMessageId: dmParticipants.lastReadMessageId,
    })
    .from(dmParticipants)
    .innerJoin(users, eq(users.id, dmParticipants.userId))
    .where(eq(dmParticipants.channelId, channelId))
    .orderBy(asc(users.username));
}

/**
 * Says up to which message somebody has read. Nothing is unread again: a message before the last one that was read changes
 * nothing.
 *
 * @returns Whether it went on.
 * @throws {Refusal} for a message of another channel, and for who takes no part.
 */
export async function updateDmParticipant(
  db: Db,
  channelId: string,
  userId: string,
  { lastReadMessageId }: { readonly lastReadMessageId: string },
): Promise<boolean> {
  return db.transaction(async (tx) => {
    const participant = await tx.from(dmParticipants).find({ channelId, userId });
    const message = await tx.from(messages).withDeleted().find(lastReadMessageId);
    if (participant === undefined || message?.channelId !== channelId)
      throw new Refusal("There is no such message here.");
    const before =
      participant.lastReadMessageId === null
        ? undefined
        : await tx.from(messages).withDeleted().find(participant.lastReadMessageId);
    if (before !== undefined && !isBefore(before, message)) return false;
    await tx
      .update(dmParticipants)
      .set({ lastReadMessageId })
      .where(isParticipant(channelId, userId));
    return true;
  });
}

type Place = Readonly<{ createdAt: Date; id: string }>;

function isBefore(left: Place, right: Place): boolean {
  const difference = left.createdAt.getTime() - right.createdAt.getTime();
  return difference < 0 || (difference === 0 && left.id < right.id);
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
