/** Who in this process waits for jobs of a database's queues. */

import type { Engine } from "../../connect/source.ts";

type Wake = (delayMs: number) => void;

const listeners = new WeakMap<Engine, Map<string, Set<Wake>>>();

export function listenFor(engine: Engine, queue: string, wake: Wake): () => void {
  const queues = listeners.get(engine) ?? new Map<string, Set<Wake>>();
  listeners.set(engine, queues);
  const ofQueue = queues.get(queue) ?? new Set();
  queues.set(queue, ofQueue);
  ofQueue.add(wake);
  return () => {
    ofQueue.delete(wake);
    if (ofQueue.size === 0) queues.delete(queue);
  };
}

export function wakeAll(engine: Engine, queue: string, delayMs: number): void {
  for (const wake of listeners.get(engine)?.get(queue) ?? []) wake(delayMs);
}
