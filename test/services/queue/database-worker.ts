// For database-faults.test.ts: a worker in a process of its own, which writes down each run, or a scheduler.
import { setTimeout as sleep } from "node:timers/promises";
import { createDatabaseQueue } from "../../../src/outbox/queue/queue.ts";
import { connect } from "../../../src/entry/main.ts";
import { runs, schema, type Jobs } from "./database-kit.ts";

const [url, role = "work", leapMs = "0"] = process.argv.slice(2);
const now = Date.now;
Date.now = () => now() + Number(leapMs);
const db = await connect(url!, { schema });
const queue = createDatabaseQueue<Jobs>(db);
process.once("message", () => {
  void queue
    .close()
    .then(() => db.close())
    .then(() => process.exit(0));
});
if (role === "schedule") {
  await queue.schedule("tick", "* * * * * *", null);
} else {
  const handlers = {
    // The run is written and the job done in one transaction, or in two steps.
    once: async (ms: number, job: { id: string; complete(by: object): Promise<void> }) => {
      if (ms > 0) await sleep(ms);
      await db.transaction(async (tx) => {
        await tx.insert(runs).values({ job: job.id, worker: process.pid });
        await job.complete({ tx });
      });
    },
    run: async (ms: number, { id }: { id: string }) => {
      if (ms > 0) await sleep(ms);
      await db.insert(runs).values({ job: id, worker: process.pid });
    },
  };
  await queue.work(handlers, {
    concurrency: 8,
    leaseMs: Number(process.env["LEASE_MS"] ?? 10_000),
  });
}
process.send!("ready");
