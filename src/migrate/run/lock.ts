/** One process at a time runs migrations on a database. */

import type { Session } from "../../connect/session.ts";
import { DbError, MigrationError } from "../../core/error.ts";
import type { MaybePromise } from "../../core/maybe-promise.ts";

const PAUSE_MS = 50;

async function takePatiently(session: Session, query: string, timeoutMs: number): Promise<void> {
  const { clock, random } = session.engine;
  const deadlineMs = clock.monotonicMs() + timeoutMs;
  for (;;) {
    const [row] = await session.askRaw(query);
    // Nothing else counts as taken, NULL least of all.
    if (row?.["taken"] === true || Number(row?.["taken"] ?? 0) === 1) return;
    if (clock.monotonicMs() >= deadlineMs) {
      throw new MigrationError(
        "E_MIGRATION_LOCKED",
        `Another process has been running migrations for ${timeoutMs} ms; nothing was executed.`,
        { hint: "Wait for it to end, or raise --lock-timeout." },
      );
    }
    await clock.sleep(PAUSE_MS * (0.5 + random()));
  }
}

/** Held until the transaction ends. */
export async function takeTransactionLock(session: Session, timeoutMs: number): Promise<void> {
  const query = session.dialect.migrations.lock?.takeInTransaction;
  if (query !== undefined) await takePatiently(session, query, timeoutMs);
}

/** Held until the function that it gives is called, or the connection ends. */
export async function takeSessionLock(
  session: Session,
  timeoutMs: number,
): Promise<() => Promise<void>> {
  const { lock } = session.dialect.migrations;
  if (lock === undefined) return async () => {};
  await takePatiently(session, lock.take, timeoutMs);
  return async () => {
    // The end of the connection releases it too.
    await session.askRaw(lock.release).catch(() => {});
  };
}

/**
 * Where a statement takes the lock of the whole database, as in a file, another process may hold it for a while. A busy
 * statement has done nothing.
 */
export async function patiently(
  session: Session,
  timeoutMs: number,
  work: () => MaybePromise<void>,
): Promise<void> {
  const { dialect, engine } = session;
  const deadlineMs = engine.clock.monotonicMs() + timeoutMs;
  for (;;) {
    try {
      await work();
      return;
    } catch (error) {
      if (!dialect.isBusy(error instanceof DbError ? error.cause : error))
        throw dialect.toDbError(error);
      if (engine.clock.monotonicMs() >= deadlineMs) throw lockedError(timeoutMs);
    }
    await engine.clock.sleep(20 + engine.random() * 30);
  }
}

function lockedError(timeoutMs: number): MigrationError {
  return new MigrationError(
    "E_MIGRATION_LOCKED",
    `Another process held the database for ${timeoutMs} ms; nothing was executed.`,
    { hint: "Run the command again, or raise --lock-timeout." },
  );
}
