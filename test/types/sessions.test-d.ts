import { defineSchema, integer, table, varchar, type Database } from "plinth";
import {
  createDatabaseSessions,
  sessionColumns,
  type DatabaseSessions,
  type RowCache,
} from "plinth/outbox";
import type { Session, Sessions } from "plinth/services";
import { expectTypeOf, test } from "vitest";

const users = table("users", { id: integer().primaryKey() });
const sessions = table("sessions", { ...sessionColumns(), userId: integer().notNull() });
const other = table("other", { hash: varchar({ length: 43 }).notNull() });
const schema = defineSchema({ users, sessions, other });
declare const db: Database<typeof schema>;
declare const rows: RowCache<typeof schema>;

interface Device {
  readonly device: string;
}

test("sessions in a table are those of a store, and more", () => {
  const kept = createDatabaseSessions<Device>(db, sessions, { rows, maxPerUser: 3 });
  expectTypeOf(kept).toEqualTypeOf<DatabaseSessions<Device>>();
  expectTypeOf(kept).toExtend<Sessions<Device>>();
  expectTypeOf(kept.find).returns.toEqualTypeOf<Promise<Session<Device> | undefined>>();
  void db.transaction(async (tx) => {
    expectTypeOf(kept.on(tx)).toEqualTypeOf<Sessions<Device>>();
  });
  void createDatabaseSessions(db, sessions, { columns: { tokenHash: other.hash, data: null } });
});

test("what can't be meant is refused", () => {
  const kept = createDatabaseSessions<Device>(db, sessions);
  // @ts-expect-error -- the key of a user is a text.
  void kept.create(42, { device: "a" });
  // @ts-expect-error -- it is kept with each.
  void kept.create("42", undefined);
  // @ts-expect-error -- of what a session needs nothing is left out.
  void createDatabaseSessions(db, sessions, { columns: { tokenHash: null } });
  // @ts-expect-error -- keys of a store.
  void createDatabaseSessions(db, sessions, { namespace: "session" });
});
