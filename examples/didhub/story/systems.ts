// A system, and who is in it.
import type { Executor } from "plinth";
import type { Account } from "../src/accounts.ts";
import { createAlters, pageOfAlters, updateAlter } from "../src/alters.ts";
import { createGroup, groupsOf, membersOfGroup, setGroupMembers } from "../src/groups.ts";
import { createSubsystem, rolesOf, setMember } from "../src/subsystems.ts";
import { createSystem, systemsOf, updateSystem } from "../src/systems.ts";
import type { People } from "./accounts.ts";
import * as cast from "./cast.ts";
import * as print from "./print.ts";
import { tellRefusal } from "./refused.ts";

/** The ids of the alters by their names. */
export interface Lighthouse {
  readonly systemId: number;
  readonly idOf: (name: string) => number;
}

export async function makeSystem(db: Executor, { owner, neighbour }: People): Promise<Lighthouse> {
  print.chapter("A system and its alters", "src/systems.ts, src/alters.ts");
  const actor = { userId: owner.id };
  const system = await createSystem(db, actor, { name: "The Lighthouse" });
  const made = await createAlters(db, actor, system.id, cast.alters);
  const ids = new Map(made.map(({ id, name }) => [name, id]));
  const idOf = (name: string): number => ids.get(name) ?? 0;
  const description = "On the coast, with a garden.";
  await updateSystem(db, actor, system.id, { description });
  print.say(`${made.length} alters in one statement, all or none. The first page of them:`);
  const { items, page, pages, total } = await pageOfAlters(db, system.id, { page: 1, size: 4 });
  print.rows(items.map(({ name, description: about }) => ({ name, about })));
  print.say(`That was page ${page} of ${pages}, ${total} in all. A search for RIVER:`);
  await updateAlter(db, actor, idOf("Sol"), { description: "Paints rivers, mostly at night." });
  const found = await pageOfAlters(db, system.id, { search: "RIVER", page: 1, size: 10 });
  print.rows(found.items.map(({ name, description: about }) => ({ name, about })));
  print.say("What belongs to another account does not exist for you:");
  const byNeighbour = { userId: neighbour.id };
  await tellRefusal(
    neighbour.username,
    createAlters(db, byNeighbour, system.id, [{ name: "Nobody" }]),
  );
  return { systemId: system.id, idOf };
}

export async function makeGroups(
  db: Executor,
  owner: Account,
  { systemId, idOf }: Lighthouse,
): Promise<void> {
  print.chapter("Groups: many to many", "src/groups.ts");
  const actor = { userId: owner.id };
  const hosts = await createGroup(db, actor, systemId, { name: "Hosts", color: "#2f6f9f" });
  const little = await createGroup(db, actor, systemId, { name: "Little ones", color: "#d9a441" });
  await createGroup(db, actor, systemId, { name: "Away", description: "Not met for a while." });
  await setGroupMembers(db, actor, hosts.id, ["River", "Marlow", "Ines"].map(idOf));
  await setGroupMembers(db, actor, little.id, ["Wren", "Juniper"].map(idOf));
  print.say("Every group, the empty one too:");
  print.rows(await groupsOf(db, systemId));
  await setGroupMembers(db, actor, hosts.id, ["River", "Sol"].map(idOf));
  const members = await membersOfGroup(db, hosts.id);
  print.say(`The hosts from now on: ${members.map(({ name }) => name).join(", ")}.`);
}

export async function makeSubsystems(
  db: Executor,
  owner: Account,
  { systemId, idOf }: Lighthouse,
): Promise<void> {
  print.chapter("Subsystems: many to many, with a role", "src/subsystems.ts");
  const actor = { userId: owner.id };
  const night = await createSubsystem(db, actor, systemId, { name: "Night watch" });
  const garden = await createSubsystem(db, actor, systemId, { name: "The garden" });
  await setMember(db, actor, { subsystemId: night.id, alterId: idOf("Ash"), role: "keeper" });
  await setMember(db, actor, { subsystemId: night.id, alterId: idOf("Sol") });
  await setMember(db, actor, { subsystemId: garden.id, alterId: idOf("Ines"), role: "gatekeeper" });
  await setMember(db, actor, { subsystemId: garden.id, alterId: idOf("Wren") });
  await setMember(db, actor, { subsystemId: garden.id, alterId: idOf("Juniper") });
  await setMember(db, actor, { subsystemId: garden.id, alterId: idOf("Sol"), role: "gatekeeper" });
  print.rows(await rolesOf(db, systemId));
  print.say(
    'A role that nobody names is "member", by the database\'s default. Who is in already gets ' +
      "another role. All of the account's systems, counted:",
  );
  await setMember(db, actor, { subsystemId: night.id, alterId: idOf("Sol"), role: "keeper" });
  print.rows(await systemsOf(db, owner.id));
}
