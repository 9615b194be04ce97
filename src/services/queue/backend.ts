/**
 * What a queue stands on: where its jobs are kept, and who hands them out. Time is the backend's own; programs say how
 * long, not when. Each method is one change as a whole. What fails as the backend is away throws `ConnectionError` or
 * `TimeoutError`, and may have been done.
 */

/** A job that is to be. */
export interface NewJob {
  /** Made by the queue, a UUID that sorts by time. */
  readonly id: string;
  readonly name: string;
  /** JSON. */
  readonly payload: string;
  /** Not before so many milliseconds have passed; 0: at once. */
  readonly delayMs: number;
  /** The greater the sooner; -1000 to 1000, usually 0. */
  readonly priority: number;
  /** How often it is tried at most. */
  readonly attempts: number;
  /** The greatest pause before the second attempt, and the greatest at all; 0: none. */
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
  /** No other job of the name has this key while this one is there and not dead, and, with `forMs`, before that time is over. */
  readonly unique?: { readonly key: string; readonly forMs: number } | undefined;
  /** Dropped, and counted as expired, unless it was begun within this time. */
  readonly ttlMs?: number | undefined;
}

export interface AddedJob {
  /** Of the job that is there now: the new one, or the one that has its key. */
  readonly id: string;
  /** False where another job has the key. */
  readonly isNew: boolean;
}

/** One delivery of a job: a later one has another token. */
export interface Claim {
  readonly id: string;
  /** Grows with each delivery of the job. */
  readonly token: number;
}

export interface ClaimedJob extends Claim {
  readonly name: string;
  readonly payload: string;
  /** Which attempt this is, from 1. */
  readonly attempt: number;
  readonly attempts: number;
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
  readonly priority: number;
  /** By the backend's clock, in milliseconds since 1970. */
  readonly addedAtMs: number;
  /** What the delivery before reported. */
  readonly progress: number | undefined;
}

/** What became of a delivery. */
export type Outcome =
  /** It is done, and gone, but for what its key or `keepDoneMs` holds on to. */
  | { readonly kind: "done" }
  /** It is tried again so much later. */
  | { readonly kind: "retry"; readonly delayMs: number; readonly error: string }
  /** It is not tried again, and kept among the dead ones. It keeps no key. */
  | { readonly kind: "dead"; readonly error: string }
  /** It is given back, and waits as if it had not been handed out. */
  | { readonly kind: "release" };

export type Settlement = Claim & Outcome;

/** Where a job is: to be handed out, waiting for its time, handed out, given up, done and still kept. */
export type JobState = "waiting" | "delayed" | "active" | "dead" | "done";

/** A job as it stands. */
export interface JobRecord {
  readonly id: string;
  readonly name: string;
  readonly state: JobState;
  readonly payload: string;
  readonly priority: number;
  readonly attempt: number;
  readonly attempts: number;
  readonly progress: number | undefined;
  /** By the backend's clock, in milliseconds since 1970. */
  readonly addedAtMs: number;
  /** When it is due, its lease ends, it died, or it is forgotten: as its state is. */
  readonly atMs: number;
  readonly expiresAtMs: number | undefined;
  /** Why the last attempt failed. */
  readonly error: string | undefined;
}

export interface QueueCounts {
  readonly waiting: number;
  readonly delayed: number;
  readonly active: number;
  readonly dead: number;
  /** Those that are still kept. */
  readonly done: number;
  /** How many were dropped since the queue began, as their `ttlMs` was over. */
  readonly expired: number;
  readonly isPaused: boolean;
}

export interface JobFilter {
  readonly state: JobState;
  readonly name?: string | undefined;
}

export interface Advance {
  /** How many jobs can be handed out now that couldn't before. */
  readonly released: number;
  /** How many died, as they were handed out too often and nobody said what became of them. */
  readonly dead: number;
  readonly expired: number;
  /** In how many milliseconds there is something to do again; undefined: not unless jobs come. */
  readonly nextInMs: number | undefined;
}

/**
 * A job whose worker vanished is handed out at least so often, also where it is to be tried less: its worker may have died
 * for another reason. Beyond that it counts as what kills its workers.
 */
export const LEAST_DELIVERIES = 3;

/** Why such a job is dead. */
export const VANISHED = "Its worker vanished, or stalled beyond its lease.";

/** @typeParam Context What `add` and `complete` may be given beside: a transaction. */
export interface QueueBackend<Context = unknown> {
  /** How often to ask while there is nothing: first, and at most. Short where asking is cheap and nobody wakes. */
  readonly poll: { readonly minMs: number; readonly maxMs: number };
  /** Refuses, before anything else, what no queue can stand on: a store that evicts, a database without the tables. */
  check(): Promise<void>;
  /** The time, in milliseconds since 1970. */
  nowMs(): Promise<number>;
  /**
   * All or none, in their order. Those who listen are woken, in a transaction once it is committed.
   *
   * @returns For each what became of it. Of two of one call with one key the first is new.
   */
  add(jobs: readonly NewJob[], context?: Context): Promise<AddedJob[]>;
  /**
   * Hands out jobs that wait: by priority, then the one that was due longest. None of a queue that is paused.
   *
   * @param names Only jobs of these names.
   */
  claim(names: readonly string[], limit: number, leaseMs: number): Promise<ClaimedJob[]>;
  /** @returns For each whether it was still the job's delivery; else nothing was done. */
  settle(settlements: readonly Settlement[], context?: Context): Promise<boolean[]>;
  /** Their leases end so much later than now. @returns For each whether it was still the job's delivery. */
  renew(claims: readonly Claim[], leaseMs: number): Promise<boolean[]>;
  /** @returns Whether it was still the job's delivery. */
  progress(claim: Claim, progress: number): Promise<boolean>;
  /**
   * Lets come what time brings: delayed jobs wait, those whose lease is over wait again or are dead, those that are too old
   * vanish. Called by every worker now and then; costs one look while there is nothing to do.
   */
  advance(): Promise<Advance>;
  /**
   * Begins a schedule.
   *
   * @returns Up to when its ticks are settled: for a new one, until now.
   */
  schedule(key: string): Promise<number>;
  /**
   * One tick of a schedule: adds the job if the schedule isn't settled up to `tickMs`, and settles it up to `toMs`.
   *
   * @returns Whether this call was it.
   */
  tick(key: string, tickMs: number, toMs: number, job: NewJob): Promise<boolean>;
  /**
   * Tells of jobs that came, by whichever process, as far as it can; what comes twice or not at all does no harm.
   *
   * @param wake In how many milliseconds a job is due; 0: now.
   * @returns What ends it.
   */
  listen(wake: (delayMs: number) => void): Promise<() => Promise<void>>;
  setPaused(isPaused: boolean): Promise<void>;
  get(id: string): Promise<JobRecord | undefined>;
  /** Those that are due, or died, first come first. @param limit At most 10_000. */
  list(filter: JobFilter, limit: number): Promise<JobRecord[]>;
  counts(): Promise<QueueCounts>;
  /** Lets dead jobs wait again, with all their attempts. @param ids Undefined: all that the filter has. @returns How many. */
  retry(filter: Pick<JobFilter, "name">, ids?: readonly string[]): Promise<number>;
  /**
   * Deletes jobs, but none that is active. @returns How many.
   *
   * @param olderThanMs Only those that were added longer ago.
   */
  purge(filter: JobFilter, olderThanMs: number, ids?: readonly string[]): Promise<number>;
  close(): Promise<void>;
}
