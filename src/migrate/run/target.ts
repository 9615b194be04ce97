/** The database that migrations run on, and how. */

import { Session } from "../../connect/session.ts";
import type { Connected } from "../../connect/source.ts";
import type { TransactionRunner } from "../../connect/transaction/transaction.ts";
import type { RunContext, Way } from "./run-side.ts";

/** A connected database that can hand a transaction to a migration's code. */
export interface MigrationTarget<Tx> extends Connected {
  "~transaction"(runner: TransactionRunner): Tx;
}

export interface RunOptions {
  /** How long to wait for another process that runs migrations, in milliseconds. Default 60,000. */
  readonly lockTimeoutMs?: number | undefined;
  /**
   * How long a statement waits for a lock on a table before its migration is rolled back and tried again, up to five times,
   * in milliseconds. Default 5,000.
   */
  readonly tableLockTimeoutMs?: number | undefined;
  /** Refuses migrations that sort before one that is applied, as those of a merged branch may. Default false. */
  readonly strictOrder?: boolean | undefined;
  /** Hears of each migration that this process ran. */
  readonly onRun?: ((run: MigrationRun) => void) | undefined;
}

export interface MigrationRun {
  readonly name: string;
  readonly way: Way;
  readonly durationMs: number;
}

const DEFAULT_LOCK_TIMEOUT_MS = 60_000;
const DEFAULT_TABLE_LOCK_TIMEOUT_MS = 5_000;

/** Works on one connection. */
export async function withSession<Tx, Result>(
  db: MigrationTarget<Tx>,
  options: RunOptions,
  work: (context: RunContext<Tx>) => Promise<Result>,
): Promise<Result> {
  const session = await Session.open(db["~engine"]);
  let isBroken = true;
  try {
    const result = await work({
      session,
      toTransaction: (runner) => db["~transaction"](runner),
      lockTimeoutMs: options.lockTimeoutMs ?? DEFAULT_LOCK_TIMEOUT_MS,
      tableLockTimeoutMs: options.tableLockTimeoutMs ?? DEFAULT_TABLE_LOCK_TIMEOUT_MS,
    });
    isBroken = false;
    return result;
  } finally {
    // What failed may have left settings behind. An embedded database keeps its one writer.
    session.release(isBroken && !session.dialect.can.isEmbedded);
  }
}
