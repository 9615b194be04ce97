import { expect } from "vitest";
import { channelRows, guildRows, roleRows } from "../fixtures/guilds.ts";
import { people } from "../fixtures/users.ts";
import { deleteGuildMember } from "../src/queries/guild-members.ts";
import {
  createChannelMember,
  deleteChannelMember,
  findChannelMembers,
  updateChannelMembers,
} from "../src/queries/channel-members.ts";
import {
  createChannel,
  deleteChannel,
  findChannelById,
  findChannelsOfGuild,
  findVisibleChannels,
  updateChannel,
} from "../src/queries/channels.ts";
import { createDmChannel, findDmChannelById } from "../src/queries/dm-channels.ts";
import { createMemberRole } from "../src/queries/member-roles.ts";
import { createRole, updateRole } from "../src/queries/roles.ts";
import { channels, type ChannelType } from "../src/schema/channels.ts";
import { everywhere, nobody } from "./databases.ts";

const namesOf = (found: readonly { name: string | null }[]) => found.map(({ name }) => name);

everywhere("channels are made, found, changed and deleted", ["users", "guilds"], async (given) => {
  const { db, row } = given;
  const { id: guildId } = row(guildRows, "analysts");
  const channel = await createChannel(db, guildId, { name: "notes" });
  expect(channel).toMatchObject({ guildId, type: "text", isPrivate: false });
  expect(await findChannelById(db, channel.id)).toEqual(channel);
  expect(await findChannelById(db, nobody)).toBeUndefined();
  expect(namesOf(await findChannelsOfGuild(db, guildId))).toEqual([
    "backroom",
    "general",
    "notes",
    "lounge",
  ]);
  expect(await updateChannel(db, channel.id, { name: "papers", isPrivate: true })).toMatchObject({
    name: "papers",
    isPrivate: true,
  });
  expect(await updateChannel(db, nobody, { name: "none" })).toBeUndefined();
  await expect(createChannel(db, nobody, { name: "none" })).rejects.toMatchObject({
    code: "E_FOREIGN_KEY_VIOLATION",
  });
  await expect(createChannel(db, guildId, { name: "x".repeat(101) })).rejects.toMatchObject({
    code: "E_VALUE_TOO_LONG",
  });
  expect(await deleteChannel(db, channel.id)).toBe(true);
  expect(await deleteChannel(db, channel.id)).toBe(false);
});

everywhere(
  "a type is one of three, and tells whose the channel is",
  ["users", "guilds"],
  async (given) => {
    const { db, row } = given;
    const { id: guildId } = row(guildRows, "analysts");
    for (const type of ["text", "voice"] as const) {
      const { id } = await createChannel(db, guildId, { name: type, type });
      expect(await findChannelById(db, id)).toMatchObject({ type });
    }
    await expect(
      db.insert(channels).values({ guildId, name: "x", type: "video" as ChannelType }),
    ).rejects.toMatchObject({ code: "E_INVALID_VALUE" });
    // What belongs to a guild is no direct message, and has a name; the others belong to none.
    for (const refused of [
      { guildId, name: "x", type: "dm" },
      { name: "x", type: "text" },
      { guildId, type: "voice" },
    ] as const)
      await expect(db.insert(channels).values(refused)).rejects.toMatchObject({
        code: "E_CHECK_VIOLATION",
        constraint: "channels_guild_check",
      });
  },
);

everywhere(
  "direct messages are no channel of a guild",
  ["users", "guilds"],
  async ({ db, row }) => {
    const dm = await createDmChannel(db, [row(people, "ada").id, row(people, "bob").id]);
    expect(await updateChannel(db, dm.id, { name: "no" })).toBeUndefined();
    expect(await deleteChannel(db, dm.id)).toBe(false);
    expect(await findDmChannelById(db, dm.id)).toBeDefined();
  },
);

everywhere("a private channel is seen by who is in it", ["users", "guilds"], async (given) => {
  const { db, row } = given;
  const { id: guildId, ownerId } = row(guildRows, "analysts");
  const bob = row(people, "bob").id;
  const cleo = row(people, "cleo").id;
  const visible = async (userId: string) => namesOf(await findVisibleChannels(db, guildId, userId));
  expect(await visible(bob)).toEqual(["backroom", "general", "lounge"]);
  expect(await visible(cleo)).toEqual(["general", "lounge"]);
  expect(await visible(ownerId)).toEqual(["backroom", "general", "lounge"]);
  expect(await visible(row(people, "dora").id)).toEqual([]);

  const admin = await createRole(db, guildId, { name: "admin", permissions: ["administrator"] });
  await createMemberRole(db, { guildId, userId: cleo, roleId: admin.id });
  expect(await visible(cleo)).toEqual(["backroom", "general", "lounge"]);
  await updateRole(db, row(roleRows, "everyone").id, { permissions: [] });
  expect(await visible(bob)).toEqual([]);
});

everywhere(
  "members of private channels are members of the guild",
  ["users", "guilds"],
  async (given) => {
    const { db, row } = given;
    const { id: channelId, guildId } = row(channelRows, "backroom");
    const cleo = row(people, "cleo").id;
    const bob = row(people, "bob").id;
    expect(await createChannelMember(db, channelId, cleo)).toEqual({ channelId, userId: cleo });
    await expect(createChannelMember(db, channelId, cleo)).rejects.toMatchObject({
      code: "E_UNIQUE_VIOLATION",
    });
    await expect(createChannelMember(db, channelId, row(people, "dora").id)).rejects.toThrow(
      "no private channel",
    );
    await expect(createChannelMember(db, row(channelRows, "general").id, cleo)).rejects.toThrow(
      "no private channel",
    );
    const names = async () =>
      (await findChannelMembers(db, channelId)).map(({ username }) => username);
    expect(await names()).toEqual(["bob", "cleo"]);
    await expect(updateChannelMembers(db, channelId, [cleo, nobody])).rejects.toThrow(
      "no private channel",
    );
    expect(await names()).toEqual(["bob", "cleo"]);
    await updateChannelMembers(db, channelId, [cleo, row(people, "ada").id]);
    expect(await names()).toEqual(["ada", "cleo"]);
    expect(await deleteChannelMember(db, channelId, bob)).toBe(false);
    expect(await deleteChannelMember(db, channelId, row(people, "ada").id)).toBe(true);
    // Who leaves the guild leaves its private channels.
    await deleteGuildMember(db, guildId!, cleo);
    expect(await names()).toEqual([]);
  },
);
