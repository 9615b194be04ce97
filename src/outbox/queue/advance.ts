/** What time brings: one look, and what it found due. */

import type { Condition, Expression } from "../../ast/expression.ts";
import type { Transaction } from "../../query/client.ts";
import { and, eq, gte, inArray, lt, lte, min, or, scalar } from "../../query/expression.ts";
import { add } from "../../query/functions/arithmetic.ts";
import { greatest, negate } from "../../query/functions/numbers.ts";
import { asc } from "../../query/order.ts";
import type { UpdateSet } from "../../query/types.ts";
import {
  LEAST_DELIVERIES,
  VANISHED,
  type Advance,
  type JobState,
} from "../../services/queue/backend.ts";
import { clock, now } from "../instants.ts";
import { locked } from "../locked.ts";
import { inState, type Place } from "./jobs.ts";
import { failedSet } from "./settle.ts";
import { plinthJobs as jobs, plinthQueues as queues } from "./tables.ts";

/** So many at a time: what is longer under way keeps others waiting. */
const BATCH = 1_000;

/** When the first of a state is due; the index of those that wait serves it, as the others all have the rank 0. */
function firstDue({ db, queue }: Place, state: JobState): Expression<Date | null> {
  const query = db.select({ at: min(jobs.dueAt) }).from(jobs);
  return scalar(query.where(and(inState(queue, state), eq(jobs.rank, 0))));
}

function firstExpiry({ db, queue }: Place, state: JobState): Expression<Date | null> {
  const query = db.select({ at: min(jobs.expiresAt) }).from(jobs);
  return scalar(query.where(inState(queue, state)));
}

type Sweep = (place: Place) => Promise<{ readonly count: number; readonly dead?: number }>;

/** Takes some of the rows, in a transaction, and does something to them. */
async function sweep(
  { db, options }: Place,
  isDue: Condition,
  by: Expression<Date | null, string>,
  work: (tx: Transaction, ids: readonly string[]) => PromiseLike<unknown>,
): Promise<number> {
  return await db.transaction(async (tx) => {
    const due = tx.select({ id: jobs.id }).from(jobs).where(isDue).orderBy(asc(by)).limit(BATCH);
    const ids = (await locked(tx, due)).map(({ id }) => id);
    if (ids.length > 0) await work(tx, ids);
    return ids.length;
  }, options);
}

function isDue(queue: string, state: JobState): Condition {
  return and(inState(queue, state), eq(jobs.rank, 0), lte(jobs.dueAt, now));
}

function update(
  tx: Transaction,
  ids: readonly string[],
  set: UpdateSet<typeof jobs>,
): PromiseLike<unknown> {
  return tx.update(jobs).set(set).where(inArray(jobs.id, ids));
}

const release: Sweep = async (place) => {
  const count = await sweep(place, isDue(place.queue, "delayed"), jobs.dueAt, (tx, ids) =>
    update(tx, ids, { state: "waiting", rank: negate(jobs.priority) }),
  );
  return { count };
};

const reclaim: Sweep = async (place) => {
  const isOver = isDue(place.queue, "active");
  const most = greatest(jobs.attempts, LEAST_DELIVERIES);
  const count = await sweep(place, and(isOver, lt(jobs.attempt, most)), jobs.dueAt, (tx, ids) =>
    update(tx, ids, failedSet({ kind: "retry", delayMs: 0, error: VANISHED })),
  );
  const dead = await sweep(place, and(isOver, gte(jobs.attempt, most)), jobs.dueAt, (tx, ids) =>
    update(tx, ids, failedSet({ kind: "dead", error: VANISHED })),
  );
  return { count, dead };
};

const forget: Sweep = async (place) => {
  const count = await sweep(place, isDue(place.queue, "done"), jobs.dueAt, (tx, ids) =>
    tx.delete(jobs).where(inArray(jobs.id, ids)),
  );
  return { count };
};

const expire: Sweep = async (place) => {
  const { queue } = place;
  const isIdle = or(inState(queue, "waiting"), inState(queue, "delayed"));
  const isOver = and(isIdle, lte(jobs.expiresAt, now));
  const count = await sweep(place, isOver, jobs.expiresAt, async (tx, ids) => {
    await tx.delete(jobs).where(inArray(jobs.id, ids));
    await tx
      .update(queues)
      .set({ expired: add(queues.expired, ids.length) })
      .where(eq(queues.name, queue));
  });
  return { count };
};

/** @returns Undefined where the queue has no row of its own. */
export async function advance(place: Place): Promise<Advance | undefined> {
  const { db, queue } = place;
  const [look] = await db
    .select({
      at: clock,
      delayed: firstDue(place, "delayed"),
      leases: firstDue(place, "active"),
      done: firstDue(place, "done"),
      waiting: firstExpiry(place, "waiting"),
      later: firstExpiry(place, "delayed"),
    })
    .from(queues)
    .where(eq(queues.name, queue));
  if (look === undefined) return undefined;
  const found = { released: 0, dead: 0, expired: 0 };
  let nextInMs = Infinity;
  const sweepOf = async (first: Date | null, work: Sweep) => {
    const inMs = first === null ? Infinity : first.getTime() - look.at.getTime();
    if (inMs > 0) {
      nextInMs = Math.min(nextInMs, inMs);
      return { count: 0 };
    }
    const swept = await work(place);
    // There may be more, and others that are due later.
    nextInMs = 0;
    return swept;
  };
  const expiries = [look.waiting, look.later].filter((each) => each !== null);
  const expiry = expiries.length === 0 ? null : new Date(Math.min(...expiries.map(Number)));
  found.expired = (await sweepOf(expiry, expire)).count;
  found.released = (await sweepOf(look.delayed, release)).count;
  const reclaimed: Awaited<ReturnType<Sweep>> = await sweepOf(look.leases, reclaim);
  found.released += reclaimed.count;
  found.dead = reclaimed.dead ?? 0;
  await sweepOf(look.done, forget);
  return { ...found, nextInMs: nextInMs === Infinity ? undefined : nextInMs };
}
