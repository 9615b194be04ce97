import { expect } from "vitest";
import { channelRows, guildRows, memberRows, roleRows } from "../fixtures/guilds.ts";
import { people } from "../fixtures/users.ts";
import { everyonePermissions } from "../src/permission-flags.ts";
import { findChannelsOfGuild } from "../src/queries/channels.ts";
import {
  createGuildMember,
  deleteGuildMember,
  findGuildMember,
  findGuildMembers,
  updateGuildMember,
} from "../src/queries/guild-members.ts";
import {
  createGuild,
  deleteGuild,
  findBusiestMembers,
  findChannelStatistics,
  findGuildById,
  findGuildsOfUser,
  updateGuild,
  updateGuildOwner,
} from "../src/queries/guilds.ts";
import {
  createMemberRole,
  deleteMemberRole,
  findRolesOfMember,
  updateMemberRoles,
} from "../src/queries/member-roles.ts";
import {
  createRole,
  deleteRole,
  findRoleById,
  findRolesOfGuild,
  updateRole,
  updateRolePositions,
} from "../src/queries/roles.ts";
import {
  namesOf,
  requirePermission,
  requireRank,
  resolvePermissions,
  resolvePermissionsOfGuild,
} from "../src/permissions.ts";
import { deleteMessage } from "../src/queries/messages.ts";
import { deleteUser } from "../src/queries/users.ts";
import { guilds } from "../src/schema/guilds.ts";
import { messages } from "../src/schema/messages.ts";
import { everywhere, nobody } from "./databases.ts";

everywhere("a guild begins with its owner, a role and a channel", ["users"], async (given) => {
  const { db, row } = given;
  const { id: ownerId } = row(people, "ada");
  const guild = await createGuild(db, { name: "Analysts", ownerId });
  expect(await findGuildById(db, guild.id)).toEqual(guild);
  expect(await findGuildMembers(db, guild.id)).toMatchObject([{ username: "ada" }]);
  expect(await findRolesOfGuild(db, guild.id)).toMatchObject([{ name: "everyone", position: 0 }]);
  expect(await findChannelsOfGuild(db, guild.id)).toMatchObject([{ name: "general" }]);
});

everywhere("of a guild that can't be made nothing stays", ["users"], async ({ db }) => {
  await expect(createGuild(db, { name: "Nobody's", ownerId: nobody })).rejects.toMatchObject({
    code: "E_FOREIGN_KEY_VIOLATION",
  });
  expect(await db.from(guilds).count()).toBe(0);
  expect(await findGuildById(db, nobody)).toBeUndefined();
});

everywhere("a user sees the guilds they are in", ["users", "guilds"], async ({ db, row }) => {
  const bob = row(people, "bob").id;
  const own = await createGuild(db, { name: "Boats", ownerId: bob });
  expect(await findGuildsOfUser(db, bob)).toEqual([
    { id: row(guildRows, "analysts").id, name: "Analysts", isOwner: false, memberCount: 3 },
    { id: own.id, name: "Boats", isOwner: true, memberCount: 1 },
  ]);
  expect(await findGuildsOfUser(db, row(people, "dora").id)).toEqual([]);
});

everywhere("a guild is renamed, handed over, and deleted", ["users", "guilds"], async (given) => {
  const { db, row } = given;
  const { id } = row(guildRows, "analysts");
  const bob = row(people, "bob").id;
  expect(await updateGuild(db, id, { name: "Engineers" })).toMatchObject({ name: "Engineers" });
  expect(await updateGuild(db, nobody, { name: "None" })).toBeUndefined();
  await expect(updateGuildOwner(db, id, row(people, "dora").id)).rejects.toThrow("to a member");
  await expect(deleteUser(db, row(people, "ada").id)).rejects.toMatchObject({
    code: "E_FOREIGN_KEY_VIOLATION",
  });
  await updateGuildOwner(db, id, bob);
  expect(await findGuildById(db, id)).toMatchObject({ ownerId: bob });
  expect(await deleteUser(db, row(people, "ada").id)).toBe(true);
  expect(await deleteGuild(db, id)).toBe(true);
  expect(await deleteGuild(db, id)).toBe(false);
});

