import { CallNode, type AnyExpression, type Condition } from "../../ast/expression.ts";
import type {
  Assignment,
  DeleteStatement,
  JoinClause,
  UpdateStatement,
} from "../../ast/statement.ts";
import { BuildError, InvalidValueError } from "../../core/error.ts";
import type { AnyTable, TableInfo } from "../../schema/table.ts";
import { columnOf } from "./conflict.ts";
import { joinOf, requireOneMatch } from "./matches.ts";
import { readBackDeleted, readBackUpdated } from "./returning.ts";
import type { Scope } from "../run.ts";
import { combined } from "../read/select.ts";
import type { UpdateSet, WriteSummary } from "../types.ts";
import { Unfinished } from "../unfinished.ts";
import { PendingWrite, runReturning, summarize, tableOfWrite, type WriteWork } from "./write.ts";

/** A condition that says nothing would write every row, so it is refused; `.all()` says that every row is meant. */
function requireCondition(condition: Condition): AnyExpression {
  const where = combined(undefined, condition, "where");
  if (where !== undefined) return where;
  throw new BuildError(
    "E_NO_CONDITION",
    "Every operand of the condition was left out, so the write would hit every row.",
    {
      hint: "Call .all() instead of .where(…) if that is meant.",
    },
  );
}

/** The columns that tell when a row was updated, where the update doesn't set them itself. */
export function kept(table: TableInfo, set: readonly Assignment[]): Assignment[] {
  return table.kept
    .filter((column) => !set.some((assignment) => assignment.column === column))
    .map((column) => ({ column, value: new CallNode("now", [], column.type) }));
}

/** An update or a delete that knows its rows. */
function pending<T extends AnyTable>(
  scope: Scope,
  table: TableInfo,
  statement: DeleteStatement | UpdateStatement,
  readRows: WriteWork["readRows"],
): PendingWrite<T, WriteSummary> {
  const work: WriteWork = {
    once: { isStarted: false },
    scope,
    table,
    comment: undefined,
    isOfOne: false,
    statement: (returning) => ({ ...statement, returning }),
    summarize: (within, comment) =>
      summarize(within, comment === undefined ? statement : { ...statement, comment }),
    readRows,
  };
  return new PendingWrite(work);
}

export class UpdateBuilder<T extends AnyTable> extends Unfinished {
  readonly #scope: Scope;
  readonly #table: TableInfo;

  constructor(scope: Scope, table: T) {
    super();
    this.#scope = scope;
    this.#table = tableOfWrite(table);
  }

  /** What to set, by the columns' keys. */
  set(values: UpdateSet<T>): UpdateWithoutCondition<T> {
    const set = Object.entries(values).map(([key, value]): Assignment => {
      const column = columnOf(this.#table, key);
      if (value !== undefined) return { column, value };
      throw new InvalidValueError(`The value of "${key}" is undefined.`, {
        hint: "Leave the key out to keep the column as it is, or pass null for NULL.",
      });
    });
    if (set.length === 0) {
      throw new BuildError("E_EMPTY_WRITE", `The update of "${this.#table.table}" sets nothing.`);
    }
    return new UpdateWithoutCondition(this.#scope, this.#table, [
      ...set,
      ...kept(this.#table, set),
    ]);
  }
}

/** An update that doesn't know its rows yet. It can't be awaited. */
export class UpdateWithoutCondition<T extends AnyTable> extends Unfinished {
  readonly #scope: Scope;
  readonly #table: TableInfo;
  readonly #set: readonly Assignment[];
  readonly #joins: readonly JoinClause[];

  constructor(
    scope: Scope,
    table: TableInfo,
    set: readonly Assignment[],
    joins: readonly JoinClause[] = [],
  ) {
    super();
    this.#scope = scope;
    this.#table = table;
    this.#set = set;
    this.#joins = joins;
  }

  /**
   * Reads another table, whose columns the values and the condition may name; rows without a match stay as they are. Each
   * row must be sure to meet one row of it at most: the condition names a key of it, or it is a query grouped by what the
   * condition compares.
   *
   * @throws {SeveralRowsError} when the write is completed, where a row might meet several.
   */
  innerJoin(other: AnyTable, on: Condition): UpdateWithoutCondition<T> {
    const joins = [...this.#joins, joinOf(other, on)];
    return new UpdateWithoutCondition(this.#scope, this.#table, this.#set, joins);
  }

  /** @throws {BuildError} `E_NO_CONDITION` when every part of the condition was left out. */
  where(condition: Condition): PendingWrite<T, WriteSummary> {
    return this.#complete(requireCondition(condition));
  }

  /** Every row of the table, or every one that meets those joined. */
  all(): PendingWrite<T, WriteSummary> {
    return this.#complete(undefined);
  }

  #complete(where: AnyExpression | undefined): PendingWrite<T, WriteSummary> {
    const scope = this.#scope;
    requireOneMatch(this.#table, this.#joins, where);
    const statement: UpdateStatement = {
      kind: "update",
      table: this.#table,
      joins: this.#joins,
      set: this.#set,
      where,
      returning: undefined,
    };
    const { updateReturning } = scope.plans.engine.dialect.can;
    return pending(scope, this.#table, statement, (within, returning, comment) =>
      updateReturning
        ? runReturning(within, { ...statement, comment }, returning)
        : readBackUpdated(within, { ...statement, comment }, returning),
    );
  }
}

/** A delete that doesn't know its rows yet. It can't be awaited. */
export class DeleteBuilder<T extends AnyTable> extends Unfinished {
  readonly #scope: Scope;
  readonly #target: T;
  readonly #table: TableInfo;
  readonly #joins: readonly JoinClause[];

  constructor(scope: Scope, table: T, joins: readonly JoinClause[] = []) {
    super();
    this.#scope = scope;
    this.#table = tableOfWrite(table);
    this.#target = table;
    this.#joins = joins;
  }

  /** Deletes only rows that meet one of the other table, which stays as it is; the condition may name its columns. */
  innerJoin(other: AnyTable, on: Condition): DeleteBuilder<T> {
    return new DeleteBuilder(this.#scope, this.#target, [...this.#joins, joinOf(other, on)]);
  }

  /** @throws {BuildError} `E_NO_CONDITION` when every part of the condition was left out. */
  where(condition: Condition): PendingWrite<T, WriteSummary> {
    return this.#complete(requireCondition(condition));
  }

  /** Every row of the table, or every one that meets those joined. */
  all(): PendingWrite<T, WriteSummary> {
    return this.#complete(undefined);
  }

  #complete(where: AnyExpression | undefined): PendingWrite<T, WriteSummary> {
    const scope = this.#scope;
    const joins = this.#joins;
    const statement: DeleteStatement = {
      kind: "delete",
      from: this.#table,
      joins,
      where,
      returning: undefined,
    };
    const { deleteReturning, joinedDeleteReturning } = scope.plans.engine.dialect.can;
    return pending(scope, this.#table, statement, (within, returning, comment) =>
      deleteReturning && (joinedDeleteReturning || joins.length === 0)
        ? runReturning(within, { ...statement, comment }, returning)
        : readBackDeleted(within, { ...statement, comment }, returning),
    );
  }
}
