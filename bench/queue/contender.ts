/** What a queue is asked in the bench. A contender is a file: `contenders/<name>.ts`. */
import { readdirSync } from "node:fs";

import type { ServerTarget } from "../run/targets.ts";

export type Place = "redis" | "postgres" | "mariadb" | "sqlite" | "file" | "memory";

export interface QueueTargets {
  readonly redis: { readonly host: string; readonly port: number };
  readonly postgres: ServerTarget;
  readonly mariadb: ServerTarget;
  /** A folder of this contender's own, empty. */
  readonly folder: string;
}

/** About 200 bytes as JSON. */
export interface MailJob {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

export interface RunningWorker {
  /** Ends once everything that was begun is acknowledged. */
  stop(): Promise<unknown>;
}

/** An open queue whose jobs nobody works on until `work`. */
export interface OpenQueue {
  add(job: MailJob): Promise<unknown>;
  /** In one call, as far as the library has one. */
  addMany(jobs: readonly MailJob[]): Promise<unknown>;
  /** Each job is acknowledged, and is gone then. */
  work(concurrency: number, handler: () => void): Promise<RunningWorker>;
  /** For whoever waits otherwise where there is nothing to do. Default: `work` with one at a time. */
  wait?(handler: () => void): Promise<RunningWorker>;
  /** Forgets all jobs. */
  clear(): Promise<unknown>;
}

export interface QueueContender {
  readonly title: string;
  /** Where its jobs are. Ratios are to the baseline of the same place. */
  readonly place: Place;
  readonly isBaseline?: boolean;
  open(targets: QueueTargets): Promise<OpenQueue>;
}

const folder = new URL("contenders/", import.meta.url);

export function queueContenderNames(): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".ts"))
    .map((file) => file.slice(0, -".ts".length))
    .sort();
}

export async function loadQueueContender(name: string): Promise<QueueContender> {
  return ((await import(new URL(`${name}.ts`, folder).href)) as { default: QueueContender })
    .default;
}
