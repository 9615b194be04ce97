// Written by `plinth entities` from a live database. What you change here stays: a run of it merges what
// the database has by table and column. The guide, `entities.md`, tells how.
import {
  bigint,
  defineSchema,
  index,
  integer,
  softDelete,
  table,
  timestamps,
  varchar,
} from "plinth";
import { outboxTables } from "plinth/outbox";

export const users = table("users", {
  id: integer().primaryKey().autoIncrement(),
  email: varchar({ length: 254 }).notNull().unique(),
  ocid: varchar({ length: 64 }).notNull().unique(),
  passwd: varchar({ length: 255 }).notNull(),
  ...timestamps(),
  ...softDelete(),
  storageLimit: bigint({ mode: "number" }).notNull().default(1_073_741_824),
});

export const files = table(
  "files",
  {
    id: integer().primaryKey().autoIncrement(),
    ownerId: integer()
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    name: varchar({ length: 255 }).notNull(),
    mediaType: varchar({ length: 127 }).notNull(),
    size: bigint({ mode: "number" }).notNull(),
    path: varchar({ length: 255 }).notNull().unique(),
    ...timestamps(),
    ...softDelete(),
  },
  (t) => [index().on(t.ownerId)],
);

export const fileShares = table(
  "file_shares",
  {
    fileId: integer()
      .primaryKey()
      .references(() => files.id, { onDelete: "cascade" }),
    userId: integer()
      .primaryKey()
      .references(() => users.id, { onDelete: "cascade" }),
    ...timestamps({ updated: false }),
  },
  (t) => [index().on(t.userId)],
);

export const schema = defineSchema({ users, files, fileShares, ...outboxTables }, (r) => ({
  users: {
    files: r.many(files),
    fileShares: r.many(fileShares),
    sharedFiles: r.many(files, { through: fileShares }),
  },
  files: {
    owner: r.one(users),
    fileShares: r.many(fileShares),
    sharedWith: r.many(users, { through: fileShares }),
  },
  fileShares: {
    file: r.one(files),
    user: r.one(users),
  },
}));
