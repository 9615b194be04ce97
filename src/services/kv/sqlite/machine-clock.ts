/**
 * Time that all processes of a machine agree on, and that the wall clock's leaps don't touch: milliseconds since the
 * machine began, and what the file says that this moment was.
 */

import { readFileSync } from "node:fs";

/** How far two guesses of when the machine began may lie apart: clocks are put right a little while it runs. */
const SAME_BOOT_MS = 300_000;

export interface ClockRow {
  readonly boot: string;
  readonly startMs: number;
  readonly lastMs: number;
}

/** Since the machine began; the same for all its processes. */
export function uptimeMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** What tells one run of the machine from the next. */
function currentBoot(nowMs: number, upMs: number): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return String(Math.round(nowMs - upMs));
  }
}

function isSameBoot(one: string, two: string): boolean {
  return one === two || Math.abs(Number(one) - Number(two)) < SAME_BOOT_MS;
}

/**
 * What the clock of a file is now.
 *
 * @param row What the file says; undefined of a new one.
 */
export function nextClock(row: ClockRow | undefined, nowMs: number, upMs: number): ClockRow {
  const boot = currentBoot(nowMs, upMs);
  if (row !== undefined && isSameBoot(row.boot, boot)) return row;
  // After a start of the machine there is only the wall clock to ask; it may be behind what was.
  const startMs = Math.max(nowMs, row?.lastMs ?? 0) - upMs;
  return { boot, startMs, lastMs: startMs + upMs };
}
