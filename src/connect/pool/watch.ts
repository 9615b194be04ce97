/** Connections that have gone silent, which neither TCP nor a driver notices for a long time. */

import type { Clock } from "../../core/clock.ts";
import { atMost } from "../../core/stop.ts";
import type { Connection, Driver } from "../../dialect/driver.ts";

const SWEEP_MS = 1_000;

/** A connection that was unused for longer is asked whether it still answers. */
export const TRUSTED_IDLE_MS = 30_000;

/** What is asked then takes no time at all, so this is for the network. */
const VALIDATION_MS = 5_000;

/** Whether a connection that nobody uses answers in time; one that doesn't is cut. */
export async function answers(connection: Connection): Promise<boolean> {
  const answered = Promise.resolve(connection.script("select 1")).then(
    () => connection.isAlive,
    () => false,
  );
  const isAnswered = (await atMost(VALIDATION_MS, answered)) === true;
  if (!isAnswered) connection.cut();
  return isAnswered;
}

interface Wait {
  readonly question: number;
  readonly sinceMs: number;
  /** Whether the server has said that it isn't at work on it, so that only the answer can be under way. */
  readonly isDone: boolean;
}

export interface WatchOptions {
  readonly driver: Driver;
  readonly clock: Clock;
  /** How long a question may wait before the server is asked about it. */
  readonly probeAfterMs: number;
  readonly connections: () => Iterable<Connection>;
  /** Runs with each sweep. */
  readonly onSweep: () => void;
}

/**
 * A question that waits long may be a slow query, or its answer may be lost: a firewall forgot the connection, a balancer
 * lost the server behind it, a machine is gone. The server is asked over another connection whether it is at work on it.
 * If it isn't, or can't be reached either, the connection is cut, and the question fails as lost.
 */
export class Watch {
  readonly #options: WatchOptions;
  readonly #waits = new WeakMap<Connection, Wait>();
  readonly #timer: NodeJS.Timeout;
  #isProbing = false;

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#sweep(), SWEEP_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #sweep(): void {
    this.#options.onSweep();
    const { clock, driver, probeAfterMs } = this.#options;
    if (driver.isAtWork === undefined) return;
    const nowMs = clock.monotonicMs();
    const suspects: Connection[] = [];
    for (const connection of this.#options.connections()) {
      const question = connection.waitingFor;
      if (question === undefined) {
        this.#waits.delete(connection);
        continue;
      }
      const wait = this.#waits.get(connection);
      if (wait?.question !== question)
        this.#waits.set(connection, { question, sinceMs: nowMs, isDone: false });
      else if (wait.isDone) connection.cut();
      else if (nowMs - wait.sinceMs >= probeAfterMs) suspects.push(connection);
    }
    if (suspects.length > 0 && !this.#isProbing) void this.#probe(suspects);
  }

  /** @param suspects At least one. */
  async #probe(suspects: readonly Connection[]): Promise<void> {
    this.#isProbing = true;
    try {
      const waits = suspects.map((connection) => this.#waits.get(connection));
      const states = await this.#options.driver.isAtWork!(suspects);
      const nowMs = this.#options.clock.monotonicMs();
      for (const [index, connection] of suspects.entries()) {
        const wait = waits[index];
        if (wait === undefined || connection.waitingFor !== wait.question) continue;
        // A server that can't be reached won't answer the question either.
        if (states === "unreachable") connection.cut();
        // The answer may have been sent meanwhile: it has until the next sweep.
        else this.#waits.set(connection, { ...wait, sinceMs: nowMs, isDone: !states[index] });
      }
    } catch {
      // Nothing was learned; the next sweep asks again.
    } finally {
      this.#isProbing = false;
    }
  }
}
