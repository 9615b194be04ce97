/** What queues keep in the application's database. */

import type { ColumnBuilder } from "../../schema/column.ts";
import { index, unique } from "../../schema/constraints.ts";
import { table, type Table } from "../../schema/table.ts";
import {
  bigint,
  boolean,
  double,
  integer,
  text,
  timestamp,
  uuid,
  varchar,
} from "../../schema/types.ts";
import type { JobState } from "../../services/queue/backend.ts";

export type JobColumns = {
  readonly id: ColumnBuilder<string, "key">;
  readonly queue: ColumnBuilder<string>;
  readonly name: ColumnBuilder<string>;
  /** JSON. */
  readonly payload: ColumnBuilder<string>;
  readonly state: ColumnBuilder<JobState>;
  /** Of those that wait the order before their age, the least first; 0 in all other states. */
  readonly rank: ColumnBuilder<number>;
  readonly priority: ColumnBuilder<number>;
  /** When it was or is due, its lease ends, it died, or it is forgotten: as its state is. By the database's clock. */
  readonly dueAt: ColumnBuilder<Date>;
  readonly addedAt: ColumnBuilder<Date>;
  readonly expiresAt: ColumnBuilder<Date | null>;
  readonly attempt: ColumnBuilder<number>;
  readonly attempts: ColumnBuilder<number>;
  /** Counts deliveries: who has another one than this has the job no more. */
  readonly token: ColumnBuilder<number>;
  readonly backoffMs: ColumnBuilder<number>;
  readonly maxBackoffMs: ColumnBuilder<number>;
  readonly uniqueKey: ColumnBuilder<string | null>;
  readonly uniqueUntil: ColumnBuilder<Date | null>;
  readonly progress: ColumnBuilder<number | null>;
  readonly error: ColumnBuilder<string | null>;
};

export type QueueColumns = {
  readonly name: ColumnBuilder<string, "key">;
  readonly isPaused: ColumnBuilder<boolean>;
  /** How many jobs were dropped, as they were too old. */
  readonly expired: ColumnBuilder<number>;
};

export type ScheduleColumns = {
  readonly queue: ColumnBuilder<string, "key">;
  readonly key: ColumnBuilder<string, "key">;
  /** Up to when its ticks are settled. */
  readonly settledAt: ColumnBuilder<Date>;
};

const STATE_LENGTH = 10;
const NAME_LENGTH = 100;

export const plinthJobs: Table<"plinth_jobs", JobColumns> = table(
  "plinth_jobs",
  {
    id: uuid().primaryKey(),
    queue: varchar({ length: NAME_LENGTH }).notNull(),
    name: varchar({ length: NAME_LENGTH }).notNull(),
    payload: text().notNull(),
    state: varchar({ length: STATE_LENGTH }).$type<JobState>().notNull(),
    rank: integer("queue_rank").notNull(),
    priority: integer().notNull(),
    dueAt: timestamp("due_at", { precision: 3 }).notNull(),
    addedAt: timestamp("added_at", { precision: 3 }).notNull(),
    expiresAt: timestamp("expires_at", { precision: 3 }),
    attempt: integer().notNull(),
    attempts: integer().notNull(),
    token: integer().notNull(),
    backoffMs: bigint("backoff_ms", { mode: "number" }).notNull(),
    maxBackoffMs: bigint("max_backoff_ms", { mode: "number" }).notNull(),
    uniqueKey: varchar("unique_key", { length: 200 }),
    uniqueUntil: timestamp("unique_until", { precision: 3 }),
    progress: double(),
    error: text(),
  },
  (t) => [
    // One serves both who hands out what waits and who looks for what is due.
    index().on(t.queue, t.state, t.rank, t.dueAt, t.id),
    index().on(t.queue, t.state, t.expiresAt),
    unique().on(t.queue, t.name, t.uniqueKey),
  ],
);

export const plinthQueues: Table<"plinth_queues", QueueColumns> = table("plinth_queues", {
  name: varchar({ length: NAME_LENGTH }).primaryKey(),
  isPaused: boolean("is_paused").notNull(),
  expired: bigint({ mode: "number" }).notNull(),
});

export const plinthSchedules: Table<"plinth_schedules", ScheduleColumns> = table(
  "plinth_schedules",
  {
    queue: varchar({ length: NAME_LENGTH }).primaryKey(),
    key: varchar("schedule_key", { length: NAME_LENGTH }).primaryKey(),
    settledAt: timestamp("settled_at", { precision: 3 }).notNull(),
  },
);

/**
 * The tables of queues, to spread among those of `defineSchema()`; `plinth migrate generate` then brings them.
 *
 * @example
 * export const schema = defineSchema({ users, orders, ...queueTables });
 */
export const queueTables: {
  readonly plinthJobs: typeof plinthJobs;
  readonly plinthQueues: typeof plinthQueues;
  readonly plinthSchedules: typeof plinthSchedules;
} = { plinthJobs, plinthQueues, plinthSchedules };
