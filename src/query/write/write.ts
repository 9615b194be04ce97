/** What inserts, updates and deletes have in common: they run once, and may give back their rows. */

import { DerivedSource } from "../../ast/derived.ts";
import type { SelectionRecord, WriteStatement } from "../../ast/statement.ts";
import {
  BuildError,
  InvalidValueError,
  NotFoundError,
  SeveralRowsError,
} from "../../core/error.ts";
import type { MaybePromise } from "../../core/maybe-promise.ts";
import type { PlanNode } from "../../dialect/server/explain.ts";
import type { AnyTable, TableInfo } from "../../schema/table.ts";
import { sourceOf } from "../../schema/table.ts";
import { inTransaction } from "./atomic.ts";
import { explain, type ExplainOptions } from "../read/explain.ts";
import { limitScope, runRows, runWriteAs, type Scope } from "../run.ts";
import { ownThen, Runnable } from "../runnable.ts";
import { toSql, type SqlText } from "../read/sql-text.ts";
import { tableSelection, toSelection } from "../read/selection.ts";
import type { ResultOf, SelectionInput, WriteSummary } from "../types.ts";
import { watchOf, type TableWatch, type WriteAction } from "../watch/watchers.ts";

export const INSERT: readonly WriteAction[] = ["insert"];
export const UPDATE: readonly WriteAction[] = ["update"];

/** How one kind of write runs. A write may be several statements, as a bulk insert is. */
export interface WriteWork {
  /** Shared by all that is derived from one write: it runs once, with or without its rows. */
  readonly once: { isStarted: boolean };
  readonly scope: Scope;
  readonly table: TableInfo;
  readonly comment: string | undefined;
  /** What it may do to rows. */
  readonly actions: readonly WriteAction[];
  /** Whether it gives back one row in any case. */
  readonly isOfOne: boolean;
  /** @param scope The work's own, or a transaction around it. */
  summarize(scope: Scope, comment: string | undefined): MaybePromise<WriteSummary>;
  readRows(
    scope: Scope,
    returning: SelectionRecord,
    comment: string | undefined,
  ): MaybePromise<unknown[]>;
  /** The same where somebody watches the table: the rows, or how many they are where none are wanted. */
  watched(
    scope: Scope,
    watch: TableWatch,
    returning: SelectionRecord | undefined,
    comment: string | undefined,
  ): MaybePromise<WriteSummary | unknown[]>;
  /** The statement as it would be sent, for `toSql`. */
  statement(returning: SelectionRecord | undefined): WriteStatement;
}

/** The same work, some of which is done in another way. Works may be classes, of which a spread takes no methods along. */
export function adapted<Work extends WriteWork>(work: Work, changes: Partial<Work>): Work {
  const same = Object.create(Object.getPrototypeOf(work) as object) as Work;
  return Object.assign(same, work, changes);
}

/** Runs a write, with those who watch its table. */
export function runWork(
  work: WriteWork,
  scope: Scope,
  returning: SelectionRecord | undefined,
  comment: string | undefined,
): MaybePromise<WriteSummary | unknown[]> {
  const watch = watchOf(scope, work.table);
  if (watch !== undefined && work.actions.some((action) => watch.isOf(action)))
    return work.watched(scope, watch, returning, comment);
  return returning === undefined
    ? work.summarize(scope, comment)
    : work.readRows(scope, returning, comment);
}

/** @throws {BuildError} `E_WRITE_TWICE` */
export function startOnce(once: { isStarted: boolean }): void {
  if (once.isStarted) {
    throw new BuildError("E_WRITE_TWICE", "This write was awaited twice; it ran once.", {
      hint: "Keep its result, or build the write again.",
    });
  }
  once.isStarted = true;
}

function checkComment(text: string): string {
  if (typeof text === "string") return text;
  throw new InvalidValueError("comment() takes a text.");
}

/** A write that is complete and may be awaited, once. */
export abstract class CompleteWrite<Result> extends Runnable<Result> {
  protected readonly work: WriteWork;
  readonly #returning: SelectionRecord | undefined;

  constructor(work: WriteWork, returning?: SelectionRecord) {
    super();
    this.work = work;
    this.#returning = returning;
  }

  protected override answer(): MaybePromise<Result> {
    startOnce(this.work.once);
    return this.runIn(this.work.scope);
  }

