/** Tells other processes that there is something to do, and no more: what there is they look up themselves. */

import { partsOfNamespace } from "../kv/key.ts";
import type { Procedure, Store } from "../kv/store.ts";

export interface Wake {
  /** @throws {ConnectionError | TimeoutError} when the store is away. Who is to wake looks by itself now and then. */
  wake(): Promise<void>;
  /**
   * Calls back whenever somebody wakes, in any process, and where a call may have been lost. What it throws ends the program.
   *
   * @returns What ends it.
   */
  onWake(callback: () => void): () => void;
}

const wakeProcedure: Procedure<null> = {
  name: "wake",
  frees: true,
  lua: "redis.call('PUBLISH', KEYS[1], '') return false",
  local(space, [key]) {
    space.publish(key!, "");
    return null;
  },
};

/**
 * @param name What is heard: whoever uses the same name on the same store, such as `"outbox"`.
 * @example
 * const outbox = createOutbox(db, { handlers, wake: createWake(store, "outbox") });
 */
export function createWake(store: Store, name: string): Wake {
  const key = ["wake", ...partsOfNamespace(name)];
  return {
    wake: async () => void (await store.run(wakeProcedure, [key])),
    onWake(callback) {
      const call = (): void => queueMicrotask(callback);
      const listening = store.listen(key, { message: call, gap: call, end: () => {} });
      return () => listening.stop();
    },
  };
}
