import {
  bitField,
  check,
  foreignKey,
  gte,
  index,
  integer,
  table,
  timestamps,
  unique,
  uuid,
  varchar,
} from "plinth";
import { permissionFlags } from "../permission-flags.ts";
import { createdAt, keyColumn } from "./columns.ts";
import { users } from "./users.ts";

/** A guild is handed over before its owner's account goes: nobody loses one by the way. */
export const guilds = table(
  "guilds",
  {
    id: keyColumn(),
    name: varchar({ length: 100 }).notNull(),
    ownerId: uuid()
      .notNull()
      .references(() => users.id, { onDelete: "restrict" }),
    ...timestamps(),
  },
  (t) => [index().on(t.ownerId), index().on(t.createdAt)],
);

/** What belongs to a guild, and goes with it. */
const guildId = () => uuid().references(() => guilds.id, { onDelete: "cascade" });

export const guildMembers = table(
  "guild_members",
  {
    guildId: guildId().primaryKey(),
    userId: uuid()
      .primaryKey()
      .references(() => users.id, { onDelete: "cascade" }),
    nickname: varchar({ length: 32 }),
    joinedAt: createdAt(),
  },
  (t) => [index().on(t.userId)],
);

/** The role at position 0 is everyone's; of two others the higher position counts. */
export const roles = table(
  "roles",
  {
    id: keyColumn(),
    guildId: guildId().notNull(),
    name: varchar({ length: 100 }).notNull(),
    permissions: bitField("permissions_bitfield", { flags: permissionFlags }).notNull().default(0n),
    position: integer().notNull(),
  },
  (t) => [
    unique().on(t.guildId, t.position),
    unique().on(t.guildId, t.id), // what member_roles points at
    check("roles_position_check", gte(t.position, 0)),
  ],
);

/** Both keys lead through the guild: nobody gets a role of another one. */
export const memberRoles = table(
  "member_roles",
  {
    guildId: uuid().primaryKey(),
    userId: uuid().primaryKey(),
    roleId: uuid().primaryKey(),
  },
  (t) => [
    foreignKey()
      .on(t.guildId, t.userId)
      .references(() => [guildMembers.guildId, guildMembers.userId], { onDelete: "cascade" }),
    foreignKey()
      .on(t.guildId, t.roleId)
      .references(() => [roles.guildId, roles.id], { onDelete: "cascade" }),
    index().on(t.guildId, t.roleId),
    index().on(t.userId),
  ],
);
