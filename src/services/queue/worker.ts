/** The loop of a worker: takes as many jobs as it has room for, keeps their leases, and waits to be woken. */

import { systemClock } from "../../core/clock.ts";
import { isClosed } from "../../core/error.ts";
import { pauseMs } from "../../core/retry.ts";
import { atMost, checkStopMs } from "../../core/stop.ts";
import { stackOf, warn } from "../../core/warning.ts";
import { Wakeup } from "../../core/wakeup.ts";
import type { QueueBackend } from "./backend.ts";
import { Delivery, type DeliveryOf, type Outside } from "./delivery.ts";
import { tell } from "./events.ts";
import type { Handler, StopWorkerOptions, Worker } from "./queue.ts";
import { Settler } from "./settler.ts";

/** How often a worker looks for what time brings, at the least and at most. */
const ADVANCE_MS = { least: 10, most: 1_000 } as const;
const STOP_MS = 10_000;

export interface WorkerSettings {
  readonly queue: string;
  readonly backend: QueueBackend;
  readonly handlers: ReadonlyMap<string, Handler<unknown>>;
  readonly concurrency: number;
  readonly leaseMs: number;
  readonly outside: Outside;
  readonly onStopped: () => void;
}

export class LoopWorker implements Worker {
  readonly #settings: WorkerSettings;
  readonly #of: DeliveryOf;
  readonly #names: readonly string[];
  /** Those whose handlers run, and those whose outcome is being told. */
  readonly #running = new Set<Delivery>();
  #handling = 0;
  readonly #claiming = new Wakeup();
  readonly #advancing = new Wakeup();
  readonly #renewing: NodeJS.Timeout;
  readonly #loops: Promise<unknown>;
  #unlisten: (() => Promise<void>) | undefined;
  #hasWarned = false;
  #isStopping = false;
  #stopped: Promise<void> | undefined;

  constructor(settings: WorkerSettings) {
    this.#settings = settings;
    const { backend, handlers, leaseMs, outside, queue } = settings;
    const onError = (error: unknown): void => this.#failed(error);
    const onRetry = (delayMs: number): void => this.wake(delayMs);
    this.#of = { queue, backend, settler: new Settler(backend, onError), outside, onRetry };
    this.#names = [...handlers.keys()];
    this.#renewing = setInterval(() => void this.#renew(), leaseMs / 3);
    this.#loops = this.#begin().then(() => Promise.all([this.#claimLoop(), this.#advanceLoop()]));
  }

  get running(): number {
    return this.#handling;
  }

  /** A job is there, or will be. */
  wake(delayMs: number): void {
    if (delayMs <= 0) this.#claiming.wake();
    else this.#advancing.wakeIn(delayMs);
  }

