/** Updates and deletes, which name rows that are there, and may name the version that was read of one. */

import { ownThen } from "../runnable.ts";
import { CompareNode, LogicNode, ValueNode, type AnyExpression } from "../../ast/expression.ts";
import type {
  Assignment,
  DeleteStatement,
  SelectionRecord,
  UpdateStatement,
} from "../../ast/statement.ts";
import { BuildError, InvalidValueError, NotFoundError, StaleRowError } from "../../core/error.ts";
import { chain, type MaybePromise } from "../../core/maybe-promise.ts";
import type { AnyTable, AnyTableColumn, TableInfo, VersionOf } from "../../schema/table.ts";
import { runRow, type Scope } from "../run.ts";
import { emptyStatement, LOCKED } from "../statement.ts";
import type { WriteSummary } from "../types.ts";
import type { TableWatch, WriteAction } from "../watch/watchers.ts";
import { namesOneRow } from "./matches.ts";
import { readBack } from "./load-returning.ts";
import { watchedWrites } from "./watched/load.ts";
import { adapted, PendingWrite, runReturning, summarize, UPDATE, type WriteWork } from "./write.ts";

type RowStatement = DeleteStatement | UpdateStatement;

export interface RowWork extends WriteWork {
  readonly rows: RowStatement;
  /** The same write of those rows that meet this, too. */
  narrowed(condition: AnyExpression): RowWork;
}

type UpdateAction = "restore" | "soft delete" | "update";

/** A class, as an update then makes one object of it; in closures it would be one for each of what it can do. */
class UpdateWork implements RowWork {
  readonly once: WriteWork["once"] = { isStarted: false };
  readonly scope: Scope;
  readonly table: TableInfo;
  readonly comment: string | undefined = undefined;
  readonly actions: readonly WriteAction[];
  readonly isOfOne = false;
  readonly rows: UpdateStatement;
  readonly keptBy: readonly Assignment[];
  readonly action: UpdateAction;

  constructor(
    scope: Scope,
    rows: UpdateStatement,
    keptBy: readonly Assignment[],
    action: UpdateAction,
  ) {
    this.scope = scope;
    this.table = rows.table as TableInfo;
    this.actions = ACTIONS[action];
    this.rows = rows;
    this.keptBy = keptBy;
    this.action = action;
  }

  narrowed(condition: AnyExpression): UpdateWork {
    return new UpdateWork(this.scope, narrowed(this.rows, condition), this.keptBy, this.action);
  }

  statement(returning: SelectionRecord | undefined): UpdateStatement {
    return { ...this.rows, returning };
  }

  summarize(within: Scope, comment: string | undefined): MaybePromise<WriteSummary> {
    return summarize(within, commented(this.rows, comment));
  }

  readRows(
    within: Scope,
    returning: SelectionRecord,
    comment: string | undefined,
  ): MaybePromise<unknown[]> {
    const { updateReturning } = within.plans.engine.dialect.can;
    const read = updateReturning ? runReturning : readBack().readBackUpdated;
    return read(within, commented(this.rows, comment), returning);
  }

  watched(
    within: Scope,
    watch: TableWatch,
    returning: SelectionRecord | undefined,
    comment: string | undefined,
  ): MaybePromise<WriteSummary | unknown[]> {
    const statement = commented(this.rows, comment);
    const { watchedUpdate } = watchedWrites();
    return watchedUpdate(within, watch, statement, this.keptBy, this.action, returning);
  }
}

class DeleteWork implements RowWork {
  readonly once: WriteWork["once"] = { isStarted: false };
  readonly scope: Scope;
  readonly table: TableInfo;
  readonly comment: string | undefined = undefined;
  readonly actions = ACTIONS.delete;
  readonly isOfOne = false;
  readonly rows: DeleteStatement;

  constructor(scope: Scope, rows: DeleteStatement) {
    this.scope = scope;
    this.table = rows.from as TableInfo;
    this.rows = rows;
  }

  narrowed(condition: AnyExpression): DeleteWork {
    return new DeleteWork(this.scope, narrowed(this.rows, condition));
  }

  statement(returning: SelectionRecord | undefined): DeleteStatement {
    return { ...this.rows, returning };
  }

  summarize(within: Scope, comment: string | undefined): MaybePromise<WriteSummary> {
    return summarize(within, commented(this.rows, comment));
  }

  readRows(
    within: Scope,
    returning: SelectionRecord,
    comment: string | undefined,
  ): MaybePromise<unknown[]> {
    const { deleteReturning, joinedDeleteReturning } = within.plans.engine.dialect.can;
    const isDirect = deleteReturning && (joinedDeleteReturning || this.rows.joins.length === 0);
    const read = isDirect ? runReturning : readBack().readBackDeleted;
    return read(within, commented(this.rows, comment), returning);
  }

