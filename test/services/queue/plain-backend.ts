// The contract of a queue's backend in plain code, in one process: what the others are held to.
import {
  LEAST_DELIVERIES,
  VANISHED,
  type AddedJob,
  type Advance,
  type Claim,
  type ClaimedJob,
  type JobFilter,
  type JobRecord,
  type JobState,
  type NewJob,
  type QueueBackend,
  type QueueCounts,
  type Settlement,
} from "../../../src/services/queue/backend.ts";

interface Row extends NewJob {
  state: JobState;
  atMs: number;
  attempt: number;
  token: number;
  progress: number | undefined;
  error: string | undefined;
  readonly addedAtMs: number;
  expiresAtMs: number;
  readonly uniqueUntilMs: number;
}

export class PlainBackend implements QueueBackend {
  readonly poll = { minMs: 20, maxMs: 100 };
  readonly #rows = new Map<string, Row>();
  readonly #schedules = new Map<string, number>();
  readonly #listeners = new Set<(delayMs: number) => void>();
  readonly #keepDoneMs: number;
  #isPaused = false;
  #expired = 0;

  constructor({ keepDoneMs = 0 }: { readonly keepDoneMs?: number | undefined } = {}) {
    this.#keepDoneMs = keepDoneMs;
  }

  async check(): Promise<void> {}

  async nowMs(): Promise<number> {
    return Date.now();
  }

  #all(isWanted: (row: Row) => boolean): Row[] {
    return [...this.#rows.values()].filter(isWanted);
  }

