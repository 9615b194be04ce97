import {
  audited,
  auditColumns,
  auditLog,
  connect,
  historyOf,
  table,
  text,
  type AuditValues,
  type Condition,
  type Database,
  type RowOf,
} from "plinth";
import { expectType, type Equal } from "./equal.ts";
import { likes, posts, users } from "./tables.ts";

declare const db: Database;

// The ready table, or one with more columns.
const log = auditLog();
const own = table("own", { ...auditColumns(), note: text() });
type Entry = RowOf<typeof log>;
expectType<Equal<Entry["before"], AuditValues | null>>();
expectType<
  Equal<Pick<Entry, "actor" | "at" | "id">, { actor: string | null; at: Date; id: number }>
>();
expectType<Equal<RowOf<typeof own>["note"], string | null>>();

void connect("sqlite::memory:", {
  audit: { table: log, tables: [posts, audited(users, { except: ["name"], mask: ["balance"] })] },
});
void connect("sqlite::memory:", { audit: { table: own, tables: [posts] } });
// @ts-expect-error -- a table without the columns of a trail is none.
void connect("sqlite::memory:", { audit: { table: posts, tables: [users] } });
// @ts-expect-error -- columns that are left out are of the table.
audited(users, { except: ["nope"] });

// A history is asked for by the table's own key.
expectType<Equal<ReturnType<typeof historyOf>, Condition>>();
void db
  .from(log)
  .where(historyOf(log, users, "0190"))
  .orderBy(log.id);
void db.from(log).where(historyOf(log, likes, { userId: "0190", postId: 1 as never }));
// @ts-expect-error -- the key of a user is a text.
historyOf(log, users, 1);

void db.audit({ action: "login.failed", details: { name: "eve" } });
void db.audit({ action: "export", table: users, key: "0190" });
// @ts-expect-error -- an event says what happened.
void db.audit({ details: {} });
// @ts-expect-error -- the key of a user is a text.
void db.audit({ action: "export", table: users, key: 1 });
