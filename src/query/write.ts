/** What inserts, updates and deletes have in common: they run once, and may give back their rows. */

import { DerivedSource } from "../ast/derived.ts";
import type {
  DeleteStatement,
  InsertStatement,
  SelectionRecord,
  UpdateStatement,
} from "../ast/statement.ts";
import type { Limits } from "../connect/limits.ts";
import { BuildError } from "../core/error.ts";
import { chain, type MaybePromise } from "../core/maybe-promise.ts";
import type { AnyTable, TableInfo } from "../schema/table.ts";
import { infoOf, sourceOf } from "../schema/table.ts";
import { limitScope, runRows, runWrite, type Scope } from "./run.ts";
import { Runnable } from "./runnable.ts";
import { toSql, type SqlText } from "./select.ts";
import { tableSelection, toSelection } from "./selection.ts";
import type { ResultOf, SelectionInput, WriteSummary } from "./types.ts";

export type WriteStatement = DeleteStatement | InsertStatement | UpdateStatement;

/** How one kind of write runs. A write may be several statements, as a bulk insert is. */
export interface WriteWork {
  /** Shared by all that is derived from one write: it runs once, with or without its rows. */
  readonly once: { isStarted: boolean };
  readonly scope: Scope;
  readonly table: TableInfo;
  summarize(scope: Scope): MaybePromise<WriteSummary>;
  readRows(scope: Scope, returning: SelectionRecord): MaybePromise<unknown[]>;
  /** The statement as it would be sent, for `toSql`. */
  statement(returning: SelectionRecord | undefined): WriteStatement;
}

/** A write that is complete and may be awaited, once. */
export class PendingWrite<T extends AnyTable, Result> extends Runnable<Result> {
  readonly #work: WriteWork;
  readonly #returning: SelectionRecord | undefined;

  constructor(work: WriteWork, returning: SelectionRecord | undefined) {
    super();
    this.#work = work;
    this.#returning = returning;
  }

  /** Gives back the rows as they are stored: all columns, or what is selected. */
  returning(): PendingWrite<T, ResultOf<T, never>[]>;
  returning<S extends SelectionInput>(selection: S): PendingWrite<T, ResultOf<S, never>[]>;
  returning(selection?: SelectionInput): PendingWrite<T, unknown> {
    const record =
      selection === undefined ? tableSelection(this.#work.table) : toSelection(selection);
    return new PendingWrite(this.#work, record);
  }

  protected override run(): MaybePromise<Result> {
    const { once, scope } = this.#work;
    if (once.isStarted) {
      throw new BuildError("E_WRITE_TWICE", "This write was awaited twice; it ran once.", {
        hint: "Keep its result, or build the write again.",
      });
    }
    once.isStarted = true;
    const result: MaybePromise<unknown> =
      this.#returning === undefined
        ? this.#work.summarize(scope)
        : this.#work.readRows(scope, this.#returning);
    return result as MaybePromise<Result>;
  }

  /**
   * Calls the write off when the signal is aborted, waiting for a connection included. The server ends the statement under
   * way, which undoes it; a write that was done before the server heard of it resolves as usual.
   *
   * @throws {CancelledError} `E_CANCELLED`, from the awaited write.
   */
  signal(signal: AbortSignal): this {
    return this.#limited({ signal });
  }

  /**
   * Ends the write as `signal` does when it takes longer, all of its statements and waiting for a connection together.
   *
   * @param timeoutMs In milliseconds, above 0.
   * @throws {TimeoutError} `E_TIMEOUT`, from the awaited write.
   */
  timeout(timeoutMs: number): this {
    return this.#limited({ timeoutMs });
  }

  #limited(limits: Limits): this {
    const work = { ...this.#work, scope: limitScope(this.#work.scope, limits) };
    // Every subclass is constructed alike, or has no use for the second argument.
    const Write = this.constructor as new (work: WriteWork, returning: unknown) => this;
    return new Write(work, this.#returning);
  }

  /** The SQL and the values that the driver gets. Running it is left to `await`. */
  toSql(): SqlText {
    return toSql(this.#work.scope, this.#work.statement(this.#returning));
  }
}

/** Runs one statement and tells how many rows it met. */
export function summarize(scope: Scope, statement: WriteStatement): MaybePromise<WriteSummary> {
  return chain(runWrite(scope, statement), ({ affectedRows }) => ({ affectedRows }));
}

export function runReturning(
  scope: Scope,
  statement: WriteStatement,
  returning: SelectionRecord,
): MaybePromise<unknown[]> {
  return runRows(scope, { ...statement, returning });
}

export function tableOfWrite(table: AnyTable): TableInfo {
  if (sourceOf(table) instanceof DerivedSource) {
    throw new BuildError("E_UNKNOWN_SOURCE", `"${sourceOf(table).table}" is a query.`, {
      hint: "Write to the table that it reads.",
    });
  }
  const info = infoOf(table);
  if (info.alias === undefined) return info;
  throw new BuildError("E_UNKNOWN_SOURCE", `"${info.alias}" is an alias of "${info.table}".`, {
    hint: "Write to the table itself.",
  });
}
