import { index, table, unique, varchar, type RowOf } from "plinth";
import { baseColumns, idColumn, keyColumn } from "./every-table.ts";
import { users } from "./user.schema.ts";

export const roles = table("roles", {
  id: keyColumn(),
  name: varchar({ length: 100 }).notNull().unique({ among: "live" }),
  ...baseColumns(),
});

export type Role = RowOf<typeof roles>;

/** A role that was taken away may be given again: the pair is unique among the rows that are active. */
export const userRoles = table(
  "user_roles",
  {
    id: keyColumn(),
    userId: idColumn()
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    roleId: idColumn()
      .notNull()
      .references(() => roles.id, { onDelete: "cascade" }),
    ...baseColumns(),
  },
  (t) => [
    unique({ among: "live" }).on(t.userId, t.roleId),
    index().on(t.userId),
    index().on(t.roleId),
  ],
);
