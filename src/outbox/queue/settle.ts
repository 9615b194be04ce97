/** What becomes of deliveries: each write names the token, so that a late one meets no row. */

import type { Condition } from "../../ast/expression.ts";
import type { Executor } from "../../query/client.ts";
import { and, coalesce, gt, isNull, lte, or } from "../../query/expression.ts";
import { subtract } from "../../query/functions/arithmetic.ts";
import { greatest, negate } from "../../query/functions/numbers.ts";
import { caseWhen } from "../../query/functions/window.ts";
import type { UpdateSet, WriteSummary } from "../../query/types.ts";
import type { Claim, Outcome, Settlement } from "../../services/queue/backend.ts";
import { clock, now } from "../instants.ts";
import { byToken, heldBy, type Place } from "./jobs.ts";
import { plinthJobs as jobs } from "./tables.ts";
import { after } from "./times.ts";

type JobSet = UpdateSet<typeof jobs>;

/** What is left of a job that is done, where it is kept or its key is. */
function doneSet(keepDoneMs: number): JobSet {
  const until = after(keepDoneMs);
  return {
    state: "done",
    rank: 0,
    dueAt: greatest(until, coalesce(jobs.uniqueUntil, until)),
    expiresAt: null,
    uniqueKey: caseWhen(gt(jobs.uniqueUntil, now), jobs.uniqueKey).else(null),
  };
}

/** Of a job whose handler failed, or vanished. */
export function failedSet(outcome: Extract<Outcome, { readonly error: string }>): JobSet {
  const { error } = outcome;
  if (outcome.kind === "dead")
    return { state: "dead", dueAt: clock, error, expiresAt: null, uniqueKey: null };
  if (outcome.delayMs > 0) return { state: "delayed", dueAt: after(outcome.delayMs), error };
  return { state: "waiting", rank: negate(jobs.priority), dueAt: clock, error };
}

function setOf(outcome: Outcome, keepDoneMs: number): JobSet {
  switch (outcome.kind) {
    case "done":
      return doneSet(keepDoneMs);
    case "release":
      return {
        state: "waiting",
        rank: negate(jobs.priority),
        dueAt: clock,
        attempt: subtract(jobs.attempt, 1),
      };
    case "dead":
    case "retry":
      return failedSet(outcome);
  }
}

/** @returns The ids of those that were this delivery's still. */
async function writeHeld(
  db: Executor,
  token: number,
  ids: readonly string[],
  write: (tx: Executor, isHeld: Condition) => PromiseLike<WriteSummary>,
): Promise<readonly string[]> {
  if (ids.length === 1) {
    const { affectedRows } = await write(db, heldBy(token, ids));
    return affectedRows === 1 ? ids : [];
  }
  return await db.transaction(async (tx) => {
    const query = tx.select({ id: jobs.id }).from(jobs).where(heldBy(token, ids));
    const rows = await (tx["~engine"].dialect.can.rowLocks ? query.forUpdate() : query);
    const held = rows.map(({ id }) => id);
    if (held.length > 0) await write(tx, heldBy(token, held));
    return held;
  });
}

async function settleAlike(
  db: Executor,
  { keepDoneMs }: Place,
  token: number,
  ids: readonly string[],
  outcome: Outcome,
): Promise<readonly string[]> {
  const set = setOf(outcome, keepDoneMs);
  return await writeHeld(db, token, ids, (tx, isHeld) => tx.update(jobs).set(set).where(isHeld));
}

/** Those that nothing holds on to are deleted in one statement, which tells which they were. */
async function settleDone(
  db: Executor,
  place: Place,
  token: number,
  ids: readonly string[],
): Promise<readonly string[]> {
  const { keepDoneMs } = place;
  const done = { kind: "done" } as const;
  if (keepDoneMs > 0) return await settleAlike(db, place, token, ids, done);
  const isFree = or(isNull(jobs.uniqueUntil), lte(jobs.uniqueUntil, now));
  const gone = await removed(db, token, ids, isFree);
  if (gone.length === ids.length) return gone;
  const rest = ids.filter((id) => !gone.includes(id));
  return [...gone, ...(await settleAlike(db, place, token, rest, done))];
}

async function removed(
  db: Executor,
  token: number,
  ids: readonly string[],
  isFree: Condition,
): Promise<readonly string[]> {
  if (db["~engine"].dialect.can.deleteReturning) {
    const isOurs = and(heldBy(token, ids), isFree);
    const rows = await db.delete(jobs).where(isOurs).returning({ id: jobs.id });
    return rows.map(({ id }) => id);
  }
  // Of several it can't be told which they were: those that are free are found before.
  return await db.transaction(async (tx) => {
    const rows = await tx
      .select({ id: jobs.id })
      .from(jobs)
      .where(and(heldBy(token, ids), isFree))
      .forUpdate();
    const held = rows.map(({ id }) => id);
    if (held.length > 0) await tx.delete(jobs).where(heldBy(token, held));
    return held;
  });
}

/** Outcomes that are the same for all; each failure has its own error and pause. */
function kindOf({ id, kind }: Settlement): string {
  return kind === "done" || kind === "release" ? kind : id;
}

export async function settleAll(
  db: Executor,
  place: Place,
  settlements: readonly Settlement[],
): Promise<ReadonlySet<Settlement>> {
  const settled = new Set<Settlement>();
  for (const [token, ofToken] of byToken(settlements)) {
    for (const alike of Map.groupBy(ofToken, kindOf).values()) {
      const ids = alike.map(({ id }) => id.toLowerCase());
      const [first] = alike;
      const ours = new Set(
        first!.kind === "done"
          ? await settleDone(db, place, token, ids)
          : await settleAlike(db, place, token, ids, first!),
      );
      for (const each of alike) if (ours.has(each.id.toLowerCase())) settled.add(each);
    }
  }
  return settled;
}

/** Tells for each whether it is held, after its lease was made longer. */
export async function renewAll(
  db: Executor,
  claims: readonly Claim[],
  leaseMs: number,
): Promise<ReadonlySet<Claim>> {
  const renewed = new Set<Claim>();
  for (const [token, alike] of byToken(claims)) {
    const ids = alike.map(({ id }) => id.toLowerCase());
    const isHeld = heldBy(token, ids);
    const { affectedRows } = await db
      .update(jobs)
      .set({ dueAt: after(leaseMs) })
      .where(isHeld);
    if (affectedRows < ids.length) {
      const rows = await db.select({ id: jobs.id }).from(jobs).where(isHeld);
      const held = new Set(rows.map(({ id }) => id));
      for (const each of alike) if (held.has(each.id.toLowerCase())) renewed.add(each);
    } else for (const each of alike) renewed.add(each);
  }
  return renewed;
}