  /** Also where the backend is away just now. */
  async #begin(): Promise<void> {
    const { backend } = this.#settings;
    for (let failures = 0; !this.#isStopping;) {
      try {
        this.#unlisten = await backend.listen((delayMs) => this.wake(delayMs));
        return;
      } catch (error) {
        this.#failed(error);
        await this.#claiming.wait(pauseMs(++failures, Math.random) + 1);
      }
    }
  }

  #failed(error: unknown): void {
    const { queue } = this.#settings;
    tell({ queue, kind: "error", error });
    // Whoever closed what the queue stands on has no more use for its workers.
    if (isClosed(error)) return void this.stop({ timeoutMs: 1 });
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    warn(
      "PLINTH_QUEUE_FAILED",
      `A worker of the queue "${queue}" could not reach its jobs; it goes on trying. The channel plinth:queue tells of each time.`,
      stackOf(error),
    );
  }

  async #claimLoop(): Promise<void> {
    const { backend, concurrency } = this.#settings;
    let failures = 0;
    let idleMs = backend.poll.minMs;
    while (!this.#isStopping) {
      // What ended is told while the next jobs are fetched, but not without bound.
      const room = Math.min(concurrency - this.#handling, 2 * concurrency - this.#running.size);
      if (room <= 0) {
        await this.#claiming.wait(Infinity);
        continue;
      }
      let found = 0;
      try {
        found = await this.#claim(room);
        failures = 0;
      } catch (error) {
        this.#failed(error);
        idleMs = pauseMs(++failures, Math.random) + 1;
      }
      if (found > 0) idleMs = backend.poll.minMs;
      if (found === room || this.#isStopping) continue;
      const isWoken = await this.#claiming.wait(idleMs);
      idleMs = isWoken ? backend.poll.minMs : Math.min(backend.poll.maxMs, idleMs * 2);
    }
  }

  async #claim(room: number): Promise<number> {
    const { backend, leaseMs } = this.#settings;
    // From before it was asked: the lease can't end earlier than this process believes.
    const leaseEndMs = systemClock.monotonicMs() + leaseMs;
    const claimed = await backend.claim(this.#names, room, leaseMs);
    const deliveries = claimed.map((job) => new Delivery(this.#of, job, leaseEndMs));
    if (this.#isStopping) await Promise.allSettled(deliveries.map((each) => each.giveBack()));
    else for (const delivery of deliveries) void this.#run(delivery);
    return deliveries.length;
  }

  async #run(delivery: Delivery): Promise<void> {
    this.#running.add(delivery);
    this.#handling++;
    await delivery.run(this.#settings.handlers.get(delivery.name)!, () => {
      this.#handling--;
      this.#claiming.wake();
    });
    this.#running.delete(delivery);
    this.#claiming.wake();
  }

  async #renew(): Promise<void> {
    const { backend, leaseMs } = this.#settings;
    const nowMs = systemClock.monotonicMs();
    // What was just handed out has its lease still.
    const due = [...this.#running].filter(
      (each) => each.isHeld && each.leaseEndMs - nowMs < (leaseMs * 5) / 6,
    );
    if (due.length === 0) return;
    let answers: boolean[] | undefined;
    try {
      answers = await backend.renew(
        due.map(({ claim }) => claim),
        leaseMs,
      );
    } catch (error) {
      this.#failed(error);
    }
    due.forEach((each, index) => {
      if (answers?.[index] === true) each.leaseEndMs = nowMs + leaseMs;
      // Without an answer it may be somebody else's once its time is over.
      else if (each.isHeld && (answers !== undefined || each.leaseEndMs <= nowMs)) each.lose();
    });
  }

  async #advanceLoop(): Promise<void> {
    const { backend } = this.#settings;
    while (!this.#isStopping) {
      let nextInMs: number | undefined;
      try {
        const { released, nextInMs: found } = await backend.advance();
        if (released > 0) this.#claiming.wake();
        nextInMs = found;
      } catch (error) {
        this.#failed(error);
      }
      if (this.#isStopping) return;
      const { least, most } = ADVANCE_MS;
      await this.#advancing.wait(Math.min(most, Math.max(least, nextInMs ?? most)));
    }
  }

  async stop(options: StopWorkerOptions = {}): Promise<void> {
    const timeoutMs = checkStop(options);
    await (this.#stopped ??= this.#stop(timeoutMs));
  }

  async #stop(timeoutMs: number): Promise<void> {
    this.#isStopping = true;
    this.#claiming.wake();
    this.#advancing.wake();
    const endMs = systemClock.monotonicMs() + timeoutMs;
    await atMost(timeoutMs, this.#loops);
    await this.#idle(endMs);
    const late = [...this.#running].map((each) => each.giveBack());
    await atMost(1_000, Promise.allSettled(late));
    clearInterval(this.#renewing);
    await this.#unlisten?.().catch(() => {});
    this.#settings.onStopped();
  }

  async #idle(endMs: number): Promise<void> {
    while (this.#running.size > 0 && systemClock.monotonicMs() < endMs) {
      await this.#claiming.wait(Math.min(1_000, endMs - systemClock.monotonicMs()));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

/** @returns How long what runs may still take. */
export function checkStop({ timeoutMs = STOP_MS }: StopWorkerOptions): number {
  return checkStopMs(timeoutMs);
}
