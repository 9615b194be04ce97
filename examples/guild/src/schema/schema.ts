import { defineSchema } from "plinth";
import { outboxTables } from "plinth/outbox";
import { channelMembers, channels } from "./channels.ts";
import { dmChannels, dmParticipants } from "./dms.ts";
import { friendships } from "./friendships.ts";
import { guildMembers, guilds, memberRoles, roles } from "./guilds.ts";
import { messageAttachments, messages } from "./messages.ts";
import { sessions, users } from "./users.ts";

/** The thirteen tables, declared once for every database, and the two of the outbox, from which events are told. */
export const schema = defineSchema(
  {
    users,
    sessions,
    guilds,
    guildMembers,
    roles,
    memberRoles,
    channels,
    channelMembers,
    messages,
    messageAttachments,
    dmChannels,
    dmParticipants,
    friendships,
    ...outboxTables,
  },
  (r) => ({
    messages: {
      author: r.one(users, { on: messages.authorId }),
      attachments: r.many(messageAttachments),
    },
    messageAttachments: { message: r.one(messages) },
  }),
);
