/** Updates and deletes, which name rows that are there, and may name the version that was read of one. */

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
import { readBackDeleted, readBackUpdated } from "./returning.ts";
import { watchedDelete, watchedUpdate } from "./watched/update.ts";
import { PendingWrite, runReturning, summarize, UPDATE, type WriteWork } from "./write.ts";

type RowStatement = DeleteStatement | UpdateStatement;

export interface RowWork extends WriteWork {
  readonly rows: RowStatement;
  /** The same write of those rows that meet this, too. */
  narrowed(condition: AnyExpression): RowWork;
}

/** The ways of one kind of them. */
export interface RowWays<Statement> {
  readonly actions: readonly WriteAction[];
  /** Writes, and gives back the rows. */
  readRows(scope: Scope, statement: Statement, returning: SelectionRecord): MaybePromise<unknown[]>;
  /** The same where somebody watches the table. */
  watched(
    scope: Scope,
    watch: TableWatch,
    statement: Statement,
    returning: SelectionRecord | undefined,
  ): MaybePromise<WriteSummary | unknown[]>;
}

function rowWork<Statement extends RowStatement>(
  scope: Scope,
  table: TableInfo,
  statement: Statement,
  ways: RowWays<Statement>,
): RowWork {
  return {
    once: { isStarted: false },
    scope,
    table,
    comment: undefined,
    actions: ways.actions,
    isOfOne: false,
    rows: statement,
    narrowed: (condition) =>
      rowWork(scope, table, { ...statement, where: both(statement.where, condition) }, ways),
    statement: (returning) => ({ ...statement, returning }),
    summarize: (within, comment) =>
      summarize(within, comment === undefined ? statement : { ...statement, comment }),
    readRows: (within, returning, comment) =>
      ways.readRows(within, { ...statement, comment }, returning),
    watched: (within, watch, returning, comment) =>
      ways.watched(within, watch, { ...statement, comment }, returning),
  };
}

/**
 * @param keptBy What of its assignments it was not told, but keeps by itself.
 * @param action What it means for the rows.
 */
export function updateWork(
  scope: Scope,
  statement: UpdateStatement,
  keptBy: readonly Assignment[],
  action: "restore" | "soft delete" | "update",
): RowWork {
  const { updateReturning } = scope.plans.engine.dialect.can;
  return rowWork<UpdateStatement>(scope, statement.table as TableInfo, statement, {
    actions: ACTIONS[action],
    readRows: updateReturning ? runReturning : readBackUpdated,
    watched: (within, watch, full, returning) =>
      watchedUpdate(within, watch, full, keptBy, action, returning),
  });
}

export function deleteWork(scope: Scope, statement: DeleteStatement): RowWork {
  const { deleteReturning, joinedDeleteReturning } = scope.plans.engine.dialect.can;
  const isDirect = deleteReturning && (joinedDeleteReturning || statement.joins.length === 0);
  return rowWork(scope, statement.from as TableInfo, statement, {
    actions: ACTIONS.delete,
    readRows: isDirect ? runReturning : readBackDeleted,
    watched: watchedDelete,
  });
}

const ACTIONS = {
  delete: ["delete"],
  restore: ["restore"],
  "soft delete": ["soft delete"],
  update: UPDATE,
} as const satisfies Partial<Record<WriteAction, readonly WriteAction[]>>;

function both(one: AnyExpression | undefined, other: AnyExpression): AnyExpression {
  return one === undefined ? other : new LogicNode("and", [one, other]);
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
  return {
    ...inner,
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
  };
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
