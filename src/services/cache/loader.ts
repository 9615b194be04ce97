/** Loads what a cache hasn't got: once, however many ask. */

import type { Clock } from "../../core/clock.ts";
import { InvalidValueError } from "../../core/error.ts";
import { encodeKey } from "../kv/key.ts";
import type { Datum } from "../kv/store.ts";
import type { Stamps } from "./body.ts";
import { Flights, type Flight, type Loaded } from "./flights.ts";
import type { Metrics } from "./metrics.ts";
import type { Key, Look, Shelf } from "./shelf.ts";

const FIRST_PAUSE_MS = 4;
const LAST_PAUSE_MS = 50;
/** How old a load of this process may be that a reader joins, where no lease says it. */
const JOIN_WITHIN_MS = 5_000;

/** One reader's wish. */
export interface Job {
  readonly key: Key;
  /** The key as one text. */
  readonly name: string;
  readonly load: () => Promise<unknown>;
  readonly tags: readonly string[];
  /** Those of the tags that it stands and falls with only where there is nothing. */
  readonly tagsOfNothing: readonly string[];
  /** How long its value may be kept. */
  readonly longestMs: number;
  readonly encode: (value: unknown) => Datum | undefined;
  readonly decode: (payload: Datum | undefined) => unknown;
  /** How long a value is to be kept; 0: not. */
  readonly ttlMs: (value: unknown) => number;
}

/** The right to write what is loaded. */
interface Grant {
  /** Of a lease of its own. */
  readonly head: string | undefined;
  readonly version: string;
  readonly stamps: Stamps;
}

function loadedOf(job: Job, value: unknown, grant: Grant | undefined): Loaded {
  const { tagsOfNothing } = job;
  const all = grant?.stamps ?? [];
  const stamps =
    value === undefined || tagsOfNothing.length === 0
      ? all
      : all.filter(([tag]) => !tagsOfNothing.includes(tag));
  return { value, body: { payload: job.encode(value), stamps } };
}

/** Which value is whose can't be told. */
function miscountError(): InvalidValueError {
  return new InvalidValueError("A loader gave another number of values than it was asked for.", {
    hint: "Give one for each number, in their order; undefined where there is nothing.",
  });
}

/** Of loads without the store. */
const UNVERSIONED = "";

function versionsOf(version: string, stamps: Stamps): string {
  return [version, ...stamps.map(([, stamp]) => stamp)].join(" ");
}

export class Loader {
  readonly #shelf: Shelf;
  readonly #leaseMs: number;
  readonly #metrics: Metrics;
  readonly #clock: Clock;
  readonly #flights = new Flights();
  readonly #refreshing = new Set<string>();

  constructor(
    shelf: Shelf,
    { leaseMs }: { readonly leaseMs: number },
    metrics: Metrics,
    clock: Clock,
  ) {
    this.#shelf = shelf;
    this.#leaseMs = leaseMs;
    this.#metrics = metrics;
    this.#clock = clock;
  }

  /** What a reader gets who found no fresh value. */
  async answer(job: Job, look: Look): Promise<unknown> {
    switch (look.state) {
      case "away":
        this.#metrics.count("bypass");
        return await this.#withoutStore(job);
      case "missing":
        this.#metrics.count("miss");
        return await this.#obtain(job, look.voids);
      case "stale":
        this.#metrics.count("staleHit");
        this.#refresh(job);
        return look.value;
      default:
        return look.value;
    }
  }

