/** A source of connections whose statements can be heard: by the log of its connection, and on `plinth:query`. */

import { programPlace } from "../../core/caller.ts";
import type { Clock } from "../../core/clock.ts";
import { isPromise, type MaybePromise } from "../../core/maybe-promise.ts";
import type { QueryDialect } from "../../dialect/dialect.ts";
import type {
  Cells,
  Connection,
  DriverStatement,
  NamedResult,
  RowCursor,
  WriteResult,
} from "../../dialect/driver.ts";
import type { Log } from "./log.ts";
import { queryChannel, type QueryEvent } from "./query-events.ts";
import { hasQueryTags, tagged } from "./query-tags.ts";
import type {
  CloseOptions,
  ConnectionSource,
  Lease,
  OpenStream,
  Runner,
  SourceStats,
  StreamRequest,
} from "../source.ts";

const NO_VALUES: readonly unknown[] = [];

const countRows = (rows: readonly Cells[]): number => rows.length;
const countRow = (row: Cells | undefined): number => (row === undefined ? 0 : 1);
const countWritten = ({ affectedRows }: WriteResult): number => affectedRows;
const countNamed = ({ rows, affectedRows }: NamedResult): number => rows.length || affectedRows;
const countNone = (): number => 0;

interface Asked<Result> {
  readonly sql: string;
  readonly parameters: readonly unknown[];
  readonly work: () => MaybePromise<Result>;
  readonly countOf: (result: Result) => number;
}

/** Who listens to the statements of one connected database. */
export class Observer {
  readonly #log: Log | undefined;
  readonly #dialect: QueryDialect;
  readonly #clock: Clock;

  constructor(dialect: QueryDialect, clock: Clock, log: Log | undefined) {
    this.#dialect = dialect;
    this.#clock = clock;
    this.#log = log;
  }

  /** Whether nobody listens, and nobody wants anything changed. */
  get isIdle(): boolean {
    return this.#log === undefined && !queryChannel.hasSubscribers && !hasQueryTags();
  }

  watch<Result>(asked: Asked<Result>): MaybePromise<Result> {
    const isTraced = queryChannel.hasSubscribers;
    if (this.#log === undefined && !isTraced) return asked.work();
    const { parameters, sql } = asked;
    const event: QueryEvent = {
      product: this.#dialect.server.product,
      sql,
      parameterCount: parameters.length,
      // Statements may reuse their list.
      parameters: this.#log?.hasParameters === true ? [...parameters] : undefined,
    };
    return isTraced
      ? queryChannel.start.runStores(event, () => this.#run(asked, event, true))
      : this.#run(asked, event, false);
  }

  async #run<Result>(
    { work, countOf }: Asked<Result>,
    event: QueryEvent,
    isTraced: boolean,
  ): Promise<Result> {
    const startMs = this.#clock.monotonicMs();
    const answer = begin(work);
    if (isTraced) queryChannel.end.publish(event);
    try {
      const result = await answer;
      event.rowCount = countOf(result);
      return result;
    } catch (error) {
      event.error = this.#dialect.toDbError(error);
      if (isTraced) queryChannel.error.publish(event);
      throw error;
    } finally {
      event.durationMs = this.#clock.monotonicMs() - startMs;
      event.place = programPlace(new Error("awaited here").stack);
      if (isTraced) {
        queryChannel.asyncStart.publish(event);
        queryChannel.asyncEnd.publish(event);
      }
      this.#log?.tell({ ...event, durationMs: event.durationMs });
    }
  }
}

/** What is thrown at once comes as a rejection too. */
function begin<Result>(work: () => MaybePromise<Result>): MaybePromise<Result> {
  try {
    const result = work();
    // Its error comes to whoever awaits it.
    if (isPromise(result)) result.catch(() => {});
    return result;
  } catch (error) {
    const failed = Promise.reject(error);
    failed.catch(() => {});
    return failed;
  }
}

/** What both sources and connections have. */
abstract class Observed<Inner extends Omit<Runner, "alone" | "stream">> {
  protected readonly inner: Inner;
  protected readonly observer: Observer;

  constructor(inner: Inner, observer: Observer) {
    this.inner = inner;
    this.observer = observer;
  }

  rows(statement: DriverStatement, parameters: readonly unknown[]): MaybePromise<readonly Cells[]> {
    if (this.observer.isIdle) return this.inner.rows(statement, parameters);
    const sent = tagged(statement);
    const work = (): MaybePromise<readonly Cells[]> => this.inner.rows(sent, parameters);
    return this.observer.watch({ sql: sent.text, parameters, work, countOf: countRows });
  }

  row(statement: DriverStatement, parameters: readonly unknown[]): MaybePromise<Cells | undefined> {
    if (this.observer.isIdle) return this.inner.row(statement, parameters);
    const sent = tagged(statement);
    const work = (): MaybePromise<Cells | undefined> => this.inner.row(sent, parameters);
    return this.observer.watch({ sql: sent.text, parameters, work, countOf: countRow });
  }

  write(statement: DriverStatement, parameters: readonly unknown[]): MaybePromise<WriteResult> {
    if (this.observer.isIdle) return this.inner.write(statement, parameters);
    const sent = tagged(statement);
    const work = (): MaybePromise<WriteResult> => this.inner.write(sent, parameters);
    return this.observer.watch({ sql: sent.text, parameters, work, countOf: countWritten });
  }

