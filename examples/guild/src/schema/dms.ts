import { index, table, uuid } from "plinth";
import { channels } from "./channels.ts";
import { createdAt } from "./columns.ts";
import { messages } from "./messages.ts";
import { users } from "./users.ts";

/** The other half of a channel of type `dm`, with the same key. Its messages are the channel's. */
export const dmChannels = table("dm_channels", {
  id: uuid()
    .primaryKey()
    .references(() => channels.id, { onDelete: "cascade" }),
  createdAt: createdAt(),
});

export const dmParticipants = table(
  "dm_participants",
  {
    channelId: uuid()
      .primaryKey()
      .references(() => dmChannels.id, { onDelete: "cascade" }),
    userId: uuid()
      .primaryKey()
      .references(() => users.id, { onDelete: "cascade" }),
    lastReadMessageId: uuid().references(() => messages.id, { onDelete: "set null" }),
  },
  (t) => [index().on(t.userId), index().on(t.lastReadMessageId)],
);
