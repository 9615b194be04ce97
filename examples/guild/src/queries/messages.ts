import { asc, desc, eq, type RowOf } from "plinth";
import type { Db } from "../database.ts";
import { messageAttachments, messages } from "../schema/messages.ts";
import type { NewAttachment } from "./message-attachments.ts";

export type Message = RowOf<typeof messages>;

export interface NewMessage {
  readonly channelId: string;
  readonly authorId: string;
  readonly content: string;
  readonly attachments?: readonly NewAttachment[];
}

/** With the rows of its attachments, or not at all. */
export async function createMessage(
  db: Db,
  { attachments = [], ...message }: NewMessage,
): Promise<Message> {
  return db.transaction(async (tx) => {
    const made = await tx.insert(messages).values(message).returning().one();
    await tx
      .insert(messageAttachments)
      .values(attachments.map((attachment) => ({ messageId: made.id, ...attachment })));
    return made;
  });
}

/** Unless it was deleted. */
export async function findMessageById(db: Db, id: string): Promise<Message | undefined> {
  return db.from(messages).find(id);
}

export interface PageOptions {
  /** Default: 50. */
  readonly size?: number;
  /** From the page before, by its `nextCursor`. */
  readonly after?: string | null;
  /** From the page behind, by its `previousCursor`. */
  readonly before?: string | null;
}

const related = { author: { select: ["username"] }, attachments: true } as const;

/** The newest first, as a person scrolls back. Messages of one millisecond are neither skipped nor shown twice. */
export function findMessages(
  db: Db,
  channelId: string,
  { size = 50, after = null, before = null }: PageOptions = {},
) {
  return db
    .from(messages)
    .where(eq(messages.channelId, channelId))
    .with(related)
    .keyset([desc(messages.createdAt), desc(messages.id)], { size, after, before });
}

/** The oldest first, as an export reads them. */
export function findMessagesInOrder(
  db: Db,
  channelId: string,
  { size = 50, after = null, before = null }: PageOptions = {},
) {
  return db
    .from(messages)
    .where(eq(messages.channelId, channelId))
    .with(related)
    .keyset([asc(messages.createdAt), asc(messages.id)], { size, after, before });
}

export interface LatestMessage {
  readonly channelId: string;
  readonly id: string;
  /** null where the author's account is gone. */
  readonly author: string | null;
  readonly content: string;
  readonly createdAt: Date;
}

/**
 * The newest of every channel of a guild, by the names of the channels: a look into the index for each, however much was
 * said. SQL says itself what it leaves out: here, what was deleted.
 */
export async function findLatestMessages(db: Db, guildId: string): Promise<LatestMessage[]> {
  return db.query(
    `select c.id as "channelId", m.id, u.username as author, m.content, m.created_at as "createdAt"
     from channels c
     join messages m on m.id = (
       select newest.id
       from messages newest
       where newest.channel_id = c.id and newest.deleted_at is null
       order by newest.created_at desc, newest.id desc
       limit 1
     )
     left join users u on u.id = m.author_id
     where c.guild_id = :guildId
     order by c.name, c.id`,
    { guildId },
  );
}

/** For who looks after a channel: what was deleted there, the last first. */
export async function findDeletedMessages(db: Db, channelId: string): Promise<Message[]> {
  return db
    .from(messages)
    .onlyDeleted()
    .where(eq(messages.channelId, channelId))
    .orderBy(desc(messages.deletedAt), desc(messages.id));
}

/** @returns undefined where there is none, or it was deleted. */
export async function updateMessage(
  db: Db,
  id: string,
  content: string,
): Promise<Message | undefined> {
  const [message] = await db
    .update(messages)
    .set({ content, editedAt: new Date() })
    .where(eq(messages.id, id))
    .returning();
  return message;
}

/** Sets `deleted_at`: the row stays, and nothing shows it. False where there is none, or it was deleted already. */
export async function deleteMessage(db: Db, id: string): Promise<boolean> {
  const { affectedRows } = await db.delete(messages).where(eq(messages.id, id));
  return affectedRows > 0;
}
