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
