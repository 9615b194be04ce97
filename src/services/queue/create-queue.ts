/** A queue on a store. */

import { InvalidValueError } from "../../core/error.ts";
import { partsOfNamespace } from "../kv/key.ts";
import type { Store } from "../kv/store.ts";
import { BackedQueue } from "./backed-queue.ts";
import { checkDelay, checkName } from "./new-job.ts";
import type { Queue, QueueOptions } from "./queue.ts";
import { StoreBackend } from "./store-backend/store-backend.ts";

export interface StoreQueueOptions extends QueueOptions {
  /** What its keys begin with, below the store's prefix. Default `"queue"`. */
  readonly namespace?: string | undefined;
}

/**
 * A queue whose jobs are in a store: in a server's memory they are as durable as that server makes them, and what `add`
 * has answered may be lost with a replica's primary. Jobs that belong to a transaction belong into the database, by
 * `createDatabaseQueue`.
 *
 * Its first use throws `ConfigError` where the store may drop what hasn't expired.
 *
 * @typeParam Jobs The payload of each name.
 * @example
 * const queue = createQueue<{ "mail.welcome": { userId: string } }>(store);
 * await queue.add("mail.welcome", { userId }, { delayMs: 60_000 });
 * const worker = await queue.work("mail.welcome", ({ userId }) => sendWelcome(userId));
 */
export function createQueue<Jobs extends object = Record<string, unknown>>(
  store: Store,
  options: StoreQueueOptions = {},
): Queue<Jobs> {
  if (typeof store?.run !== "function") {
    throw new InvalidValueError("A queue needs a store.", {
      hint: "Pass what openStore() gives; for a database there is createDatabaseQueue().",
    });
  }
  const { keepDoneMs = 0, name = "default", namespace = "queue" } = options;
  const backend = new StoreBackend(store, {
    queue: checkName(name, "The queue's name"),
    namespace: partsOfNamespace(namespace),
    keepDoneMs: checkDelay(keepDoneMs, "keepDoneMs"),
  });
  return new BackedQueue<Jobs, object>(backend, options);
}
