import { and, desc, eq, type RowOf } from "plinth";
import type { Db } from "../database.ts";
import { memberRoles, roles } from "../schema/guilds.ts";
import type { Role } from "./roles.ts";

export type MemberRole = RowOf<typeof memberRoles>;

/**
 * @throws {ForeignKeyViolationError} where the user isn't in the guild, or the role isn't the guild's.
 * @throws {UniqueViolationError} for who has it already.
 */
export async function createMemberRole(db: Db, row: MemberRole): Promise<MemberRole> {
  return db.insert(memberRoles).values(row).returning().one();
}

/** The highest first, without everyone's. */
export async function findRolesOfMember(db: Db, guildId: string, userId: string): Promise<Role[]> {
  const found = await db
    .select({ role: roles })
    .from(memberRoles)
    .innerJoin(roles, eq(roles.id, memberRoles.roleId))
    .where(and(eq(memberRoles.guildId, guildId), eq(memberRoles.userId, userId)))
    .orderBy(desc(roles.position));
  return found.map(({ role }) => role);
}

/** Exactly these from now on. */
export async function updateMemberRoles(
  db: Db,
  guildId: string,
  userId: string,
  roleIds: readonly string[],
): Promise<void> {
  await db.transaction(async (tx) => {
    await tx
      .delete(memberRoles)
      .where(and(eq(memberRoles.guildId, guildId), eq(memberRoles.userId, userId)));
    await tx
      .insert(memberRoles)
      .values([...new Set(roleIds)].map((roleId) => ({ guildId, userId, roleId })));
  });
}

export async function deleteMemberRole(
  db: Db,
  { guildId, userId, roleId }: MemberRole,
): Promise<boolean> {
  const { affectedRows } = await db
    .delete(memberRoles)
    .where(
      and(
        eq(memberRoles.guildId, guildId),
        eq(memberRoles.userId, userId),
        eq(memberRoles.roleId, roleId),
      ),
    );
  return affectedRows > 0;
}
