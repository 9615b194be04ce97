import { and, eq, named, type RowOf } from "plinth";
import type { Db } from "../database.ts";
import { memberRoles } from "../schema/guilds.ts";
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
  return db.query(named("rolesOfMember")`
    select r.id, r.guild_id as "guildId", r.name, r.permissions_bitfield as permissions, r.position
    from member_roles m
    join roles r on r.id = m.role_id
    where m.guild_id = ${guildId} and m.user_id = ${userId}
    order by r.position desc`);
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
