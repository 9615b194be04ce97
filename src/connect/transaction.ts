import { AsyncLocalStorage } from "node:async_hooks";
import {
  CommitUnknownError,
  DbError,
  InvalidValueError,
  TransactionClosedError,
} from "../core/error.ts";
import type { MaybePromise } from "../core/maybe-promise.ts";
import { ISOLATION_LEVELS, type BeginOptions, type Dialect } from "../dialect/dialect.ts";
import type {
  Cells,
  Connection,
  DriverStatement,
  NamedResult,
  WriteResult,
} from "../dialect/driver.ts";
import type { ConnectionSource, Lease, Runner } from "./source.ts";

/** The nested transaction inside whose work this runs. */
const innermost = new AsyncLocalStorage<TransactionRunner>();

/** Runs statements on a transaction's connection while it is open. */
export class TransactionRunner implements Runner {
  readonly #connection: Connection;
  #begun: MaybePromise<void>;
  #isOpen = true;
  /** The transaction around this one, whose end ends this one too. */
  readonly #outer: TransactionRunner | undefined;
  /** How many savepoints this one is inside of. */
  readonly #depth: number;
  /** Nested transactions of one transaction run one after the other: savepoints form a stack. */
  #nested: Promise<unknown> | undefined;

  constructor(lease: Pick<Lease, "begun" | "connection">, outer?: TransactionRunner) {
    this.#connection = lease.connection;
    this.#begun = lease.begun;
    this.#outer = outer;
    this.#depth = outer === undefined ? 0 : outer.#depth + 1;
  }

  get #isUsable(): boolean {
    return this.#isOpen && (this.#outer === undefined || this.#outer.#isUsable);
  }

  #require(): void {
    if (!this.#isUsable) throw new TransactionClosedError();
  }

  /** Reads may be sent right behind BEGIN. */
  rows(statement: DriverStatement, parameters: readonly unknown[]): MaybePromise<readonly Cells[]> {
    this.#require();
    if (statement.isWrite && this.#begun !== undefined) {
      return this.#afterBegin(() => this.#connection.rows(statement, parameters));
    }
    return this.#connection.rows(statement, parameters);
  }

  row(statement: DriverStatement, parameters: readonly unknown[]): MaybePromise<Cells | undefined> {
    this.#require();
    if (statement.isWrite && this.#begun !== undefined) {
      return this.#afterBegin(() => this.#connection.row(statement, parameters));
    }
    return this.#connection.row(statement, parameters);
  }

  write(statement: DriverStatement, parameters: readonly unknown[]): MaybePromise<WriteResult> {
    this.#require();
    if (this.#begun !== undefined)
      return this.#afterBegin(() => this.#connection.write(statement, parameters));
    return this.#connection.write(statement, parameters);
  }

  named(statement: DriverStatement, parameters: readonly unknown[]): MaybePromise<NamedResult> {
    this.#require();
    return this.#afterBegin(() => this.#connection.named(statement, parameters));
  }

  script(text: string): MaybePromise<void> {
    this.#require();
    return this.#afterBegin(() => this.#connection.script(text));
  }

  #afterBegin<Result>(work: () => MaybePromise<Result>): MaybePromise<Result> {
    if (this.#begun === undefined) return work();
    return this.#begun.then(() => {
      this.#begun = undefined;
      // ROLLBACK may have been sent meanwhile, behind which this would stand alone.
      this.#require();
      return work();
    });
  }

  close(): void {
    this.#isOpen = false;
  }

  /** Waits for nested transactions that nobody awaited: an end in the midst of one would do it by half. */
  async settle(): Promise<void> {
    let last: unknown;
    while (this.#nested !== last) {
      last = this.#nested;
      await last;
    }
  }

  /** Runs `work` inside a savepoint, which is rolled back alone when it fails. */
  nest<Result>(work: (inner: TransactionRunner) => Promise<Result>): Promise<Result> {
    // Inside the work of a nested transaction it would wait for that one, which waits for it.
    const inside = innermost.getStore();
    if (inside !== undefined && inside.#isUsable && inside.#isWithin(this)) {
      return inside.nest(work);
    }
    const run = (this.#nested ?? Promise.resolve()).then(() => this.#runNested(work));
    this.#nested = run.catch(() => {});
    return run;
  }

  #isWithin(other: TransactionRunner): boolean {
    const outer = this.#outer;
    return outer !== undefined && (outer === other || outer.#isWithin(other));
  }

  async #runNested<Result>(work: (inner: TransactionRunner) => Promise<Result>): Promise<Result> {
    const connection = this.#connection;
    const name = `plinth_${this.#depth + 1}`;
    await this.script(`savepoint ${name}`);
    this.#require();
    const inner = new TransactionRunner({ connection, begun: undefined }, this);
    try {
      const result = await innermost.run(inner, () => work(inner));
      await inner.settle();
      inner.close();
      this.#require();
      await connection.script(`release savepoint ${name}`);
      return result;
    } catch (error) {
      inner.close();
      // After the end of the transaction around it the connection is somebody else's.
      if (this.#isUsable && connection.isAlive) {
        await connection.script(`rollback to savepoint ${name}`);
        await connection.script(`release savepoint ${name}`);
      }
      throw error;
    }
  }
}

/**
 * Runs `work` in a transaction: committed when it returns, rolled back when it throws.
 *
 * @throws what `work` throws, after ROLLBACK.
 * @throws {CommitUnknownError} when the connection broke while COMMIT was under way.
 */
export async function runTransaction<Result>(
  source: ConnectionSource,
  dialect: Dialect,
  options: BeginOptions,
  work: (runner: TransactionRunner) => Promise<Result>,
): Promise<Result> {
  const lease = await begin(source, dialect, options);
  const runner = new TransactionRunner(lease);
  let result: Result;
  try {
    result = await work(runner);
    await lease.begun;
    await runner.settle();
  } catch (error) {
    runner.close();
    await rollBack(lease);
    throw error instanceof DbError ? error : dialect.toDbError(error);
  }
  runner.close();
  await commit(lease, dialect);
  return result;
}

async function begin(
  source: ConnectionSource,
  dialect: Dialect,
  options: BeginOptions,
): Promise<Lease> {
  const { isolation } = options;
  if (isolation !== undefined && !ISOLATION_LEVELS.includes(isolation)) {
    throw new InvalidValueError("The isolation of a transaction is none that there is.", {
      hint: `Known are ${ISOLATION_LEVELS.join(", ")}.`,
    });
  }
  try {
    return await source.begin(dialect.begin(options), options.readOnly === true);
  } catch (error) {
    throw dialect.toDbError(error);
  }
}

async function rollBack(lease: Lease): Promise<void> {
  let isBroken = !lease.connection.isAlive;
  try {
    if (!isBroken) await lease.connection.script("rollback");
  } catch {
    // Closing the connection rolls back too, and the first error is the one to tell.
    isBroken = true;
  }
  lease.release(isBroken);
}

async function commit(lease: Lease, dialect: Dialect): Promise<void> {
  try {
    await lease.connection.script("commit");
  } catch (cause) {
    const error = dialect.toDbError(cause);
    if (error instanceof DbError && dialect.isConnectionLost(error)) {
      lease.release(true);
      throw new CommitUnknownError({ cause: error });
    }
    await rollBack(lease);
    throw error;
  }
  lease.release(false);
}