  watched(
    within: Scope,
    watch: TableWatch,
    returning: SelectionRecord | undefined,
    comment: string | undefined,
  ): MaybePromise<WriteSummary | unknown[]> {
    return watchedWrites().watchedDelete(within, watch, commented(this.rows, comment), returning);
  }
}

function commented<Statement extends RowStatement>(
  statement: Statement,
  comment: string | undefined,
): Statement {
  return comment === undefined ? statement : { ...statement, comment };
}

/**
 * @param keptBy What of its assignments it was not told, but keeps by itself.
 * @param action What it means for the rows.
 */
export function updateWork(
  scope: Scope,
  statement: UpdateStatement,
  keptBy: readonly Assignment[],
  action: UpdateAction,
): RowWork {
  return new UpdateWork(scope, statement, keptBy, action);
}

export function deleteWork(scope: Scope, statement: DeleteStatement): RowWork {
  return new DeleteWork(scope, statement);
}

const ACTIONS = {
  delete: ["delete"],
  restore: ["restore"],
  "soft delete": ["soft delete"],
  update: UPDATE,
} as const satisfies Partial<Record<WriteAction, readonly WriteAction[]>>;

function narrowed<Statement extends RowStatement>(
  statement: Statement,
  condition: AnyExpression,
): Statement {
  const { where } = statement;
  return {
    ...statement,
    where: where === undefined ? condition : new LogicNode("and", [where, condition]),
  };
}

/** An update or a delete that knows its rows. */
export class RowWrite<T extends AnyTable> extends PendingWrite<T, WriteSummary> {
  readonly #work: RowWork;

  constructor(work: RowWork) {
    super(work);
    this.#work = work;
  }

  /**
   * Writes the row only as it was read: while it has this version. The condition names one row by a key of it. Whoever
   * changed it meanwhile keeps what they wrote.
   *
   * @param expected What the row's `version()` column held when it was read.
   * @throws {StaleRowError} `E_STALE`, from the awaited write, when the row has another version by now.
   * @throws {NotFoundError} `E_NOT_FOUND`, from the awaited write, when the row is gone.
   * @example
   * await db.update(posts).set({ title }).where(eq(posts.id, post.id)).version(post.version);
   */
  version(expected: VersionOf<T>): PendingWrite<T, WriteSummary> {
    return new PendingWrite(versionedWork(this.#work, expected));
  }
}
ownThen(RowWrite);

function versionColumn(table: TableInfo): AnyTableColumn | undefined {
  return table.kept.find(({ spec }) => spec.keeps === "version");
}

function versionedWork(work: RowWork, expected: unknown): WriteWork {
  const { rows, table } = work;
  const column = versionColumn(table);
  if (column === undefined) {
    throw new BuildError("E_UNKNOWN_COLUMN", `Table "${table.table}" counts no versions.`, {
      hint: "Declare a column of version().",
    });
  }
  if (!Number.isSafeInteger(expected)) {
    throw new InvalidValueError("version() takes the whole number that the row had.");
  }
  if (!namesOneRow(table, rows.where)) {
    throw new BuildError(
      "E_NO_CONDITION",
      `version() is of one row, and the condition names no key of "${table.table}".`,
      { hint: "Compare all columns of its primary key, or of a unique one, by eq()." },
    );
  }
  const inner = work.narrowed(new CompareNode("=", column, new ValueNode(expected, column.type)));
  const { comment, once, scope } = work;
  return adapted<WriteWork>(inner, {
    comment,
    once,
    scope,
    summarize: (within, said) =>
      chain(inner.summarize(within, said), (summary) =>
        summary.affectedRows > 0 ? summary : refuse(within, column, rows),
      ),
    readRows: (within, returning, said) =>
      chain(inner.readRows(within, returning, said), (found) =>
        found.length > 0 ? found : refuse(within, column, rows),
      ),
    watched: (within, watch, returning, said) =>
      chain(inner.watched(within, watch, returning, said), (outcome) =>
        (Array.isArray(outcome) ? outcome.length : outcome.affectedRows) > 0
          ? outcome
          : refuse(within, column, rows),
      ),
  });
}

/** Tells a row that has changed from one that is gone. */
function refuse(
  scope: Scope,
  column: AnyTableColumn,
  { joins, lifts, where }: RowStatement,
): MaybePromise<never> {
  const { source, key } = column;
  const selection = { keys: [key], values: [column], source: undefined };
  // Under a lock, as a transaction that has read before would be given the past.
  const canLock = scope.plans.engine.dialect.can.rowLocks && joins.length === 0;
  const lock = canLock ? LOCKED : undefined;
  return chain(
    runRow(scope, { ...emptyStatement(source, selection), joins, where, lock, lifts }),
    (row) => {
      if (row !== undefined) throw new StaleRowError(source.table);
      throw new NotFoundError(source.table, "It was deleted since it was read.");
    },
  );
}
