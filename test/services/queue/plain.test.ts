import { BackedQueue } from "../../../src/services/queue/backed-queue.ts";
import type { Queue, QueueOptions } from "../../../src/services/queue/queue.ts";
import { PlainBackend } from "./plain-backend.ts";
import { queueSuite } from "./suite.ts";

queueSuite({
  name: "plain code",
  async open() {
    const backends = new Map<string, PlainBackend>();
    const backend = (options: QueueOptions = {}): PlainBackend => {
      const { name = "default" } = options;
      const found = backends.get(name) ?? new PlainBackend(options);
      backends.set(name, found);
      return found;
    };
    return {
      queue: <Jobs extends object>(options = {}): Queue<Jobs> =>
        new BackedQueue<Jobs, object>(backend(options), options),
      backend,
      close: async () => {},
    };
  },
});
