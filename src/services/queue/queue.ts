/** Work that is done later, elsewhere, and at least once. */

import type { AddedJob, JobState, QueueCounts } from "./backend.ts";

/** Of a map of jobs their names; the map may be an interface. */
export type JobName<Jobs extends object> = keyof Jobs & string;

/** How pauses between attempts grow: full jitter below a ceiling that doubles. */
export interface Backoff {
  /** The ceiling before the second attempt, in milliseconds. Default 1_000. */
  readonly baseMs?: number | undefined;
  /** The greatest ceiling. Default 3_600_000, an hour. */
  readonly maxMs?: number | undefined;
}

export interface UniqueOptions {
  readonly key: string;
  /** Also after the job is done, until so many milliseconds have passed since it was added. Default 0. */
  readonly forMs?: number | undefined;
}

/** What all jobs of a queue have, unless they say otherwise. */
export interface JobDefaults {
  /** How often it is tried at most. Default 5. */
  readonly attempts?: number | undefined;
  readonly backoff?: Backoff | undefined;
  /** From -1000 to 1000; the greater the sooner. Default 0. */
  readonly priority?: number | undefined;
  /** Dropped unless begun within this time: a message that nobody wants later. Default: never. */
  readonly ttlMs?: number | undefined;
}

export interface AddOptions extends JobDefaults {
  /** Not before so many milliseconds have passed. Default 0. */
  readonly delayMs?: number | undefined;
  /** Not before this time, by this process's clock; instead of `delayMs`. */
  readonly runAt?: Date | undefined;
  /**
   * A key that no two jobs of one name have at once: adding a second gives the first. Free again once the job is done, dead
   * or gone. At most 200 characters.
   */
  readonly unique?: UniqueOptions | string | undefined;
}

/** One of several jobs that are added at once. */
export type JobInput<Jobs extends object> = {
  readonly [Name in JobName<Jobs>]: AddOptions & {
    readonly name: Name;
    readonly payload: Jobs[Name];
  };
}[JobName<Jobs>];

/** A job, to its handler. */
export interface Job<Name extends string = string, Context extends object = object> {
  readonly id: string;
  readonly name: Name;
  /** Which attempt this is, from 1. Attempts whose worker vanished count. */
  readonly attempt: number;
  readonly attempts: number;
  readonly priority: number;
  /** When it was added, by the clock of the queue. */
  readonly addedAt: Date;
  /**
   * Grows with each delivery of the job: what is told the token of a later one can refuse this one.
   */
  readonly token: number;
  /** Aborted when the lease is lost, or the worker stops and has no more time. Its reason says which. */
  readonly signal: AbortSignal;
  /** What was reported last, maybe by an attempt before. */
  readonly lastProgress: number | undefined;
  /**
   * Reports how far it is.
   *
   * @param progress From 0 to 100.
   * @throws {LeaseLostError} when the job is no longer this worker's.
   */
  progress(progress: number): Promise<void>;
  /**
   * Ends the job before its handler does; with a transaction, together with what that writes: then its effects are there
   * once, however often the job is delivered.
   *
   * @throws {LeaseLostError} when the job is no longer this worker's. Let it roll the transaction back.
   */
  complete(context?: Context): Promise<void>;
  /** What the handler throws from now on makes the job dead at once. */
  giveUp(): void;
}

export type Handler<Payload, Name extends string = string, Context extends object = object> = (
  payload: Payload,
  job: Job<Name, Context>,
) => unknown;

export type Handlers<Jobs extends object, Context extends object = object> = {
  readonly [Name in JobName<Jobs>]?: Handler<Jobs[Name], Name, Context>;
};

export interface WorkOptions {
  /** How many jobs run at once in this worker. Default 1. */
  readonly concurrency?: number | undefined;
  /**
   * How long a job is this worker's without a sign of life. While the process lives it is renewed; after it died, others get
   * the job within this time and a second. Default 30_000.
   */
  readonly leaseMs?: number | undefined;
  /** Stops the worker when aborted, as `stop()` does. */
  readonly signal?: AbortSignal | undefined;
}

export interface StopWorkerOptions {
  /** How long what runs may still take, in milliseconds. Then its signals are aborted and its jobs given back. Default 10_000; `Infinity` waits for all. */
  readonly timeoutMs?: number | undefined;
}

export interface Worker extends AsyncDisposable {
  /** How many jobs it runs now. */
  readonly running: number;
  /** Takes no more jobs, waits for what runs, and gives back what doesn't end in time. Throws for nothing but a `timeoutMs` that is none; more calls wait for the first. */
  stop(options?: StopWorkerOptions): Promise<void>;
}

export interface ScheduleOptions extends JobDefaults {
  /** An IANA time zone, such as `"Europe/Berlin"`. Default `"UTC"`. */
  readonly timezone?: string | undefined;
  /** What the schedule is known by, over all processes and deployments. Default: the job's name. Each of a queue has its own. */
  readonly key?: string | undefined;
  /**
   * When ticks passed while no process was there: runs the job once for all of them, the default, or not at all.
   */
  readonly missed?: "once" | "skip" | undefined;
  readonly unique?: UniqueOptions | string | undefined;
}

export interface Schedule {
  /** When the next tick is. */
  next(): Date | undefined;
  /** This process no longer sees to it. */
  stop(): void;
}

