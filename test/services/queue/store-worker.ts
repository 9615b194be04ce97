// For store-faults.test.ts: works on a queue until it is killed. Each job is counted in the store before it is done.
import { setTimeout as sleep } from "node:timers/promises";
import { openStore } from "../../../src/services/kv/open.ts";
import { createQueue } from "../../../src/services/queue/create-queue.ts";

const [url, prefix] = process.argv.slice(2);
const store = await openStore(url!, { prefix: prefix! });
const queue = createQueue<{ count: number }>(store);
await queue.work(
  "count",
  async (number) => {
    await sleep(number % 5);
    await store.increment(["counted", String(number)]);
  },
  { concurrency: 8, leaseMs: 500 },
);
process.send!("ready");
