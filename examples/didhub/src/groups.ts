import {
  and,
  count,
  eq,
  inArray,
  notInArray,
  type Executor,
  type NewRowOf,
  type RowOf,
} from "plinth";
import { record, type Actor } from "./audit.ts";
import { requireSystem } from "./permissions.ts";
import { Refusal } from "./refusal.ts";
import { alterGroups } from "./schema/memberships.ts";
import { alters, groups } from "./schema/systems.ts";

export type Group = RowOf<typeof groups>;
export type GroupFields = Pick<NewRowOf<typeof groups>, "color" | "description" | "name">;

export async function createGroup(
  db: Executor,
  actor: Actor,
  systemId: number,
  fields: GroupFields,
): Promise<Group> {
  return db.transaction(async (tx) => {
    await requireSystem(tx, actor, systemId);
    const group = await tx
      .insert(groups)
      .values({ ...fields, systemId })
      .returning()
      .one();
    await record(tx, actor, {
      action: "group.created",
      entityType: "group",
      entityId: group.id,
      details: { name: group.name },
    });
    return group;
  });
}

export async function updateGroup(
  db: Executor,
  actor: Actor,
  groupId: number,
  changes: Partial<GroupFields>,
): Promise<Group> {
  return db.transaction(async (tx) => {
    await requireGroup(tx, actor, groupId);
    await record(tx, actor, { action: "group.updated", entityType: "group", entityId: groupId });
    return tx.update(groups).set(changes).where(eq(groups.id, groupId)).returning().one();
  });
}

/** Its alters stay. */
export async function removeGroup(db: Executor, actor: Actor, groupId: number): Promise<void> {
  await db.transaction(async (tx) => {
    const { name } = await requireGroup(tx, actor, groupId);
    await tx.delete(groups).where(eq(groups.id, groupId));
    await record(tx, actor, {
      action: "group.removed",
      entityType: "group",
      entityId: groupId,
      details: { name },
    });
  });
}

async function requireGroup(db: Executor, actor: Actor, groupId: number): Promise<Group> {
  const group = await db.from(groups).find(groupId);
  if (group === undefined) throw new Refusal("not found", "There is no such group.");
  await requireSystem(db, actor, group.systemId);
  return group;
}

/** Exactly these alters are in the group from now on. Who was in it already stays untouched. */
export async function setGroupMembers(
  db: Executor,
  actor: Actor,
  groupId: number,
  alterIds: readonly number[],
): Promise<void> {
  await db.transaction(async (tx) => {
    const { systemId } = await requireGroup(tx, actor, groupId);
    const own = tx
      .from(alters)
      .where(and(eq(alters.systemId, systemId), inArray(alters.id, alterIds)));
    if ((await own.count()) < new Set(alterIds).size) {
      throw new Refusal("not found", "Only alters of the same system can be in a group.");
    }
    await tx
      .delete(alterGroups)
      .where(and(eq(alterGroups.groupId, groupId), notInArray(alterGroups.alterId, alterIds)));
    if (alterIds.length > 0) {
      await tx
        .insert(alterGroups)
        .values(alterIds.map((alterId) => ({ alterId, groupId })))
        .onConflict(alterGroups.alterId, alterGroups.groupId)
        .ignore();
    }
    await record(tx, actor, {
      action: "group.members_set",
      entityType: "group",
      entityId: groupId,
      details: { count: alterIds.length },
    });
  });
}

export function membersOfGroup(db: Executor, groupId: number) {
  return db
    .select({ id: alters.id, name: alters.name })
    .from(alterGroups)
    .innerJoin(alters, eq(alters.id, alterGroups.alterId))
    .where(eq(alterGroups.groupId, groupId))
    .orderBy(alters.name, alters.id);
}

/** Every group of a system, the empty ones too, with how many are in it. */
export function groupsOf(db: Executor, systemId: number) {
  return db
    .select({
      id: groups.id,
      name: groups.name,
      color: groups.color,
      members: count(alterGroups.alterId),
    })
    .from(groups)
    .leftJoin(alterGroups, eq(alterGroups.groupId, groups.id))
    .where(eq(groups.systemId, systemId))
    .groupBy(groups.id, groups.name, groups.color)
    .orderBy(groups.name, groups.id);
}
