/**
 * Where a queue keeps what, in one place of a cluster. What a job is stands in a record that changes at its death alone, as
 * dead jobs are never too old; where it is stands in the members of sorted sets alone, so that the usual way of a job (added,
 * handed out, done) writes nothing twice.
 *
 * - `jobs`, fields: `r{id}` the record, and where there is one, `s{id}` what became of it so far, `p{id}` its progress, and
 *   `k{id}` the key that it holds.
 * - `waiting`, members in the order of their text: `{name} {rank}{dueMs} {id} {token} {attempt}`.
 * - `delayed`, by when they are due: `{name} {rank} {id} {token} {attempt}`.
 * - `active`, by the end of the lease: `{id} {token}`: who holds another token holds nothing.
 * - `dead`, by when they died; `done`, by when they are forgotten: `{id}`.
 * - `timers`, by when they are too old: ids of those that nobody has begun.
 * - `facts`, fields: `paused`, `expired`; `i{name}` where a worker waits for jobs of the name; `u{name} {key}` who holds a
 *   key, `{id} {untilMs}`; `t{key}` up to when a schedule is settled.
 * - `wake`, published: in how many milliseconds a job is due.
 */

import { companionKey, type Key } from "../../kv/key.ts";
import type { ClaimedJob, JobRecord, JobState, NewJob } from "../backend.ts";

/** In the order in which every procedure is given them. */
export const KEY_NAMES = [
  "jobs",
  "waiting",
  "delayed",
  "active",
  "dead",
  "done",
  "timers",
  "facts",
  "wake",
] as const;

export type KeyName = (typeof KEY_NAMES)[number];

/** The last of them is the one that is listened to. */
export function keysOf(
  namespace: readonly string[],
  queue: string,
  names: readonly KeyName[] = KEY_NAMES,
): readonly Key[] {
  const place = [...namespace, queue];
  return names.map((name) => (name === "jobs" ? place : companionKey(place, name)));
}

const HIGHEST_PRIORITY = 1_000;
/** Digits of a time. */
export const TIME_DIGITS = 15;

/** Without a space, and nothing but ASCII, so that all stores have members in one order. */
export function encodeName(name: string): string {
  return encodeURIComponent(name);
}

/** The lesser the sooner, as a text of four digits. */
export function rankOf(priority: number): string {
  return String(HIGHEST_PRIORITY - priority).padStart(4, "0");
}

/** What a program knows of a record; the store puts the times before it. */
export function recordEnd(job: NewJob): string {
  const { attempts, backoffMs, maxBackoffMs, name, payload, priority } = job;
  const rank = rankOf(priority);
  return `${attempts} ${backoffMs} ${maxBackoffMs} ${encodeName(name)} ${rank}\n${payload}`;
}

/** Those of one name are one key's. */
export function uniqueField({ name, unique }: NewJob): string {
  return unique === undefined ? "" : `${encodeName(name)} ${unique.key}`;
}

interface Read {
  readonly name: string;
  readonly payload: string;
  readonly attempts: number;
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
  readonly priority: number;
  readonly addedAtMs: number;
  readonly expiresAtMs: number | undefined;
}

function readRecord(record: string): Read {
  const end = record.indexOf("\n");
  const [addedAt, , expiresAt, attempts, backoff, maxBackoff, name, rank] = record
    .slice(0, end)
    .split(" ");
  return {
    name: decodeURIComponent(name!),
    payload: record.slice(end + 1),
    attempts: Number(attempts),
    backoffMs: Number(backoff),
    maxBackoffMs: Number(maxBackoff),
    priority: HIGHEST_PRIORITY - Number(rank),
    addedAtMs: Number(addedAt),
    expiresAtMs: expiresAt === "-" ? undefined : Number(expiresAt),
  };
}

/** Of a list without separation. */
export function groups(flat: readonly string[], size: number): readonly string[][] {
  const found: string[][] = [];
  for (let index = 0; index < flat.length; index += size) {
    found.push(flat.slice(index, index + size));
  }
  return found;
}

const numberOf = (text: string): number | undefined => (text === "" ? undefined : Number(text));

/** As `claim` gives them. */
export function claimedJob([id, token, attempt, progress, record]: readonly string[]): ClaimedJob {
  const { expiresAtMs: _, ...job } = readRecord(record!);
  return {
    ...job,
    id: id!,
    token: Number(token),
    attempt: Number(attempt),
    progress: numberOf(progress!),
  };
}

/** As `view` gives them. */
export function jobRecord([
  id,
  state,
  atMs,
  attempt,
  progress,
  error,
  record,
]: readonly string[]): JobRecord {
  const { backoffMs: _, maxBackoffMs: __, ...job } = readRecord(record!);
  return {
    ...job,
    id: id!,
    state: state as JobState,
    atMs: Number(atMs),
    attempt: Number(attempt),
    progress: numberOf(progress!),
    error: error === "" ? undefined : error,
  };
}
