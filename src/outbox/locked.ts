/** Rows that several processes look for at the same time, each to have some of its own. */

import type { TransactionOptions } from "../connect/transaction/run-transaction.ts";
import type { Database } from "../query/database.ts";
import type { Executor } from "../query/client.ts";
import type { LockOptions } from "../query/read/select.ts";

/** Of transactions in which rows are looked for and locked. */
export function lockingOptions({ can }: Database): TransactionOptions {
  // At higher levels MySQL locks the gaps, too, into which others insert.
  return can.concurrentWriters ? { isolation: "read committed" } : {};
}

/** Locks the rows of a query, where rows can be locked, and passes over those that others have; elsewhere there is one writer. */
export function locked<Query extends { forUpdate(options: LockOptions): Query }>(
  db: Executor,
  query: Query,
): Query {
  return db["~engine"].dialect.can.rowLocks ? query.forUpdate({ skipLocked: true }) : query;
}
