// A guild, its roles and its channels.
import type { Db } from "../src/database.ts";
import {
  isAllowed,
  namesOf,
  requirePermission,
  requireRank,
  resolvePermissionsOfGuild,
} from "../src/permissions.ts";
import { createChannelMember } from "../src/queries/channel-members.ts";
import { createChannel, findVisibleChannels } from "../src/queries/channels.ts";
import {
  createGuildMember,
  findGuildMembers,
  updateGuildMember,
} from "../src/queries/guild-members.ts";
import { createGuild, findGuildsOfUser } from "../src/queries/guilds.ts";
import { createMemberRole } from "../src/queries/member-roles.ts";
import { createRole, findRolesOfGuild, updateRolePositions } from "../src/queries/roles.ts";
import type { Cast } from "./cast.ts";
import * as print from "./print.ts";
import { tellRefusal } from "./refused.ts";

export async function makeGuild(db: Db, { ada, bob, cleo, emil }: Cast): Promise<string> {
  print.chapter("A guild", "src/queries/guilds.ts, guild-members.ts");
  const guild = await createGuild(db, { name: "Analysts", ownerId: ada });
  for (const userId of [bob, cleo, emil]) await createGuildMember(db, guild.id, userId);
  await updateGuildMember(db, guild.id, cleo, { nickname: "C." });
  await createGuild(db, { name: "Boats", ownerId: bob });
  print.rows(
    (await findGuildMembers(db, guild.id)).map(({ username, nickname, status }) => ({
      username,
      nickname,
      status,
    })),
  );
  await tellRefusal("Bob, once more", () => createGuildMember(db, guild.id, bob));
  print.say("The guilds that Bob sees:");
  print.rows(
    (await findGuildsOfUser(db, bob)).map(({ name, isOwner, memberCount }) => ({
      name,
      "is his": isOwner,
      members: memberCount,
    })),
  );
  return guild.id;
}

export async function giveRoles(db: Db, { ada, bob, cleo, emil }: Cast, guildId: string) {
  print.chapter("Roles and permissions", "src/permissions.ts, src/queries/roles.ts");
  const helper = await createRole(db, guildId, {
    name: "helper",
    permissions: ["createInvites", "muteMembers"],
  });
  const moderator = await createRole(db, guildId, {
    name: "moderator",
    permissions: ["manageMessages", "kickMembers"],
  });
  const keeper = await createRole(db, guildId, { name: "keeper", permissions: ["administrator"] });
  await updateRolePositions(db, guildId, [keeper.id, moderator.id, helper.id]);
  for (const [userId, roleId] of [
    [bob, moderator.id],
    [bob, helper.id],
    [cleo, keeper.id],
  ] as const)
    await createMemberRole(db, { guildId, userId, roleId });
  print.say("What a role allows are bits of one number; the highest role stands first:");
  print.rows(
    (await findRolesOfGuild(db, guildId)).map(({ name, position, permissions }) => ({
      role: name,
      position,
      bits: permissions.toString(2).padStart(14, "0"),
    })),
  );
  print.say("What a member may is what everyone may, and each of the member's roles:");
  const all = await resolvePermissionsOfGuild(db, guildId);
  const rows = Object.entries({ ada, bob, cleo, emil }).map(([member, userId]) => {
    const found = all.get(userId)!;
    return {
      member,
      owner: found.isOwner,
      "highest role": found.isOwner ? null : found.highestPosition,
      permissions: namesOf(found).length,
      "may kick": isAllowed(found, "kickMembers"),
    };
  });
  print.rows(rows);
  await tellRefusal("Emil", () => requirePermission(db, guildId, emil, "kickMembers"));
  const actor = await requirePermission(db, guildId, bob, "kickMembers");
  await tellRefusal("Bob, to Cleo", async () => requireRank(actor, keeper.position));
}

export async function openChannels(
  db: Db,
  { bob, cleo, dora, emil }: Cast,
  guildId: string,
): Promise<string> {
  print.chapter("Channels, some of them private", "src/queries/channels.ts");
  await createChannel(db, guildId, { name: "lounge", type: "voice" });
  const backroom = await createChannel(db, guildId, { name: "backroom", isPrivate: true });
  await createChannelMember(db, backroom.id, bob);
  const rows = [];
  let general = "";
  for (const [name, userId] of Object.entries({ bob, cleo, dora, emil })) {
    const channels = await findVisibleChannels(db, guildId, userId);
    general = channels.find((channel) => channel.name === "general")?.id ?? general;
    rows.push({ name, sees: channels.map((channel) => channel.name).join(", ") || null });
  }
  print.rows(rows);
  print.say(
    "Bob was let into the private one, Cleo is an administrator, Dora isn't a member of the guild.",
  );
  await tellRefusal("Dora", () => createChannelMember(db, backroom.id, dora));
  return general;
}
