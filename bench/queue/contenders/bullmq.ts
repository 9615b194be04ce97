import { Queue, Worker } from "bullmq";

import type { QueueContender } from "../contender.ts";

const name = "mail";

export default {
  title: "BullMQ",
  place: "redis",
  isBaseline: true,
  async open({ redis: connection }) {
    const queue = new Queue(name, {
      connection,
      defaultJobOptions: { removeOnComplete: true, attempts: 3 },
    });
    await queue.waitUntilReady();
    return {
      add: (job) => queue.add("send", job),
      addMany: (jobs) => queue.addBulk(jobs.map((data) => ({ name: "send", data }))),
      async work(concurrency, handler) {
        const worker = new Worker(name, async () => handler(), { connection, concurrency });
        await worker.waitUntilReady();
        return { stop: () => worker.close() };
      },
      clear: () => queue.obliterate({ force: true }),
    };
  },
} satisfies QueueContender;
