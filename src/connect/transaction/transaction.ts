import { AsyncLocalStorage } from "node:async_hooks";
import { TransactionClosedError } from "../../core/error.ts";
import type { MaybePromise } from "../../core/maybe-promise.ts";
import type { BeginOptions, QueryDialect } from "../../dialect/dialect.ts";
import type {
  Cells,
  Connection,
  DriverStatement,
  NamedResult,
  RowCursor,
  WriteResult,
} from "../../dialect/driver.ts";
import type { ConnectionSource, Lease, OpenStream, Runner, StreamRequest } from "../source.ts";

/** The innermost transaction inside whose work the running code is. */
const innermost = new AsyncLocalStorage<TransactionRunner | undefined>();

/** The innermost transaction of a database inside whose work the running code is; it may have ended. */
export function transactionInside(source: ConnectionSource): TransactionRunner | undefined {
  let runner = innermost.getStore();
  if (runner === undefined) return undefined;
  const origin = source.behind ?? source;
  const originOf = ({ facts }: TransactionRunner): ConnectionSource | undefined =>
    facts.source?.behind ?? facts.source;
  while (runner !== undefined && originOf(runner) !== origin) runner = runner.facts.around;
  return runner;
}

/**
 * What the calling function does from here on, and whatever that begins, is inside the transaction. Only for a function
 * that has awaited something: who called it is outside, where that has gone on already. Running a callback inside would
 * take another context to come back to, each a map.
 */
export function enterTransaction(runner: TransactionRunner): void {
  innermost.enterWith(runner);
}

/** The same for what isn't inside of it any more, but where it was begun. */
export function leaveTransaction({ facts }: TransactionRunner): void {
  innermost.enterWith(facts.around);
}

/** The innermost open transaction, of whatever database, inside whose work the running code is. */
export function openAround(): TransactionRunner | undefined {
  let runner = innermost.getStore();
  while (runner !== undefined && runner.usable === undefined) runner = runner.facts.around;
  return runner;
}

/** Whether the running code is inside the work of an open transaction on this connection, which waits for it then. */
export function isInsideOf(connection: Connection): boolean {
  let runner = openAround();
  while (runner !== undefined && runner.usable?.isOn(connection) !== true)
    runner = runner.facts.around;
  return runner !== undefined;
}

/** What is the same in a transaction and in those nested in it. */
export interface TransactionFacts {
  /** Which run of the whole transaction this is, from 1. */
  readonly attempt: number;
  /** As it was begun. */
  readonly options: BeginOptions;
  /** Where it is to be found from its context. */
  readonly source?: ConnectionSource;
  /** That inside whose work it was begun: one of another database, say. */
  readonly around?: TransactionRunner | undefined;
  /** Knows our error for a driver's. */
  readonly dialect?: Pick<QueryDialect, "toDbError">;
}

/** What is done after the commit. */
export type Follower = () => unknown;

/** @param isCommitted False where nobody knows, and it may be committed yet. */
export type Settler = (isCommitted: boolean) => Promise<void>;

/** Does at the end of a transaction, and as a part of it, what was gathered in the course of it. */
export interface Gatherer<Item> {
  /**
   * Called before COMMIT, with all that was gathered and not rolled back. What it throws rolls back.
   *
   * @param runner The outermost transaction's.
   */
  beforeCommit(runner: TransactionRunner, items: readonly Item[]): Promise<void>;
}

type AnyGatherer = Gatherer<never>;

/** Runs statements on a transaction's connection while it is open. */
export class TransactionRunner implements Runner {
  readonly #connection: Connection;
  #begun: MaybePromise<void>;
  /** Whether something waits for BEGIN, behind which all else stands. */
  #hasWaiting = false;
  #isOpen = true;
  /** The transaction around this one, whose end ends this one too. */
  readonly #outer: TransactionRunner | undefined;
  readonly facts: TransactionFacts;
  /** How many savepoints this one is inside of. */
  readonly #depth: number;
  /** Of streams that are being read. */
  #cursors: Set<RowCursor> | undefined;
  /** Nested transactions of one transaction run one after the other: savepoints form a stack. */
  #nested: Promise<unknown> | undefined;
  #followers: Follower[] | undefined;
  #settlers: Settler[] | undefined;
  #gathered: Map<AnyGatherer, unknown[]> | undefined;

