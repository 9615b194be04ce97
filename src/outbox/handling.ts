/** One call of a handler, within its time. */

import { TimeoutError } from "../core/error.ts";
import { withinMs } from "../core/stop.ts";
import type { Entry } from "./leases.ts";
import type { Topic } from "./topics.ts";

/** @throws what the handler throws, or that its time is over: what it still does goes on unobserved. */
export async function handled(
  { handle, name, timeoutMs }: Topic,
  payload: unknown,
  { id, createdAt, attempt }: Entry,
  controller: AbortController,
): Promise<void> {
  const { signal } = controller;
  const event = { id, topic: name, createdAt, attempt, signal };
  const late = (): TimeoutError => {
    const error = new TimeoutError(
      "E_TIMEOUT",
      `The handler of "${name}" was not done within ${timeoutMs} ms.`,
      { hint: "Let it heed event.signal, or raise the topic's timeoutMs." },
    );
    controller.abort(error);
    return error;
  };
  // What it throws before its first await is its failure, too.
  const done = Promise.resolve().then(() => handle(payload, event));
  // An outbox that delivers keeps the process alive; one that has stopped waits for nobody.
  await withinMs(timeoutMs, done, late, false);
}
