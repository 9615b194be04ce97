/** What one way of a migration is made of, and how what fails in it is told. */

import type { Session } from "../../connect/session.ts";
import { TransactionRunner } from "../../connect/transaction/transaction.ts";
import { DbError, MigrationError, TimeoutError } from "../../core/error.ts";
import { splitScript, type ScriptStatement } from "../../dialect/text/split-script.ts";
import type { HistoryRow } from "./history.ts";
import type { Migration, MigrationSide } from "../migration.ts";
import { schemaWords, type WordContext } from "../schema-words.ts";

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

/** Whether the history has the migration where this way leads. */
export function isThere(row: HistoryRow | undefined, way: Way): boolean {
  return way === "up" ? row !== undefined : row === undefined;
}

export function sideOf<Tx>(migration: Migration<Tx>, way: Way): MigrationSide<Tx> {
  const side = migration[way];
  if (side !== undefined) return side;
  throw new MigrationError(
    "E_MIGRATION_IRREVERSIBLE",
    `Migration "${migration.name}" has no way back.`,
    { hint: "Write its down.sql, or write a new migration that mends what it did." },
  );
}

export function statementsOf<Tx>(
  { session }: Pick<RunContext<Tx>, "session">,
  side: MigrationSide<Tx>,
): ScriptStatement[] {
  return splitScript(side.sql ?? "", session.dialect.lexis);
}

export async function runCode<Tx>(
  { session, toTransaction }: RunContext<Tx>,
  migration: Migration<Tx>,
  way: Way,
  words: Pick<WordContext, "isRebuild" | "run">,
): Promise<void> {
  const code = migration[way]?.code;
  if (code === undefined) return;
  const runner = new TransactionRunner(
    { connection: session.connection, begun: undefined },
    { attempt: 1, options: {} },
  );
  try {
    await code(toTransaction(runner), schemaWords({ ...words, session, name: migration.name }));
    await runner.settle();
  } catch (error) {
    throw failed(migration.name, `in its code for ${way}`, session.dialect.toDbError(error));
  } finally {
    runner.close();
  }
}

export async function telling<Tx>(
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
  const whole = error instanceof Error ? error.message : "";
  const hint = error instanceof DbError ? error.hint : undefined;
  // A message of ours ends with its hint, as this one will.
  const message = hint === undefined ? whole : whole.slice(0, -hint.length).trimEnd();
  return new MigrationError(
    "E_MIGRATION_FAILED",
    // Our own errors hold no data; what code throws is its own to tell.
    `Migration "${name}" failed ${where}: ${message}`,
    { hint, cause: error },
  );
}

/** How often something is tried again that found a table locked. */
const MAX_LOCK_RETRIES = 5;
const FIRST_PAUSE_MS = 200;

/** @param run Leaves nothing done when it fails. */
export async function retryingLocked<Tx, Result>(
  { session }: RunContext<Tx>,
  run: () => Promise<Result>,
): Promise<Result> {
  const { clock, random } = session.engine;
  let pauseMs = FIRST_PAUSE_MS;
  for (let attempt = 0; ; attempt++) {
    try {
      return await run();
    } catch (error) {
      const isLocked = error instanceof MigrationError && error.cause instanceof TimeoutError;
      if (!isLocked || attempt >= MAX_LOCK_RETRIES) throw error;
    }
    await clock.sleep(pauseMs * (0.5 + random() / 2));
    pauseMs *= 2;
  }
}
