/** Cron: a job at each tick, by the clock of the queue, one however many processes see to it. */

import type { Cron } from "croner";
import { ConfigError, InvalidValueError, isClosed } from "../../core/error.ts";
import { pauseMs } from "../../core/retry.ts";
import { Wakeup } from "../../core/wakeup.ts";
import type { NewJob, QueueBackend } from "./backend.ts";
import type { Schedule } from "./queue.ts";

/** Ticks that are late by more are missed: several of them are one. */
const LATE_MS = 60_000;
/** Clocks drift and are put right: the time is asked again after so long. */
const LONGEST_SLEEP_MS = 600_000;

export interface ScheduleSettings {
  readonly key: string;
  readonly cron: string;
  readonly timezone: string;
  readonly missed: "once" | "skip";
  readonly makeJob: () => NewJob;
  readonly onError: (error: unknown) => void;
}

function checkTimezone(timezone: string): void {
  try {
    new Intl.DateTimeFormat("en", { timeZone: timezone });
  } catch {
    throw new InvalidValueError("The schedule's time zone isn't known.", {
      hint: 'Write one of IANA\'s, such as "Europe/Berlin".',
    });
  }
}

async function parse({ cron, timezone }: ScheduleSettings): Promise<Cron> {
  checkTimezone(timezone);
  if (typeof cron !== "string") throw new InvalidValueError("A cron expression is a text.");
  // Loaded for schedules only.
  const croner = await import("croner");
  try {
    return new croner.Cron(cron, { timezone, paused: true });
  } catch {
    throw new InvalidValueError("The cron expression can't be read.", {
      hint: 'Five fields, or six with seconds first: "0 3 * * *" is every day at three.',
    });
  }
}

export class CronSchedule implements Schedule {
  readonly #backend: QueueBackend;
  readonly #settings: ScheduleSettings;
  readonly #cron: Cron;
  readonly #sleeping = new Wakeup();
  /** Up to when ticks are settled, by the clock of the queue. */
  #settledMs: number;
  #isStopped = false;
  readonly #loop: Promise<void>;

  private constructor(
    backend: QueueBackend,
    settings: ScheduleSettings,
    cron: Cron,
    settledMs: number,
  ) {
    this.#backend = backend;
    this.#settings = settings;
    this.#cron = cron;
    this.#settledMs = settledMs;
    this.#loop = this.#run();
  }

  /** @throws {InvalidValueError} for an expression or a time zone that makes no sense. */
  static async start(backend: QueueBackend, settings: ScheduleSettings): Promise<CronSchedule> {
    const cron = await parse(settings);
    if (cron.nextRun() === null) {
      throw new ConfigError("The cron expression has no tick any more.", {
        hint: "A time that is over belongs into add() with runAt, or nowhere.",
      });
    }
    return new CronSchedule(backend, settings, cron, await backend.schedule(settings.key));
  }

  #nextMs(afterMs: number): number | undefined {
    return this.#cron.nextRun(new Date(afterMs))?.getTime();
  }

  next(): Date | undefined {
    const nextMs = this.#isStopped ? undefined : this.#nextMs(this.#settledMs);
    return nextMs === undefined ? undefined : new Date(nextMs);
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  stop(): void {
    this.#isStopped = true;
    this.#sleeping.wake();
  }

  /** Waits until what is under way is done. */
  async stopped(): Promise<void> {
    this.stop();
    await this.#loop;
  }

  async #run(): Promise<void> {
    for (let failures = 0; !this.#isStopped;) {
      try {
        const tickMs = this.#nextMs(this.#settledMs);
        if (tickMs === undefined) return;
        const waitMs = tickMs - (await this.#backend.nowMs());
        if (waitMs > 0) await this.#sleeping.wait(Math.min(waitMs, LONGEST_SLEEP_MS));
        else await this.#tick(tickMs, -waitMs);
        failures = 0;
      } catch (error) {
        this.#settings.onError(error);
        // Whoever closed what the queue stands on wants no more ticks.
        if (isClosed(error)) return this.stop();
        await this.#sleeping.wait(pauseMs(++failures, Math.random) + 1);
      }
    }
  }

  /** @param lateMs How long ago it was. */
  async #tick(tickMs: number, lateMs: number): Promise<void> {
    const { key, makeJob, missed } = this.#settings;
    const isMissed = lateMs > LATE_MS;
    const toMs = isMissed ? tickMs + lateMs - LATE_MS : tickMs;
    if (!isMissed || missed === "once") await this.#backend.tick(key, tickMs, toMs, makeJob());
    this.#settledMs = toMs;
  }
}
