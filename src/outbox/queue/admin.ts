/** What people ask of a queue, and tell it. */

import type { Condition } from "../../ast/expression.ts";
import { and, count, eq, inArray, lte } from "../../query/expression.ts";
import { negate } from "../../query/functions/numbers.ts";
import { asc } from "../../query/order.ts";
import type { JobFilter, JobRecord, JobState, QueueCounts } from "../../services/queue/backend.ts";
import { clock } from "../instants.ts";
import { inState, possibleIds, recordOf, type Place } from "./jobs.ts";
import { plinthJobs as jobs, plinthQueues as queues } from "./tables.ts";
import { after } from "./times.ts";

export async function findJob({ db, queue }: Place, id: string): Promise<JobRecord | undefined> {
  const [known] = possibleIds([id]);
  if (known === undefined) return undefined;
  const row = await db
    .from(jobs)
    .where(and(eq(jobs.id, known), eq(jobs.queue, queue)))
    .first();
  return row && recordOf(row);
}

function matches(
  queue: string,
  { name, state }: JobFilter,
  ids: readonly string[] | undefined,
): Condition {
  return and(
    inState(queue, state),
    name === undefined ? undefined : eq(jobs.name, name),
    ids === undefined ? undefined : inArray(jobs.id, possibleIds(ids)),
  );
}

export async function listJobs(
  { db, queue }: Place,
  filter: JobFilter,
  limit: number,
): Promise<JobRecord[]> {
  const rows = await db
    .from(jobs)
    .where(matches(queue, filter, undefined))
    .orderBy(asc(jobs.rank), asc(jobs.dueAt), asc(jobs.id))
    .limit(limit);
  return rows.map(recordOf);
}

export async function countJobs({ db, queue }: Place): Promise<QueueCounts> {
  const rows = await db
    .select({ state: jobs.state, jobs: count() })
    .from(jobs)
    .where(eq(jobs.queue, queue))
    .groupBy(jobs.state);
  const counts: Record<JobState, number> = { waiting: 0, delayed: 0, active: 0, dead: 0, done: 0 };
  for (const row of rows) counts[row.state] = row.jobs;
  const own = await db.from(queues).find(queue);
  return { ...counts, expired: own?.expired ?? 0, isPaused: own?.isPaused ?? false };
}

export async function retryJobs(
  { db, queue }: Place,
  { name }: Pick<JobFilter, "name">,
  ids: readonly string[] | undefined,
): Promise<number> {
  const { affectedRows } = await db
    .update(jobs)
    .set({ state: "waiting", attempt: 0, rank: negate(jobs.priority), dueAt: clock })
    .where(matches(queue, { name, state: "dead" }, ids));
  return affectedRows;
}

export async function purgeJobs(
  { db, queue }: Place,
  filter: JobFilter,
  olderThanMs: number,
  ids: readonly string[] | undefined,
): Promise<number> {
  const isOld = olderThanMs === 0 ? undefined : lte(jobs.addedAt, after(-olderThanMs));
  const { affectedRows } = await db.delete(jobs).where(and(matches(queue, filter, ids), isOld));
  return affectedRows;
}
