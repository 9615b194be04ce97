import { boolean, enumType, table, timestamp, timestamps, uuid, varchar } from "plinth";

export const userRole = enumType("user_role", ["user", "admin"]);

/** PostgreSQL's own `timestamptz` keeps microseconds. */
export const instant = () => timestamp({ precision: 6 });

export const users = table("users", {
  id: uuid().primaryKey().defaultRandom(),
  username: varchar({ length: 255 }).notNull().unique(),
  email: varchar({ length: 255 }).notNull().unique(),
  passwordHash: varchar({ length: 255 }).notNull(),
  role: userRole().notNull().default("user"),
  emailVerified: boolean().default(false),
  disabledAt: instant(),
  ...timestamps({ precision: 6 }),
});