  async add(jobs: readonly NewJob[]): Promise<AddedJob[]> {
    return jobs.map((job) => this.#add(job));
  }

  #add(job: NewJob): AddedJob {
    const nowMs = Date.now();
    const [other] = this.#all(
      ({ expiresAtMs, name, state, unique, uniqueUntilMs }) =>
        name === job.name &&
        unique !== undefined &&
        unique.key === job.unique?.key &&
        state !== "dead" &&
        !((state === "waiting" || state === "delayed") && expiresAtMs <= nowMs) &&
        (state !== "done" || uniqueUntilMs > nowMs),
    );
    if (other !== undefined) return { id: other.id, isNew: false };
    this.#rows.set(job.id, {
      ...job,
      state: job.delayMs > 0 ? "delayed" : "waiting",
      atMs: nowMs + job.delayMs,
      attempt: 0,
      token: 0,
      progress: undefined,
      error: undefined,
      addedAtMs: nowMs,
      expiresAtMs: nowMs + (job.ttlMs ?? Infinity),
      uniqueUntilMs: nowMs + (job.unique?.forMs ?? 0),
    });
    for (const wake of this.#listeners) wake(job.delayMs);
    return { id: job.id, isNew: true };
  }

  async claim(names: readonly string[], limit: number, leaseMs: number): Promise<ClaimedJob[]> {
    if (this.#isPaused) return [];
    const nowMs = Date.now();
    return this.#all(
      (row) => row.state === "waiting" && names.includes(row.name) && row.expiresAtMs > nowMs,
    )
      .sort((one, two) => two.priority - one.priority || one.atMs - two.atMs)
      .slice(0, limit)
      .map((row) => {
        row.state = "active";
        row.atMs = nowMs + leaseMs;
        row.attempt++;
        row.token++;
        return { ...row };
      });
  }

  #held({ id, token }: Claim): Row | undefined {
    const row = this.#rows.get(id);
    return row?.state === "active" && row.token === token ? row : undefined;
  }

  async settle(settlements: readonly Settlement[]): Promise<boolean[]> {
    return settlements.map((each) => {
      const row = this.#held(each);
      if (row !== undefined) this.#settle(row, each);
      return row !== undefined;
    });
  }

  #settle(row: Row, outcome: Settlement): void {
    const nowMs = Date.now();
    if (outcome.kind === "done") {
      row.atMs = Math.max(nowMs + this.#keepDoneMs, row.uniqueUntilMs);
      row.state = "done";
      if (row.atMs <= nowMs) this.#rows.delete(row.id);
      return;
    }
    row.state = outcome.kind === "dead" ? "dead" : "waiting";
    row.atMs = nowMs;
    if (row.state === "dead") row.expiresAtMs = Infinity;
    if (outcome.kind === "release") row.attempt--;
    else row.error = outcome.error;
    if (outcome.kind === "retry" && outcome.delayMs > 0) {
      row.state = "delayed";
      row.atMs = nowMs + outcome.delayMs;
    }
  }

  async renew(claims: readonly Claim[], leaseMs: number): Promise<boolean[]> {
    return claims.map((claim) => {
      const row = this.#held(claim);
      if (row !== undefined) row.atMs = Date.now() + leaseMs;
      return row !== undefined;
    });
  }

  async progress(claim: Claim, progress: number): Promise<boolean> {
    const row = this.#held(claim);
    if (row !== undefined) row.progress = progress;
    return row !== undefined;
  }

  async advance(): Promise<Advance> {
    const nowMs = Date.now();
    let [released, dead, expired] = [0, 0, 0];
    for (const row of this.#rows.values()) {
      const isIdle = row.state === "waiting" || row.state === "delayed";
      if (isIdle && row.expiresAtMs <= nowMs) {
        this.#rows.delete(row.id);
        expired++;
      } else if (row.state === "done" && row.atMs <= nowMs) {
        this.#rows.delete(row.id);
      } else if (row.state === "active" && row.atMs <= nowMs) {
        const isOver = row.attempt >= Math.max(row.attempts, LEAST_DELIVERIES);
        row.state = isOver ? "dead" : "waiting";
        row.atMs = nowMs;
        row.error = VANISHED;
        if (isOver) row.expiresAtMs = Infinity;
        if (isOver) dead++;
        else released++;
      } else if (row.state === "delayed" && row.atMs <= nowMs) {
        row.state = "waiting";
        released++;
      }
    }
    this.#expired += expired;
    const times = this.#all(({ state }) => state !== "dead" && state !== "waiting")
      .map(({ atMs }) => atMs)
      .concat([...this.#rows.values()].map(({ expiresAtMs }) => expiresAtMs));
    const nextMs = Math.min(...times);
    return { released, dead, expired, nextInMs: nextMs === Infinity ? undefined : nextMs - nowMs };
  }

  async schedule(key: string): Promise<number> {
    if (!this.#schedules.has(key)) this.#schedules.set(key, Date.now());
    return this.#schedules.get(key)!;
  }

  async tick(key: string, tickMs: number, toMs: number, job: NewJob): Promise<boolean> {
    if ((this.#schedules.get(key) ?? -Infinity) >= tickMs) return false;
    this.#schedules.set(key, toMs);
    this.#add(job);
    return true;
  }

  async listen(wake: (delayMs: number) => void): Promise<() => Promise<void>> {
    this.#listeners.add(wake);
    return async () => void this.#listeners.delete(wake);
  }

  async setPaused(isPaused: boolean): Promise<void> {
    this.#isPaused = isPaused;
  }

  async get(id: string): Promise<JobRecord | undefined> {
    const row = this.#rows.get(id);
    return row && this.#record(row);
  }

  #record(row: Row): JobRecord {
    const expiresAtMs = row.expiresAtMs === Infinity ? undefined : row.expiresAtMs;
    return { ...row, expiresAtMs };
  }

  async list({ name, state }: JobFilter, limit: number): Promise<JobRecord[]> {
    return this.#all((row) => row.state === state && row.name === (name ?? row.name))
      .sort((one, two) => one.atMs - two.atMs)
      .slice(0, limit)
      .map((row) => this.#record(row));
  }

  async counts(): Promise<QueueCounts> {
    const count = (state: JobState): number => this.#all((row) => row.state === state).length;
    return {
      waiting: count("waiting"),
      delayed: count("delayed"),
      active: count("active"),
      dead: count("dead"),
      done: count("done"),
      expired: this.#expired,
      isPaused: this.#isPaused,
    };
  }

  async retry({ name }: Pick<JobFilter, "name">, ids?: readonly string[]): Promise<number> {
    const rows = this.#all(
      (row) =>
        row.state === "dead" &&
        row.name === (name ?? row.name) &&
        (ids === undefined || ids.includes(row.id)),
    );
    for (const row of rows) {
      Object.assign(row, { state: "waiting", attempt: 0, atMs: Date.now(), unique: undefined });
      for (const wake of this.#listeners) wake(0);
    }
    return rows.length;
  }

  async purge(
    { name, state }: JobFilter,
    olderThanMs: number,
    ids?: readonly string[],
  ): Promise<number> {
    const rows = this.#all(
      (row) =>
        row.state === state &&
        row.name === (name ?? row.name) &&
        row.addedAtMs <= Date.now() - olderThanMs &&
        (ids === undefined || ids.includes(row.id)),
    );
    for (const row of rows) this.#rows.delete(row.id);
    return rows.length;
  }

  async close(): Promise<void> {
    this.#listeners.clear();
  }
}
