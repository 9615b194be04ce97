import { and, asc, eq, type Executor, type RowOf } from "plinth";
import { record, type Actor } from "./audit.ts";
import { requireAdmin } from "./permissions.ts";
import { Refusal } from "./refusal.ts";
import { systemRequests, type RequestStatus } from "./schema/administration.ts";
import { users } from "./schema/users.ts";

export type SystemRequest = RowOf<typeof systemRequests>;

/** Who waits, the longest first. */
export function requestsWith(db: Executor, status: RequestStatus) {
  return db
    .select({
      id: systemRequests.id,
      username: users.username,
      status: systemRequests.status,
      adminNotes: systemRequests.adminNotes,
      createdAt: systemRequests.createdAt,
    })
    .from(systemRequests)
    .innerJoin(users, eq(users.id, systemRequests.userId))
    .where(eq(systemRequests.status, status))
    .orderBy(asc(systemRequests.createdAt), systemRequests.id);
}

/**
 * Approves a request, or rejects it.
 *
 * Only a request that is pending is decided: of two administrators at once, one comes too late.
 */
export async function decideRequest(
  db: Executor,
  actor: Actor,
  requestId: number,
  decision: { readonly status: "approved" | "rejected"; readonly adminNotes?: string },
): Promise<void> {
  const { status, adminNotes = null } = decision;
  await db.transaction(async (tx) => {
    await requireAdmin(tx, actor);
    const [request] = await tx
      .update(systemRequests)
      .set({ status, adminNotes })
      .where(and(eq(systemRequests.id, requestId), eq(systemRequests.status, "pending")))
      .returning();
    if (request === undefined) throw new Refusal("too late", "The request is decided already.");
    const isApproved = status === "approved";
    await tx
      .update(users)
      .set({ isApproved, isSystem: isApproved })
      .where(eq(users.id, request.userId));
    await record(tx, actor, {
      action: `request.${status}`,
      entityType: "user",
      entityId: request.userId,
      details: { notes: adminNotes },
    });
  });
}

/** Asks again after a rejection. */
export async function askAgain(db: Executor, userId: number): Promise<SystemRequest> {
  return db.transaction(async (tx) => {
    const ofUser = tx.from(systemRequests).where(eq(systemRequests.userId, userId));
    if ((await ofUser.where(eq(systemRequests.status, "pending")).count()) > 0) {
      throw new Refusal("taken", "A request is waiting already.");
    }
    await record(tx, { userId }, { action: "request.made" });
    return tx.insert(systemRequests).values({ userId }).returning().one();
  });
}
