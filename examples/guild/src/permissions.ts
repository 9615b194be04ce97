// Who may do what in a guild.
import { fromBits, includesBits, toBits, type Bits } from "plinth";
import type { Db } from "./database.ts";
import { allPermissions, type Permission } from "./permission-flags.ts";
import { Refusal } from "./refusal.ts";
import { roles } from "./schema/guilds.ts";

export interface MemberPermissions {
  readonly isOwner: boolean;
  /** The bits of all that the member may. */
  readonly bits: Bits<Permission>;
  /** The position of the highest role; the owner stands above all. */
  readonly highestPosition: number;
}

const everything = toBits(roles.permissions, allPermissions);

/** The roles that members have, of all or of one: each with everyone's, so that nobody is missing. */
function rolesOfMembers(db: Db, guildId: string, userId?: string) {
  return db.query(
    `select m.user_id as "userId", g.owner_id as "ownerId", r.permissions_bitfield as permissions, r.position
     from guild_members m
     join guilds g on g.id = m.guild_id
     join roles r on r.guild_id = m.guild_id
     left join member_roles mr on mr.guild_id = m.guild_id and mr.user_id = m.user_id and mr.role_id = r.id
     where m.guild_id = :guildId and (r.position = 0 or mr.role_id is not null)
       /*if userId*/ and m.user_id = :userId /*end*/`,
    { guildId, userId },
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