  async #obtain(job: Job, voids: string | undefined): Promise<unknown> {
    const claimed = await this.#shelf.claim(job.key, { ...job, ttlMs: job.longestMs, voids });
    if (claimed === undefined) {
      this.#shelf.abandon(job.key);
      return await this.#withoutStore(job);
    }
    const { claim, stamps } = claimed;
    if (claim.kind === "filled") {
      const look = await this.#shelf.judgeFilled(claim.held);
      if (look.state === "away") return await this.#withoutStore(job);
      return look.state === "missing" ? await this.#obtain(job, look.voids) : look.value;
    }
    const versions = versionsOf(claim.version, stamps);
    // With a lease only those are granted who come first, or after its end, and needn't wait for a slow loader.
    const mayJoin = claim.kind === "taken" || this.#leaseMs === 0;
    const flight = mayJoin ? this.#flights.find(job.name, versions) : undefined;
    if (this.#isYoung(flight)) return await this.#join(job, flight.landing);
    const landing =
      claim.kind === "granted"
        ? this.#load(job, { ...claim, stamps })
        : this.#await(job, claim.leftMs);
    return await this.#start(job, versions, landing);
  }

  async #start(job: Job, versions: string, landing: Promise<Loaded>): Promise<unknown> {
    const startMs = this.#clock.monotonicMs();
    this.#flights.add(job.name, versions, { tags: job.tags, startMs, landing });
    return (await landing).value;
  }

  /** One that takes longer than a lease isn't waited for: it may never end. */
  #isYoung(flight: Flight | undefined): flight is Flight {
    if (flight === undefined) return false;
    return this.#clock.monotonicMs() - flight.startMs < (this.#leaseMs || JOIN_WITHIN_MS);
  }

  /** Each gets an object of its own. */
  async #join(job: Job, landing: Promise<Loaded>): Promise<unknown> {
    this.#metrics.count("shared");
    return job.decode((await landing).body.payload);
  }

  /** The readers of a process share a load also then, though without versions to tell what is newer. */
  async #withoutStore(job: Job): Promise<unknown> {
    const latest = this.#flights.latest(job.name);
    if (this.#isYoung(latest)) return await this.#join(job, latest.landing);
    return await this.#start(job, UNVERSIONED, this.#load(job, undefined));
  }

  async #load(job: Job, grant: Grant | undefined): Promise<Loaded> {
    const startMs = this.#clock.monotonicMs();
    const durationMs = (): number => this.#clock.monotonicMs() - startMs;
    let loaded: Loaded;
    try {
      const value = await job.load();
      loaded = loadedOf(job, value, grant);
      this.#metrics.count("load", { durationMs: durationMs() });
    } catch (error) {
      this.#metrics.count("loadError", { durationMs: durationMs(), error });
      if (grant?.head !== undefined) await this.#shelf.release(job.key, grant.head);
      throw error;
    }
    if (grant === undefined) return loaded;
    await this.#keep(job, loaded, grant);
    return loaded;
  }

  async #keep(job: Job, loaded: Loaded, { head, version }: Grant): Promise<void> {
    const ttlMs = job.ttlMs(loaded.value);
    if (ttlMs > 0) await this.#shelf.fill(job.key, loaded.body, { version, ttlMs });
    else if (head !== undefined) await this.#shelf.release(job.key, head);
  }

  /** Waits for the process that has the lease, looks now and then, and loads where that one doesn't. */
  async #await(job: Job, leftMs: number): Promise<Loaded> {
    this.#metrics.count("shared");
    const startMs = this.#clock.monotonicMs();
    let leaseEndMs = startMs + leftMs;
    let pauseMs = FIRST_PAUSE_MS;
    // Two leases: a key that is made void again and again isn't waited for.
    while (this.#clock.monotonicMs() < startMs + 2 * this.#leaseMs) {
      await this.#clock.sleep(pauseMs);
      pauseMs = Math.min(LAST_PAUSE_MS, pauseMs * 2);
      const look = await this.#shelf.look(job.key, job.tags);
      if (look.state === "away") break;
      if (look.state !== "missing") return look;
      const isOver = this.#clock.monotonicMs() >= leaseEndMs;
      if (!isOver && look.isClaimed) continue;
      const claimed = await this.#shelf.claim(job.key, {
        ...job,
        ttlMs: job.longestMs,
        voids: look.voids,
      });
      if (claimed === undefined) break;
      const { claim, stamps } = claimed;
      if (claim.kind === "granted") return await this.#load(job, { ...claim, stamps });
      if (claim.kind === "taken") leaseEndMs = this.#clock.monotonicMs() + claim.leftMs;
    }
    return await this.#load(job, undefined);
  }

  /**
   * What a reader of many gets: those that aren't there are loaded at once, whoever else loads some of them.
   *
   * @param load Is given the numbers of those that it is to load, and gives as many.
   */
  async answerMany(
    jobs: readonly Job[],
    load: (missing: readonly number[]) => Promise<readonly unknown[]>,
  ): Promise<unknown[]> {
    const asked = await Promise.all(jobs.map((job) => this.#askFor(job)));
    const missing = asked.flatMap((one, index) => ("value" in one ? [] : [index]));
    const values = asked.map((one) => ("value" in one ? one.value : undefined));
    if (missing.length === 0) return values;
    const grantOf = (index: number): Grant | undefined =>
      (asked[index] as { readonly grant: Grant | undefined }).grant;
    const startMs = this.#clock.monotonicMs();
    try {
      const found = await load(missing);
      if (!Array.isArray(found) || found.length !== missing.length) throw miscountError();
      missing.forEach((index, place) => (values[index] = found[place]));
      this.#metrics.count("load", { durationMs: this.#clock.monotonicMs() - startMs });
    } catch (error) {
      const durationMs = this.#clock.monotonicMs() - startMs;
      this.#metrics.count("loadError", { durationMs, error });
      for (const index of missing) {
        const head = grantOf(index)?.head;
        if (head !== undefined) await this.#shelf.release(jobs[index]!.key, head);
      }
      throw error;
    }
    const keep = async (index: number): Promise<void> => {
      const grant = grantOf(index);
      const job = jobs[index]!;
      if (grant !== undefined) await this.#keep(job, loadedOf(job, values[index], grant), grant);
    };
    await Promise.all(missing.map(keep));
    return values;
  }

  /** A value, or the right to write what is loaded, if the store is there. */
  async #askFor(
    job: Job,
  ): Promise<{ readonly value: unknown } | { readonly grant: Grant | undefined }> {
    let look = await this.#shelf.look(job.key, job.tags);
    for (;;) {
      if (look.state === "away") {
        this.#metrics.count("bypass");
        return { grant: undefined };
      }
      if (look.state === "fresh") {
        this.#metrics.count("hit");
        return { value: look.value };
      }
      const voids = look.state === "missing" ? look.voids : undefined;
      const claimed = await this.#shelf.claim(job.key, { ...job, ttlMs: job.longestMs, voids });
      if (claimed?.claim.kind === "filled") {
        look = await this.#shelf.judgeFilled(claimed.claim.held);
        continue;
      }
      this.#metrics.count("miss");
      if (claimed === undefined) return { grant: undefined };
      const { claim, stamps } = claimed;
      const head = claim.kind === "granted" ? claim.head : undefined;
      return { grant: { head, version: claim.version, stamps } };
    }
  }

  /** In the background, by one reader of all. */
  #refresh(job: Job): void {
    if (this.#refreshing.has(job.name)) return;
    this.#refreshing.add(job.name);
    const work = async (): Promise<Loaded | undefined> => {
      const claimed = await this.#shelf.claim(job.key, {
        ...job,
        ttlMs: job.longestMs,
        voids: undefined,
      });
      if (claimed?.claim.kind !== "granted") return undefined;
      return await this.#load(job, { ...claimed.claim, stamps: claimed.stamps });
    };
    const end = (): boolean => this.#refreshing.delete(job.name);
    // What goes wrong is counted; the reader has its answer.
    work().then(end, end);
  }

  detach(keys: readonly Key[]): void {
    for (const key of keys) this.#flights.detach(encodeKey("", key));
  }

  detachTags(tags: readonly string[]): void {
    this.#flights.detachTags(tags);
  }

  detachAll(): void {
    this.#flights.detachAll();
  }
}
