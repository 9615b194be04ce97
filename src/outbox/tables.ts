/** What the outbox keeps in the application's database. */

import { index } from "../schema/constraints.ts";
import type { ColumnBuilder } from "../schema/column.ts";
import { table, type Table } from "../schema/table.ts";
import { integer, text, timestamp, uuid, varchar } from "../schema/types.ts";

export type OutboxColumns = {
  /** Ordered by time, roughly: of the moment it was added, not of the commit. */
  readonly id: ColumnBuilder<string, "key">;
  readonly topic: ColumnBuilder<string>;
  /** As `jsonCodec` writes it. */
  readonly payload: ColumnBuilder<string>;
  /** By the clock of the process that added it. */
  readonly createdAt: ColumnBuilder<Date>;
  /** How many times somebody took it to deliver it. */
  readonly attempts: ColumnBuilder<number>;
  /** From when on it may be taken, by the database's clock: at once, after a pause, or when a lease is over. NULL: never. */
  readonly dueAt: ColumnBuilder<Date | null>;
  /** Which run of which process took it last, and may tell what became of it; NULL where nobody has it. */
  readonly lease: ColumnBuilder<string | null>;
  readonly lastError: ColumnBuilder<string | null>;
  /** When it was given up. */
  readonly deadAt: ColumnBuilder<Date | null>;
};

export type InboxColumns = {
  readonly consumer: ColumnBuilder<string, "key">;
  readonly eventId: ColumnBuilder<string, "key">;
  readonly at: ColumnBuilder<Date, "default">;
};

/** Entries that are to be delivered, and those that were given up. */
export const plinthOutbox: Table<"plinth_outbox", OutboxColumns> = table(
  "plinth_outbox",
  {
    id: uuid().primaryKey(),
    topic: varchar({ length: 200 }).notNull(),
    payload: text().notNull(),
    createdAt: timestamp("created_at", { precision: 3 }).notNull(),
    attempts: integer().notNull(),
    dueAt: timestamp("due_at", { precision: 3 }),
    lease: uuid(),
    lastError: text("last_error"),
    deadAt: timestamp("dead_at", { precision: 3 }),
  },
  (t) => [index().on(t.dueAt), index().on(t.deadAt)],
);

/** Which consumer has done which event. */
export const plinthInbox: Table<"plinth_inbox", InboxColumns> = table(
  "plinth_inbox",
  {
    consumer: varchar({ length: 100 }).primaryKey(),
    eventId: varchar("event_id", { length: 200 }).primaryKey(),
    at: timestamp({ precision: 3 }).notNull().defaultNow(),
  },
  (t) => [index().on(t.at)],
);

/**
 * The tables of the outbox, to spread among those of `defineSchema()`; `plinth migrate generate` then brings them.
 *
 * @example
 * export const schema = defineSchema({ users, orders, ...outboxTables });
 */
export const outboxTables: {
  readonly plinthOutbox: typeof plinthOutbox;
  readonly plinthInbox: typeof plinthInbox;
} = { plinthOutbox, plinthInbox };
