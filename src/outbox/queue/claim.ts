/** Handing jobs out: in one statement where an update gives back its rows, else in one transaction. */

import type { Condition } from "../../ast/expression.ts";
import type { Executor } from "../../query/client.ts";
import { and, eq, inArray, notExists } from "../../query/expression.ts";
import { add } from "../../query/functions/arithmetic.ts";
import { asc } from "../../query/order.ts";
import type { ClaimedJob } from "../../services/queue/backend.ts";
import { locked } from "../locked.ts";
import { amongLocked, inState, isFresh, type Place } from "./jobs.ts";
import { plinthJobs as jobs, plinthQueues as queues } from "./tables.ts";
import { after } from "./times.ts";

/** What a delivery is made of. */
const delivered = {
  id: jobs.id,
  name: jobs.name,
  payload: jobs.payload,
  attempt: jobs.attempt,
  attempts: jobs.attempts,
  token: jobs.token,
  backoffMs: jobs.backoffMs,
  maxBackoffMs: jobs.maxBackoffMs,
  priority: jobs.priority,
  addedAt: jobs.addedAt,
  progress: jobs.progress,
};

interface Delivered extends Omit<ClaimedJob, "addedAtMs" | "progress"> {
  readonly addedAt: Date;
  readonly progress: number | null;
}

function claimedOf({ addedAt, progress, ...row }: Delivered): ClaimedJob {
  return { ...row, addedAtMs: addedAt.getTime(), progress: progress ?? undefined };
}

/** An update gives its rows back in any order. */
function compare(one: Delivered, two: Delivered): number {
  return two.priority - one.priority || (one.id < two.id ? -1 : 1);
}

function isWaiting(db: Executor, queue: string, names: readonly string[]): Condition {
  const paused = db
    .select({ name: queues.name })
    .from(queues)
    .where(and(eq(queues.name, queue), eq(queues.isPaused, true)));
  const isOne = names.length === 1 ? eq(jobs.name, names[0]!) : inArray(jobs.name, names);
  return and(inState(queue, "waiting"), isOne, isFresh, notExists(paused));
}

const inOrder = [asc(jobs.rank), asc(jobs.dueAt), asc(jobs.id)] as const;

function handOut(leaseMs: number) {
  return {
    state: "active" as const,
    rank: 0,
    dueAt: after(leaseMs),
    attempt: add(jobs.attempt, 1),
    token: add(jobs.token, 1),
  };
}

/** Whether there is anything to hand out: cheaper than to try, which writes, or takes a transaction. */
export async function isAnyWaiting(
  { db, queue }: Place,
  names: readonly string[],
): Promise<boolean> {
  const found = await db
    .select({ id: jobs.id })
    .from(jobs)
    .where(isWaiting(db, queue, names))
    .limit(1);
  return found.length > 0;
}

export async function claim(
  place: Place,
  names: readonly string[],
  limit: number,
  leaseMs: number,
): Promise<ClaimedJob[]> {
  const { db, queue } = place;
  const rows: Delivered[] = db.can.updateReturning
    ? await db
        .update(jobs)
        .set(handOut(leaseMs))
        .where(
          amongLocked(
            db,
            db
              .select({ id: jobs.id })
              .from(jobs)
              .where(isWaiting(db, queue, names))
              .orderBy(...inOrder)
              .limit(limit),
          ),
        )
        .returning(delivered)
    : await claimInTransaction(place, names, limit, leaseMs);
  return rows.sort(compare).map(claimedOf);
}

function claimInTransaction(
  { db, queue, options }: Place,
  names: readonly string[],
  limit: number,
  leaseMs: number,
): Promise<Delivered[]> {
  return db.transaction(async (tx) => {
    const found = tx
      .select(delivered)
      .from(jobs)
      .where(isWaiting(tx, queue, names))
      .orderBy(...inOrder)
      .limit(limit);
    const rows = await locked(tx, found);
    if (rows.length === 0) return [];
    const ids = rows.map(({ id }) => id);
    await tx.update(jobs).set(handOut(leaseMs)).where(inArray(jobs.id, ids));
    return rows.map((row) => ({ ...row, attempt: row.attempt + 1, token: row.token + 1 }));
  }, options);
}
