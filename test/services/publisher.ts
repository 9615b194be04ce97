// For pubsub-faults.test.ts: publishes, tells what was acknowledged, and waits to be killed.
import { openStore } from "../../src/services/kv/open.ts";
import { createPubSub } from "../../src/services/pubsub/pubsub.ts";

const store = await openStore(process.argv[2]);
const pubsub = createPubSub<{ "channel:{id}": number }>(store, { keepEvents: 100_000 });
for (let number = Number(process.argv[3]); ; number++) {
  await pubsub.publish(["channel", "1"], number);
  process.send!(number);
  if (number % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
}
