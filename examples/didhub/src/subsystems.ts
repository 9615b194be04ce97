import { and, count, eq, stringAgg, type Executor, type NewRowOf, type RowOf } from "plinth";
import { record, type Actor } from "./audit.ts";
import { requireSystem } from "./permissions.ts";
import { Refusal } from "./refusal.ts";
import { subsystemMembers } from "./schema/memberships.ts";
import { alters, subsystems } from "./schema/systems.ts";

export type Subsystem = RowOf<typeof subsystems>;
export type SubsystemFields = Pick<NewRowOf<typeof subsystems>, "color" | "description" | "name">;

export async function createSubsystem(
  db: Executor,
  actor: Actor,
  systemId: number,
  fields: SubsystemFields,
): Promise<Subsystem> {
  return db.transaction(async (tx) => {
    await requireSystem(tx, actor, systemId);
    const subsystem = await tx
      .insert(subsystems)
      .values({ ...fields, systemId })
      .returning()
      .one();
    await record(tx, actor, {
      action: "subsystem.created",
      entityType: "subsystem",
      entityId: subsystem.id,
      details: { name: subsystem.name },
    });
    return subsystem;
  });
}

export async function updateSubsystem(
  db: Executor,
  actor: Actor,
  subsystemId: number,
  changes: Partial<SubsystemFields>,
): Promise<Subsystem> {
  return db.transaction(async (tx) => {
    await requireSubsystem(tx, actor, subsystemId);
    await record(tx, actor, {
      action: "subsystem.updated",
      entityType: "subsystem",
      entityId: subsystemId,
    });
    return tx
      .update(subsystems)
      .set(changes)
      .where(eq(subsystems.id, subsystemId))
      .returning()
      .one();
  });
}

/** Its alters stay. */
export async function removeSubsystem(
  db: Executor,
  actor: Actor,
  subsystemId: number,
): Promise<void> {
  await db.transaction(async (tx) => {
    const { name } = await requireSubsystem(tx, actor, subsystemId);
    await tx.delete(subsystems).where(eq(subsystems.id, subsystemId));
    await record(tx, actor, {
      action: "subsystem.removed",
      entityType: "subsystem",
      entityId: subsystemId,
      details: { name },
    });
  });
}

async function requireSubsystem(
  db: Executor,
  actor: Actor,
  subsystemId: number,
): Promise<Subsystem> {
  const subsystem = await db.from(subsystems).find(subsystemId);
  if (subsystem === undefined) throw new Refusal("not found", "There is no such subsystem.");
  await requireSystem(db, actor, subsystem.systemId);
  return subsystem;
}

export interface Membership {
  readonly subsystemId: number;
  readonly alterId: number;
  /** Default `"member"`, which the database gives. */
  readonly role?: string;
}

/** Lets an alter into a subsystem, or gives it another role there. */
export async function setMember(db: Executor, actor: Actor, membership: Membership): Promise<void> {
  const { subsystemId, alterId } = membership;
  await db.transaction(async (tx) => {
    const { systemId } = await requireSubsystem(tx, actor, subsystemId);
    const alter = await tx.from(alters).find(alterId);
    if (alter?.systemId !== systemId) {
      throw new Refusal("not found", "Only alters of the same system can be members.");
    }
    await tx
      .insert(subsystemMembers)
      .values(membership)
      .onConflict(subsystemMembers.subsystemId, subsystemMembers.alterId)
      .update(["role"]);
    await record(tx, actor, {
      action: "subsystem.member_set",
      entityType: "subsystem",
      entityId: subsystemId,
      details: { alterId, role: membership.role ?? "member" },
    });
  });
}

export async function removeMember(
  db: Executor,
  actor: Actor,
  { subsystemId, alterId }: Membership,
): Promise<void> {
  await db.transaction(async (tx) => {
    await requireSubsystem(tx, actor, subsystemId);
    await tx
      .delete(subsystemMembers)
      .where(
        and(eq(subsystemMembers.subsystemId, subsystemId), eq(subsystemMembers.alterId, alterId)),
      );
    await record(tx, actor, {
      action: "subsystem.member_removed",
      entityType: "subsystem",
      entityId: subsystemId,
      details: { alterId },
    });
  });
}

export function membersOfSubsystem(db: Executor, subsystemId: number) {
  return db
    .select({ id: alters.id, name: alters.name, role: subsystemMembers.role })
    .from(subsystemMembers)
    .innerJoin(alters, eq(alters.id, subsystemMembers.alterId))
    .where(eq(subsystemMembers.subsystemId, subsystemId))
    .orderBy(subsystemMembers.role, alters.name, alters.id);
}

/** Who has which role, over all subsystems of a system. */
export function rolesOf(db: Executor, systemId: number) {
  return db
    .select({
      subsystem: subsystems.name,
      role: subsystemMembers.role,
      members: count(),
      names: stringAgg(alters.name, ", ", { orderBy: alters.name }),
    })
    .from(subsystemMembers)
    .innerJoin(subsystems, eq(subsystems.id, subsystemMembers.subsystemId))
    .innerJoin(alters, eq(alters.id, subsystemMembers.alterId))
    .where(eq(subsystems.systemId, systemId))
    .groupBy(subsystems.name, subsystemMembers.role)
    .orderBy(subsystems.name, subsystemMembers.role);
}
