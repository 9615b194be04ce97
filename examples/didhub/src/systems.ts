import { count, eq, scalar, type Executor, type NewRowOf, type RowOf } from "plinth";
import { record, type Actor } from "./audit.ts";
import { requireApproved, requireSystem } from "./permissions.ts";
import { alters, groups, subsystems, systems } from "./schema/systems.ts";

export type System = RowOf<typeof systems>;
type SystemFields = Pick<NewRowOf<typeof systems>, "description" | "name">;

export async function createSystem(
  db: Executor,
  actor: Actor,
  fields: SystemFields,
): Promise<System> {
  return db.transaction(async (tx) => {
    const user = await requireApproved(tx, actor);
    const system = await tx
      .insert(systems)
      .values({ ...fields, userId: user.id })
      .returning()
      .one();
    await record(tx, actor, {
      action: "system.created",
      entityType: "system",
      entityId: system.id,
      details: { name: system.name },
    });
    return system;
  });
}

export async function updateSystem(
  db: Executor,
  actor: Actor,
  systemId: number,
  changes: Partial<SystemFields>,
): Promise<System> {
  return db.transaction(async (tx) => {
    await requireSystem(tx, actor, systemId);
    await record(tx, actor, {
      action: "system.updated",
      entityType: "system",
      entityId: systemId,
    });
    return tx.update(systems).set(changes).where(eq(systems.id, systemId)).returning().one();
  });
}

/** Its alters, groups and subsystems go with it. */
export async function removeSystem(db: Executor, actor: Actor, systemId: number): Promise<void> {
  await db.transaction(async (tx) => {
    const { name } = await requireSystem(tx, actor, systemId);
    await tx.delete(systems).where(eq(systems.id, systemId));
    await record(tx, actor, {
      action: "system.removed",
      entityType: "system",
      entityId: systemId,
      details: { name },
    });
  });
}

/** The systems of an account, with how much is in each. */
export function systemsOf(db: Executor, userId: number) {
  const altersOf = db.select({ n: count() }).from(alters).where(eq(alters.systemId, systems.id));
  const groupsOf = db.select({ n: count() }).from(groups).where(eq(groups.systemId, systems.id));
  const subsystemsOf = db
    .select({ n: count() })
    .from(subsystems)
    .where(eq(subsystems.systemId, systems.id));
  return db
    .select({
      id: systems.id,
      name: systems.name,
      description: systems.description,
      alters: scalar(altersOf),
      groups: scalar(groupsOf),
      subsystems: scalar(subsystemsOf),
    })
    .from(systems)
    .where(eq(systems.userId, userId))
    .orderBy(systems.name, systems.id);
}