  named(statement: DriverStatement, parameters: readonly unknown[]): MaybePromise<NamedResult> {
    if (this.observer.isIdle) return this.inner.named(statement, parameters);
    const sent = tagged(statement);
    const work = (): MaybePromise<NamedResult> => this.inner.named(sent, parameters);
    return this.observer.watch({ sql: sent.text, parameters, work, countOf: countNamed });
  }

  script(text: string): MaybePromise<void> {
    if (this.observer.isIdle) return this.inner.script(text);
    const work = (): MaybePromise<void> => this.inner.script(text);
    return this.observer.watch({ sql: text, parameters: NO_VALUES, work, countOf: countNone });
  }
}

export class ObservedSource extends Observed<ConnectionSource> implements ConnectionSource {
  get behind(): ConnectionSource {
    return this.inner;
  }

  alone<Result>(
    isWrite: boolean,
    work: (connection: Connection) => MaybePromise<Result>,
  ): Promise<Result> {
    if (this.observer.isIdle) return this.inner.alone(isWrite, work);
    return this.inner.alone(isWrite, (connection) =>
      work(new ObservedConnection(connection, this.observer)),
    );
  }

  together<Result>(ask: () => Result): Result {
    const { inner } = this;
    return inner.together === undefined ? ask() : inner.together(ask);
  }

  async stream(request: StreamRequest): Promise<OpenStream> {
    if (this.observer.isIdle) return this.inner.stream(request);
    const statement = tagged(request.statement);
    const opened = await this.inner.stream({ ...request, statement });
    const cursor = new ObservedCursor(opened.cursor, this.observer, statement, request.parameters);
    return {
      ...opened,
      cursor,
      end(isFailed) {
        cursor.finish();
        return opened.end(isFailed);
      },
    };
  }

  begin(text: string, isReadOnly: boolean, signal?: AbortSignal): MaybePromise<Lease> {
    if (this.observer.isIdle) return this.inner.begin(text, isReadOnly, signal);
    const begun = this.observer.watch({
      sql: text,
      parameters: NO_VALUES,
      work: () => this.inner.begin(text, isReadOnly, signal),
      countOf: countNone,
    });
    const observed = (lease: Lease): Lease => ({
      ...lease,
      connection: new ObservedConnection(lease.connection, this.observer),
    });
    return isPromise(begun) ? begun.then(observed) : observed(begun);
  }

  forget(): void {
    this.inner.forget();
  }

  stats(): SourceStats {
    return this.inner.stats();
  }

  close(options?: CloseOptions): Promise<void> {
    return this.inner.close(options);
  }
}

/** Rows that are read bit by bit are one statement, until the last of them or the end. */
class ObservedCursor implements RowCursor {
  readonly #inner: RowCursor;
  #rowCount = 0;
  readonly #done: PromiseWithResolvers<number> = Promise.withResolvers();

  constructor(
    inner: RowCursor,
    observer: Observer,
    { text }: DriverStatement,
    parameters: readonly unknown[],
  ) {
    this.#inner = inner;
    const work = (): Promise<number> => this.#done.promise;
    const watched = observer.watch({ sql: text, parameters, work, countOf: (count) => count });
    // Whoever reads has the error.
    if (isPromise(watched)) watched.catch(() => {});
  }

  get names(): readonly string[] {
    return this.#inner.names;
  }

  async next(rowCount: number): Promise<readonly Cells[]> {
    try {
      const rows = await this.#inner.next(rowCount);
      this.#rowCount += rows.length;
      if (rows.length < rowCount) this.finish();
      return rows;
    } catch (error) {
      this.#done.promise.catch(() => {});
      this.#done.reject(error);
      throw error;
    }
  }

  finish(): void {
    this.#done.resolve(this.#rowCount);
  }

  close(): MaybePromise<void> {
    this.finish();
    return this.#inner.close();
  }
}

class ObservedConnection extends Observed<Connection> implements Connection {
  get behind(): Connection {
    return this.inner;
  }

  cursor(
    statement: DriverStatement,
    parameters: readonly unknown[],
    isNamed: boolean,
  ): MaybePromise<RowCursor> {
    const cursor = this.inner.cursor(tagged(statement), parameters, isNamed);
    if (this.observer.isIdle) return cursor;
    const observed = (opened: RowCursor): RowCursor =>
      new ObservedCursor(opened, this.observer, statement, parameters);
    return isPromise(cursor) ? cursor.then(observed) : observed(cursor);
  }

  alone<Result>(work: () => MaybePromise<Result>): MaybePromise<Result> {
    return this.inner.alone(work);
  }

  cancel(): MaybePromise<void> {
    return this.inner.cancel();
  }

  deadlockStatements(): MaybePromise<readonly string[]> {
    return this.inner.deadlockStatements?.() ?? [];
  }

  forget(): void {
    this.inner.forget();
  }

  cut(): void {
    this.inner.cut();
  }

  close(): MaybePromise<void> {
    return this.inner.close();
  }

  get doom(): unknown {
    return this.inner.doom;
  }

  get isAlive(): boolean {
    return this.inner.isAlive;
  }

  get waitingFor(): number | undefined {
    return this.inner.waitingFor;
  }

  get hasRefusedWrite(): boolean {
    return this.inner.hasRefusedWrite;
  }
}
