import { createQueue } from "../../../src/services/queue/create-queue.ts";
import type { Queue } from "../../../src/services/queue/queue.ts";
import { StoreBackend } from "../../../src/services/queue/store-backend/store-backend.ts";
import type { Store } from "../../../src/services/kv/store.ts";
import type { QueueKind } from "./kit.ts";

/** @param open A store that is empty at that place. */
export function storeQueueKind(name: string, open: (place: string) => Promise<Store>): QueueKind {
  return {
    name,
    async open(place) {
      const store = await open(place);
      return {
        queue: <Jobs extends object>(options = {}): Queue<Jobs> =>
          createQueue<Jobs>(store, options),
        backend: ({ keepDoneMs = 0, name: queue = "default" } = {}) =>
          new StoreBackend(store, { queue, keepDoneMs, namespace: ["queue"] }),
        close: () => store.close(),
      };
    },
  };
}
