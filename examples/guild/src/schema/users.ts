import { enumType, index, table, text, timestamp, timestamps, uuid, varchar } from "plinth";
import { createdAt, keyColumn } from "./columns.ts";

const userStatus = enumType("user_status", ["online", "away", "busy", "offline"]);
export type UserStatus = (typeof userStatus.values)[number];

export const users = table(
  "users",
  {
    id: keyColumn(),
    username: varchar({ length: 32 }).notNull().unique(),
    email: varchar({ length: 255 }).unique(),
    passwordHash: varchar({ length: 255 }),
    displayName: varchar({ length: 64 }),
    /** Of an authenticator; the database sees bytes. */
    mfaSecret: text().encrypted(),
    status: userStatus().notNull().default("offline"),
    ...timestamps(),
  },
  (t) => [index().on(t.createdAt), index().on(t.updatedAt)],
);

/** Refresh tokens, by what they hash to. */
export const sessions = table(
  "sessions",
  {
    id: keyColumn(),
    userId: uuid()
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    tokenHash: varchar({ length: 64 }).notNull().unique(),
    expiresAt: timestamp().notNull(),
    createdAt: createdAt(),
  },
  (t) => [index().on(t.userId), index().on(t.expiresAt)],
);
