import {
  check,
  gte,
  index,
  integer,
  table,
  text,
  varchar,
  type NewRowOf,
  type RowOf,
} from "plinth";
import { baseColumns, idColumn, keyColumn } from "./every-table.ts";

export const users = table(
  "users",
  {
    id: keyColumn(),
    name: text().notNull(),
    email: varchar({ length: 255 }).unique("users_email_unique"),
    credits: integer().notNull().default(0),
    phoneNumber: varchar({ length: 20 }),
    ...baseColumns(),
  },
  (t) => [
    index("users_email_idx").on(t.email),
    index("users_phone_idx").on(t.phoneNumber),
    index("users_status_created_idx").on(t.deactivatedAt, t.createdAt),
    check("users_credits_check", gte(t.credits, 0)),
  ],
);

export type User = RowOf<typeof users>;
export type NewUser = NewRowOf<typeof users>;

export const userProfiles = table(
  "user_profiles",
  {
    id: keyColumn(),
    userId: idColumn()
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    bio: text(),
    ...baseColumns(),
  },
  (t) => [index().on(t.userId)],
);
