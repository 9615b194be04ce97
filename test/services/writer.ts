// For sqlite-faults.test.ts: writes, tells what was acknowledged, and waits to be killed.
import { openStore } from "../../src/services/kv/open.ts";

const store = await openStore(process.argv[2]);
for (;;) {
  const count = await store.increment("count");
  await store.set(["copy", String(count)], String(count));
  process.send!(count);
}
