/** Queues on the application's database, whose jobs are there exactly if the transaction that added them is committed. */

import { Database } from "../../query/database.ts";
import type { AnySchema } from "../../schema/schema.ts";
import { BackedQueue } from "../../services/queue/backed-queue.ts";
import { checkDelay } from "../../services/queue/new-job.ts";
import type { Queue, QueueOptions } from "../../services/queue/queue.ts";
import { requireTables } from "../attach.ts";
import type { OutboxWake } from "../wakes.ts";
import { DatabaseBackend, type InTransaction } from "./backend.ts";
import { queueTables } from "./tables.ts";

export interface DatabaseQueueOptions extends QueueOptions {
  /**
   * Lets processes tell one another that there are jobs, such as `createWake(store, "jobs")` of `plinth/services`. Without it
   * the others look by themselves, every half second at the least.
   */
  readonly wake?: OutboxWake | undefined;
}

/** A queue whose `add` takes a transaction. */
export type DatabaseQueue<Jobs extends object = Record<string, unknown>> = Queue<
  Jobs,
  InTransaction
>;

export function databaseBackend(
  db: Database<AnySchema>,
  { keepDoneMs = 0, name = "default", wake }: DatabaseQueueOptions = {},
): DatabaseBackend {
  // Plans of its own: nobody's scopes, hooks or transactions are in its statements.
  const own = Database.of(db["~engine"], undefined);
  return new DatabaseBackend(own, name, checkDelay(keepDoneMs, "keepDoneMs"), wake);
}

/** Whether or not the schema has the tables. */
export function databaseQueue<Jobs extends object = Record<string, unknown>>(
  db: Database<AnySchema>,
  options: DatabaseQueueOptions = {},
): DatabaseQueue<Jobs> {
  return new BackedQueue<Jobs, InTransaction>(
    databaseBackend(db, options),
    options,
    (context) => (context as InTransaction).tx !== undefined,
  );
}

/**
 * A queue on the application's database. Jobs that are added with a transaction are there exactly if it is committed.
 *
 * @throws {ConfigError} `E_SCHEMA` where the schema lacks `queueTables`.
 * @example
 * const queue = createDatabaseQueue<{ "mail.welcome": { userId: string } }>(db);
 * await db.transaction(async (tx) => {
 *   const user = await tx.insert(users).values(row).returning().one();
 *   await queue.add("mail.welcome", { userId: user.id }, { tx });
 * });
 * const worker = await queue.work("mail.welcome", ({ userId }) => sendWelcome(userId), { concurrency: 10 });
 */
export function createDatabaseQueue<Jobs extends object = Record<string, unknown>>(
  db: Database<AnySchema>,
  options: DatabaseQueueOptions = {},
): DatabaseQueue<Jobs> {
  requireTables(db.schema, queueTables, "queueTables");
  return databaseQueue(db, options);
}
