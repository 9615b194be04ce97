import { boolean, enumType, softDelete, table, timestamp, timestamps, uuid, varchar } from "plinth";

const userRole = enumType("user_role", ["user", "admin"]);

/** PostgreSQL's own `timestamptz` keeps microseconds. */
export const instant = () => timestamp({ precision: 6 });

export const users = table("users", {
  id: uuid().primaryKey().defaultRandom(),
  username: varchar({ length: 255 }).notNull().unique(),
  email: varchar({ length: 255 }).notNull().unique(),
  passwordHash: varchar({ length: 255 }).notNull(),
  role: userRole().notNull().default("user"),
  emailVerified: boolean().default(false),
  // Disabling keeps the row, with its name and address, and finding by them gives it: `scope: "off"` hides nobody.
  ...softDelete({ column: "disabledAt", scope: "off", precision: 6 }),
  ...timestamps({ precision: 6 }),
});