  protected runIn(scope: Scope): MaybePromise<Result> {
    const { work } = this;
    return runWork(work, scope, this.#returning, work.comment) as MaybePromise<Result>;
  }

  /**
   * Calls the write off when the signal is aborted, waiting for a connection included. The server ends the statement under
   * way, which undoes it; a write that was done before the server heard of it resolves as usual.
   *
   * @throws {CancelledError} `E_CANCELLED`, from the awaited write.
   */
  signal(signal: AbortSignal): this {
    return this.#with({ scope: limitScope(this.work.scope, { signal }) });
  }

  /**
   * Ends the write as `signal` does when it takes longer, all of its statements and waiting for a connection together.
   *
   * @param timeoutMs In milliseconds, above 0.
   * @throws {TimeoutError} `E_TIMEOUT`, from the awaited write.
   */
  timeout(timeoutMs: number): this {
    return this.#with({ scope: limitScope(this.work.scope, { timeoutMs }) });
  }

  /** A comment for those who read the database's log, as that of a query. */
  comment(text: string): this {
    return this.#with({ comment: checkComment(text) });
  }

  #with(changes: Partial<WriteWork>): this {
    // Every subclass is constructed alike, or has no use for the second argument.
    const Write = this.constructor as new (work: WriteWork, returning: unknown) => this;
    return new Write(adapted(this.work, changes), this.#returning);
  }

  /**
   * How the database goes about the write, as a tree; `String(plan)` prints it. Writing is left to `await`.
   *
   * @param options.analyze Does the write, tells what it took, and undoes it. Keys that were counted up stay used. Refused
   * on MySQL, which measures reads only.
   */
  explain(options: ExplainOptions = {}): Promise<PlanNode> {
    const { comment, scope } = this.work;
    return explain(scope, { ...this.work.statement(this.#returning), comment }, options);
  }

  /** The SQL and the values that the driver gets. Running it is left to `await`. */
  toSql(): SqlText {
    const { comment, scope } = this.work;
    return toSql(scope, { ...this.work.statement(this.#returning), comment });
  }
}

/** A write that tells how many rows it met, or gives them back. */
export class PendingWrite<T extends AnyTable, Result> extends CompleteWrite<Result> {
  /** Gives back the rows as they are stored: all columns, or what is selected. */
  returning(): ReturningWrite<ResultOf<T, never>>;
  returning<S extends SelectionInput>(selection: S): ReturningWrite<ResultOf<S, never>>;
  returning(selection?: SelectionInput): ReturningWrite<unknown> {
    const record =
      selection === undefined ? tableSelection(this.work.table) : toSelection(selection);
    return new ReturningWrite(this.work, record);
  }
}

/** A write that gives back its rows. */
export class ReturningWrite<Row> extends CompleteWrite<Row[]> {
  /**
   * The only row.
   *
   * @throws {NotFoundError} when there is none.
   * @throws {SeveralRowsError} when there are several; the write is undone.
   */
  async one(): Promise<Row> {
    const { isOfOne, once, scope, table } = this.work;
    startOnce(once);
    if (isOfOne) return onlyRow(await this.runIn(scope), table);
    return inTransaction(scope, async (inner) => onlyRow(await this.runIn(inner), table));
  }
}
ownThen(ReturningWrite);

function onlyRow<Row>(rows: readonly Row[], { table }: TableInfo): Row {
  const [row] = rows;
  if (row === undefined) throw new NotFoundError(table);
  if (rows.length === 1) return row;
  throw new SeveralRowsError(
    `The write meets ${rows.length} rows of "${table}", and one() wants one; it was undone.`,
    { hint: "Await the write itself for all its rows." },
  );
}

const summaryOf = ({ affectedRows }: WriteSummary): WriteSummary => ({ affectedRows });

/** Runs one statement and tells how many rows it met. */
export function summarize(scope: Scope, statement: WriteStatement): MaybePromise<WriteSummary> {
  return runWriteAs(scope, statement, summaryOf);
}

export function runReturning(
  scope: Scope,
  statement: WriteStatement,
  returning: SelectionRecord,
): MaybePromise<unknown[]> {
  return runRows(scope, { ...statement, returning });
}

export function tableOfWrite(table: AnyTable): TableInfo {
  const source = sourceOf(table);
  if (source instanceof DerivedSource) {
    throw new BuildError("E_UNKNOWN_SOURCE", `"${source.table}" is a query.`, {
      hint: "Write to the table that it reads.",
    });
  }
  const info = source as TableInfo;
  if (info.isView) {
    throw new BuildError("E_UNKNOWN_SOURCE", `"${info.table}" is a view, which is only read.`, {
      hint: "Write to the table that it reads.",
    });
  }
  if (info.alias === undefined) return info;
  throw new BuildError("E_UNKNOWN_SOURCE", `"${info.alias}" is an alias of "${info.table}".`, {
    hint: "Write to the table itself.",
  });
}
