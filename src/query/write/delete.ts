import type { AnyExpression, Condition } from "../../ast/expression.ts";
import type { DeleteStatement, JoinClause } from "../../ast/statement.ts";
import { sourceOf, type AnyTable, type IfSoft, type TableInfo } from "../../schema/table.ts";
import { liftDeleted, liftScopes, type Lifts } from "../lifts.ts";
import type { Scope } from "../run.ts";
import { Unfinished } from "../unfinished.ts";
import { requireCondition } from "./condition.ts";
import { joinOf } from "./matches.ts";
import { deleteWork, RowWrite } from "./row-write.ts";
import { softDeletion } from "./soft-delete.ts";
import { tableOfWrite } from "./write.ts";

/** What a delete knows so far. */
interface Deleting<T extends AnyTable> {
  readonly scope: Scope;
  readonly target: T;
  readonly table: TableInfo;
  readonly joins: readonly JoinClause[];
  readonly lifts: Lifts;
}

/** A delete that doesn't know its rows yet. It can't be awaited. */
export class DeleteBuilder<T extends AnyTable> extends Unfinished {
  readonly #work: Deleting<T>;

  constructor(work: Deleting<T>) {
    super();
    this.#work = work;
  }

  static of<T extends AnyTable>(scope: Scope, target: T): DeleteBuilder<T> {
    const lifts = scope.context?.lifts;
    return new DeleteBuilder({ scope, target, table: tableOfWrite(target), joins: [], lifts });
  }

  /** Deletes only rows that meet one of the other table, which stays as it is; the condition may name its columns. */
  innerJoin(other: AnyTable, on: Condition): DeleteBuilder<T> {
    const joins = [...this.#work.joins, joinOf(other, on)];
    return new DeleteBuilder({ ...this.#work, joins });
  }

  /** Meets the rows that these scopes leave out. */
  without(...scopes: readonly [string, ...string[]]): DeleteBuilder<T> {
    return new DeleteBuilder({ ...this.#work, lifts: liftScopes(this.#work.lifts, scopes) });
  }

  /** Deletes the rows for good, also where the table has `softDelete()`. */
  hard(): HardDelete<T> {
    return new HardDelete(this.#work);
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
    const { joins, lifts, scope, table } = this.#work;
    return table.softDelete === undefined
      ? hardDeletion(this.#work, where)
      : softDeletion(scope, table, { joins, where, lifts });
  }
}

/** A delete for good that doesn't know its rows yet: of those that queries see. It can't be awaited. */
export class HardDelete<T extends AnyTable> extends Unfinished {
  readonly #work: Deleting<T>;

  constructor(work: Deleting<T>) {
    super();
    this.#work = work;
  }

  /** As for a delete that may be soft. */
  innerJoin(other: AnyTable, on: Condition): HardDelete<T> {
    return new HardDelete({ ...this.#work, joins: [...this.#work.joins, joinOf(other, on)] });
  }

  #lifted(lifts: Lifts): HardDelete<T> {
    return new HardDelete({ ...this.#work, lifts });
  }

  /** Also deletes rows that are soft-deleted already, or sees those of a table that is joined. */
  withDeleted(this: IfSoft<T, HardDelete<T>>): HardDelete<T>;
  withDeleted<Other extends AnyTable>(table: IfSoft<Other>): HardDelete<T>;
  withDeleted(table?: AnyTable): HardDelete<T> {
    const { lifts, table: own } = this.#work;
    return this.#lifted(liftDeleted(lifts, table === undefined ? own : sourceOf(table), "with"));
  }

  /** Deletes only rows that are soft-deleted already, or sees only those of a table that is joined. */
  onlyDeleted(this: IfSoft<T, HardDelete<T>>): HardDelete<T>;
  onlyDeleted<Other extends AnyTable>(table: IfSoft<Other>): HardDelete<T>;
  onlyDeleted(table?: AnyTable): HardDelete<T> {
    const { lifts, table: own } = this.#work;
    return this.#lifted(liftDeleted(lifts, table === undefined ? own : sourceOf(table), "only"));
  }

  /** Meets the rows that these scopes leave out. */
  without(...scopes: readonly [string, ...string[]]): HardDelete<T> {
    return this.#lifted(liftScopes(this.#work.lifts, scopes));
  }

  /** @throws {BuildError} `E_NO_CONDITION` when every part of the condition was left out. */
  where(condition: Condition): RowWrite<T> {
    return hardDeletion(this.#work, requireCondition(condition));
  }

  /** Every row that queries see, or every one that meets those joined. */
  all(): RowWrite<T> {
    return hardDeletion(this.#work, undefined);
  }
}

function hardDeletion<T extends AnyTable>(
  { joins, lifts, scope, table }: Deleting<T>,
  where: AnyExpression | undefined,
): RowWrite<T> {
  const statement: DeleteStatement = {
    kind: "delete",
    from: table,
    joins,
    where,
    returning: undefined,
    lifts,
  };
  return new RowWrite(deleteWork(scope, statement));
}
