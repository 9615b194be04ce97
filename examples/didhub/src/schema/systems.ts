import { index, integer, table, text, timestamps, varchar } from "plinth";
import { users } from "./users.ts";

export const systems = table(
  "systems",
  {
    id: integer().primaryKey().autoIncrement(),
    userId: integer()
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    name: varchar({ length: 255 }).notNull(),
    description: text(),
    ...timestamps(),
  },
  (t) => [index("idx_systems_user_id").on(t.userId)],
);

/** What belongs to a system, and goes with it. */
const ofSystem = () => ({
  systemId: integer()
    .notNull()
    .references(() => systems.id, { onDelete: "cascade" }),
});

export const alters = table(
  "alters",
  {
    id: integer().primaryKey().autoIncrement(),
    ...ofSystem(),
    name: varchar({ length: 255 }).notNull(),
    description: text(),
    avatarUrl: varchar({ length: 500 }),
    ...timestamps(),
  },
  (t) => [index("idx_alters_system_id").on(t.systemId), index("idx_alters_name").on(t.name)],
);

export const groups = table("groups", {
  id: integer().primaryKey().autoIncrement(),
  ...ofSystem(),
  name: varchar({ length: 255 }).notNull(),
  description: text(),
  color: varchar({ length: 7 }),
  ...timestamps(),
});

export const subsystems = table("subsystems", {
  id: integer().primaryKey().autoIncrement(),
  ...ofSystem(),
  name: varchar({ length: 255 }).notNull(),
  description: text(),
  color: varchar({ length: 7 }),
  ...timestamps(),
});
