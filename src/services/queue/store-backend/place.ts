/** What the procedures share, in the form for stores in this process; `lua.ts` has the same for servers. */

import type { Keyspace } from "../../kv/store.ts";
import { KEY_NAMES, TIME_DIGITS, type KeyName } from "./layout.ts";

/** A job as its record and its state have it. */
export interface PlacedJob {
  readonly id: string;
  readonly name: string;
  readonly rank: string;
  readonly added: number;
  readonly expires: number | undefined;
  readonly attempts: number;
  readonly record: string;
  due: number;
  token: number;
  attempt: number;
  error: string;
}

type Member = Pick<PlacedJob, "attempt" | "due" | "expires" | "id" | "name" | "rank" | "token">;

export function waitingMember(job: Omit<Member, "expires">): string {
  const due = String(job.due).padStart(TIME_DIGITS, "0");
  return `${job.name} ${job.rank}${due} ${job.id} ${job.token} ${job.attempt}`;
}

export function delayedMember({ attempt, id, name, rank, token }: Member): string {
  return `${name} ${rank} ${id} ${token} ${attempt}`;
}

export class Place {
  readonly space: Keyspace;
  readonly keys: Readonly<Record<KeyName, string>>;

  constructor(space: Keyspace, keys: readonly string[]) {
    this.space = space;
    this.keys = Object.fromEntries(KEY_NAMES.map((name, index) => [name, keys[index]!])) as Record<
      KeyName,
      string
    >;
  }

  signal(name: string, delayMs: number): void {
    const { facts, wake } = this.keys;
    if (this.space.field(facts, `i${name}`) === undefined) return;
    if (delayMs <= 0) this.space.setFields(facts, { [`i${name}`]: undefined });
    this.space.publish(wake, String(Math.max(0, delayMs)));
  }

  place(job: Member): void {
    const { delayed, timers, waiting } = this.keys;
    if (job.due > this.space.nowMs) this.space.addMember(delayed, delayedMember(job), job.due);
    else this.space.addMember(waiting, waitingMember(job), 0);
    if (job.expires !== undefined) this.space.addMember(timers, job.id, job.expires);
  }

  find(id: string): PlacedJob | undefined {
    const record = this.space.field(this.keys.jobs, `r${id}`);
    if (record === undefined) return undefined;
    const [added, due, expires, attempts, , , name, rank] = record.split(/[ \n]/, 8);
    const job: PlacedJob = {
      id,
      name: name!,
      rank: rank!,
      added: Number(added),
      expires: expires === "-" ? undefined : Number(expires),
      attempts: Number(attempts),
      record,
      due: Number(due),
      token: 0,
      attempt: 0,
      error: "",
    };
    const state = /^(\d+) (\d+) (\d+) ([^]*)$/.exec(
      this.space.field(this.keys.jobs, `s${id}`) ?? "",
    );
    if (state !== null) {
      [job.token, job.attempt, job.due] = state.slice(1, 4).map(Number) as [number, number, number];
      job.error = state[4]!;
    }
    return job;
  }

  keep({ attempt, due, error, id, token }: PlacedJob): void {
    this.space.setFields(this.keys.jobs, { [`s${id}`]: `${token} ${attempt} ${due} ${error}` });
  }

  release(id: string): void {
    const { facts, jobs } = this.keys;
    const field = this.space.field(jobs, `k${id}`);
    if (field === undefined) return;
    const holder = this.space.field(facts, `u${field}`);
    if (holder?.split(" ", 1)[0] === id) this.space.setFields(facts, { [`u${field}`]: undefined });
    this.space.setFields(jobs, { [`k${id}`]: undefined });
  }

  /** What is dead keeps no key, and is never too old. */
  bury({ expires, id, record }: PlacedJob): void {
    const { dead, jobs } = this.keys;
    this.release(id);
    this.space.addMember(dead, id, this.space.nowMs);
    if (expires === undefined) return;
    this.space.setFields(jobs, { [`r${id}`]: record.replace(/^(\d+ \d+) \S+/, "$1 -") });
  }

  forget(id: string): void {
    this.release(id);
    this.space.setFields(this.keys.jobs, {
      [`r${id}`]: undefined,
      [`s${id}`]: undefined,
      [`p${id}`]: undefined,
    });
  }

  /** Whether it is among those that wait, or that are not due. */
  isAt(state: "delayed" | "waiting", job: PlacedJob): boolean {
    const { delayed, waiting } = this.keys;
    return state === "waiting"
      ? this.space.score(waiting, waitingMember(job)) !== undefined
      : this.space.score(delayed, delayedMember(job)) !== undefined;
  }

  /** @returns How many there were. */
  discard(job: PlacedJob): number {
    const { delayed, timers, waiting } = this.keys;
    const isThere =
      this.space.removeMember(waiting, waitingMember(job)) ||
      this.space.removeMember(delayed, delayedMember(job));
    this.space.removeMember(timers, job.id);
    if (!isThere) return 0;
    this.forget(job.id);
    return 1;
  }

  expire(id: string): number {
    const job = this.find(id);
    const count = job === undefined ? 0 : this.discard(job);
    if (job === undefined) this.space.removeMember(this.keys.timers, id);
    if (count > 0) this.countExpired(count);
    return count;
  }

  countExpired(count: number): void {
    const { facts } = this.keys;
    const before = Number(this.space.field(facts, "expired") ?? 0);
    this.space.setFields(facts, { expired: before + count });
  }

  remove(key: "active" | "dead" | "delayed" | "done", member: string): boolean {
    return this.space.removeMember(this.keys[key], member);
  }
}

/** A local form that works on a place. */
export function inPlace<Result, Args extends readonly unknown[]>(
  work: (place: Place, args: Args) => Result,
): (space: Keyspace, keys: readonly string[], args: Args) => Result {
  return (space, keys, args) => work(new Place(space, keys), args);
}
