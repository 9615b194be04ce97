import { and, desc, eq, gt, max, toBits, type RowOf } from "plinth";
import type { Db } from "../database.ts";
import type { Permission } from "../permission-flags.ts";
import { Refusal } from "../refusal.ts";
import { roles } from "../schema/guilds.ts";
import { holdGuild } from "./locks.ts";

export type Role = RowOf<typeof roles>;

export interface RoleFields {
  readonly name: string;
  readonly permissions: readonly Permission[];
}

/** Where roles stand while others take their places: a guild has fewer. */
const OUT_OF_THE_WAY = 1_000_000;

async function requireGuild(tx: Db, guildId: string): Promise<void> {
  if (!(await holdGuild(tx, guildId))) throw new Refusal("There is no such guild.");
}

/**
 * A role above all others.
 *
 * @throws {Refusal} for a guild that isn't there.
 */
export async function createRole(
  db: Db,
  guildId: string,
  { name, permissions }: RoleFields,
): Promise<Role> {
  return db.transaction(async (tx) => {
    await requireGuild(tx, guildId);
    const { highest } = await tx
      .select({ highest: max(roles.position) })
      .from(roles)
      .where(eq(roles.guildId, guildId))
      .one();
    const position = (highest ?? 0) + 1;
    const bits = toBits(roles.permissions, permissions);
    return tx
      .insert(roles)
      .values({ guildId, name, permissions: bits, position })
      .returning()
      .one();
  });
}

export async function findRoleById(db: Db, id: string): Promise<Role | undefined> {
  return db.from(roles).find(id);
}

/** The highest first, everyone's last. */
export async function findRolesOfGuild(db: Db, guildId: string): Promise<Role[]> {
  return db.from(roles).where(eq(roles.guildId, guildId)).orderBy(desc(roles.position));
}

export async function updateRole(
  db: Db,
  id: string,
  { permissions, ...rest }: Partial<RoleFields>,
): Promise<Role | undefined> {
  const bits =
    permissions === undefined ? {} : { permissions: toBits(roles.permissions, permissions) };
  const [role] = await db
    .update(roles)
    .set({ ...rest, ...bits })
    .where(eq(roles.id, id))
    .returning();
  return role;
}

/**
 * Puts all roles of a guild but everyone's into an order.
 *
 * @param ids The highest first.
 * @throws {Refusal} where one is missing, named twice, or of another guild.
 */
export async function updateRolePositions(
  db: Db,
  guildId: string,
  ids: readonly string[],
): Promise<void> {
  await db.transaction(async (tx) => {
    await requireGuild(tx, guildId);
    const known = await tx
      .select({ id: roles.id })
      .from(roles)
      .where(and(eq(roles.guildId, guildId), gt(roles.position, 0)))
      .list();
    const wanted = new Set(ids);
    if (wanted.size !== ids.length || wanted.symmetricDifference(new Set(known)).size > 0)
      throw new Refusal("Every role of the guild is named once, but everyone's.");
    const places = ids.map((id, at) => ({ id, position: ids.length - at }));
    // No two have one place, not even for a moment.
    for (const offset of [OUT_OF_THE_WAY, 0]) {
      await tx.updateMany(
        roles,
        places.map(({ id, position }) => ({ id, position: position + offset })),
      );
    }
  });
}

/**
 * Whoever has it loses it, by the foreign key.
 *
 * @throws {Refusal} for the role that everybody has.
 */
export async function deleteRole(db: Db, id: string): Promise<boolean> {
  const role = await findRoleById(db, id);
  if (role?.position === 0) throw new Refusal("The role of everyone stays.");
  const { affectedRows } = await db.delete(roles).where(eq(roles.id, id));
  return affectedRows > 0;
}
