import { and, count, dateTrunc, desc, eq, gte, jsonText, lt, type Executor } from "plinth";
import { auditLogs, type AuditDetails } from "./schema/administration.ts";

/** Who does something, and from where. */
export interface Actor {
  /** Null for the program itself. */
  readonly userId: number | null;
  readonly ipAddress?: string;
  readonly userAgent?: string;
}

export interface AuditEvent {
  /** Such as `alter.created`. */
  readonly action: string;
  readonly entityType?: string;
  readonly entityId?: number | string;
  readonly details?: AuditDetails;
}

/** Belongs into the transaction of what it tells of: both are written, or neither. */
export async function record(tx: Executor, actor: Actor, event: AuditEvent): Promise<void> {
  await tx.insert(auditLogs).values({
    userId: actor.userId,
    ipAddress: actor.ipAddress ?? null,
    userAgent: actor.userAgent ?? null,
    action: event.action,
    entityType: event.entityType ?? null,
    entityId: event.entityId === undefined ? null : String(event.entityId),
    details: event.details ?? null,
  });
}

export interface AuditFilter {
  readonly userId?: number;
  readonly action?: string;
  readonly since?: Date;
}

/** The newest first, page by page from a cursor, which is as fast on the thousandth page as on the first. */
export function auditTrail(
  db: Executor,
  filter: AuditFilter,
  { after, size }: { readonly after?: string | null; readonly size: number },
) {
  return db
    .from(auditLogs)
    .where(
      and(
        filter.userId === undefined ? undefined : eq(auditLogs.userId, filter.userId),
        filter.action === undefined ? undefined : eq(auditLogs.action, filter.action),
        filter.since === undefined ? undefined : gte(auditLogs.createdAt, filter.since),
      ),
    )
    .keyset([desc(auditLogs.createdAt)], { size, after });
}

/** What was done to one thing, the oldest first. */
export function historyOf(db: Executor, entityType: string, entityId: number | string) {
  return db
    .from(auditLogs)
    .where(and(eq(auditLogs.entityType, entityType), eq(auditLogs.entityId, String(entityId))))
    .orderBy(auditLogs.id);
}

/** Looks inside the JSON of the details. */
export function entriesWithDetail(db: Executor, key: string, value: string) {
  return db
    .from(auditLogs)
    .where(eq(jsonText(auditLogs.details, [key]), value))
    .orderBy(auditLogs.id);
}

export function activityByDay(db: Executor, since: Date) {
  const day = dateTrunc("day", auditLogs.createdAt);
  return db
    .select({ day, action: auditLogs.action, entries: count() })
    .from(auditLogs)
    .where(gte(auditLogs.createdAt, since))
    .groupBy(day, auditLogs.action)
    .orderBy(day, auditLogs.action);
}

/** @returns How many entries were older, and are gone. */
export async function forgetBefore(db: Executor, before: Date): Promise<number> {
  const { affectedRows } = await db.delete(auditLogs).where(lt(auditLogs.createdAt, before));
  return affectedRows;
}
