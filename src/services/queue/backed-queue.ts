/** The queue itself, over whatever keeps its jobs. */

import { AsyncLocalStorage } from "node:async_hooks";
import { ConnectionError, InvalidValueError } from "../../core/error.ts";
import type {
  AddedJob,
  JobFilter,
  JobRecord,
  JobState,
  NewJob,
  QueueBackend,
  QueueCounts,
} from "./backend.ts";
import { tell } from "./events.ts";
import { checkDelay, checkName, checkWhole, newJob } from "./new-job.ts";
import type {
  AddOptions,
  Handler,
  Handlers,
  JobDefaults,
  JobInput,
  JobName,
  JobSelection,
  JobView,
  ListOptions,
  PurgeJobsOptions,
  Queue,
  QueueOptions,
  Schedule,
  ScheduleOptions,
  StopWorkerOptions,
  Worker,
  WorkOptions,
} from "./queue.ts";
import { CronSchedule } from "./schedule.ts";
import { checkStop, LoopWorker } from "./worker.ts";

const STATES: readonly string[] = ["waiting", "delayed", "active", "dead", "done"];
const MAX_LISTED = 10_000;

function checkState(state: string): void {
  if (STATES.includes(state)) return;
  throw new InvalidValueError("There is no such state of a job.", {
    hint: `Known are ${STATES.join(", ")}.`,
  });
}

/** What is meant by their ids. */
function idsOf(which: {
  readonly id?: string | readonly string[];
  readonly name?: string;
}): readonly string[] | undefined {
  for (const part of ["id", "name"] as const) {
    if (!(part in which) || which[part] !== undefined) continue;
    throw new InvalidValueError(`The ${part} of the jobs that are meant is undefined.`, {
      hint: `Leave ${part} out where all are meant.`,
    });
  }
  const { id } = which;
  if (id === undefined) return undefined;
  const ids = typeof id === "string" ? [id] : id;
  if (ids.every((each) => typeof each === "string")) return ids;
  throw new InvalidValueError("The id of a job is a text.");
}

function viewOf<Jobs extends object>(record: JobRecord): JobView<Jobs> {
  const { addedAtMs, atMs, expiresAtMs, name, payload, ...others } = record;
  const view = {
    ...others,
    name,
    payload: JSON.parse(payload) as unknown,
    addedAt: new Date(addedAtMs),
    at: new Date(atMs),
    expiresAt: expiresAtMs === undefined ? undefined : new Date(expiresAtMs),
  };
  // What was added under the name; another program may have other names.
  return view as JobView<Jobs>;
}

export class BackedQueue<Jobs extends object, Context extends object> implements Queue<
  Jobs,
  Context
