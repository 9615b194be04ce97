/** What is done with the entries of a topic, and how often it is tried. */

import { ConfigError } from "../core/error.ts";
import { LONGEST_MS } from "../core/stop.ts";
import { isText } from "../core/text.ts";

/** What a handler is told besides the payload. */
export interface OutboxEvent {
  /** The same at each delivery of the entry: what consumers tell by that they have done it. */
  readonly id: string;
  readonly topic: string;
  /** When it was added, by the clock of the process that did. */
  readonly createdAt: Date;
  /** Which attempt this is, from 1. */
  readonly attempt: number;
  /** Aborted when the time of the handler is over, when the lease was lost to somebody else, and when the outbox stops. */
  readonly signal: AbortSignal;
}

/** Called at least once for each entry; what it throws makes the entry wait for another attempt. */
export type OutboxHandler<Payload> = (payload: Payload, event: OutboxEvent) => unknown;

export interface BackoffOptions {
  /** The longest that the first pause can be, in milliseconds; each further one at most twice as long. Default 1_000. */
  readonly firstMs?: number;
  /** What no pause is longer than. Default 600_000. */
  readonly maxMs?: number;
}

export interface TopicOptions {
  /** How many entries of the topic this process handles at a time. Default: as many as of all topics. */
  readonly concurrency?: number;
  /** After how long a handler counts as failed, in milliseconds. Its signal is aborted then. Default 30_000. */
  readonly timeoutMs?: number;
  /** How many times an entry is tried before it is dead. Default 12, which takes about ten minutes; `Infinity` never ends. */
  readonly attempts?: number;
  readonly backoff?: BackoffOptions;
}

export interface TopicWork<Payload> extends TopicOptions {
  readonly handle: OutboxHandler<Payload>;
}

/** Handlers by their topics. */
export type OutboxHandlers<Topics> = {
  readonly [Topic in keyof Topics]?: OutboxHandler<Topics[Topic]> | TopicWork<Topics[Topic]>;
};

/** A topic with all that was left out. */
export interface Topic {
  readonly name: string;
  readonly handle: OutboxHandler<unknown>;
  readonly concurrency: number;
  readonly timeoutMs: number;
  readonly attempts: number;
  readonly firstMs: number;
  readonly maxMs: number;
}

const MAX_TOPIC_LENGTH = 200;
export const TOPIC_RULE: string = `A topic is a text of 1 to ${MAX_TOPIC_LENGTH} characters, without NUL.`;

export function isTopic(topic: unknown): boolean {
  return isText(topic, MAX_TOPIC_LENGTH);
}

/** Topics that begin so are of Plinth's own parts. */
const RESERVED = "plinth:";

export function isReserved(topic: string): boolean {
  return topic.startsWith(RESERVED);
}

/** @throws {ConfigError} for numbers that make no sense. */
export function checkCounts(where: string, counts: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(counts)) {
    const isCount = Number.isSafeInteger(value) && value > 0 && value <= LONGEST_MS;
    if (isCount || (name === "attempts" && value === Infinity)) continue;
    throw new ConfigError(`${name} of ${where} is not a whole number from 1 to ${LONGEST_MS}.`);
  }
}

export function topicOf(name: string, given: unknown): Topic {
  const work = (typeof given === "function" ? { handle: given } : given) as TopicWork<unknown>;
  if (typeof work?.handle !== "function") {
    throw new ConfigError(`The topic "${name}" has no handler.`, {
      hint: "Give it a function, or { handle: … }.",
    });
  }
  if (!isTopic(name)) throw new ConfigError(TOPIC_RULE);
  const { handle, concurrency = 1_000_000, timeoutMs = 30_000, attempts = 12, backoff = {} } = work;
  const { firstMs = 1_000, maxMs = 600_000 } = backoff;
  const counts = { concurrency, timeoutMs, attempts, firstMs, maxMs };
  checkCounts(`the topic "${name}"`, counts);
  return { name, handle, ...counts };
}
