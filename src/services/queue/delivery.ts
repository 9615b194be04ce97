/** One delivery of a job, from when it is handed out until its outcome is told. */

import { CancelledError, InvalidValueError, LeaseLostError } from "../../core/error.ts";
import { systemClock } from "../../core/clock.ts";
import { pauseMs } from "../../core/retry.ts";
import { errorText } from "../error-text.ts";
import type { Claim, ClaimedJob, Outcome, QueueBackend, Settlement } from "./backend.ts";
import { tell } from "./events.ts";
import type { Handler, Job } from "./queue.ts";
import type { Settler } from "./settler.ts";

export type Outside = <Result>(work: () => Result) => Result;

export interface DeliveryOf {
  readonly queue: string;
  readonly backend: QueueBackend;
  readonly settler: Settler;
  /** Runs a handler where it knows nothing of whoever called `work`, nor of other handlers. */
  readonly outside: Outside;
  /** A job is due again in so many milliseconds. */
  readonly onRetry: (delayMs: number) => void;
}

export class Delivery implements Job {
  readonly id: string;
  readonly name: string;
  readonly attempt: number;
  readonly attempts: number;
  readonly priority: number;
  readonly addedAt: Date;
  readonly token: number;
  readonly #of: DeliveryOf;
  readonly #claimed: ClaimedJob;
  readonly #controller = new AbortController();
  #progress: number | undefined;
  #state: "completed" | "gone" | "running" = "running";
  #isHopeless = false;
  /** When the lease ends as far as this process can know, by the monotonic clock. */
  leaseEndMs: number;

  constructor(of: DeliveryOf, claimed: ClaimedJob, leaseEndMs: number) {
    this.#of = of;
    this.#claimed = claimed;
    this.id = claimed.id;
    this.name = claimed.name;
    this.attempt = claimed.attempt;
    this.attempts = claimed.attempts;
    this.priority = claimed.priority;
    this.addedAt = new Date(claimed.addedAtMs);
    this.token = claimed.token;
    this.#progress = claimed.progress;
    this.leaseEndMs = leaseEndMs;
  }

  get claim(): Claim {
    return { id: this.id, token: this.token };
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get lastProgress(): number | undefined {
    return this.#progress;
  }

  /** Whether its lease is to be renewed. */
  get isHeld(): boolean {
    return this.#state === "running";
  }

  async progress(progress: number): Promise<void> {
    if (!(progress >= 0 && progress <= 100)) {
      throw new InvalidValueError("Progress is a number from 0 to 100.");
    }
    this.#refuseGone();
    const isOurs = await this.#of.backend.progress(this.claim, progress);
    if (!isOurs) throw this.lose();
    this.#progress = progress;
  }

  async complete(context?: object): Promise<void> {
    this.#refuseGone();
    const settlement: Settlement = { ...this.claim, kind: "done" };
    const [isOurs] = await this.#of.backend.settle([settlement], context);
    if (isOurs !== true) throw this.lose();
    this.#state = "completed";
  }

  giveUp(): void {
    this.#isHopeless = true;
  }

  #refuseGone(): void {
    if (this.#state === "gone") throw new LeaseLostError(this.name);
  }

  /** It is somebody else's by now, or nobody's. */
  lose(): LeaseLostError {
    const error = new LeaseLostError(this.name);
    this.#leave(error);
    return error;
  }

  #leave(reason: Error): void {
    this.#state = "gone";
    this.#controller.abort(reason);
  }

  /** Gives it back, as its worker stops; the handler is told, and nothing that it does counts any more. */
  async giveBack(): Promise<void> {
    if (this.#state !== "running") return;
    this.#leave(new CancelledError("The worker stops, and had no more time for this job."));
    await this.#of.settler.settle({ ...this.claim, kind: "release" }, this.leaseEndMs);
  }

  /**
   * Runs the handler, and tells what became of it. Never throws.
   *
   * @param onHandled Called when the handler has ended, before that is told.
   */
  async run(handler: Handler<unknown>, onHandled: () => void): Promise<void> {
    const startMs = systemClock.monotonicMs();
    let outcome: Outcome = { kind: "done" };
    let failure: unknown;
    try {
      const payload: unknown = JSON.parse(this.#claimed.payload);
      await this.#of.outside(() => handler(payload, this));
    } catch (error) {
      failure = error;
      outcome = this.#failed(error);
    }
    const durationMs = systemClock.monotonicMs() - startMs;
    onHandled();
    if (this.#state === "gone") this.#tell("lost", failure, durationMs);
    else if (this.#state === "completed") await this.#check(outcome, failure, durationMs);
    else await this.#settle(outcome, failure, durationMs);
  }

  /** A handler that failed after it completed the job: the transaction in which it did so may have been rolled back. */
  async #check(outcome: Outcome, failure: unknown, durationMs: number): Promise<void> {
    if (outcome.kind === "done") return this.#tell("done", failure, durationMs);
    const isOpen = await this.#ask(outcome);
    this.#tell(isOpen ? (outcome.kind as "dead" | "retry") : "done", failure, durationMs);
  }

  #failed(error: unknown): Outcome {
    const text = errorText(error);
    if (this.#isHopeless || this.attempt >= this.attempts) return { kind: "dead", error: text };
    const { backoffMs: firstMs, maxBackoffMs: maxMs } = this.#claimed;
    const delayMs = Math.round(pauseMs(this.attempt, Math.random, { firstMs, maxMs }));
    return { kind: "retry", delayMs, error: text };
  }

  async #settle(outcome: Outcome, failure: unknown, durationMs: number): Promise<void> {
    const isOurs = await this.#ask(outcome);
    this.#tell(isOurs ? (outcome.kind as "dead" | "done" | "retry") : "lost", failure, durationMs);
    if (!isOurs) return void this.lose();
    this.#state = "completed";
    if (outcome.kind === "retry") this.#of.onRetry(outcome.delayMs);
  }

  async #ask(outcome: Outcome): Promise<boolean> {
    try {
      return await this.#of.settler.settle({ ...this.claim, ...outcome }, this.leaseEndMs);
    } catch {
      // The settler has told of it; the lease runs out, and the job is handed out again.
      return false;
    }
  }

  #tell(kind: "dead" | "done" | "lost" | "retry", error: unknown, durationMs: number): void {
    const { attempt, id, name } = this;
    tell({ queue: this.#of.queue, kind, name, id, attempt, durationMs, error });
  }
}
