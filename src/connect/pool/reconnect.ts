import type { Clock } from "../../core/clock.ts";
import { DbError } from "../../core/error.ts";
import type { Connection } from "../../dialect/driver.ts";

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;

/** What a server says, or its address, while it restarts or another one takes its place. */
function isPassing(error: unknown): boolean {
  return (
    error instanceof DbError &&
    (error.code === "E_CONNECTION_REFUSED" || error.code === "E_CONNECTION_LOST")
  );
}

export interface ReconnectOptions {
  readonly clock: Clock;
  readonly random: () => number;
  /** For how long it is tried again. */
  readonly patienceMs: number;
  /** Whether nobody needs the connection any more. */
  readonly isClosed: () => boolean;
}

/**
 * Opens a connection to a server that was there before: one that restarts is waited for, with pauses that grow. What
 * another try would not change, such as a wrong password, is told at once.
 */
export async function reopen(
  open: () => Promise<Connection>,
  { clock, random, patienceMs, isClosed }: ReconnectOptions,
): Promise<Connection> {
  const deadlineMs = clock.monotonicMs() + patienceMs;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2)) {
    try {
      return await open();
    } catch (error) {
      const leftMs = deadlineMs - clock.monotonicMs();
      if (!isPassing(error) || leftMs <= 0 || isClosed()) throw error;
      // Many programs lose the server at once, and must not come back at once.
      await clock.sleep(Math.min(leftMs, pauseMs * (0.5 + random() / 2)));
    }
  }
}
