/** Runs a migration statement by statement, so that an end in its midst can be gone on from. */

import type { Session } from "../../connect/session.ts";
import { DbError, MigrationError } from "../../core/error.ts";
import {
  forget,
  readHistory,
  remember,
  setProgress,
  setState,
  type HistoryRow,
} from "./history.ts";
import { takeSessionLock } from "./lock.ts";
import type { Migration } from "../migration.ts";
import { refuseClauseLosses } from "./refuse-losses.ts";
import {
  isThere,
  retryingLocked,
  runCode,
  sideOf,
  statementsOf,
  telling,
  type RunContext,
  type Way,
} from "./run-side.ts";

/** Words that begin statements which a transaction can undo on every database. */
const UNDOABLE = /^(?:delete|insert|replace|select|update|values|with)\b/i;

/**
 * Statement by statement, where a transaction can't undo them: before and behind each stands in the history how far it
 * went.
 */
export async function runStepwise<Tx>(
  context: RunContext<Tx>,
  migration: Migration<Tx>,
  way: Way,
): Promise<boolean> {
  const { session } = context;
  const { clock, dialect } = session.engine;
  const release = await takeSessionLock(session, context.lockTimeoutMs);
  try {
    const known = (await readHistory(session)).find(({ name }) => name === migration.name);
    if (isThere(known, way)) return false;
    await refuseClauseLosses(context, migration, way);
    const startMs = clock.monotonicMs();
    const limit = dialect.can.transactionalDdl
      ? undefined
      : dialect.migrations.limitLocks?.(context.tableLockTimeoutMs);
    if (limit !== undefined) await session.script(limit);
    if (way === "up") await remember(session, migration, "applying", 0);
    else await setState(session, migration.name, "reverting", 0);
    await runSteps(context, migration, way, 0);
    await finish(session, migration.name, way, clock.monotonicMs() - startMs);
    return true;
  } finally {
    const { unlimitLocks } = dialect.migrations;
    if (unlimitLocks !== undefined) await session.script(unlimitLocks).catch(() => {});
    await release();
  }
}

async function finish(session: Session, name: string, way: Way, durationMs: number): Promise<void> {
  if (way === "up") await setState(session, name, "applied", durationMs);
  else await forget(session, name);
}

/** @param from How many steps are done already. */
async function runSteps<Tx>(
  context: RunContext<Tx>,
  migration: Migration<Tx>,
  way: Way,
  from: number,
  isKnownDone: (error: unknown) => boolean = () => false,
): Promise<void> {
  const { session } = context;
  const { dialect } = session;
  const { name } = migration;
  const side = sideOf(migration, way);
  const sql = statementsOf(context, side).map((statement, at) => ({
    isUndoable: UNDOABLE.test(statement.text),
    run: () => telling(migration, way, statement, at, () => session.script(statement.text)),
  }));
  const code =
    side.code === undefined
      ? []
      : [
          {
            isUndoable: true,
            run: (at: number) =>
              runCode(context, migration, way, {
                isRebuild: false,
                run: (statements) =>
                  runWordAlone(session, statements, {
                    begin: () => setProgress(session, name, { begun: at + 1, done: at }),
                    isKnownDone: at === from ? isKnownDone : () => false,
                  }),
              }),
          },
        ];
  const codeAt = code.length === 0 ? -1 : way === "up" ? sql.length : 0;
  const steps: readonly Step[] = way === "up" ? [...sql, ...code] : [...code, ...sql];
  for (const [at, step] of steps.entries()) {
    if (at < from) continue;
    // Without a transaction a statement of DDL is still done wholly or not at all; but an index that is built while others
    // write stays behind by half, as code does.
    const isWhole = dialect.can.transactionalDdl ? step.isUndoable : at !== codeAt;
    const isDone = at === from ? isKnownDone : () => false;
    const run = (): Promise<void> => runStep(session, name, at, step, isDone);
    await (isWhole ? retryingLocked(context, run) : run());
  }
}

interface Step {
  readonly isUndoable: boolean;
  readonly run: (at: number) => Promise<void>;
}

async function runStep(
  session: Session,
  name: string,
  at: number,
  { isUndoable, run }: Step,
  isKnownDone: (error: unknown) => boolean,
): Promise<void> {
  if (!isUndoable) await setProgress(session, name, { begun: at + 1, done: at });
  else await session.script(session.dialect.begin({}));
  try {
    await run(at);
    await setProgress(session, name, { begun: at + 1, done: at + 1 });
    if (isUndoable) await session.script("commit");
  } catch (error) {
    if (isUndoable) await session.script("rollback").catch(() => {});
    const cause = error instanceof Error ? error.cause : undefined;
    if (!isKnownDone(cause)) throw error;
    await setProgress(session, name, { begun: at + 1, done: at + 1 });
  }
}

