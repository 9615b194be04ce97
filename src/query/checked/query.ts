import type { Limits } from "../../connect/limits.ts";
import type { Runner } from "../../connect/source.ts";
import { transactionBehind } from "../../connect/transaction/inside.ts";
import { BuildError, NotFoundError, UnsupportedError } from "../../core/error.ts";
import { chain, isPromise, type MaybePromise } from "../../core/maybe-promise.ts";
import type { Cells, Connection } from "../../dialect/driver.ts";
import type { PlanNode } from "../../dialect/server/explain.ts";
import { explainBound, type ExplainOptions } from "../read/explain.ts";
import type { SqlText } from "../read/sql-text.ts";
import { streamOf, type Streamed, type StreamOptions } from "../read/stream.ts";
import { followersOf, limitScope, type Scope, type WriteFollowers } from "../run.ts";
import type { RepeatWatch } from "../watch/repeats.ts";
import { ownThen, Runnable, started } from "../runnable.ts";
import type { WriteSummary } from "../types.ts";
import { startOnce } from "../write/write.ts";
import { NamedQuery } from "./named-query.ts";
import type { CheckedPlan } from "./plan.ts";
import { mayWrite, type CheckedSource } from "./source.ts";
import type { CheckedStatement } from "./statements.ts";
import type { CheckedSql } from "./types.ts";

/** What awaiting a checked query gives: its rows, or of a statement that gives none, how many rows it met. */
export type CheckedResult<Row> = [Row] extends [never] ? WriteSummary : Row[];

/** What a statement that is about to run is, with its values as the driver takes them. */
interface Bound {
  readonly statement: CheckedStatement;
  readonly source: CheckedSource;
  readonly plan: CheckedPlan;
  readonly values: readonly unknown[];
  readonly parameters: readonly unknown[];
}

type Send<Result> = (on: Pick<Connection, "row" | "rows" | "write">) => MaybePromise<Result>;

/** SQL by hand that was checked. It runs when it is awaited; what isn't a read runs once. */
export class CheckedQuery<Row> extends Runnable<CheckedResult<Row>> {
  readonly #scope: Scope;
  readonly #query: CheckedSql;
  readonly #params: unknown;
  /** Shared by all that is derived from it. */
  readonly #once: { isStarted: boolean };

  constructor(scope: Scope, query: CheckedSql, params: unknown, once = { isStarted: false }) {
    super();
    this.#scope = scope;
    this.#query = query;
    this.#params = params;
    this.#once = once;
  }

  /**
   * Calls it off when the signal is aborted, waiting for a connection included: the server ends the statement, on a
   * connection that is its own, which undoes what it wrote. An embedded database hears of it between two rows, or while it
   * waits for its turn.
   *
   * @throws {CancelledError} `E_CANCELLED`, from the awaited query.
   */
  signal(signal: AbortSignal): CheckedQuery<Row> {
    return this.#limited({ signal });
  }

  /**
   * Ends it as `signal` does when it takes longer, waiting for a connection included.
   *
   * @param timeoutMs In milliseconds, above 0.
   * @throws {TimeoutError} `E_TIMEOUT`, from the awaited query.
   */
  timeout(timeoutMs: number): CheckedQuery<Row> {
    return this.#limited({ timeoutMs });
  }

