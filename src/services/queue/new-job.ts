/** What `add` was given, checked, as a backend takes it. */

import { InvalidValueError } from "../../core/error.ts";
import { isText } from "../../core/text.ts";
import { uuidv7 } from "../../core/uuid.ts";
import { checkTtl, MAX_TTL_MS } from "../kv/check.ts";
import { encodePlain } from "../plain-json.ts";
import type { NewJob } from "./backend.ts";
import type { AddOptions, JobDefaults, UniqueOptions } from "./queue.ts";

const MAX_NAME_LENGTH = 100;
const MAX_KEY_LENGTH = 200;
const MAX_PRIORITY = 1_000;
const MAX_ATTEMPTS = 10_000;

/** The name of a queue, a job, or a schedule. */
export function checkName(name: unknown, what: string): string {
  if (isText(name, MAX_NAME_LENGTH)) return name;
  throw new InvalidValueError(`${what} is not a text of 1 to ${MAX_NAME_LENGTH} characters.`);
}

export function checkWhole(value: number, what: string, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new InvalidValueError(`${what} is not a whole number from ${least} to ${most}.`);
}

/** A time that may be none at all. */
export function checkDelay(value: number, what: string): number {
  if (value >= 0 && value <= MAX_TTL_MS) return Math.ceil(value);
  throw new InvalidValueError(`${what} is not a number of milliseconds from 0 to 100 years.`);
}

function delayOf({ delayMs, runAt }: AddOptions): number {
  if (runAt === undefined) return delayMs === undefined ? 0 : checkDelay(delayMs, "delayMs");
  if (delayMs !== undefined) {
    throw new InvalidValueError("A job has delayMs or runAt, not both.");
  }
  if (!(runAt instanceof Date) || Number.isNaN(runAt.getTime())) {
    throw new InvalidValueError("runAt is not a valid Date.");
  }
  return checkDelay(Math.max(0, runAt.getTime() - Date.now()), "The time until runAt");
}

function uniqueOf(unique: UniqueOptions | string | undefined): NewJob["unique"] {
  if (unique === undefined) return undefined;
  const { key, forMs = 0 } = typeof unique === "string" ? { key: unique } : unique;
  if (!isText(key, MAX_KEY_LENGTH)) {
    throw new InvalidValueError(
      `A unique key is not a text of 1 to ${MAX_KEY_LENGTH} characters.`,
      {
        hint: "Take the id of what the job is about, or a hash of it.",
      },
    );
  }
  return { key, forMs: checkDelay(forMs, "forMs") };
}

/** The options of a job over those of its queue. Undefined is as if it weren't there. */
export function newJob(
  name: string,
  payload: unknown,
  defaults: JobDefaults,
  options: AddOptions = {},
): NewJob {
  const ttlMs = options.ttlMs ?? defaults.ttlMs;
  const backoff = { ...defaults.backoff, ...options.backoff };
  const backoffMs = checkDelay(backoff.baseMs ?? 1_000, "backoff.baseMs");
  return {
    id: uuidv7(),
    name: checkName(name, "The job's name"),
    payload: encodePlain(payload),
    delayMs: delayOf(options),
    priority: checkWhole(
      options.priority ?? defaults.priority ?? 0,
      "priority",
      -MAX_PRIORITY,
      MAX_PRIORITY,
    ),
    attempts: checkWhole(options.attempts ?? defaults.attempts ?? 5, "attempts", 1, MAX_ATTEMPTS),
    backoffMs,
    maxBackoffMs: checkDelay(backoff.maxMs ?? Math.max(backoffMs, 3_600_000), "backoff.maxMs"),
    unique: uniqueOf(options.unique),
    ttlMs: ttlMs === undefined ? undefined : checkTtl(ttlMs),
  };
}
