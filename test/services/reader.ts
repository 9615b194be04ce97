// For cache-faults.test.ts: 125 readers of one key that other processes read too, and how often the loader ran here.
import { setTimeout as sleep } from "node:timers/promises";
import { createCache } from "../../src/services/cache/cache.ts";
import { openStore } from "../../src/services/kv/open.ts";

const [url, leaseMs] = process.argv.slice(2);
await using store = await openStore(url);
const cache = createCache(store, {
  namespace: `lease ${leaseMs}`,
  ttlMs: 60_000,
  leaseMs: Number(leaseMs),
  timeoutMs: 10_000,
});
process.send!("ready");
await new Promise((resolve) => process.once("message", resolve));
let loads = 0;
await Promise.all(
  Array.from({ length: 125 }, () =>
    cache.getOrLoad("a", async () => {
      loads++;
      await sleep(500);
      return "value";
    }),
  ),
);
process.send!(loads);
process.disconnect();