everywhere("members come, are renamed, and go", ["users", "guilds"], async ({ db, row }) => {
  const { id: guildId } = row(guildRows, "analysts");
  const dora = row(people, "dora").id;
  expect(await findGuildMember(db, guildId, dora)).toBeUndefined();
  const member = await createGuildMember(db, guildId, dora);
  expect(await findGuildMember(db, guildId, dora)).toEqual(member);
  await expect(createGuildMember(db, guildId, dora)).rejects.toMatchObject({
    code: "E_UNIQUE_VIOLATION",
  });
  await expect(createGuildMember(db, guildId, nobody)).rejects.toMatchObject({
    code: "E_FOREIGN_KEY_VIOLATION",
  });
  expect(await updateGuildMember(db, guildId, dora, { nickname: "D." })).toMatchObject({
    nickname: "D.",
  });
  expect(await updateGuildMember(db, guildId, nobody, { nickname: "N." })).toBeUndefined();
  const listed = await findGuildMembers(db, guildId);
  expect(listed.map(({ username, nickname }) => [username, nickname])).toEqual([
    ["ada", null],
    ["bob", null],
    ["cleo", "C."],
    ["dora", "D."],
  ]);
  const online = await findGuildMembers(db, guildId, "online");
  expect(online.map(({ username }) => username)).toEqual(["ada"]);
  expect(await findGuildMembers(db, guildId, "busy")).toEqual([]);
  expect(await deleteGuildMember(db, guildId, dora)).toBe(true);
  expect(await deleteGuildMember(db, guildId, dora)).toBe(false);
});

everywhere("roles have an order, each its place", ["users", "guilds"], async ({ db, row }) => {
  const { id: guildId } = row(guildRows, "analysts");
  const helper = row(roleRows, "helper");
  const moderator = row(roleRows, "moderator");
  const captain = await createRole(db, guildId, { name: "captain", permissions: ["manageGuild"] });
  expect(captain.position).toBe(3);
  const names = async () => (await findRolesOfGuild(db, guildId)).map(({ name }) => name);
  expect(await names()).toEqual(["captain", "moderator", "helper", "everyone"]);

  await updateRolePositions(db, guildId, [helper.id, captain.id, moderator.id]);
  expect(await names()).toEqual(["helper", "captain", "moderator", "everyone"]);
  for (const ids of [
    [helper.id, captain.id],
    [helper.id, captain.id, captain.id],
    [helper.id, captain.id, moderator.id, nobody],
    [helper.id, captain.id, row(roleRows, "everyone").id],
  ])
    await expect(updateRolePositions(db, guildId, ids)).rejects.toThrow("named once");
  expect(await names()).toEqual(["helper", "captain", "moderator", "everyone"]);
  await expect(createRole(db, nobody, { name: "x", permissions: [] })).rejects.toThrow(
    "no such guild",
  );
});

everywhere(
  "roles that are made at once stand beside one another",
  ["users", "guilds"],
  async ({ db, row }) => {
    const { id: guildId } = row(guildRows, "analysts");
    const made = await Promise.all(
      ["a", "b", "c", "d"].map((name) => createRole(db, guildId, { name, permissions: [] })),
    );
    expect(made.map(({ position }) => position).toSorted((a, b) => a - b)).toEqual([3, 4, 5, 6]);
  },
);

everywhere(
  "a role is changed, and deleted with whoever has it",
  ["users", "guilds"],
  async ({ db, row }) => {
    const { guildId, id } = row(roleRows, "moderator");
    const bob = row(people, "bob").id;
    expect(await updateRole(db, id, { name: "warden" })).toMatchObject({
      name: "warden",
      permissions: row(roleRows, "moderator").permissions,
    });
    const changed = await updateRole(db, id, { permissions: ["banMembers"] });
    expect(changed?.permissions).toBe(1n << 9n);
    expect(await updateRole(db, nobody, { name: "none" })).toBeUndefined();
    expect(await findRoleById(db, id)).toEqual(changed);
    expect(await deleteRole(db, id)).toBe(true);
    expect(await deleteRole(db, id)).toBe(false);
    expect(await findRoleById(db, id)).toBeUndefined();
    expect(await findRolesOfMember(db, guildId, bob)).toEqual([]);
    await expect(deleteRole(db, row(roleRows, "everyone").id)).rejects.toThrow("stays");
  },
);

everywhere(
  "members get roles of their own guild only",
  ["users", "guilds"],
  async ({ db, row }) => {
    const { id: guildId } = row(guildRows, "analysts");
    const cleo = row(memberRows, "cleo").userId;
    const roleId = row(roleRows, "helper").id;
    const given = await createMemberRole(db, { guildId, userId: cleo, roleId });
    expect(given).toEqual({ guildId, userId: cleo, roleId });
    await expect(createMemberRole(db, given)).rejects.toMatchObject({ code: "E_UNIQUE_VIOLATION" });

    const dora = row(people, "dora").id;
    const other = await createGuild(db, { name: "Other", ownerId: dora });
    const [foreign] = await findRolesOfGuild(db, other.id);
    for (const refused of [
      { guildId, userId: dora, roleId },
      { guildId, userId: cleo, roleId: foreign!.id },
    ])
      await expect(createMemberRole(db, refused)).rejects.toMatchObject({
        code: "E_FOREIGN_KEY_VIOLATION",
      });

    const moderator = row(roleRows, "moderator").id;
    await updateMemberRoles(db, guildId, cleo, [moderator, roleId, moderator]);
    const names = async () => (await findRolesOfMember(db, guildId, cleo)).map(({ name }) => name);
    expect(await names()).toEqual(["moderator", "helper"]);
    await expect(updateMemberRoles(db, guildId, cleo, [foreign!.id])).rejects.toMatchObject({
      code: "E_FOREIGN_KEY_VIOLATION",
    });
    expect(await names()).toEqual(["moderator", "helper"]);
    await updateMemberRoles(db, guildId, cleo, []);
    expect(await names()).toEqual([]);
    expect(await deleteMemberRole(db, { guildId, userId: cleo, roleId })).toBe(false);
  },
);

