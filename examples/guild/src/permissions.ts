// Who may do what in a guild.
import { and, eq, fromBits, includesBits, isNotNull, or, toBits, type Bits } from "plinth";
import type { Db } from "./database.ts";
import { allPermissions, type Permission } from "./permission-flags.ts";
import { Refusal } from "./refusal.ts";
import { guildMembers, guilds, memberRoles, roles } from "./schema/guilds.ts";

export interface MemberPermissions {
  readonly isOwner: boolean;
  /** The bits of all that the member may. */
  readonly bits: Bits<Permission>;
  /** The position of the highest role; the owner stands above all. */
  readonly highestPosition: number;
}

const everything = toBits(roles.permissions, allPermissions);

/** The roles that members have: each with everyone's, so that nobody is missing. */
function rolesOfMembers(db: Db, guildId: string, userId?: string) {
  return db
    .select({
      userId: guildMembers.userId,
      ownerId: guilds.ownerId,
      permissions: roles.permissions,
      position: roles.position,
    })
    .from(guildMembers)
    .innerJoin(guilds, eq(guilds.id, guildMembers.guildId))
    .innerJoin(roles, eq(roles.guildId, guildMembers.guildId))
    .leftJoin(
      memberRoles,
      and(
        eq(memberRoles.guildId, guildMembers.guildId),
        eq(memberRoles.userId, guildMembers.userId),
        eq(memberRoles.roleId, roles.id),
      ),
    )
    .where(
      and(
        eq(guildMembers.guildId, guildId),
        userId === undefined ? undefined : eq(guildMembers.userId, userId),
        or(eq(roles.position, 0), isNotNull(memberRoles.roleId)),
      ),
    );
}

type MemberRoleRow = Awaited<ReturnType<typeof rolesOfMembers>>[number];

/** An owner may everything; others what one of their roles allows, and an administrator everything again. */
function combine(rows: readonly MemberRoleRow[]): MemberPermissions {
  if (rows.some(({ ownerId, userId }) => ownerId === userId))
    return { isOwner: true, bits: everything, highestPosition: Number.POSITIVE_INFINITY };
  const bits = rows.reduce((all, { permissions }) => all | permissions, 0n) as Bits<Permission>;
  return {
    isOwner: false,
    bits: includesBits(roles.permissions, bits, ["administrator"]) ? everything : bits,
    highestPosition: Math.max(...rows.map(({ position }) => position)),
  };
}

/** @returns undefined for who isn't in the guild. */
export async function resolvePermissions(
  db: Db,
  guildId: string,
  userId: string,
): Promise<MemberPermissions | undefined> {
  const rows = await rolesOfMembers(db, guildId, userId);
  return rows.length === 0 ? undefined : combine(rows);
}

/** Those of all members, by their keys: one query instead of one for each. */
export async function resolvePermissionsOfGuild(
  db: Db,
  guildId: string,
): Promise<Map<string, MemberPermissions>> {
  const rows = Map.groupBy(await rolesOfMembers(db, guildId), ({ userId }) => userId);
  return new Map([...rows].map(([userId, own]) => [userId, combine(own)]));
}

/** In the order of their bits. */
export function namesOf({ bits }: MemberPermissions): Permission[] {
  return fromBits(roles.permissions, bits);
}

export function isAllowed({ bits }: MemberPermissions, permission: Permission): boolean {
  return includesBits(roles.permissions, bits, [permission]);
}

/** @throws {Refusal} unless the user is in the guild and may do this. */
export async function requirePermission(
  db: Db,
  guildId: string,
  userId: string,
  permission: Permission,
): Promise<MemberPermissions> {
  const found = await resolvePermissions(db, guildId, userId);
  if (found === undefined) throw new Refusal("You are not in this guild.");
  if (!isAllowed(found, permission)) throw new Refusal(`This takes ${permission}.`);
  return found;
}

/**
 * Roles are given and taken, members removed and renamed, only by who stands above.
 *
 * @throws {Refusal} where the other one stands as high or higher.
 */
export function requireRank(actor: MemberPermissions, position: number): void {
  if (actor.highestPosition <= position) throw new Refusal("This stands above you, or beside you.");
}
