import { asc, eq, type NewRowOf, type RowOf } from "plinth";
import type { Db } from "../database.ts";
import { messageAttachments, messages } from "../schema/messages.ts";

export type MessageAttachment = RowOf<typeof messageAttachments>;
export type NewAttachment = Pick<
  NewRowOf<typeof messageAttachments>,
  "filename" | "s3Key" | "size"
>;

/** @throws {ForeignKeyViolationError} without its message. */
export async function createMessageAttachment(
  db: Db,
  messageId: string,
  attachment: NewAttachment,
): Promise<MessageAttachment> {
  return db
    .insert(messageAttachments)
    .values({ messageId, ...attachment })
    .returning()
    .one();
}

/** None of a message that was deleted: the join sees live ones only. */
export async function findMessageAttachments(
  db: Db,
  messageId: string,
): Promise<MessageAttachment[]> {
  const found = await db
    .select({ attachment: messageAttachments })
    .from(messageAttachments)
    .innerJoin(messages, eq(messages.id, messageAttachments.messageId))
    .where(eq(messages.id, messageId))
    .orderBy(asc(messageAttachments.id));
  return found.map(({ attachment }) => attachment);
}

export async function updateMessageAttachment(
  db: Db,
  id: string,
  changes: Pick<MessageAttachment, "filename">,
): Promise<MessageAttachment | undefined> {
  const [attachment] = await db
    .update(messageAttachments)
    .set(changes)
    .where(eq(messageAttachments.id, id))
    .returning();
  return attachment;
}

export async function deleteMessageAttachment(db: Db, id: string): Promise<boolean> {
  const { affectedRows } = await db.delete(messageAttachments).where(eq(messageAttachments.id, id));
  return affectedRows > 0;
}
