/** Runs one migration, there or back, so that an end in its midst loses nothing. */

import { MigrationError } from "../../core/error.ts";
import { forget, readHistory, remember } from "./history.ts";
import { patiently, takeTransactionLock } from "./lock.ts";
import { directivesOf, type Migration } from "../migration.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import { refuseLosses, refuseWordLosses } from "./refuse-losses.ts";
import { watchViews } from "./watch-views.ts";
import { watchRebuild, withRebuild, type Rebuild, type MigrationWatch } from "./rebuild.ts";
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
import { runStepwise } from "./run-steps.ts";

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
  const rebuild = isRebuild || migration.isRebuild === true ? migrations.rebuild : undefined;
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
  return retryingLocked(context, () => tryAtOnce(context, migration, way, rebuild));
}

async function tryAtOnce<Tx>(
  context: RunContext<Tx>,
  migration: Migration<Tx>,
  way: Way,
  rebuild: Rebuild | undefined,
): Promise<boolean> {
  const { session, lockTimeoutMs } = context;
  const { clock } = session.engine;
  // Where the beginning of a transaction takes the lock, another process may hold it for a while.
  const begin = session.dialect.begin({});
  await patiently(session, lockTimeoutMs, () => session.connection.script(begin));
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
    await refuseLosses(context, migration, way);
    const watch = rebuild && (await watchRebuild(session, rebuild, migration.name));
    const { viewDependents } = session.dialect.migrations;
    const watches = watch === undefined ? [] : [watch];
    if (viewDependents !== undefined)
      watches.push(watchViews(session, viewDependents, migration.name));
    await runSide(context, migration, way, { isRebuild: watch !== undefined, watches });
    for (const one of watches) await one.end();
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

async function runSide<Tx>(
  context: RunContext<Tx>,
  migration: Migration<Tx>,
  way: Way,
  {
    isRebuild,
    watches,
  }: { readonly isRebuild: boolean; readonly watches: readonly MigrationWatch[] },
): Promise<void> {
  const side = sideOf(migration, way);
  const runSql = async (): Promise<void> => {
    for (const [at, statement] of statementsOf(context, side).entries()) {
      for (const watch of watches) await watch.before(statement.text);
      await telling(migration, way, statement, at, () => context.session.script(statement.text));
    }
  };
  const runWord = async (statements: readonly string[], before: Snapshot): Promise<void> => {
    await refuseWordLosses(context.session, statements, before);
    for (const statement of statements) {
      for (const watch of watches) await watch.before(statement);
      await context.session.script(statement);
    }
  };
  if (way === "up") await runSql();
  await runCode(context, migration, way, { isRebuild, run: runWord });
  if (way === "down") await runSql();
}
