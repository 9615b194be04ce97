/** A queue's jobs in a store: memory, a file that the processes of a machine share, Redis and Valkey, also a cluster. */

import { refuseEviction } from "../../kv/eviction.ts";
import type { Key } from "../../kv/key.ts";
import type { Argument, Procedure, Reply, Store } from "../../kv/store.ts";
import type {
  AddedJob,
  Advance,
  Claim,
  ClaimedJob,
  JobFilter,
  JobRecord,
  NewJob,
  QueueBackend,
  QueueCounts,
  Settlement,
} from "../backend.ts";
import { ADD_ONE_KEYS, addOneArguments, addOneProcedure, isPlain } from "./add-one.ts";
import { addArguments, addProcedure, scheduleProcedure, tickProcedure } from "./add.ts";
import { ADVANCE_LIMIT, advanceProcedure } from "./advance.ts";
import { CLAIM_WIDTH, claimArguments, claimProcedure } from "./claim.ts";
import { claimedJob, encodeName, groups, jobRecord, keysOf } from "./layout.ts";
import {
  countsProcedure,
  pauseProcedure,
  timeProcedure,
  VIEW_WIDTH,
  viewProcedure,
  waitingProcedure,
} from "./look.ts";
import { purgeProcedure, retryProcedure, scanProcedure } from "./select.ts";
import {
  claimsArguments,
  finishProcedure,
  progressProcedure,
  renewProcedure,
  settleArguments,
  settleProcedure,
} from "./settle.ts";

/** How many jobs an operator's command looks at in one step. */
const STEP = 500;
/** Who hears of jobs asks now and then all the same, as a message may be lost with a connection. */
const HEARING = { minMs: 1_000, maxMs: 5_000 } as const;
const DEAF = { minMs: 20, maxMs: 500 } as const;

const isYes = (answer: number): boolean => answer === 1;

export interface StoreBackendSettings {
  readonly queue: string;
  readonly namespace: readonly string[];
  readonly keepDoneMs: number;
}

export class StoreBackend implements QueueBackend {
  readonly #store: Store;
  readonly #keys: readonly Key[];
  readonly #addOneKeys: readonly Key[];
  readonly #keepDoneMs: number;
  #isHearing = false;

  constructor(store: Store, { keepDoneMs, namespace, queue }: StoreBackendSettings) {
    this.#store = store;
    this.#keys = keysOf(namespace, queue);
    this.#addOneKeys = keysOf(namespace, queue, ADD_ONE_KEYS);
    this.#keepDoneMs = keepDoneMs;
  }

  get poll(): QueueBackend["poll"] {
    return this.#isHearing ? HEARING : DEAF;
  }

