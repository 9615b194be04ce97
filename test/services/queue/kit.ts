import { expect } from "vitest";
import { setTimeout as sleep } from "node:timers/promises";
import type { NewJob, QueueBackend } from "../../../src/services/queue/backend.ts";
import type { Queue, QueueOptions } from "../../../src/services/queue/queue.ts";

/** Somewhere that queues are kept: what is made here under one name shares its jobs. */
export interface QueuePlace {
  queue<Jobs extends object = Record<string, unknown>>(options?: QueueOptions): Queue<Jobs>;
  backend(options?: QueueOptions): QueueBackend;
  close(): Promise<void>;
}

export interface QueueKind {
  readonly name: string;
  /** An empty place. */
  open(place: string): Promise<QueuePlace>;
}

let made = 0;

export function job(name: string, options: Partial<NewJob> = {}): NewJob {
  const id = `019a0000-0000-7000-8000-${String(++made).padStart(12, "0")}`;
  return {
    id,
    name,
    payload: "{}",
    delayMs: 0,
    priority: 0,
    attempts: 3,
    backoffMs: 0,
    maxBackoffMs: 0,
    ...options,
  };
}

/** Until it is so; fails after half a minute. */
export async function until(
  isSo: () => boolean | Promise<boolean>,
  timeoutMs = 30_000,
): Promise<void> {
  const endMs = performance.now() + timeoutMs;
  while (!(await isSo())) {
    if (performance.now() > endMs) expect.fail("It took too long.");
    await sleep(5);
  }
}
