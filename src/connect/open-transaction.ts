import { CommitUnknownError, ConnectionError, DbError, InvalidValueError } from "../core/error.ts";
import { unlessStopped, withinMs } from "../core/stop.ts";
import { ISOLATION_LEVELS, type BeginOptions, type Dialect } from "../dialect/dialect.ts";
import type { Connection } from "../dialect/driver.ts";
import type { Engine, Lease } from "./source.ts";
import { TransactionRunner, type TransactionFacts } from "./transaction.ts";

/** How long a stopped transaction may take to end what is under way and to roll back. Then its connection is closed. */
const ROLLBACK_GRACE_MS = 1_000;
/** How long a COMMIT may take that is under way when the time is over. Then its outcome is unknown. */
const COMMIT_GRACE_MS = 5_000;

/** One transaction, from BEGIN to its end, on a connection of its own. */
export class OpenTransaction {
  readonly runner: TransactionRunner;
  readonly #lease: Lease;
  readonly #dialect: Dialect;
  #isEnded = false;
  /** The error by which another transaction that was in the way told so. */
  #conflict: unknown;

  constructor(lease: Lease, dialect: Dialect, facts: TransactionFacts) {
    this.#lease = lease;
    this.#dialect = dialect;
    this.runner = new TransactionRunner(lease, facts);
  }

  /** Whether the error is that of another transaction in the way, so that all may succeed when it is run again. */
  isConflict(error: unknown): boolean {
    if (this.#conflict === undefined || !(error instanceof DbError)) return false;
    return error.code === (this.#dialect.toDbError(this.#conflict) as DbError).code;
  }

  /**
   * Waits for nested transactions, and commits.
   *
   * @param signal Stops it until COMMIT is sent.
   * @throws why it isn't committed; it is rolled back then.
   * @throws {CommitUnknownError} when the connection broke while COMMIT was under way.
   */
  async commit(signal?: AbortSignal): Promise<void> {
    try {
      await unlessStopped(signal, this.#settle());
    } catch (error) {
      await this.rollBack(signal?.aborted);
      throw error;
    }
    this.runner.close();
    try {
      await answered(signal, this.#lease.connection);
    } catch (cause) {
      const error = this.#dialect.toDbError(cause);
      if (!(error instanceof DbError) || !this.#dialect.isConnectionLost(error)) {
        await this.rollBack();
        throw error;
      }
      this.#end(true);
      throw new CommitUnknownError({ cause: error });
    }
    this.#end(false);
  }

  /**
   * Never throws; does nothing after the end.
   *
   * @param isStopped Whether statements may be under way that nobody waits for any more: they are ended on the server.
   */
  async rollBack(isStopped = false): Promise<void> {
    if (this.#isEnded) return;
    this.runner.close();
    const { connection } = this.#lease;
    const { doom } = connection;
    if (doom !== undefined && this.#dialect.isConflict(doom)) this.#conflict = doom;
    let isBroken = !connection.isAlive;
    try {
      if (!isBroken) {
        await (isStopped
          ? withinMs(ROLLBACK_GRACE_MS, cancelled(connection), silent)
          : connection.script("rollback"));
      }
    } catch {
      // Closing the connection rolls back too, and the first error is the one to tell.
      isBroken = true;
    }
    this.#end(isBroken);
  }

  async #settle(): Promise<void> {
    await this.#lease.begun;
    await this.runner.settle();
  }

  #end(isBroken: boolean): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#lease.release(isBroken);
  }
}

async function cancelled(connection: Connection): Promise<void> {
  await connection.cancel();
  await connection.script("rollback");
}

function silent(): ConnectionError {
  return new ConnectionError("E_CONNECTION_LOST", "The server did not answer in time.");
}

/** Once COMMIT is sent nothing takes it back; but a server that stays silent isn't waited for beyond the deadline for long. */
async function answered(signal: AbortSignal | undefined, connection: Connection): Promise<void> {
  const committed = connection.script("commit");
  if (signal === undefined || !(committed instanceof Promise)) return committed;
  try {
    await unlessStopped(signal, committed);
  } catch (error) {
    if (error !== signal.reason) throw error;
    await withinMs(COMMIT_GRACE_MS, committed, silent);
  }
}

/**
 * @param attempt Counted from 1.
 * @throws {InvalidValueError} for an isolation that there isn't.
 */
export async function beginTransaction(
  { dialect, source }: Engine,
  options: BeginOptions,
  attempt: number,
): Promise<OpenTransaction> {
  const { isolation } = options;
  if (isolation !== undefined && !ISOLATION_LEVELS.includes(isolation)) {
    throw new InvalidValueError("The isolation of a transaction is none that there is.", {
      hint: `Known are ${ISOLATION_LEVELS.join(", ")}.`,
    });
  }
  try {
    const lease = await source.begin(dialect.begin(options), options.readOnly === true);
    return new OpenTransaction(lease, dialect, { attempt, options });
  } catch (error) {
    throw dialect.toDbError(error);
  }
}
