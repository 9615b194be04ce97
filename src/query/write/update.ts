import type { AnyExpression, Condition } from "../../ast/expression.ts";
import type { Assignment, JoinClause, UpdateStatement } from "../../ast/statement.ts";
import { sourceOf, type AnyTable, type IfSoft, type TableInfo } from "../../schema/table.ts";
import { assignmentsOf } from "./conflict.ts";
import { kept } from "./kept.ts";
import { joinOf, requireOneMatch } from "./matches.ts";
import { liftDeleted, liftScopes, type Lifts } from "../lifts.ts";
import { requireCondition } from "./condition.ts";
import type { Scope } from "../run.ts";
import type { UpdateSet } from "../types.ts";
import { Unfinished } from "../unfinished.ts";
import { refuseMoves } from "./scope-values.ts";
import { RowWrite, updateWork } from "./row-write.ts";
import { tableOfWrite } from "./write.ts";

const NONE: readonly never[] = [];

/** A table whose rows are to be written. */
interface RowTarget {
  readonly scope: Scope;
  readonly table: TableInfo;
  readonly lifts: Lifts;
}

export class UpdateBuilder<T extends AnyTable> extends Unfinished {
  readonly #target: T;
  readonly #write: RowTarget;

  constructor(scope: Scope, table: T, lifts: Lifts = scope.context?.lifts) {
    super();
    this.#target = table;
    this.#write = { scope, table: tableOfWrite(table), lifts };
  }

  #lifted(lifts: Lifts): UpdateBuilder<T> {
    return new UpdateBuilder(this.#write.scope, this.#target, lifts);
  }

  /** Also meets the rows that are soft-deleted, and stay so; or sees those of a table that is joined. */
  withDeleted(this: IfSoft<T, UpdateBuilder<T>>): UpdateBuilder<T>;
  withDeleted<Other extends AnyTable>(table: IfSoft<Other>): UpdateBuilder<T>;
  withDeleted(table?: AnyTable): UpdateBuilder<T> {
    const { lifts, table: own } = this.#write;
    return this.#lifted(liftDeleted(lifts, table === undefined ? own : sourceOf(table), "with"));
  }

  /** Meets only the rows that are soft-deleted, and stay so; or sees only those of a table that is joined. */
  onlyDeleted(this: IfSoft<T, UpdateBuilder<T>>): UpdateBuilder<T>;
  onlyDeleted<Other extends AnyTable>(table: IfSoft<Other>): UpdateBuilder<T>;
  onlyDeleted(table?: AnyTable): UpdateBuilder<T> {
    const { lifts, table: own } = this.#write;
    return this.#lifted(liftDeleted(lifts, table === undefined ? own : sourceOf(table), "only"));
  }

  /** Meets the rows that these scopes leave out. */
  without(...scopes: readonly [string, ...string[]]): UpdateBuilder<T> {
    return this.#lifted(liftScopes(this.#write.lifts, scopes));
  }

  /** What to set, by the columns' keys. */
  set(values: UpdateSet<T>): UpdateWithoutCondition<T> {
    const { lifts, scope, table } = this.#write;
    const set = assignmentsOf(table, values, "The update");
    refuseMoves(scope, table, set, lifts);
    return new UpdateWithoutCondition(this.#write, set);
  }
}

/** An update that doesn't know its rows yet. It can't be awaited. */
export class UpdateWithoutCondition<T extends AnyTable> extends Unfinished {
  readonly #write: RowTarget;
  readonly #set: readonly Assignment[];
  readonly #joins: readonly JoinClause[];

  constructor(write: RowTarget, set: readonly Assignment[], joins: readonly JoinClause[] = NONE) {
    super();
    this.#write = write;
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
    return new UpdateWithoutCondition(this.#write, this.#set, joins);
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
    const { lifts, scope, table } = this.#write;
    requireOneMatch(table, this.#joins, where);
    const keptBy = kept(table, this.#set);
    const statement: UpdateStatement = {
      kind: "update",
      table,
      joins: this.#joins,
      set: keptBy.length > 0 ? [...this.#set, ...keptBy] : this.#set,
      where,
      returning: undefined,
      lifts,
    };
    return new RowWrite(updateWork(scope, statement, keptBy, "update"));
  }
}
