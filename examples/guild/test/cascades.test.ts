// What goes along, and what stays.
import { expect } from "vitest";
import { channelRows, guildRows, roleRows } from "../fixtures/guilds.ts";
import { people } from "../fixtures/users.ts";
import { deleteChannel } from "../src/queries/channels.ts";
import { createDmChannel } from "../src/queries/dm-channels.ts";
import { updateDmParticipant } from "../src/queries/dm-participants.ts";
import { createFriendship } from "../src/queries/friendships.ts";
import { deleteGuildMember } from "../src/queries/guild-members.ts";
import { deleteGuild, updateGuildOwner } from "../src/queries/guilds.ts";
import { createMessage, findMessageById } from "../src/queries/messages.ts";
import { deleteRole } from "../src/queries/roles.ts";
import { createSession } from "../src/queries/sessions.ts";
import { deleteUser } from "../src/queries/users.ts";
import type { Db } from "../src/database.ts";
import { schema } from "../src/schema/schema.ts";
import { everywhere } from "./databases.ts";

type Counts = Partial<Record<keyof typeof schema.tables, number>>;

/** But for the outbox's tables, which belong to nobody. */
async function counts(db: Db): Promise<Counts> {
  const found: Counts = {};
  for (const [name, table] of Object.entries(schema.tables))
    if (!name.startsWith("plinth")) found[name as keyof Counts] = await db.from(table).count();
  return found;
}

everywhere("a guild takes along all that is in it", ["users", "guilds"], async ({ db, row }) => {
  const attachments = [{ filename: "a.txt", s3Key: "a", size: 1 }];
  await createMessage(db, {
    channelId: row(channelRows, "general").id,
    authorId: row(people, "bob").id,
    content: "Hello",
    attachments,
  });
  expect(await counts(db)).toMatchObject({
    guilds: 1,
    guildMembers: 3,
    roles: 3,
    memberRoles: 1,
    channels: 3,
    channelMembers: 1,
    messages: 1,
    messageAttachments: 1,
  });
  await deleteGuild(db, row(guildRows, "analysts").id);
  expect(await counts(db)).toEqual({
    users: 4,
    sessions: 0,
    guilds: 0,
    guildMembers: 0,
    roles: 0,
    memberRoles: 0,
    channels: 0,
    channelMembers: 0,
    messages: 0,
    messageAttachments: 0,
    dmChannels: 0,
    dmParticipants: 0,
    friendships: 0,
  });
});

everywhere(
  "a channel takes its members and messages along",
  ["users", "guilds"],
  async ({ db, row }) => {
    const channelId = row(channelRows, "backroom").id;
    await createMessage(db, { channelId, authorId: row(people, "bob").id, content: "Psst" });
    await deleteChannel(db, channelId);
    expect(await counts(db)).toMatchObject({ channels: 2, channelMembers: 0, messages: 0 });
  },
);

everywhere(
  "a role is taken from its members, a member from roles",
  ["users", "guilds"],
  async ({ db, row }) => {
    const { id: guildId } = row(guildRows, "analysts");
    await deleteRole(db, row(roleRows, "moderator").id);
    expect(await counts(db)).toMatchObject({ roles: 2, memberRoles: 0, guildMembers: 3 });
    await deleteGuildMember(db, guildId, row(people, "bob").id);
    expect(await counts(db)).toMatchObject({ guildMembers: 2, channelMembers: 0, users: 4 });
  },
);

everywhere(
  "of a user the messages stay, and nothing else",
  ["users", "guilds"],
  async ({ db, row }) => {
    const ada = row(people, "ada").id;
    const bob = row(people, "bob").id;
    const dm = await createDmChannel(db, [ada, bob]);
    const message = await createMessage(db, { channelId: dm.id, authorId: bob, content: "Bye" });
    await updateDmParticipant(db, dm.id, ada, { lastReadMessageId: message.id });
    await createFriendship(db, bob, ada);
    await createSession(db, bob);
    await deleteUser(db, bob);
    expect(await findMessageById(db, message.id)).toEqual({ ...message, authorId: null });
    expect(await counts(db)).toMatchObject({
      users: 3,
      sessions: 0,
      guildMembers: 2,
      memberRoles: 0,
      channelMembers: 0,
      dmChannels: 1,
      dmParticipants: 1,
      friendships: 0,
    });
  },
);

everywhere("an owner hands over before leaving", ["users", "guilds"], async ({ db, row }) => {
  const { id, ownerId } = row(guildRows, "analysts");
  await expect(deleteUser(db, ownerId)).rejects.toMatchObject({
    code: "E_FOREIGN_KEY_VIOLATION",
  });
  await updateGuildOwner(db, id, row(people, "bob").id);
  expect(await deleteUser(db, ownerId)).toBe(true);
  expect(await counts(db)).toMatchObject({ guilds: 1, guildMembers: 2 });
});
