import { bigint, check, gt, index, softDelete, table, timestamp, uuid, varchar } from "plinth";
import { channels } from "./channels.ts";
import { createdAt, keyColumn } from "./columns.ts";
import { users } from "./users.ts";

/** What was deleted stays, and is hidden. What somebody wrote whose account is gone has no author any more. */
export const messages = table(
  "messages",
  {
    id: keyColumn(),
    channelId: uuid()
      .notNull()
      .references(() => channels.id, { onDelete: "cascade" }),
    authorId: uuid().references(() => users.id, { onDelete: "set null" }),
    content: varchar({ length: 4_000 }).notNull(),
    createdAt: createdAt(),
    editedAt: timestamp(),
    ...softDelete(),
  },
  (t) => [
    // The key decides between messages of one millisecond.
    index("messages_channel_id_created_at_idx").on(t.channelId, t.createdAt, t.id),
    index().on(t.authorId),
  ],
);

/** What is known of each file; the files themselves are kept elsewhere, under `s3_key`. */
export const messageAttachments = table(
  "message_attachments",
  {
    id: keyColumn(),
    messageId: uuid()
      .notNull()
      .references(() => messages.id, { onDelete: "cascade" }),
    filename: varchar({ length: 255 }).notNull(),
    s3Key: varchar({ length: 512 }).notNull().unique(),
    /** In bytes. */
    size: bigint({ mode: "number" }).notNull(),
    createdAt: createdAt(),
  },
  (t) => [index().on(t.messageId), check("message_attachments_size_check", gt(t.size, 0))],
);
