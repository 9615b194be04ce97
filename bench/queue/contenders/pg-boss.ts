import { PgBoss } from "pg-boss";

import { urlFromTarget } from "../../run/targets.ts";
import type { QueueContender, RunningWorker } from "../contender.ts";

const name = "mail";

export default {
  title: "pg-boss",
  place: "postgres",
  isBaseline: true,
  async open({ postgres }) {
    const boss = new PgBoss({
      connectionString: urlFromTarget("postgres", postgres),
      useListenNotify: true,
      max: 8,
    });
    boss.on("error", (error) => process.stderr.write(`${String(error)}\n`));
    await boss.start();
    await boss.createQueue(name, { notify: true, retryLimit: 2, deleteAfterSeconds: 1 });

    /** Its worker waits half a second at the least between single jobs: by hand it doesn't. */
    const workByHand = (handler: () => void): RunningWorker => {
      let isStopping = false;
      const line = async (): Promise<void> => {
        for (;;) {
          const [job] = await boss.fetch(name);
          if (job === undefined) {
            if (isStopping) return;
            continue;
          }
          handler();
          await boss.complete(name, job.id);
          if (isStopping) return;
        }
      };
      const ended = line();
      return {
        stop() {
          isStopping = true;
          return ended;
        },
      };
    };

    const work = async (batchSize: number, handler: () => void): Promise<RunningWorker> => {
      const options = { batchSize, burstWhenBatchFull: true };
      const id = await boss.work(name, options, async (jobs) => jobs.forEach(handler));
      return { stop: () => boss.offWork(name, { id, wait: true }) };
    };

    return {
      add: (job) => boss.send(name, job),
      addMany: (jobs) =>
        boss.insert(
          name,
          jobs.map((data) => ({ data })),
        ),
      work: async (concurrency, handler) =>
        concurrency === 1 ? workByHand(handler) : await work(concurrency, handler),
      wait: (handler) => work(1, handler),
      clear: () => boss.deleteAllJobs(name),
    };
  },
} satisfies QueueContender;
