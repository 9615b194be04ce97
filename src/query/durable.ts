/** What is to follow a commit for certain, also when the process ends behind it. */

import type { TransactionRunner } from "../connect/transaction/transaction.ts";

export interface DurableWork {
  readonly durable: true;
  /** Names the handler, in this process or another one. */
  readonly topic: string;
  /** Plain data, with dates, bigints, bytes, maps and sets. */
  readonly payload?: unknown;
}

/** Who keeps such work: the outbox of the database. */
export interface DurableRecorder {
  /** @returns the id of the entry. */
  record(runner: TransactionRunner, topic: string, payload: unknown): string;
}
