/** Where the database and the store meet: work that follows a commit for certain. */

export { createOutbox } from "../outbox/outbox.ts";
export type { Outbox, OutboxOptions } from "../outbox/outbox.ts";
export type { OutboxStats } from "../outbox/core.ts";
export type { OutboxWake } from "../outbox/wakes.ts";
export type {
  DeadChoice,
  DeadEntry,
  DeadOptions,
  OutboxCounts,
  TopicCounts,
} from "../outbox/dead.ts";
export type { FailedEvent } from "../outbox/deliveries.ts";
export { outboxTables } from "../outbox/tables.ts";
export type { InboxColumns, OutboxColumns } from "../outbox/tables.ts";
export type {
  BackoffOptions,
  OutboxEvent,
  OutboxHandler,
  OutboxHandlers,
  TopicOptions,
  TopicWork,
} from "../outbox/topics.ts";
export { createRowCache } from "../outbox/rows/row-cache.ts";
export type {
  Cacheable,
  CachedOptions,
  RowCache,
  RowCacheOptions,
} from "../outbox/rows/row-cache.ts";
export { createDatabaseQueue } from "../outbox/queue/queue.ts";
export type { DatabaseQueue, DatabaseQueueOptions } from "../outbox/queue/queue.ts";
export type { InTransaction } from "../outbox/queue/backend.ts";
export { queueTables } from "../outbox/queue/tables.ts";
export type { JobColumns, QueueColumns, ScheduleColumns } from "../outbox/queue/tables.ts";
export { createEvents } from "../outbox/events/events.ts";
export type { Events } from "../outbox/events/events.ts";
export { createDatabaseSessions } from "../outbox/sessions/database-sessions.ts";
export type {
  DatabaseSessions,
  DatabaseSessionsOptions,
} from "../outbox/sessions/database-sessions.ts";
export type { SessionRows } from "../outbox/sessions/table-place.ts";
export { sessionColumns } from "../outbox/sessions/columns.ts";
export type { SessionColumnMap, SessionColumns } from "../outbox/sessions/columns.ts";