everywhere(
  "permissions are those of everyone and of one's roles",
  ["users", "guilds"],
  async ({ db, row }) => {
    const { id: guildId, ownerId } = row(guildRows, "analysts");
    const bob = row(people, "bob").id;
    const cleo = row(people, "cleo").id;
    const of = (userId: string) => resolvePermissions(db, guildId, userId);

    const all = await resolvePermissionsOfGuild(db, guildId);
    expect([...all.keys()].toSorted()).toEqual([ownerId, bob, cleo].toSorted());
    for (const [userId, own] of all) expect(await of(userId)).toEqual(own);

    expect(namesOf((await of(cleo))!)).toEqual(everyonePermissions);
    expect(await of(cleo)).toMatchObject({ isOwner: false, highestPosition: 0 });
    expect(namesOf((await of(bob))!)).toEqual([
      ...everyonePermissions,
      "manageMessages",
      "kickMembers",
    ]);
    expect(await of(bob)).toMatchObject({ isOwner: false, highestPosition: 2 });
    expect(await of(ownerId)).toMatchObject({ isOwner: true });
    expect(namesOf((await of(ownerId))!)).toHaveLength(14);
    expect(await of(row(people, "dora").id)).toBeUndefined();
    expect(await resolvePermissions(db, nobody, ownerId)).toBeUndefined();

    await updateRole(db, row(roleRows, "everyone").id, { permissions: [] });
    expect(namesOf((await of(cleo))!)).toEqual([]);
    await updateRole(db, row(roleRows, "moderator").id, { permissions: ["administrator"] });
    expect(namesOf((await of(bob))!)).toHaveLength(14);
    expect(await of(bob)).toMatchObject({ isOwner: false, highestPosition: 2 });
    const roleId = row(roleRows, "moderator").id;
    expect(await deleteMemberRole(db, { guildId, userId: bob, roleId })).toBe(true);
    expect(namesOf((await of(bob))!)).toEqual([]);

    await expect(requirePermission(db, guildId, bob, "kickMembers")).rejects.toThrow("This takes");
    await expect(requirePermission(db, guildId, nobody, "speak")).rejects.toThrow("not in this");
    const owner = await requirePermission(db, guildId, ownerId, "kickMembers");
    expect(() => requireRank(owner, 1_000)).not.toThrow();
    const nothing = (await of(bob))!;
    expect(() => requireRank(nothing, 0)).toThrow("above you");
  },
);

everywhere(
  "a guild's channels and members are counted",
  ["users", "guilds"],
  async ({ db, row }) => {
    const { id: guildId } = row(guildRows, "analysts");
    const [ada, bob, cleo] = (["ada", "bob", "cleo"] as const).map((name) => row(people, name).id);
    const channelId = row(channelRows, "general").id;
    const noon = Date.UTC(2026, 0, 31, 12);
    const write = async (authorId: string | undefined, minute: number, content = "…") =>
      db
        .insert(messages)
        .values({
          channelId,
          authorId: authorId ?? null,
          content,
          createdAt: new Date(noon + minute * 60_000),
        })
        .returning()
        .one();
    for (const [author, minute] of [
      [ada, 0],
      [bob, 1],
      [bob, 2],
      [ada, 3],
      [cleo, 4],
      [undefined, 5],
    ] as const)
      await write(author, minute);
    await deleteMessage(db, (await write(cleo, 6, "deleted")).id);

    expect(await findChannelStatistics(db, guildId)).toEqual([
      { name: "backroom", messageCount: 0, authorCount: 0, lastMessageAt: null },
      {
        name: "general",
        messageCount: 6,
        authorCount: 3,
        lastMessageAt: new Date(noon + 5 * 60_000),
      },
      { name: "lounge", messageCount: 0, authorCount: 0, lastMessageAt: null },
    ]);
    expect(await findChannelStatistics(db, nobody)).toEqual([]);
    expect(await findBusiestMembers(db, guildId, new Date(noon))).toEqual([
      { place: 1, username: "ada", messageCount: 2 },
      { place: 1, username: "bob", messageCount: 2 },
      { place: 3, username: "cleo", messageCount: 1 },
    ]);
    expect(await findBusiestMembers(db, guildId, new Date(noon + 3 * 60_000))).toEqual([
      { place: 1, username: "ada", messageCount: 1 },
      { place: 1, username: "cleo", messageCount: 1 },
    ]);
  },
);