  #run<Result extends Reply>(
    procedure: Procedure<Result>,
    args?: readonly Argument[],
  ): Promise<Result> {
    return this.#store.run(procedure, this.#keys, args);
  }

  async check(): Promise<void> {
    await refuseEviction(this.#store, "a queue would lose jobs");
  }

  nowMs(): Promise<number> {
    return this.#run(timeProcedure);
  }

  async add(jobs: readonly NewJob[]): Promise<AddedJob[]> {
    const [first] = jobs;
    if (jobs.length === 1 && isPlain(first!)) {
      await this.#store.run(addOneProcedure, this.#addOneKeys, addOneArguments(first!));
      return [{ id: first!.id, isNew: true }];
    }
    const others = await this.#run(addProcedure, addArguments(jobs));
    const added = jobs.map(({ id }): AddedJob => ({ id, isNew: true }));
    for (const [index, id] of groups(others, 2)) added[Number(index)] = { id: id!, isNew: false };
    return added;
  }

  async claim(names: readonly string[], limit: number, leaseMs: number): Promise<ClaimedJob[]> {
    const claimed = await this.#run(claimProcedure, claimArguments(names, limit, leaseMs));
    return groups(claimed, CLAIM_WIDTH).map(claimedJob);
  }

  async settle(settlements: readonly Settlement[]): Promise<boolean[]> {
    const answers = settlements.every(({ kind }) => kind === "done")
      ? await this.#run(finishProcedure, [this.#keepDoneMs, ...claimsArguments(settlements)])
      : await this.#run(settleProcedure, [this.#keepDoneMs, ...settleArguments(settlements)]);
    return answers.map(isYes);
  }

  async renew(claims: readonly Claim[], leaseMs: number): Promise<boolean[]> {
    return (await this.#run(renewProcedure, [leaseMs, ...claimsArguments(claims)])).map(isYes);
  }

  async progress(claim: Claim, progress: number): Promise<boolean> {
    return isYes(await this.#run(progressProcedure, [...claimsArguments([claim]), progress]));
  }

  async advance(): Promise<Advance> {
    const answer = await this.#run(advanceProcedure, [ADVANCE_LIMIT]);
    const [released, dead, expired, nextInMs] = answer as [number, number, number, number];
    return { released, dead, expired, nextInMs: nextInMs < 0 ? undefined : nextInMs };
  }

  async schedule(key: string): Promise<number> {
    return Number(await this.#run(scheduleProcedure, [key]));
  }

  async tick(key: string, tickMs: number, toMs: number, job: NewJob): Promise<boolean> {
    return isYes(await this.#run(tickProcedure, [key, tickMs, toMs, ...addArguments([job])]));
  }

  async setPaused(isPaused: boolean): Promise<void> {
    await this.#run(pauseProcedure, [Number(isPaused)]);
  }

  async get(id: string): Promise<JobRecord | undefined> {
    return (await this.#view([id]))[0];
  }

  async #view(ids: readonly string[]): Promise<JobRecord[]> {
    return groups(await this.#run(viewProcedure, ids), VIEW_WIDTH).map(jobRecord);
  }

  async list({ name, state }: JobFilter, limit: number): Promise<JobRecord[]> {
    const ids: string[] = [];
    if (state === "waiting") {
      const only = name === undefined ? "" : encodeName(name);
      ids.push(...(await this.#run(waitingProcedure, [limit, only])));
    } else {
      for await (const found of this.#scan({ name, state }, 0)) {
        ids.push(...found.ids);
        if (ids.length >= limit) break;
      }
    }
    const records: JobRecord[] = [];
    for (let from = 0; from < Math.min(limit, ids.length); from += STEP) {
      records.push(...(await this.#view(ids.slice(from, Math.min(limit, from + STEP)))));
    }
    // Some may have gone elsewhere meanwhile.
    return records.filter((record) => record.state === state);
  }

  /** Ids of jobs, in steps; whoever takes them away says how many, so that none is passed over. */
  async *#scan(
    { name, state }: JobFilter,
    olderThanMs: number,
  ): AsyncGenerator<{ readonly ids: readonly string[]; gone: number }> {
    const only = name === undefined ? "" : encodeName(name);
    for (let offset = 0; ;) {
      const args = [state, only, olderThanMs, offset, STEP];
      const [seen, ...ids] = await this.#run(scanProcedure, args);
      const step = { ids, gone: 0 };
      yield step;
      if (Number(seen) < STEP) return;
      offset += STEP - step.gone;
    }
  }

  async counts(): Promise<QueueCounts> {
    const [waiting, delayed, active, dead, done, expired, paused] = (await this.#run(
      countsProcedure,
    )) as [number, number, number, number, number, number, number];
    return { waiting, delayed, active, dead, done, expired, isPaused: paused === 1 };
  }

  async retry({ name }: Pick<JobFilter, "name">, ids?: readonly string[]): Promise<number> {
    return await this.#change({ name, state: "dead" }, 0, ids, (some) =>
      this.#run(retryProcedure, some),
    );
  }

  async purge(filter: JobFilter, olderThanMs: number, ids?: readonly string[]): Promise<number> {
    return await this.#change(filter, olderThanMs, ids, (some) =>
      this.#run(purgeProcedure, [filter.state, ...some]),
    );
  }

  /** @param change Takes jobs out of the state, and returns how many. */
  async #change(
    filter: JobFilter,
    olderThanMs: number,
    ids: readonly string[] | undefined,
    change: (ids: readonly string[]) => Promise<number>,
  ): Promise<number> {
    let count = 0;
    if (ids !== undefined) {
      for (let from = 0; from < ids.length; from += STEP) {
        count += await change(
          await this.#fitting(filter, olderThanMs, ids.slice(from, from + STEP)),
        );
      }
      return count;
    }
    for await (const step of this.#scan(filter, olderThanMs)) {
      if (step.ids.length > 0) step.gone = await change(step.ids);
      count += step.gone;
    }
    return count;
  }

  async #fitting(
    { name, state }: JobFilter,
    olderThanMs: number,
    ids: readonly string[],
  ): Promise<string[]> {
    const latestMs = (await this.nowMs()) - olderThanMs;
    return (await this.#view(ids))
      .filter((job) => job.state === state && job.name === (name ?? job.name))
      .filter(({ addedAtMs }) => addedAtMs <= latestMs)
      .map(({ id }) => id);
  }

  /** Until the store is reached, workers ask; from then on they are told. */
  async listen(wake: (delayMs: number) => void): Promise<() => Promise<void>> {
    const listening = this.#store.listen(this.#keys.at(-1)!, {
      message: (text) => wake(Number(text)),
      gap: () => wake(0),
      end: () => (this.#isHearing = false),
    });
    listening.ready.then(
      () => {
        this.#isHearing = true;
        wake(0);
      },
      // `end` was told as well.
      () => {},
    );
    return async () => listening.stop();
  }

  /** The store is its program's. */
  async close(): Promise<void> {}
}
