/** Deletes that mark rows, and what takes the mark away. */

import { CallNode, type AnyExpression, type Condition } from "../../ast/expression.ts";
import type { Assignment, JoinClause, UpdateStatement } from "../../ast/statement.ts";
import { UniqueViolationError } from "../../core/error.ts";
import { isPromise, type MaybePromise } from "../../core/maybe-promise.ts";
import type { AnyTable, TableInfo } from "../../schema/table.ts";
import { keepLive, liftDeleted, liftScopes, type Lifts } from "../lifts.ts";
import type { Scope } from "../run.ts";
import { Unfinished } from "../unfinished.ts";
import { cascadingDelete, cascadingRestore } from "./cascade.ts";
import { requireCondition } from "./condition.ts";
import { kept } from "./kept.ts";
import { joinOf } from "./matches.ts";
import { RowWrite, updateWork, type RowWork } from "./row-write.ts";
import { adapted, tableOfWrite } from "./write.ts";

/** When a row was deleted, and by whom. */
function marks({ context }: Scope, table: TableInfo): Assignment[] {
  const { at, by } = table.softDelete!;
  const set: Assignment[] = [{ column: at, value: new CallNode("now", [], at.type) }];
  if (by !== undefined) set.push({ column: by, value: context?.actor?.id ?? null });
  return set;
}

function cleared(table: TableInfo): Assignment[] {
  const { at, by, deletion } = table.softDelete!;
  return [at, by, deletion]
    .filter((column) => column !== undefined)
    .map((column): Assignment => ({ column, value: null }));
}

/** Marks live rows. How often a row meets what is joined makes no difference, as all get the same. */
export function softDeletion<T extends AnyTable>(
  scope: Scope,
  table: TableInfo,
  { joins, lifts, where }: Pick<UpdateStatement, "joins" | "lifts" | "where">,
): RowWrite<T> {
  const set = marks(scope, table);
  const keptBy = kept(table, set);
  const statement: UpdateStatement = {
    kind: "update",
    table,
    joins,
    set: [...set, ...keptBy],
    where,
    returning: undefined,
    lifts: keepLive(lifts, table),
  };
  const work = updateWork(scope, statement, keptBy, "soft delete");
  return new RowWrite(
    table.softDelete!.deletion === undefined
      ? work
      : cascadingDelete(work, (other) => marks(scope, other)),
  );
}

/** A restore that doesn't know its rows yet. It can't be awaited. */
export class RestoreBuilder<T extends AnyTable> extends Unfinished {
  readonly #scope: Scope;
  readonly #target: T;
  readonly #table: TableInfo;
  readonly #joins: readonly JoinClause[];
  readonly #lifts: Lifts;

  constructor(
    scope: Scope,
    table: T,
    joins: readonly JoinClause[] = [],
    lifts: Lifts = scope.context?.lifts,
  ) {
    super();
    this.#scope = scope;
    this.#target = table;
    this.#table = tableOfWrite(table);
    this.#joins = joins;
    this.#lifts = liftDeleted(lifts, this.#table, "only");
  }

  /** Restores only rows that meet one of the other table; the condition may name its columns. */
  innerJoin(other: AnyTable, on: Condition): RestoreBuilder<T> {
    const joins = [...this.#joins, joinOf(other, on)];
    return new RestoreBuilder(this.#scope, this.#target, joins, this.#lifts);
  }

  /** Meets the rows that these scopes leave out. */
  without(...scopes: readonly [string, ...string[]]): RestoreBuilder<T> {
    const lifts = liftScopes(this.#lifts, scopes);
    return new RestoreBuilder(this.#scope, this.#target, this.#joins, lifts);
  }

  /** @throws {BuildError} `E_NO_CONDITION` when every part of the condition was left out. */
  where(condition: Condition): RowWrite<T> {
    return this.#complete(requireCondition(condition));
  }

  /** Every deleted row of the table, or every one that meets those joined. */
  all(): RowWrite<T> {
    return this.#complete(undefined);
  }

  #complete(where: AnyExpression | undefined): RowWrite<T> {
    const table = this.#table;
    const set = cleared(table);
    const keptBy = kept(table, set);
    const statement: UpdateStatement = {
      kind: "update",
      table,
      joins: this.#joins,
      set: [...set, ...keptBy],
      where,
      returning: undefined,
      lifts: this.#lifts,
    };
    const work = updateWork(this.#scope, statement, keptBy, "restore");
    const isCascading = table.softDelete!.deletion !== undefined;
    return new RowWrite(toldWork(isCascading ? cascadingRestore(work, cleared) : work));
  }
}

/** A key of live rows that was free while the row was deleted may be taken by now. */
function toldWork(work: RowWork): RowWork {
  const tell = (error: unknown): never => {
    if (!(error instanceof UniqueViolationError)) throw error;
    const hint = "A live row has the key by now: change or delete that one first, then restore.";
    const { schema, table, columns, constraint, cause } = error;
    throw new UniqueViolationError({ schema, table, columns, constraint, hint, cause });
  };
  return adapted(work, {
    narrowed: (condition) => toldWork(work.narrowed(condition)),
    summarize: (within, comment) => orTell(() => work.summarize(within, comment), tell),
    readRows: (within, returning, comment) =>
      orTell(() => work.readRows(within, returning, comment), tell),
    watched: (within, watch, returning, comment) =>
      orTell(() => work.watched(within, watch, returning, comment), tell),
  });
}

function orTell<Result>(
  run: () => MaybePromise<Result>,
  tell: (error: unknown) => never,
): MaybePromise<Result> {
  try {
    const result = run();
    return isPromise(result) ? result.catch(tell) : result;
  } catch (error) {
    return tell(error);
  }
}
