import { integer, table, varchar } from "plinth";
import { alters, groups, subsystems } from "./systems.ts";

/** Which alters are in which groups. */
export const alterGroups = table("alter_groups", {
  alterId: integer()
    .primaryKey()
    .references(() => alters.id, { onDelete: "cascade" }),
  groupId: integer()
    .primaryKey()
    .references(() => groups.id, { onDelete: "cascade" }),
});

/** Which alters are in which subsystems, and as what. */
export const subsystemMembers = table("subsystem_members", {
  subsystemId: integer()
    .primaryKey()
    .references(() => subsystems.id, { onDelete: "cascade" }),
  alterId: integer()
    .primaryKey()
    .references(() => alters.id, { onDelete: "cascade" }),
  role: varchar({ length: 50 }).notNull().default("member"),
});
