import { and, asc, eq, type Executor } from "plinth";
import type { schema } from "../schemas/schema.ts";
import { userRoles, type Role } from "../schemas/role.schema.ts";
import { users } from "../schemas/user.schema.ts";

type Db = Executor<typeof schema>;

/** A role that was taken away may be given again: only active rows have to be unique. */
export async function giveRole(db: Executor, userId: string, roleId: string): Promise<void> {
  await db.insert(userRoles).values({ userId, roleId });
}

/** The row stays, and says when and by whom the role was taken. */
export async function takeRole(db: Executor, userId: string, roleId: string): Promise<void> {
  await db.delete(userRoles).where(and(eq(userRoles.userId, userId), eq(userRoles.roleId, roleId)));
}

/** Active users with their active roles. */
export async function usersWithRoles(
  db: Db,
): Promise<{ readonly name: string; readonly roles: Pick<Role, "name">[] }[]> {
  return db
    .from(users)
    .orderBy(asc(users.name))
    .with({ roles: { select: ["name"] } });
}
