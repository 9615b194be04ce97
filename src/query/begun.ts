import type { OpenTransaction } from "../connect/transaction/open-transaction.ts";
import type { TransactionOptions } from "../connect/transaction/run-transaction.ts";
import type { Stop } from "../core/stop.ts";
import type { AnySchema } from "../schema/schema.ts";
import { Transaction } from "./client.ts";
import { scopeInside } from "./context.ts";
import type { Scope } from "./run.ts";

export type BeginTransactionOptions = Omit<TransactionOptions, "retries">;

/** A transaction that somebody ends by hand. */
export class BegunTransaction<S extends AnySchema = AnySchema> extends Transaction<S> {
  readonly #open: OpenTransaction;
  readonly #stop: Stop | undefined;

  constructor(scope: Scope, open: OpenTransaction, stop: Stop | undefined) {
    super(scopeInside(scope, open.runner), open.runner);
    this.#open = open;
    this.#stop = stop;
    stop?.signal.addEventListener("abort", () => void open.rollBack(true), { once: true });
  }

  /**
   * @throws {TransactionClosedError} when it has ended already.
   * @throws why it could not be committed; it is rolled back then.
   * @throws {CommitUnknownError} when the connection broke while COMMIT was under way.
   */
  async commit(): Promise<void> {
    const signal = this.#stop?.signal;
    signal?.throwIfAborted();
    this.#stop?.end();
    await this.#open.commit(signal);
  }

  /** Never throws; does nothing after the end. */
  async rollback(): Promise<void> {
    this.#stop?.end();
    await this.#open.rollBack();
  }

  /** Rolls back what isn't committed. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.rollback();
  }
}
