/** Entries that were given up, and how many there are of which. */

import { InvalidValueError } from "../core/error.ts";
import type { Condition } from "../ast/expression.ts";
import type { Database } from "../query/database.ts";
import { and, count, eq, inArray, isNotNull, min } from "../query/expression.ts";
import { jsonCodec } from "../services/cache/codec.ts";
import { clock } from "./instants.ts";
import { plinthOutbox as entries } from "./tables.ts";

/** An entry that was tried as often as its topic allows. */
export interface DeadEntry {
  readonly id: string;
  readonly topic: string;
  readonly payload: unknown;
  readonly createdAt: Date;
  readonly deadAt: Date;
  readonly attempts: number;
  /** The name and the message of the last error, cut to 2_000 characters. */
  readonly lastError: string | null;
}

/** Those of some ids, those of a topic, or all of them. */
export type DeadChoice<Topics> =
  | "all"
  | { readonly ids: readonly string[] }
  | { readonly topic: keyof Topics & string };

export interface DeadOptions<Topics> {
  readonly topic?: keyof Topics & string;
  /** Default 100. */
  readonly limit?: number;
}

export interface OutboxCounts {
  /** Those that are to be delivered, or are being delivered. */
  readonly waiting: number;
  /** When the oldest of them was added; undefined where there are none. */
  readonly oldest: Date | undefined;
  readonly dead: number;
  /** Of those that wait, by their topics, the longest queue first. Plinth's own begin with `plinth:`. */
  readonly topics: readonly TopicCounts[];
}

export interface TopicCounts {
  readonly topic: string;
  readonly waiting: number;
  readonly oldest: Date;
  /** Whether this process has a handler for it. One that no process has waits for ever. */
  readonly isHandled: boolean;
}

/** Whatever the topics are: a text that is none of them matches nothing. */
type AnyChoice = DeadChoice<never>;

function conditionOf(which: AnyChoice): Condition {
  const isDead = isNotNull(entries.deadAt);
  if (which === "all") return isDead;
  const { ids, topic } = Object(which) as { ids?: unknown; topic?: unknown };
  if (typeof topic === "string") return and(isDead, eq(entries.topic, topic));
  if (Array.isArray(ids)) return and(isDead, inArray(entries.id, ids as string[]));
  throw new InvalidValueError("Which dead entries are meant isn't told.", {
    hint: 'Pass { ids: […] }, { topic: "…" } or "all".',
  });
}

/** Undefined for what can't be read, so that it can be listed and purged beside others. */
function readable(payload: string): unknown {
  try {
    return jsonCodec.decode(payload);
  } catch {
    return undefined;
  }
}

export async function deadEntries(
  db: Database,
  { topic, limit = 100 }: DeadOptions<never>,
): Promise<DeadEntry[]> {
  const rows = await db
    .from(entries)
    .where(conditionOf(topic === undefined ? "all" : { topic }))
    .orderBy(entries.deadAt, entries.id)
    .limit(limit);
  return rows.map(({ id, topic: own, payload, createdAt, deadAt, attempts, lastError }) => ({
    id,
    topic: own,
    payload: readable(payload),
    createdAt,
    deadAt: deadAt!,
    attempts,
    lastError,
  }));
}

export async function retryDead(db: Database, which: AnyChoice): Promise<number> {
  const { affectedRows } = await db
    .update(entries)
    .set({ attempts: 0, deadAt: null, dueAt: clock })
    .where(conditionOf(which));
  return affectedRows;
}

export async function purgeDead(db: Database, which: AnyChoice): Promise<number> {
  const { affectedRows } = await db.delete(entries).where(conditionOf(which));
  return affectedRows;
}

export async function countEntries(
  db: Database,
  isHandled: (topic: string) => boolean,
): Promise<OutboxCounts> {
  const rows = await db
    .select({ topic: entries.topic, waiting: count(), oldest: min(entries.createdAt) })
    .from(entries)
    .where(isNotNull(entries.dueAt))
    .groupBy(entries.topic);
  const topics = rows
    .map(({ oldest, topic, waiting }) => ({
      topic,
      waiting,
      oldest: oldest!,
      isHandled: isHandled(topic),
    }))
    .sort((one, two) => two.waiting - one.waiting);
  const oldestMs = Math.min(...topics.map(({ oldest }) => oldest.getTime()));
  const [dead] = await db.select({ count: count() }).from(entries).where(isNotNull(entries.deadAt));
  return {
    waiting: topics.reduce((sum, { waiting }) => sum + waiting, 0),
    oldest: topics.length === 0 ? undefined : new Date(oldestMs),
    dead: dead!.count,
    topics,
  };
}
