// What is said in channels, and told to who is there: in one transaction, so that neither is without the other.
import type { Db } from "./database.ts";
import type { News, ToldMessage } from "./events.ts";
import {
  createMessage,
  deleteMessage,
  findMessageById,
  updateMessage,
  type Message,
  type NewMessage,
} from "./queries/messages.ts";
import { findUserById } from "./queries/users.ts";

async function told(db: Db, message: Message): Promise<ToldMessage> {
  const { authorId, content, createdAt, editedAt, id } = message;
  const author = authorId === null ? undefined : await findUserById(db, authorId);
  return { id, author: author?.username ?? null, content, createdAt, isEdited: editedAt !== null };
}

/** @param db A transaction, too: what is rolled back isn't told. */
export async function sendMessage(db: Db, { events }: News, message: NewMessage): Promise<Message> {
  return db.transaction(async (tx) => {
    const made = await createMessage(tx, message);
    const news = { kind: "message.created", message: await told(tx, made) } as const;
    events.publish(tx, ["channel", made.channelId], news);
    return made;
  });
}

/** @returns undefined where there is none, or it was deleted. */
export async function editMessage(
  db: Db,
  { events }: News,
  id: string,
  content: string,
): Promise<Message | undefined> {
  return db.transaction(async (tx) => {
    const changed = await updateMessage(tx, id, content);
    if (changed === undefined) return undefined;
    const news = { kind: "message.updated", message: await told(tx, changed) } as const;
    events.publish(tx, ["channel", changed.channelId], news);
    return changed;
  });
}

/** False where there is none, or it was deleted already. */
export async function removeMessage(db: Db, { events }: News, id: string): Promise<boolean> {
  return db.transaction(async (tx) => {
    const message = await findMessageById(tx, id);
    if (message === undefined || !(await deleteMessage(tx, id))) return false;
    const news = { kind: "message.deleted", messageId: id } as const;
    events.publish(tx, ["channel", message.channelId], news);
    return true;
  });
}
