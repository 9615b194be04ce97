import { boolean, index, integer, table, timestamps, varchar } from "plinth";

export const users = table(
  "users",
  {
    id: integer().primaryKey().autoIncrement(),
    username: varchar({ length: 255 }).notNull().unique(),
    passwordHash: varchar({ length: 255 }).notNull(),
    isAdmin: boolean().notNull().default(false),
    /** Whether the account is that of a DID system. */
    isSystem: boolean().notNull().default(false),
    /** Whether an administrator has let the account in. */
    isApproved: boolean().notNull().default(false),
    ...timestamps(),
  },
  (t) => [index("idx_users_username").on(t.username), index("idx_users_is_admin").on(t.isAdmin)],
);