  #limited(limits: Limits): this {
    return this["~on"]((scope) => limitScope(scope, limits));
  }

  /** The same query on another scope: for caches. */
  "~on"(place: (scope: Scope) => Scope): this {
    // There is no subclass.
    return new CheckedQuery<Row>(place(this.#scope), this.#query, this.#params, this.#once) as this;
  }

  /** The first row, or undefined. The rest is read, too, on most databases: say `limit 1` where there is a rest. */
  first(): Promise<Row | undefined> {
    return started(() => this.#first() as MaybePromise<Row | undefined>);
  }

  /**
   * The first row.
   *
   * @throws {NotFoundError} when there is none.
   */
  async one(): Promise<Row> {
    const row = await this.first();
    if (row === undefined) throw new NotFoundError(undefined);
    return row;
  }

  /** Runs it for what it does: how many rows it met, also where it gives some back. It isn't run again by itself. */
  run(): Promise<WriteSummary> {
    return started(() => this.#write(this.#begin()));
  }

  /**
   * Reads the rows bit by bit, as `stream()` of a query does.
   *
   * @throws {UnsupportedError} for a statement that writes, whose rows come at once.
   * @example
   * for await (const row of db.query("select id from users").stream({ batch: 500 })) console.log(row.id);
   */
  stream(options: StreamOptions = {}): AsyncIterable<Row> {
    const prepare = (): Streamed => {
      const { source, plan, parameters } = this.#bind();
      if (source.kind !== "read") refuseStream(this.#scope);
      const decodeRow = (cells: Cells): unknown => plan.decodeRow(cells);
      return { statement: plan.statement, parameters, isRaw: false, decodeRow };
    };
    return streamOf(this.#scope, prepare, options) as AsyncIterable<Row>;
  }

  /**
   * How the database goes about it, as a tree; `String(plan)` prints it.
   *
   * @param options.analyze Runs it, to tell what it took; a write is undone. Refused for writes on MySQL, which measures
   * reads only.
   */
  explain(options: ExplainOptions = {}): Promise<PlanNode> {
    return started(() => {
      const { source, plan, parameters } = this.#bind();
      const { statement } = plan;
      const toDbError = (error: unknown): unknown => plan.toDbError(error);
      const isRead = source.kind === "read";
      return explainBound(this.#scope, { statement, parameters, isRead, toDbError }, options);
    });
  }

  /** The SQL and the values that the driver gets. */
  toSql(): SqlText {
    const { plan, parameters } = this.#bind();
    return { text: plan.statement.text, values: parameters };
  }

  protected override answer(): MaybePromise<CheckedResult<Row>> {
    const bound = this.#begin();
    const result = bound.source.columns.length === 0 ? this.#write(bound) : this.#rows(bound);
    return result as MaybePromise<CheckedResult<Row>>;
  }

  #find(): CheckedStatement {
    const { checked } = this.#scope.plans;
    if (checked !== undefined) return checked.find(this.#query);
    throw new BuildError("E_UNCHECKED", "This connection was given no checked statements.", {
      hint: "Run: npx plinth check, and hand its module over: connect(url, { schema, queries }).",
    });
  }

  #bind(): Bound {
    const statement = this.#find();
    const query = this.#query;
    const given = query instanceof NamedQuery ? query.values : this.#params;
    const { plan, values } = statement.prepare(given);
    return { statement, source: statement.source, plan, values, parameters: plan.bind(values) };
  }

  /** What is about to run: a read as often as you like, all else once. */
  #begin(): Bound {
    const bound = this.#bind();
    if (bound.source.kind !== "read") startOnce(this.#once);
    return bound;
  }

  #rows(bound: Bound): MaybePromise<unknown[]> {
    const { plan, parameters } = bound;
    return chain(
      this.#send(bound, (on) => on.rows(plan.statement, parameters)),
      (rows) => plan.decodeRows(rows),
    );
  }

  #first(): MaybePromise<unknown> {
    const bound = this.#begin();
    const { source, plan, parameters } = bound;
    // A write isn't ended behind its first row.
    if (source.kind !== "read") return chain(this.#rows(bound), ([row]) => row);
    return chain(
      this.#send(bound, (on) => on.row(plan.statement, parameters)),
      (row) => row && plan.decodeRow(row),
    );
  }

  #write(bound: Bound): MaybePromise<WriteSummary> {
    const { source, plan, parameters } = bound;
    if (source.kind === "read") {
      return chain(
        this.#send(bound, (on) => on.rows(plan.asWrite, parameters)),
        (rows) => ({ affectedRows: rows.length }),
      );
    }
    return chain(
      this.#send(bound, (on) => on.write(plan.statement, parameters)),
      ({ affectedRows }) => ({ affectedRows }),
    );
  }

  /** Sends it where its kind may be sent to, and watches what is read again and again. */
  #send<Result>(bound: Bound, work: Send<Result>): MaybePromise<Result> {
    const { source } = bound;
    const { plans, runner } = this.#scope;
    const followers = followersOf(plans);
    if (followers !== undefined && mayWrite(source)) return this.#followed(followers, bound, work);
    const repeats = source.kind === "read" ? plans.repeats?.active() : undefined;
    if (repeats === undefined) return sent(runner, bound, work);
    return this.#watched(repeats, bound, work);
  }

  #followed<Result>(
    followers: WriteFollowers,
    bound: Bound,
    work: Send<Result>,
  ): MaybePromise<Result> {
    return followers.followTables(this.#scope, bound.source.writes, ({ runner }) =>
      sent(runner, bound, work),
    );
  }

  #watched<Result>(repeats: RepeatWatch, bound: Bound, work: Send<Result>): MaybePromise<Result> {
    const { plan, values } = bound;
    const { runner } = this.#scope;
    const transaction = transactionBehind(runner);
    const { keyPlaces, title } = bound.statement;
    return repeats.watch({ plan, title, keyPlaces, values, transaction }, () =>
      sent(runner, bound, work),
    );
  }
}
ownThen(CheckedQuery);

/** Sends it, and gives our errors for the driver's. */
function sent<Result>(
  runner: Runner,
  { plan, source }: Bound,
  work: Send<Result>,
): MaybePromise<Result> {
  try {
    const result = source.kind === "other" ? runner.alone(true, work) : work(runner);
    return isPromise(result) ? result.catch((error: unknown) => rethrow(plan, error)) : result;
  } catch (error) {
    return rethrow(plan, error);
  }
}

function rethrow(plan: CheckedPlan, error: unknown): never {
  throw plan.toDbError(error);
}

function refuseStream({ plans }: Scope): never {
  throw new UnsupportedError({
    dialect: plans.engine.dialect.name,
    feature: "stream() of a statement that writes",
    instead: "Await it: its rows come at once.",
  });
}