/** A job of one name as it stands. */
export interface NamedJobView<Name extends string, Payload> {
  readonly id: string;
  readonly name: Name;
  readonly payload: Payload;
  readonly state: JobState;
  readonly priority: number;
  /** How often it was handed out. */
  readonly attempt: number;
  readonly attempts: number;
  readonly progress: number | undefined;
  readonly addedAt: Date;
  /** When it is due, its lease ends, it died, or it is forgotten: as its state is. */
  readonly at: Date;
  readonly expiresAt: Date | undefined;
  /** Why the last attempt failed. */
  readonly error: string | undefined;
}

/** A job as it stands. Its name tells what its payload is. */
export type JobView<Jobs extends object = Record<string, unknown>> = {
  readonly [Name in JobName<Jobs>]: NamedJobView<Name, Jobs[Name]>;
}[JobName<Jobs>];

export interface ListOptions<Jobs extends object> {
  readonly name?: JobName<Jobs> | undefined;
  /** Default 100. */
  readonly limit?: number | undefined;
}

/** Which jobs: one, some, or all that the filter has. What is `undefined` is refused, as it would mean all. */
export interface JobSelection<Jobs extends object> {
  readonly id?: string | readonly string[];
  readonly name?: JobName<Jobs>;
}

export interface PurgeJobsOptions<Jobs extends object> extends JobSelection<Jobs> {
  /** Default `"dead"`. Active ones aren't purged. */
  readonly state?: Exclude<JobState, "active"> | undefined;
  /** Only jobs that were added longer ago. Default 0. */
  readonly olderThanMs?: number | undefined;
}

/**
 * A queue of jobs by name.
 *
 * @typeParam Jobs The payload of each name: `{ "mail.welcome": { userId: string } }`.
 * @typeParam Context What `add` may be given beside: of a queue on a database `{ tx }`.
 */
export interface Queue<
  Jobs extends object = Record<string, unknown>,
  Context extends object = object,
> extends AsyncDisposable {
  readonly name: string;
  /**
   * @param payload What JSON can keep, as it is; at most a mebibyte.
   * @throws {InvalidValueError} for another payload, and options that make no sense. Nothing was sent.
   */
  add<Name extends JobName<Jobs>>(
    name: Name,
    payload: Jobs[Name],
    options?: AddOptions & Context,
  ): Promise<AddedJob>;
  /** Adds several at once, all or none. */
  addMany(jobs: readonly JobInput<Jobs>[], context?: Context): Promise<AddedJob[]>;
  /**
   * Begins to work, until it is stopped, the queue is closed, or the process ends, and keeps that from ending. A handler that returns has done the job; one
   * that throws has it tried again later.
   */
  work<Name extends JobName<Jobs>>(
    name: Name,
    handler: Handler<Jobs[Name], Name, Context>,
    options?: WorkOptions,
  ): Promise<Worker>;
  work(handlers: Handlers<Jobs, Context>, options?: WorkOptions): Promise<Worker>;
  /**
   * Adds a job at each tick of a cron expression, one for each tick, however many processes say so and whatever their clocks
   * say. Of a schedule that no process sees to any longer there are no more ticks.
   *
   * @param cron Five fields, or six with seconds first: `"0 3 * * *"`.
   */
  schedule<Name extends JobName<Jobs>>(
    name: Name,
    cron: string,
    payload: Jobs[Name],
    options?: ScheduleOptions,
  ): Promise<Schedule>;
  /** Undefined for a job that is done and no longer kept. */
  get(id: string): Promise<JobView<Jobs> | undefined>;
  list(state: JobState, options?: ListOptions<Jobs>): Promise<JobView<Jobs>[]>;
  /** Those that are not tried again. The same as `list("dead")`. */
  dead(options?: ListOptions<Jobs>): Promise<JobView<Jobs>[]>;
  counts(): Promise<QueueCounts>;
  /** Lets dead jobs be tried again, with all their attempts. @returns How many. */
  retry(which: JobSelection<Jobs>): Promise<number>;
  /** Deletes jobs. @returns How many. */
  purge(which?: PurgeJobsOptions<Jobs>): Promise<number>;
  /** No worker of any process gets a job until `resume()`; what runs goes on. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Stops its workers and schedules; more calls wait for the first. The database or the store stays open. */
  close(options?: StopWorkerOptions): Promise<void>;
}

/** What is published on the channel `plinth:queue` of `node:diagnostics_channel`. */
export interface QueueEvent {
  readonly queue: string;
  readonly kind:
    /** A job was done. */
    | "done"
    /** An attempt failed, and there is another. */
    | "retry"
    | "dead"
    /** A handler ended, and its job was no longer this worker's. */
    | "lost"
    /** The backend failed; it is asked again. */
    | "error";
  readonly name?: string | undefined;
  readonly id?: string | undefined;
  readonly attempt?: number | undefined;
  /** How long the handler ran. */
  readonly durationMs?: number | undefined;
  readonly error?: unknown;
}

/** What every queue takes, whatever it stands on. */
export interface QueueOptions {
  /** Queues of one name are one. Default `"default"`. */
  readonly name?: string | undefined;
  /** What its jobs have, unless they say otherwise. */
  readonly defaults?: JobDefaults | undefined;
  /** How long jobs that are done are kept, for `get` and `list`. Default 0. */
  readonly keepDoneMs?: number | undefined;
}