  constructor(
    lease: Pick<Lease, "begun" | "connection">,
    facts: TransactionFacts,
    outer?: TransactionRunner,
  ) {
    this.#connection = lease.connection;
    this.#begun = lease.begun;
    this.facts = facts;
    this.#outer = outer;
    this.#depth = outer === undefined ? 0 : outer.#depth + 1;
  }

  /** Undefined once BEGIN is known to be answered. */
  get begun(): MaybePromise<void> {
    return this.#begun;
  }

  /** Itself while it is open, else what of the transactions around it is. */
  get usable(): TransactionRunner | undefined {
    return this.#isUsable() ? this : this.#outer?.usable;
  }

  isOn(connection: Connection): boolean {
    return connection === (this.#connection.behind ?? this.#connection);
  }

  // A method, as a private getter is a call into the engine each time.
  #isUsable(): boolean {
    return this.#isOpen && (this.#outer === undefined || this.#outer.#isUsable());
  }

  #require(): void {
    if (!this.#isUsable()) throw new TransactionClosedError();
  }

  /** Reads may be sent right behind BEGIN, where nothing before them waits for it. */
  rows(statement: DriverStatement, parameters: readonly unknown[]): MaybePromise<readonly Cells[]> {
    this.#require();
    if (this.#begun !== undefined && (statement.isWrite || this.#hasWaiting)) {
      return this.#afterBegin(() => this.#connection.rows(statement, parameters));
    }
    return this.#connection.rows(statement, parameters);
  }

  row(statement: DriverStatement, parameters: readonly unknown[]): MaybePromise<Cells | undefined> {
    this.#require();
    if (this.#begun !== undefined && (statement.isWrite || this.#hasWaiting)) {
      return this.#afterBegin(() => this.#connection.row(statement, parameters));
    }
    return this.#connection.row(statement, parameters);
  }

  write(statement: DriverStatement, parameters: readonly unknown[]): MaybePromise<WriteResult> {
    this.#require();
    if (this.#begun !== undefined)
      return this.#afterBegin(() => this.#connection.write(statement, parameters));
    return this.#connection.write(statement, parameters);
  }

  named(statement: DriverStatement, parameters: readonly unknown[]): MaybePromise<NamedResult> {
    this.#require();
    return this.#afterBegin(() => this.#connection.named(statement, parameters));
  }

  script(text: string): MaybePromise<void> {
    this.#require();
    return this.#afterBegin(() => this.#connection.script(text));
  }

  /** A transaction may have several statements under way, so this one waits for them, and others for it. */
  async alone<Result>(
    _isWrite: boolean,
    work: (connection: Connection) => MaybePromise<Result>,
  ): Promise<Result> {
    this.#require();
    return this.#afterBegin(() => this.#connection.alone(() => work(this.#connection)));
  }

  async stream({ statement, parameters, isRaw }: StreamRequest): Promise<OpenStream> {
    this.#require();
    const connection = this.#connection;
    const cursor = await this.#afterBegin(() => connection.cursor(statement, parameters, isRaw));
    const cursors = (this.#cursors ??= new Set());
    cursors.add(cursor);
    const guarded: RowCursor = {
      get names() {
        return cursor.names;
      },
      next: (rowCount) => {
        this.#require();
        return cursor.next(rowCount);
      },
      close: () => cursor.close(),
    };
    const end = (): MaybePromise<void> => {
      cursors.delete(cursor);
      return cursor.close();
    };
    return { cursor: guarded, connection, isShared: true, end };
  }

  #afterBegin<Result>(work: () => MaybePromise<Result>): MaybePromise<Result> {
    if (this.#begun === undefined) return work();
    this.#hasWaiting = true;
    return this.#begun.then(() => {
      this.#begun = undefined;
      // ROLLBACK may have been sent meanwhile, behind which this would stand alone.
      this.#require();
      return work();
    });
  }

  /** What follows a commit; a savepoint that is rolled back takes its own along. */
  get followers(): readonly Follower[] | undefined {
    return this.#followers;
  }

  get hasNested(): boolean {
    return this.#nested !== undefined;
  }

