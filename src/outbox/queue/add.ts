/** Adding jobs: one statement for those without a key; those with one are looked up behind it, as they may be there. */

import { ConflictError } from "../../core/error.ts";
import type { Executor } from "../../query/client.ts";
import { and, eq, inArray, lte, or } from "../../query/expression.ts";
import type { AddedJob, NewJob } from "../../services/queue/backend.ts";
import { clock } from "../instants.ts";
import { plinthJobs as jobs } from "./tables.ts";
import { after } from "./times.ts";
import type { InsertRow } from "../../query/types.ts";

function rowOf(queue: string, job: NewJob): InsertRow<typeof jobs> {
  const { attempts, backoffMs, delayMs, id, maxBackoffMs, name, payload, priority, unique } = job;
  const isDelayed = delayMs > 0;
  return {
    id,
    queue,
    name,
    payload,
    state: isDelayed ? "delayed" : "waiting",
    rank: isDelayed ? 0 : -priority,
    priority,
    dueAt: after(delayMs),
    addedAt: clock,
    // What isn't there is no part of the statement, unless another row of it has one.
    ...(job.ttlMs === undefined ? {} : { expiresAt: after(job.ttlMs) }),
    attempt: 0,
    attempts,
    token: 0,
    backoffMs,
    maxBackoffMs,
    ...(unique === undefined ? {} : { uniqueKey: unique.key }),
    ...(unique === undefined || unique.forMs === 0 ? {} : { uniqueUntil: after(unique.forMs) }),
  };
}

/** A key can be freed and taken again meanwhile; so often it isn't. */
const MAX_ROUNDS = 20;

/** @param tx A transaction where there are several. */
export async function addAll(
  tx: Executor,
  queue: string,
  all: readonly NewJob[],
): Promise<AddedJob[]> {
  const plain = all.filter(({ unique }) => unique === undefined);
  if (plain.length > 0) await tx.insert(jobs).values(plain.map((job) => rowOf(queue, job)));
  const added: AddedJob[] = [];
  for (const job of all) {
    if (job.unique === undefined) added.push({ id: job.id, isNew: true });
    else added.push(await addUnique(tx, queue, job, job.unique.key));
  }
  return added;
}

async function addUnique(tx: Executor, queue: string, job: NewJob, key: string): Promise<AddedJob> {
  const hasKey = and(eq(jobs.queue, queue), eq(jobs.name, job.name), eq(jobs.uniqueKey, key));
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const { affectedRows } = await tx
      .insert(jobs)
      .values(rowOf(queue, job))
      .onConflict(jobs.queue, jobs.name, jobs.uniqueKey)
      .ignore();
    if (affectedRows === 1) return { id: job.id, isNew: true };
    // What is done keeps its key for a time, which may be over and not yet swept; as that of what is too old may be.
    const isOver = or(
      and(eq(jobs.state, "done"), lte(jobs.uniqueUntil, clock)),
      and(inArray(jobs.state, ["waiting", "delayed"]), lte(jobs.expiresAt, clock)),
    );
    const freed = await tx
      .update(jobs)
      .set({ uniqueKey: null, uniqueUntil: null })
      .where(and(hasKey, isOver));
    if (freed.affectedRows > 0) continue;
    const look = tx.select({ id: jobs.id }).from(jobs).where(hasKey);
    // A transaction that doesn't see what was committed since it began does so where it locks.
    const isUnseen = round > 0 && tx["~engine"].dialect.can.rowLocks;
    const [found] = await (isUnseen ? look.forUpdate() : look);
    if (found !== undefined) return { id: found.id, isNew: false };
  }
  throw new ConflictError("E_SERIALIZATION");
}
