/** What the cases of outboxes share. */

import { createOutbox, type Outbox, type OutboxOptions } from "../../outbox/outbox.ts";
import { plinthOutbox } from "../../outbox/tables.ts";
import type { BackoffOptions } from "../../outbox/topics.ts";
import type { Database } from "../../query/database.ts";

export async function isEmpty(db: Database): Promise<boolean> {
  return (await db.from(plinthOutbox)).length === 0;
}

/** Runs `work` beside an outbox that writes down what it delivers. */
export async function delivering<Topics extends object>(
  db: Database,
  options: OutboxOptions<Topics>,
  work: (outbox: Outbox<Topics>) => Promise<void>,
): Promise<void> {
  const outbox = createOutbox(db, { pollMs: 20, ...options });
  try {
    await work(outbox.start());
  } finally {
    await outbox.close();
  }
}

/** For cases that wait for the next attempt. */
export const soon: BackoffOptions = { firstMs: 1, maxMs: 5 };
