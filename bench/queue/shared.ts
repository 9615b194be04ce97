import { connect, createTables, defineSchema, sql } from "../../dist/entry/main.js";
import { createDatabaseQueue, queueTables } from "../../dist/entry/outbox.js";
import { createQueue, openStore, type Queue } from "../../dist/entry/services.js";
import type { MailJob, OpenQueue } from "./contender.ts";

export interface MailJobs {
  readonly mail: MailJob;
}

/** Both kinds of queues are used alike. */
export function openedQueue(queue: Queue<MailJobs>): OpenQueue {
  return {
    add: (job) => queue.add("mail", job),
    addMany: (jobs) => queue.addMany(jobs.map((payload) => ({ name: "mail", payload }))),
    work: (concurrency, handler) => queue.work("mail", () => handler(), { concurrency }),
    async clear() {
      await queue.purge({ state: "waiting" });
    },
  };
}

export async function storeQueue(url: string): Promise<OpenQueue> {
  return openedQueue(createQueue<MailJobs>(await openStore(url, { prefix: "bench" })));
}

/** What an earlier round left is dropped. */
export async function databaseQueue(url: string): Promise<OpenQueue> {
  const schema = defineSchema({ ...queueTables });
  const db = await connect(url, { schema });
  for (const name of ["plinth_jobs", "plinth_queues", "plinth_schedules"]) {
    await db.execute(sql`${sql.raw(`drop table if exists ${name}`)}`);
  }
  await createTables(db, schema);
  return openedQueue(createDatabaseQueue<MailJobs>(db));
}
