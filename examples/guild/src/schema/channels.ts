import {
  and,
  boolean,
  check,
  enumType,
  eq,
  index,
  isNotNull,
  isNull,
  ne,
  or,
  table,
  uuid,
  varchar,
} from "plinth";
import { createdAt, keyColumn } from "./columns.ts";
import { guilds } from "./guilds.ts";
import { users } from "./users.ts";

const channelType = enumType("channel_type", ["text", "voice", "dm"]);
export type ChannelType = (typeof channelType.values)[number];

/** Wherever messages stand: the channels of guilds, and direct messages, which belong to none. */
export const channels = table(
  "channels",
  {
    id: keyColumn(),
    guildId: uuid().references(() => guilds.id, { onDelete: "cascade" }),
    /** Direct messages may go without. */
    name: varchar({ length: 100 }),
    type: channelType().notNull().default("text"),
    /** Whether only `channel_members` see it. */
    isPrivate: boolean().notNull().default(false),
    createdAt: createdAt(),
  },
  (t) => [
    index().on(t.guildId),
    check(
      "channels_guild_check",
      or(
        and(eq(t.type, "dm"), isNull(t.guildId)),
        and(ne(t.type, "dm"), isNotNull(t.guildId), isNotNull(t.name)),
      ),
    ),
  ],
);

/** Who is in a private channel. */
export const channelMembers = table(
  "channel_members",
  {
    channelId: uuid()
      .primaryKey()
      .references(() => channels.id, { onDelete: "cascade" }),
    userId: uuid()
      .primaryKey()
      .references(() => users.id, { onDelete: "cascade" }),
  },
  (t) => [index().on(t.userId)],
);