  /** Done when the outermost transaction is committed, and its connection free again. */
  afterCommit(follower: Follower): void {
    this.#require();
    (this.#followers ??= []).push(follower);
  }

  /** What is done as soon as it is committed, or nobody knows whether it is, and before what follows a commit. */
  get settlers(): readonly Settler[] | undefined {
    return this.#settlers;
  }

  /** @param settle Never throws. Of the outermost transaction, before its COMMIT. */
  whenSettled(settle: Settler): void {
    this.#require();
    (this.#settlers ??= []).push(settle);
  }

  /** Whether its end may be more than COMMIT. */
  get hasMoreToDo(): boolean {
    return (
      this.#followers !== undefined ||
      this.#settlers !== undefined ||
      this.#begun !== undefined ||
      this.hasNested ||
      this.hasGathered
    );
  }

  get hasGathered(): boolean {
    return this.#gathered !== undefined;
  }

  /** Leaves something to be done before COMMIT. A savepoint that is rolled back takes its own along. */
  gather<Item>(gatherer: Gatherer<Item>, ...items: readonly Item[]): void {
    this.#require();
    this.#addGathered(gatherer as AnyGatherer, items);
  }

  #addGathered(gatherer: AnyGatherer, items: readonly unknown[]): void {
    const gathered = (this.#gathered ??= new Map<AnyGatherer, unknown[]>());
    const known = gathered.get(gatherer);
    if (known === undefined) gathered.set(gatherer, [...items]);
    else for (const item of items) known.push(item);
  }

  /** Does what was left to be done before COMMIT; what that leaves in its turn, too. */
  async endGathering(): Promise<void> {
    while (this.#gathered !== undefined) {
      const gathered = this.#gathered;
      this.#gathered = undefined;
      for (const [gatherer, items] of gathered) {
        await (gatherer as Gatherer<unknown>).beforeCommit(this, items);
      }
    }
  }

  close(): void {
    this.#isOpen = false;
    // What is sent next, which ends the transaction, waits for these where it must.
    for (const cursor of this.#cursors ?? []) void cursor.close();
  }

  /** Waits for nested transactions that nobody awaited: an end in the midst of one would do it by half. */
  async settle(): Promise<void> {
    let last: unknown;
    while (this.#nested !== last) {
      last = this.#nested;
      await last;
    }
  }

  /** Runs `work` inside a savepoint, which is rolled back alone when it fails. */
  nest<Result>(work: (inner: TransactionRunner) => Promise<Result>): Promise<Result> {
    // Inside the work of a nested transaction it would wait for that one, which waits for it.
    const inside = innermost.getStore();
    if (inside !== undefined && inside.#isUsable() && inside.#isWithin(this)) {
      return inside.nest(work);
    }
    const run = (this.#nested ?? Promise.resolve())
      .then(() => this.#runNested(work))
      .catch((error: unknown) => {
        const { dialect } = this.facts;
        throw dialect === undefined ? error : dialect.toDbError(error);
      });
    this.#nested = run.catch(() => {});
    return run;
  }

  #isWithin(other: TransactionRunner): boolean {
    const outer = this.#outer;
    return outer !== undefined && (outer === other || outer.#isWithin(other));
  }

  async #runNested<Result>(work: (inner: TransactionRunner) => Promise<Result>): Promise<Result> {
    const connection = this.#connection;
    const name = `plinth_${this.#depth + 1}`;
    await this.script(`savepoint ${name}`);
    this.#require();
    const inner = new TransactionRunner({ connection, begun: undefined }, this.facts, this);
    try {
      enterTransaction(inner);
      const result = await work(inner);
      await inner.settle();
      inner.close();
      this.#require();
      await connection.script(`release savepoint ${name}`);
      if (inner.#followers !== undefined)
        this.#followers = (this.#followers ?? []).concat(inner.#followers);
      inner.#gathered?.forEach((items, gatherer) => this.#addGathered(gatherer, items));
      return result;
    } catch (error) {
      inner.close();
      // After the end of the transaction around it the connection is somebody else's. After a conflict all of it is over.
      if (this.#isUsable() && connection.isAlive && connection.doom === undefined) {
        await connection.script(`rollback to savepoint ${name}`);
        await connection.script(`release savepoint ${name}`);
      }
      throw error;
    }
  }
}
