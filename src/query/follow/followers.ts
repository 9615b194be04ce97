/** Those who want to know which tables and rows writes touch, such as caches: by whichever client of a database. */

import type { WriteStatement } from "../../ast/statement.ts";
import { templateOf } from "../../ast/template.ts";
import { transactionOf } from "../../connect/transaction/local-settings.ts";
import type { Gatherer, TransactionRunner } from "../../connect/transaction/transaction.ts";
import type { MaybePromise } from "../../core/maybe-promise.ts";
import { infoOf } from "../../schema/table.ts";
import type { Database } from "../database.ts";
import type { Plan, PlanCache } from "../plan.ts";
import {
  followersOf,
  type PlannedWrite,
  type Scope,
  type SendWrite,
  type WriteFollowers,
} from "../run.ts";
import { inTransaction } from "../write/atomic.ts";
import { storedName } from "./tables.ts";
import {
  cascadesOf,
  touchedBy,
  type FindTouched,
  type TouchContext,
  type Touched,
} from "./touched.ts";

/** Gathers what the writes of a transaction touch. */
export interface WriteFollower extends Gatherer<Touched> {
  /** Whether each write is to be in a transaction, in which something is done beside it. */
  readonly needsTransaction: boolean;
  /** Of a write outside of transactions, which was done, or may have been. Never throws. */
  tell(touched: readonly Touched[]): Promise<void>;
}

/** What the library keeps for itself is no concern of theirs. */
export function isOwnTable(name: string): boolean {
  return name.slice(name.lastIndexOf(".") + 1).startsWith("plinth_");
}

class Followers implements WriteFollowers {
  readonly #plans: PlanCache;
  readonly #context: TouchContext;
  readonly #followers: WriteFollower[] = [];
  readonly #finders = new WeakMap<Plan, FindTouched>();

  private constructor(plans: PlanCache) {
    const { names } = plans.engine;
    this.#plans = plans;
    this.#context = { names, cascades: cascadesOf(plans.schema, names) };
  }

  static add(plans: PlanCache, follower: WriteFollower): void {
    // Nobody else puts anything there.
    const known = followersOf(plans) as Followers | undefined;
    const followers = known ?? new Followers(plans);
    plans.followers = followers;
    followers.#followers.push(follower);
  }

  static remove(plans: PlanCache, follower: WriteFollower): void {
    const known = followersOf(plans) as Followers | undefined;
    if (known === undefined) return;
    const at = known.#followers.indexOf(follower);
    if (at === -1) return;
    known.#followers.splice(at, 1);
    if (known.#followers.length === 0) plans.followers = undefined;
  }

  run<Result>(
    scope: Scope,
    { plan, statement, values }: PlannedWrite,
    send: SendWrite<Result>,
  ): MaybePromise<Result> {
    let find = this.#finders.get(plan);
    if (find === undefined) {
      find = touchedBy(templateOf(statement) as WriteStatement, this.#context);
      this.#finders.set(plan, find);
    }
    // A transaction that is begun for it may be run again, with the same values.
    return this.#follow(scope, find(values), (inner) => send(inner, plan, [...values]));
  }

  #follow<Result>(
    scope: Scope,
    all: readonly Touched[],
    send: (scope: Scope) => MaybePromise<Result>,
  ): MaybePromise<Result> {
    const touched = all.filter(({ table }) => !isOwnTable(table));
    if (touched.length === 0) return send(scope);
    const around = transactionOf(scope.runner);
    if (around !== undefined) {
      this.#note(around, touched);
      return send(scope);
    }
    if (!this.#followers.some(({ needsTransaction }) => needsTransaction))
      return this.#tell(touched, () => send(scope));
    return inTransaction(scope, async (inner) => {
      this.#note(transactionOf(inner.runner)!, touched);
      return send(inner);
    });
  }

  followTables<Result>(
    scope: Scope,
    tables: readonly string[] | undefined,
    send: (scope: Scope) => MaybePromise<Result>,
  ): MaybePromise<Result> {
    const all = (tables ?? this.#declared).map((table) => ({ table, rows: undefined }));
    return this.#follow(scope, all, send);
  }

  /** All tables of the schema. */
  get #declared(): readonly string[] {
    const { names } = this.#context;
    const { tables, views } = this.#plans.schema ?? { tables: {}, views: {} };
    return [...Object.values(tables), ...Object.values(views)].map((table) =>
      storedName(names, infoOf(table)),
    );
  }

  #note(runner: TransactionRunner, touched: readonly Touched[]): void {
    for (const follower of this.#followers) runner.gather(follower, ...touched);
  }

  /** What failed may have been done, as when a connection is lost. */
  async #tell<Result>(
    touched: readonly Touched[],
    send: () => MaybePromise<Result>,
  ): Promise<Result> {
    try {
      return await send();
    } finally {
      for (const follower of this.#followers) await follower.tell(touched);
    }
  }
}

/**
 * Lets somebody know which tables and rows are written, by whichever client of a database.
 *
 * @returns what ends it.
 */
export function followWrites(db: Pick<Database, "~plans">, follower: WriteFollower): () => void {
  const plans = db["~plans"];
  Followers.add(plans, follower);
  return () => Followers.remove(plans, follower);
}
