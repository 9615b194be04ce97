import { check, inArray, index, integer, json, table, text, timestamps, varchar } from "plinth";
import { users } from "./users.ts";

export const requestStatuses = ["pending", "approved", "rejected"] as const;
export type RequestStatus = (typeof requestStatuses)[number];

/** Accounts that ask to be let in. */
export const systemRequests = table(
  "system_requests",
  {
    id: integer().primaryKey().autoIncrement(),
    userId: integer()
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    status: varchar({ length: 20 }).$type<RequestStatus>().notNull().default("pending"),
    adminNotes: text(),
    ...timestamps(),
  },
  (t) => [check("known_status", inArray(t.status, requestStatuses))],
);

/** Configuration that administrators change while the program runs. */
export const settings = table("settings", {
  key: varchar({ length: 100 }).primaryKey(),
  value: text().notNull(),
  description: text(),
  ...timestamps({ created: false }),
});

export type AuditDetails = Readonly<Record<string, boolean | number | string | null>>;

/** What happened, and who did it. An entry stays when its account goes. */
export const auditLogs = table(
  "audit_logs",
  {
    id: integer().primaryKey().autoIncrement(),
    userId: integer().references(() => users.id, { onDelete: "set null" }),
    action: varchar({ length: 100 }).notNull(),
    entityType: varchar({ length: 50 }),
    entityId: varchar({ length: 100 }),
    details: json<AuditDetails>(),
    ipAddress: varchar({ length: 45 }),
    userAgent: text(),
    ...timestamps({ updated: false }),
  },
  (t) => [
    index("idx_audit_logs_user_id").on(t.userId),
    index("idx_audit_logs_created_at").on(t.createdAt),
    index("idx_audit_logs_action").on(t.action),
  ],
);
