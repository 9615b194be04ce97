/** Runs one migration, there or back, so that an end in its midst loses nothing. */

import type { Session } from "../connect/session.ts";
import { TransactionRunner } from "../connect/transaction.ts";
import { DbError, MigrationError, TimeoutError } from "../core/error.ts";
import { splitScript, type ScriptStatement } from "../dialect/split-script.ts";
import {
  forget,
  readHistory,
  remember,
  setProgress,
  setState,
  type HistoryRow,
} from "./history.ts";
import { takeSessionLock, takeTransactionLock } from "./lock.ts";
import { directivesOf, type Migration, type MigrationSide } from "./migration.ts";
import { watchRebuild, withRebuild, type Rebuild, type RebuildWatch } from "./rebuild.ts";

export type Way = "down" | "up";

export interface RunContext<Tx> {
  readonly session: Session;
  /** What a migration's code gets. */
  readonly toTransaction: (runner: TransactionRunner) => Tx;
  /** How long to wait for another process that migrates, in milliseconds. */
  readonly lockTimeoutMs: number;
  /** How long a statement waits for a lock on a table, in milliseconds. */
  readonly tableLockTimeoutMs: number;
}

/** How often a migration is tried again that found a table locked. */
const MAX_LOCK_RETRIES = 5;
const FIRST_PAUSE_MS = 200;

/** Whether the history has the migration where this way leads. */
function isThere(row: HistoryRow | undefined, way: Way): boolean {
  return way === "up" ? row !== undefined : row === undefined;
}

function sideOf<Tx>(migration: Migration<Tx>, way: Way): MigrationSide<Tx> {
  const side = migration[way];
  if (side !== undefined) return side;
  throw new MigrationError(
    "E_MIGRATION_IRREVERSIBLE",
    `Migration "${migration.name}" has no way back.`,
    { hint: "Write its down.sql, or write a new migration that mends what it did." },
  );
}

/**
 * Runs one migration and remembers it. Another process may have been faster, which is no error.
 *
 * @returns Whether this process ran it.
 * @throws {MigrationError} `E_MIGRATION_FAILED` with the place in its file; what could be undone is undone.
 */
export async function runOne<Tx>(
  context: RunContext<Tx>,
  migration: Migration<Tx>,
  way: Way,
): Promise<boolean> {
  const side = sideOf(migration, way);
  const { isOutsideTransaction, isRebuild, product } = directivesOf(side.sql, migration.name);
  const { can, migrations } = context.session.dialect;
  const [own] = migrations.families;
  if (product !== undefined && product !== own) {
    throw new MigrationError(
      "E_MIGRATION_INVALID",
      `Migration "${migration.name}" was written for ${product}, and this is ${own}.`,
      { hint: `Generate it for ${own}: \`plinth migrate generate NAME --database ${own}\`.` },
    );
  }
  if (!can.transactionalDdl || isOutsideTransaction) return runStepwise(context, migration, way);
  const rebuild = isRebuild ? migrations.rebuild : undefined;
  const run = (): Promise<boolean> => runAtOnce(context, migration, way, rebuild);
  return rebuild === undefined ? run() : withRebuild(context.session, rebuild, run);
}

/** The whole of it in one transaction, its memory too. */
async function runAtOnce<Tx>(
  context: RunContext<Tx>,
  migration: Migration<Tx>,
  way: Way,
  rebuild: Rebuild | undefined,
): Promise<boolean> {
  const { clock, random } = context.session.engine;
  let pauseMs = FIRST_PAUSE_MS;
  for (let attempt = 0; ; attempt++) {
    try {
      return await tryAtOnce(context, migration, way, rebuild);
    } catch (error) {
      const isLocked = error instanceof MigrationError && error.cause instanceof TimeoutError;
      if (!isLocked || attempt >= MAX_LOCK_RETRIES) throw error;
    }
    await clock.sleep(pauseMs * (0.5 + random() / 2));
    pauseMs *= 2;
  }
}

async function tryAtOnce<Tx>(
  context: RunContext<Tx>,
  migration: Migration<Tx>,
  way: Way,
  rebuild: Rebuild | undefined,
): Promise<boolean> {
  const { session } = context;
  const { clock } = session.engine;
  await beginPatiently(context);
  try {
    await takeTransactionLock(session, context.lockTimeoutMs);
    const known = (await readHistory(session)).find(({ name }) => name === migration.name);
    if (isThere(known, way)) {
      await session.script("rollback");
      return false;
    }
    const startMs = clock.monotonicMs();
    const limit = session.dialect.migrations.limitLocks?.(context.tableLockTimeoutMs);
    if (limit !== undefined) await session.script(limit);
    const watch = rebuild && (await watchRebuild(session, rebuild, migration.name));
    await runSide(context, migration, way, watch);
    await watch?.end();
    if (way === "down") await forget(session, migration.name);
    else await remember(session, migration, "applied", clock.monotonicMs() - startMs);
    await session.script("commit");
    return true;
  } catch (error) {
    // The first error is the one to tell.
    await session.script("rollback").catch(() => {});
    throw error;
  }
}