interface WordSteps {
  /** Remembers that what can't be undone has begun. */
  begin(): Promise<void>;
  isKnownDone(error: unknown): boolean;
}

/** Inside a transaction where the database can undo DDL, else between two. */
async function runWordAlone(
  session: Session,
  statements: readonly string[],
  { begin, isKnownDone }: WordSteps,
): Promise<void> {
  const isUndoable = session.dialect.can.transactionalDdl;
  if (!isUndoable) {
    await begin();
    await session.script("commit");
  }
  for (const statement of statements) {
    try {
      await session.script(statement);
    } catch (error) {
      if (!isKnownDone(error)) throw error;
    }
  }
  if (!isUndoable) await session.script(session.dialect.begin({}));
}

/** The first migration in the history that is not done. It may be under way in another process, which holds the lock. */
export function unfinishedOf(rows: readonly HistoryRow[]): HistoryRow {
  const row = rows.find(({ state }) => state !== "applied");
  if (row !== undefined) return row;
  throw new MigrationError("E_MIGRATION_INVALID", "No migration was broken off.", {
    hint: "Run `plinth migrate status` to see where it stands.",
  });
}

/** How far it came, once no other process runs it. */
async function readBrokenOff<Tx>(session: Session, { name }: Migration<Tx>): Promise<HistoryRow> {
  const rows = await readHistory(session);
  return unfinishedOf(rows.filter((row) => row.name === name));
}

/**
 * Goes on with a migration that was broken off, behind the last statement that is known to be done. A statement of which
 * that isn't known is run again, and what it would have made may be there.
 */
export async function resumeOne<Tx>(
  context: RunContext<Tx>,
  migration: Migration<Tx>,
): Promise<void> {
  const { session } = context;
  const { clock, dialect } = session.engine;
  const release = await takeSessionLock(session, context.lockTimeoutMs);
  try {
    const row = await readBrokenOff(session, migration);
    const way: Way = row.state === "reverting" ? "down" : "up";
    const startMs = clock.monotonicMs();
    await runSteps(context, migration, way, row.doneCount, (error) =>
      row.begunCount > row.doneCount && error instanceof DbError
        ? dialect.migrations.isDoneBefore(error)
        : false,
    );
    await finish(session, migration.name, way, row.durationMs + clock.monotonicMs() - startMs);
  } finally {
    await release();
  }
}

/** Takes back what was done of a migration that was broken off: its way back, in which what isn't there is passed over. */
export async function rollBackOne<Tx>(
  context: RunContext<Tx>,
  migration: Migration<Tx>,
): Promise<void> {
  const { session } = context;
  const side = sideOf(migration, "down");
  const release = await takeSessionLock(session, context.lockTimeoutMs);
  try {
    const row = await readBrokenOff(session, migration);
    if (hasBegunCode(context, migration, row)) await takeCodeBack(context, migration);
    for (const [at, statement] of statementsOf(context, side).entries()) {
      try {
        await telling(migration, "down", statement, at, () => session.script(statement.text));
      } catch (error) {
        const cause = error instanceof Error ? error.cause : undefined;
        if (!(cause instanceof DbError && isAbsent(cause, session))) throw error;
      }
    }
    await forget(session, migration.name);
  } finally {
    await release();
  }
}

/** Whether its code changed tables, which no end of a transaction took back. */
function hasBegunCode<Tx>(
  context: RunContext<Tx>,
  { up, down }: Migration<Tx>,
  { state, begunCount }: HistoryRow,
): boolean {
  if (up.code === undefined || down?.code === undefined || state !== "applying") return false;
  return begunCount > statementsOf(context, up).length;
}

async function takeCodeBack<Tx>(context: RunContext<Tx>, migration: Migration<Tx>): Promise<void> {
  const { session } = context;
  await session.script(session.dialect.begin({}));
  try {
    await runCode(context, migration, "down", {
      isRebuild: false,
      run: (statements) =>
        runWordAlone(session, statements, {
          begin: async () => {},
          isKnownDone: (error) => error instanceof DbError && isAbsent(error, session),
        }),
    });
    await session.script("commit");
  } catch (error) {
    await session.script("rollback").catch(() => {});
    throw error;
  }
}

function isAbsent(error: DbError, session: Session): boolean {
  return (
    error.code === "E_MISSING_TABLE" ||
    error.code === "E_MISSING_COLUMN" ||
    session.dialect.migrations.isDoneBefore(error)
  );
}
