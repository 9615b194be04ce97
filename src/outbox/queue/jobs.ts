/** Conditions on jobs, and what is read of them. */

import type { Condition } from "../../ast/expression.ts";
import type { TransactionOptions } from "../../connect/transaction/run-transaction.ts";
import type { Database } from "../../query/database.ts";
import type { Executor } from "../../query/client.ts";
import { and, eq, gt, inArray, isNull, or, scalar } from "../../query/expression.ts";
import type { SelectQuery } from "../../query/read/select.ts";
import { sql } from "../../query/sql.ts";
import type { RowOf } from "../../schema/table.ts";
import type { Claim, JobRecord, JobState } from "../../services/queue/backend.ts";
import { now } from "../instants.ts";
import { locked } from "../locked.ts";
import { plinthJobs as jobs } from "./tables.ts";

export type JobRow = RowOf<typeof jobs>;

/** Where the jobs of a queue are. */
export interface Place {
  readonly db: Database;
  readonly queue: string;
  readonly keepDoneMs: number;
  /** Of transactions in which rows are looked for and locked. */
  readonly options: TransactionOptions;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Ids come from people, too: what can't be one is nobody's. */
export function possibleIds(ids: readonly string[]): string[] {
  return ids.filter((id) => UUID.test(id)).map((id) => id.toLowerCase());
}

/** The jobs of a queue in a state. */
export function inState(queue: string, state: JobState): Condition {
  return and(eq(jobs.queue, queue), eq(jobs.state, state));
}

/**
 * Those that somebody has by a token. The queue isn't asked for: with it MariaDB would find the rows by another index than
 * that of the ids, and lock those of other workers on its way.
 */
export function heldBy(token: number, ids: readonly string[]): Condition {
  return and(inArray(jobs.id, ids), eq(jobs.token, token), eq(jobs.state, "active"));
}

/** Handed out again deliveries are rare, so that most have one token. */
export function byToken<Each extends Claim>(claims: readonly Each[]): Map<number, Each[]> {
  const groups = new Map<number, Each[]>();
  for (const claim of claims) {
    if (possibleIds([claim.id]).length === 0) continue;
    const group = groups.get(claim.token);
    if (group === undefined) groups.set(claim.token, [claim]);
    else group.push(claim);
  }
  return groups;
}

export const isFresh: Condition = or(isNull(jobs.expiresAt), gt(jobs.expiresAt, now));

/**
 * For an update: the rows whose ids a query gives, locked as `locked` has it. The query is run once; as a subquery of `in`
 * a plan may run it again and again, and lock other rows each time.
 */
export function amongLocked(
  db: Executor,
  ids: SelectQuery<{ id: typeof jobs.id }, "plinth_jobs">,
): Condition {
  if (!db["~engine"].dialect.can.rowLocks) return inArray(jobs.id, ids);
  return sql<boolean>`${jobs.id} = any(array(${scalar(locked(db, ids))}))`;
}

export function recordOf(row: JobRow): JobRecord {
  return {
    id: row.id,
    name: row.name,
    state: row.state,
    payload: row.payload,
    priority: row.priority,
    attempt: row.attempt,
    attempts: row.attempts,
    progress: row.progress ?? undefined,
    addedAtMs: row.addedAt.getTime(),
    atMs: row.dueAt.getTime(),
    expiresAtMs: row.expiresAt?.getTime(),
    error: row.error ?? undefined,
  };
}