> {
  readonly name: string;
  readonly #backend: QueueBackend<Context>;
  readonly #defaults: JobDefaults;
  readonly #hasContext: (context: object) => boolean;
  readonly #workers = new Set<LoopWorker>();
  readonly #schedules = new Map<string, CronSchedule>();
  /** Handlers know nothing of the request, or the transaction, in which somebody said that there is to be a worker. */
  readonly #outside = AsyncLocalStorage.snapshot();
  #checked: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  /** @param hasContext Whether `add` was given what the backend is to get, such as a transaction. */
  constructor(
    backend: QueueBackend<Context>,
    { defaults = {}, name = "default" }: QueueOptions,
    hasContext: (context: object) => boolean = () => false,
  ) {
    this.#backend = backend;
    this.name = checkName(name, "The queue's name");
    this.#defaults = defaults;
    this.#hasContext = hasContext;
    // Whatever makes no sense is told where it stands.
    newJob("check", null, defaults);
  }

  #refuseClosed(): void {
    if (this.#closing === undefined) return;
    throw new ConnectionError("E_CLOSED", "The queue is closed; nothing was done.", {
      hint: "Close it when the program ends, not before.",
    });
  }

  /** The backend has said that a queue can stand on it; asked again where it was away. */
  async #ready(): Promise<void> {
    this.#refuseClosed();
    this.#checked ??= this.#backend.check();
    try {
      await this.#checked;
    } catch (error) {
      this.#checked = undefined;
      throw error;
    }
  }

  async #add(jobs: readonly NewJob[], context: Context | undefined): Promise<AddedJob[]> {
    if (context !== undefined && this.#hasContext(context)) {
      // Whatever was asked beside the transaction might wait for it.
      this.#refuseClosed();
      return await this.#backend.add(jobs, context);
    }
    await this.#ready();
    const added = await this.#backend.add(jobs);
    for (const worker of this.#workers) {
      for (const { delayMs } of jobs) worker.wake(delayMs);
    }
    return added;
  }

  async add<Name extends JobName<Jobs>>(
    name: Name,
    payload: Jobs[Name],
    options?: AddOptions & Context,
  ): Promise<AddedJob> {
    const [added] = await this.#add([newJob(name, payload, this.#defaults, options)], options);
    return added!;
  }

  async addMany(jobs: readonly JobInput<Jobs>[], context?: Context): Promise<AddedJob[]> {
    const all = jobs.map(({ name, payload, ...options }) =>
      newJob(name, payload, this.#defaults, options),
    );
    return all.length === 0 ? [] : await this.#add(all, context);
  }

  async work(
    what: string | Handlers<Jobs, Context>,
    ...rest: readonly (Handler<never> | WorkOptions | undefined)[]
  ): Promise<Worker> {
    const [handlers, options = {}] =
      typeof what === "string"
        ? [{ [what]: rest[0] }, rest[1] as WorkOptions | undefined]
        : [what, rest[0] as WorkOptions | undefined];
    const { concurrency = 1, leaseMs = 30_000, signal } = options;
    const given = {
      handlers: handlersOf(handlers),
      concurrency: checkWhole(concurrency, "concurrency", 1, 10_000),
      leaseMs: checkWhole(leaseMs, "leaseMs", 100, 86_400_000),
    };
    await this.#ready();
    this.#refuseClosed();
    const settings = {
      queue: this.name,
      // What a handler passes to complete() is what this queue's type lets it.
      backend: this.#backend as QueueBackend,
      ...given,
      outside: this.#outside,
      onStopped: () => {
        this.#workers.delete(worker);
        signal?.removeEventListener("abort", stop);
      },
    };
    const worker: LoopWorker = this.#outside(() => new LoopWorker(settings));
    const stop = (): void => void worker.stop();
    this.#workers.add(worker);
    if (signal?.aborted === true) stop();
    signal?.addEventListener("abort", stop, { once: true });
    return worker;
  }

  async schedule<Name extends JobName<Jobs>>(
    name: Name,
    cron: string,
    payload: Jobs[Name],
    options: ScheduleOptions = {},
  ): Promise<Schedule> {
    const { key = name, missed = "once", timezone = "UTC", ...others } = options;
    const makeJob = (): NewJob => newJob(name, payload, this.#defaults, others);
    // What makes no sense is told now, not at three in the night.
    makeJob();
    checkName(key, "The schedule's key");
    if (missed !== "once" && missed !== "skip") {
      throw new InvalidValueError('missed is neither "once" nor "skip".');
    }
    await this.#ready();
    const onError = (error: unknown): void => tell({ queue: this.name, kind: "error", error });
    const settings = { key, cron, timezone, missed, makeJob, onError };
    const backend = this.#backend as QueueBackend;
    const schedule = await this.#outside(() => CronSchedule.start(backend, settings));
    try {
      this.#refuseClosed();
      this.#refuseTaken(key);
    } catch (error) {
      await schedule.stopped();
      throw error;
    }
    this.#schedules.set(key, schedule);
    return schedule;
  }

  /** Two under one key would settle each other's ticks. */
  #refuseTaken(key: string): void {
    const other = this.#schedules.get(key);
    if (other === undefined || other.isStopped) return;
    throw new InvalidValueError("The queue has another schedule of this key.", {
      hint: "Stop that one first, or give each a key of its own: schedule(…, { key }).",
    });
  }

  async get(id: string): Promise<JobView<Jobs> | undefined> {
    idsOf({ id });
    await this.#ready();
    const record = await this.#backend.get(id);
    return record === undefined ? undefined : viewOf(record);
  }

  async list(
    state: JobState,
    { limit = 100, name }: ListOptions<Jobs> = {},
  ): Promise<JobView<Jobs>[]> {
    checkState(state);
    checkWhole(limit, "limit", 1, MAX_LISTED);
    await this.#ready();
    const records = await this.#backend.list({ state, name }, limit);
    return records.map((record) => viewOf(record));
  }

  dead(options?: ListOptions<Jobs>): Promise<JobView<Jobs>[]> {
    return this.list("dead", options);
  }

  async counts(): Promise<QueueCounts> {
    await this.#ready();
    return await this.#backend.counts();
  }

  async retry(which: JobSelection<Jobs>): Promise<number> {
    const ids = idsOf(which);
    await this.#ready();
    return await this.#backend.retry({ name: which.name }, ids);
  }

  async purge(which: PurgeJobsOptions<Jobs> = {}): Promise<number> {
    const { name, olderThanMs = 0, state = "dead" } = which;
    const ids = idsOf(which);
    checkState(state);
    if ((state as JobState) === "active") {
      throw new InvalidValueError("Active jobs aren't purged, as their workers have begun them.");
    }
    const filter: JobFilter = { state, name };
    checkDelay(olderThanMs, "olderThanMs");
    await this.#ready();
    return await this.#backend.purge(filter, olderThanMs, ids);
  }

  async pause(): Promise<void> {
    await this.#ready();
    await this.#backend.setPaused(true);
  }

  async resume(): Promise<void> {
    await this.#ready();
    await this.#backend.setPaused(false);
    for (const worker of this.#workers) worker.wake(0);
  }

  async close(options?: StopWorkerOptions): Promise<void> {
    if (options !== undefined) checkStop(options);
    await (this.#closing ??= this.#close(options));
  }

  async #close(options: StopWorkerOptions | undefined): Promise<void> {
    const stopping = [...this.#schedules.values()].map((each) => each.stopped());
    await Promise.all([...stopping, ...[...this.#workers].map((each) => each.stop(options))]);
    await this.#backend.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

function handlersOf(handlers: object): Map<string, Handler<unknown>> {
  const found = new Map<string, Handler<unknown>>();
  for (const [name, handler] of Object.entries(handlers)) {
    checkName(name, "The job's name");
    if (typeof handler !== "function") {
      throw new InvalidValueError("The handler of a job is no function.", {
        hint: "Write work(name, async (payload) => { … }).",
      });
    }
    found.set(name, handler as Handler<unknown>);
  }
  if (found.size > 0) return found;
  throw new InvalidValueError("A worker needs a handler.", {
    hint: "Pass an object of them by the names of jobs.",
  });
}