/** Where the beginning of a transaction takes the lock, another process may hold it for a while. */
async function beginPatiently<Tx>({ session, lockTimeoutMs }: RunContext<Tx>): Promise<void> {
  const { dialect, engine } = session;
  const deadlineMs = engine.clock.monotonicMs() + lockTimeoutMs;
  for (;;) {
    try {
      await session.connection.script(dialect.begin({}));
      return;
    } catch (error) {
      if (!dialect.isBusy(error)) throw dialect.toDbError(error);
      if (engine.clock.monotonicMs() >= deadlineMs) throw lockedError(lockTimeoutMs);
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

async function runSide<Tx>(
  context: RunContext<Tx>,
  migration: Migration<Tx>,
  way: Way,
  watch: RebuildWatch | undefined,
): Promise<void> {
  const side = sideOf(migration, way);
  const runSql = async (): Promise<void> => {
    for (const [at, statement] of statementsOf(context, side).entries()) {
      await watch?.before(statement.text);
      await telling(migration, way, statement, at, () => context.session.script(statement.text));
    }
  };
  if (way === "up") await runSql();
  await runCode(context, migration, way);
  if (way === "down") await runSql();
}

function statementsOf<Tx>({ session }: RunContext<Tx>, side: MigrationSide<Tx>): ScriptStatement[] {
  return splitScript(side.sql ?? "", session.dialect.lexis);
}

async function runCode<Tx>(
  { session, toTransaction }: RunContext<Tx>,
  migration: Migration<Tx>,
  way: Way,
): Promise<void> {
  const code = migration[way]?.code;
  if (code === undefined) return;
  const runner = new TransactionRunner(
    { connection: session.connection, begun: undefined },
    { attempt: 1, options: {} },
  );
  try {
    await code(toTransaction(runner));
    await runner.settle();
  } catch (error) {
    throw failed(migration.name, `in its code for ${way}`, session.dialect.toDbError(error));
  } finally {
    runner.close();
  }
}

async function telling<Tx>(
  { name }: Migration<Tx>,
  way: Way,
  { line }: ScriptStatement,
  at: number,
  run: () => Promise<void>,
): Promise<void> {
  try {
    await run();
  } catch (error) {
    throw failed(name, `at statement ${at + 1} of its SQL for ${way}, line ${line}`, error);
  }
}

function failed(name: string, where: string, error: unknown): MigrationError {
  const message = error instanceof Error ? error.message : "";
  return new MigrationError(
    "E_MIGRATION_FAILED",
    // Our own errors hold no data; what code throws is its own to tell.
    `Migration "${name}" failed ${where}: ${message}`,
    { hint: error instanceof DbError ? error.hint : undefined, cause: error },
  );
}

/** Words that begin statements which a transaction can undo on every database. */
const UNDOABLE = /^(?:delete|insert|replace|select|update|values|with)\b/i;

/**
 * Statement by statement, where a transaction can't undo them: before and behind each stands in the history how far it
 * went.
 */
async function runStepwise<Tx>(
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
  const { name } = migration;
  const side = sideOf(migration, way);
  const sql = statementsOf(context, side).map((statement, at) => ({
    isUndoable: UNDOABLE.test(statement.text),
    run: () => telling(migration, way, statement, at, () => session.script(statement.text)),
  }));
  const code =
    side.code === undefined
      ? []
      : [{ isUndoable: true, run: () => runCode(context, migration, way) }];
  const steps = way === "up" ? [...sql, ...code] : [...code, ...sql];
  for (const [at, { isUndoable, run }] of steps.entries()) {
    if (at < from) continue;
    if (!isUndoable) await setProgress(session, name, { begun: at + 1, done: at });
    else await session.script(session.dialect.begin({}));
    try {
      await run();
      await setProgress(session, name, { begun: at + 1, done: at + 1 });
      if (isUndoable) await session.script("commit");
    } catch (error) {
      if (isUndoable) await session.script("rollback").catch(() => {});
      const cause = error instanceof Error ? error.cause : undefined;
      if (!(at === from && isKnownDone(cause))) throw error;
      await setProgress(session, name, { begun: at + 1, done: at + 1 });
    }
  }
}

/**
 * Goes on with a migration that was broken off, behind the last statement that is known to be done. A statement of which
 * that isn't known is run again, and what it would have made may be there.
 */
export async function resumeOne<Tx>(
  context: RunContext<Tx>,
  migration: Migration<Tx>,
  row: HistoryRow,
): Promise<void> {
  const { session } = context;
  const { clock, dialect } = session.engine;
  const way: Way = row.state === "reverting" ? "down" : "up";
  const release = await takeSessionLock(session, context.lockTimeoutMs);
  try {
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

function isAbsent(error: DbError, session: Session): boolean {
  return (
    error.code === "E_MISSING_TABLE" ||
    error.code === "E_MISSING_COLUMN" ||
    session.dialect.migrations.isDoneBefore(error)
  );
}
