import { boolean, integer, table, text, timestamps, varchar } from "plinth";
import { users } from "./users.ts";

/** What is known of each file; the files themselves are kept elsewhere. */
export const uploads = table("uploads", {
  id: integer().primaryKey().autoIncrement(),
  userId: integer()
    .notNull()
    .references(() => users.id, { onDelete: "cascade" }),
  filename: varchar({ length: 255 }).notNull(),
  originalFilename: varchar({ length: 255 }).notNull(),
  mimeType: varchar({ length: 100 }).notNull(),
  /** In bytes. */
  fileSize: integer().notNull(),
  altText: text(),
  isPublic: boolean().notNull().default(false),
  ...timestamps({ updated: false }),
});
