import { expect } from "vitest";
import { createAlters, removeAlter } from "../src/alters.ts";
import {
  createGroup,
  groupsOf,
  membersOfGroup,
  removeGroup,
  setGroupMembers,
  updateGroup,
} from "../src/groups.ts";
import { schema } from "../src/schema/schema.ts";
import {
  createSubsystem,
  membersOfSubsystem,
  removeMember,
  removeSubsystem,
  rolesOf,
  setMember,
  updateSubsystem,
} from "../src/subsystems.ts";
import { createSystem } from "../src/systems.ts";
import { everywhere } from "./databases.ts";
import { people } from "./people.ts";

const names = ["Ash", "Juniper", "River"].map((name) => ({ name }));

everywhere("a group has exactly the members that it is given", async ({ db }) => {
  const { owner, systemId } = await people(db);
  const [ash, juniper, river] = await createAlters(db, owner, systemId, names);
  const hosts = await createGroup(db, owner, systemId, { name: "Hosts", color: "#2f6f9f" });
  await createGroup(db, owner, systemId, { name: "Away" });
  const memberNames = async (): Promise<string[]> =>
    (await membersOfGroup(db, hosts.id)).map(({ name }) => name);

  await setGroupMembers(db, owner, hosts.id, [river!.id, ash!.id, ash!.id]);
  expect(await memberNames()).toEqual(["Ash", "River"]);
  await setGroupMembers(db, owner, hosts.id, [juniper!.id, ash!.id]);
  expect(await memberNames()).toEqual(["Ash", "Juniper"]);
  expect(await groupsOf(db, systemId)).toMatchObject([
    { name: "Away", color: null, members: 0 },
    { name: "Hosts", color: "#2f6f9f", members: 2 },
  ]);
  await removeAlter(db, owner, ash!.id);
  expect(await memberNames()).toEqual(["Juniper"]);
  await setGroupMembers(db, owner, hosts.id, []);
  expect(await memberNames()).toEqual([]);
});

everywhere("groups and subsystems take alters of their own system only", async ({ db }) => {
  const { owner, neighbour, systemId } = await people(db);
  const other = await createSystem(db, neighbour, { name: "Harbour" });
  const [river] = await createAlters(db, owner, systemId, names);
  const [stranger] = await createAlters(db, neighbour, other.id, [{ name: "Stranger" }]);
  const hosts = await createGroup(db, owner, systemId, { name: "Hosts" });
  const night = await createSubsystem(db, owner, systemId, { name: "Night watch" });

  await setGroupMembers(db, owner, hosts.id, [river!.id]);
  await expect(
    setGroupMembers(db, owner, hosts.id, [river!.id, stranger!.id]),
  ).rejects.toMatchObject({ reason: "not found" });
  await expect(
    setMember(db, owner, { subsystemId: night.id, alterId: stranger!.id }),
  ).rejects.toMatchObject({ reason: "not found" });
  await expect(setGroupMembers(db, neighbour, hosts.id, [])).rejects.toMatchObject({
    reason: "not found",
  });
  expect(await membersOfGroup(db, hosts.id)).toHaveLength(1);
});

everywhere("members of a subsystem have a role, by default that of a member", async ({ db }) => {
  const { owner, systemId } = await people(db);
  const [ash, juniper, river] = await createAlters(db, owner, systemId, names);
  const { id: subsystemId } = await createSubsystem(db, owner, systemId, { name: "Night watch" });
  await setMember(db, owner, { subsystemId, alterId: ash!.id, role: "keeper" });
  await setMember(db, owner, { subsystemId, alterId: juniper!.id });
  await setMember(db, owner, { subsystemId, alterId: river!.id, role: "keeper" });
  expect(await membersOfSubsystem(db, subsystemId)).toMatchObject([
    { name: "Ash", role: "keeper" },
    { name: "River", role: "keeper" },
    { name: "Juniper", role: "member" },
  ]);

  await setMember(db, owner, { subsystemId, alterId: ash!.id, role: "member" });
  expect(await rolesOf(db, systemId)).toEqual([
    { subsystem: "Night watch", role: "keeper", members: 1, names: "River" },
    { subsystem: "Night watch", role: "member", members: 2, names: "Ash, Juniper" },
  ]);
  await setMember(db, owner, { subsystemId, alterId: river!.id });
  await removeMember(db, owner, { subsystemId, alterId: ash!.id });
  expect(await rolesOf(db, systemId)).toMatchObject([{ role: "member", names: "Juniper, River" }]);
});

everywhere("groups and subsystems go without their alters", async ({ db }) => {
  const { owner, systemId } = await people(db);
  const [ash] = await createAlters(db, owner, systemId, names);
  const group = await createGroup(db, owner, systemId, { name: "Hosts" });
  const subsystem = await createSubsystem(db, owner, systemId, { name: "Night watch" });
  await setGroupMembers(db, owner, group.id, [ash!.id]);
  await setMember(db, owner, { subsystemId: subsystem.id, alterId: ash!.id });

  expect(await updateGroup(db, owner, group.id, { name: "Fronting" })).toMatchObject({
    name: "Fronting",
  });
  expect(await updateSubsystem(db, owner, subsystem.id, { color: "#000000" })).toMatchObject({
    name: "Night watch",
    color: "#000000",
  });
  await removeGroup(db, owner, group.id);
  await removeSubsystem(db, owner, subsystem.id);
  expect(await db.from(schema.tables.alterGroups).count()).toBe(0);
  expect(await db.from(schema.tables.subsystemMembers).count()).toBe(0);
  expect(await db.from(schema.tables.alters).count()).toBe(3);
});
