import type { AnyExpression, Condition } from "../../ast/expression.ts";
import type {
  Assignment,
  DeleteStatement,
  JoinClause,
  UpdateStatement,
} from "../../ast/statement.ts";
import { BuildError } from "../../core/error.ts";
import type { AnyTable, TableInfo } from "../../schema/table.ts";
import { assignmentsOf } from "./conflict.ts";
import { kept } from "./kept.ts";
import { joinOf, requireOneMatch } from "./matches.ts";
import { readBackDeleted, readBackUpdated } from "./returning.ts";
import type { Scope } from "../run.ts";
import { combined } from "../read/select.ts";
import type { UpdateSet } from "../types.ts";
import { Unfinished } from "../unfinished.ts";
import type { WriteAction } from "../watch/watchers.ts";
import { RowWrite, rowWork } from "./row-write.ts";
import { watchedDelete, watchedUpdate } from "./watched/update.ts";
import { runReturning, tableOfWrite, UPDATE } from "./write.ts";

const DELETE: readonly WriteAction[] = ["delete"];

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
    const set = assignmentsOf(this.#table, values, "The update");
    return new UpdateWithoutCondition(this.#scope, this.#table, set);
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
  where(condition: Condition): RowWrite<T> {
    return this.#complete(requireCondition(condition));
  }

  /** Every row of the table, or every one that meets those joined. */
  all(): RowWrite<T> {
    return this.#complete(undefined);
  }

  #complete(where: AnyExpression | undefined): RowWrite<T> {
    const scope = this.#scope;
    requireOneMatch(this.#table, this.#joins, where);
    const keptBy = kept(this.#table, this.#set);
    const statement: UpdateStatement = {
      kind: "update",
      table: this.#table,
      joins: this.#joins,
      set: keptBy.length > 0 ? [...this.#set, ...keptBy] : this.#set,
      where,
      returning: undefined,
    };
    const { updateReturning } = scope.plans.engine.dialect.can;
    return new RowWrite(
      rowWork<UpdateStatement>(scope, this.#table, statement, {
        actions: UPDATE,
        readRows: updateReturning ? runReturning : readBackUpdated,
        watched: (within, watch, full, returning) =>
          watchedUpdate(within, watch, full, keptBy, "update", returning),
      }),
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
  where(condition: Condition): RowWrite<T> {
    return this.#complete(requireCondition(condition));
  }

  /** Every row of the table, or every one that meets those joined. */
  all(): RowWrite<T> {
    return this.#complete(undefined);
  }

  #complete(where: AnyExpression | undefined): RowWrite<T> {
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
    const isDirect = deleteReturning && (joinedDeleteReturning || joins.length === 0);
    return new RowWrite(
      rowWork(scope, this.#table, statement, {
        actions: DELETE,
        readRows: isDirect ? runReturning : readBackDeleted,
        watched: watchedDelete,
      }),
    );
  }
}
