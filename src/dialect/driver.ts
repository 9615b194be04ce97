/** The contract of a driver: what a database's socket, or its library in this process, must do. */

import type { LogicalType } from "../ast/logical-type.ts";
import type { MaybePromise } from "../core/maybe-promise.ts";

/** A statement's text, with what a connection needs to know to keep it prepared. Made once for a plan. */
export interface DriverStatement {
  /** Unique in the process. */
  readonly id: number;
  readonly text: string;
  /** Whether it may change data; a read may be answered by any connection. */
  readonly isWrite: boolean;
  /** Whether it will come again, so that a connection should keep it prepared. */
  readonly isKept: boolean;
  /** Whether integers beyond 2^53 may be among its results, so that all integers are read as bigint. */
  readonly isWide: boolean;
  /**
   * The places of the result's cells to which the query gives no type. A driver whose cells don't tell by themselves
   * what they are turns these into values, by the types that the server tells.
   */
  readonly untyped: readonly number[];
  /** Of a read of which it is known, for those who keep results. */
  readonly reads?: Reads | undefined;
}

/** What a statement reads, and the types of what it gives. */
export interface Reads {
  /** Their names in the database, sorted; with their schema and a point before where that isn't the connection's own. */
  readonly tables: readonly string[];
  /** What nobody knows the tables of, such as a view that was made by hand; undefined where all are known. */
  readonly unknown: string | undefined;
  /** Whether it gives whole rows of one table, and reads nothing else. */
  readonly isOfOneTable: boolean;
  readonly types: readonly (LogicalType | undefined)[];
}

let lastStatementId = 0;

/** An id for a statement that is made. Drivers count on small numbers. */
export function nextStatementId(): number {
  return ++lastStatementId;
}

/**
 * The cells of one row, as the driver reads them; each database's type map turns them into values. A cell is null, a number, a
 * bigint, a boolean, text, bytes, or an object of the driver's, of which the type map takes the text, `String(cell)`, as well.
 */
export type Cells = readonly unknown[];

export interface WriteResult {
  /** How many rows the condition met, whether or not their values changed. */
  readonly affectedRows: number;
  /** The first key that the server counted up, where it tells. */
  readonly insertId: number | bigint | undefined;
  /** How many rows an insert found and left as they were, from a server that counts those that it updates otherwise. */
  readonly keptRows?: number;
}

/** A result whose columns aren't known beforehand. Cells are values already, by the types that the server tells. */
export interface NamedResult {
  readonly names: readonly string[];
  readonly rows: readonly Cells[];
  readonly affectedRows: number;
}

/**
 * The rows of one statement, read as they are asked for, so that the rest stays where it is. They are those of the moment
 * when the first were read, whatever is written meanwhile. Nothing is sent before the first rows are asked for.
 */
export interface RowCursor {
  /** The names of the columns, from the first rows on. */
  readonly names: readonly string[];
  /** The next rows: as many as asked for, fewer at the end. One call at a time. */
  next(rowCount: number): MaybePromise<readonly Cells[]>;
  /** Frees what the cursor holds, on the server too, before anything that is sent afterwards. Does nothing the second time. */
  close(): MaybePromise<void>;
}

/**
 * One connection. Errors are the driver's own; `Dialect.toDbError` makes ours of them.
 *
 * Several calls may be under way at once where the driver pipelines; they are answered in their order.
 */
export interface Connection {
  /** All rows. */
  rows(statement: DriverStatement, parameters: readonly unknown[]): MaybePromise<readonly Cells[]>;
  /** The first row; the rest is not read where the driver can stop. */
  row(statement: DriverStatement, parameters: readonly unknown[]): MaybePromise<Cells | undefined>;
  write(statement: DriverStatement, parameters: readonly unknown[]): MaybePromise<WriteResult>;
  named(statement: DriverStatement, parameters: readonly unknown[]): MaybePromise<NamedResult>;
  /**
   * A server's is to be used in a transaction, and the connection may be taken until it is closed: then other statements are
   * refused.
   *
   * @param isNamed Whether all cells are to be values by the types that the server tells, as those of `named` are.
   */
  cursor(
    statement: DriverStatement,
    parameters: readonly unknown[],
    isNamed: boolean,
  ): MaybePromise<RowCursor>;
  /** Statements separated by semicolons, without parameters: transactions' own, DDL, scripts. */
  script(text: string): MaybePromise<void>;
  /**
   * Ends the statement that is under way, on the server; it then fails with an error that `Dialect.isInterrupted` knows,
   * unless it was done already. Resolves when nothing that is sent afterwards can be met by it, so the connection must be
   * the caller's alone until then. Where nothing can be under way when it is called, because the database runs in this
   * process, it does nothing.
   *
   * @throws when the server could not be told.
   */
  cancel(): MaybePromise<void>;
  /**
   * Calls `work`, which asks one thing, when everything before is answered; what is asked meanwhile waits for the end of
   * `work`.
   */
  alone<Result>(work: () => MaybePromise<Result>): MaybePromise<Result>;
  /**
   * The statements of the deadlock that the last transaction here was met by, without their literals; none where the server
   * doesn't tell them, or not to this user. Is asked after ROLLBACK.
   */
  deadlockStatements?(): MaybePromise<readonly string[]>;
  /** Lets go of kept statements, when the plans that they belong to are dropped. */
  forget(): void;
  /**
   * The error, as the driver gave it, after which the transaction under way can only be rolled back, and all of it: a
   * deadlock, say. Until ROLLBACK every statement fails with it, COMMIT too, and none stands alone outside the transaction.
   */
  readonly doom?: unknown;
  /** All that a database in this process holds, where making it anew takes long: `MigrationFacts.fromImage` begins with it. */
  image?(): Promise<Uint8Array>;
  /** The connection that this one stands before, so that what goes over it is seen. */
  readonly behind?: Connection;
  /** False once the connection is lost; it is never used again then. */
  readonly isAlive: boolean;
  /** The statement that was asked last: it tells what whoever leased the connection is about. The pool forgets it. */
  last?: DriverStatement | undefined;
  /** The number, counted from 0, of the oldest question whose answer is waited for; undefined when none is. */
  readonly waitingFor: number | undefined;
  /** Whether the server refused a write because it takes none: after a failover it may be no primary any more. */
  readonly hasRefusedWrite: boolean;
  /** Ends the connection at once, without a word to the server. What is under way fails as lost. Never throws. */
  cut(): void;
  /** Ends the connection. Never throws. */
  close(): MaybePromise<void>;
}

/** What a connection is opened for. */
export type Purpose = "read" | "write";

/** A lock by a name, of all processes that use the database. */
export interface ProcessLock {
  /** Whether it is taken now. */
  tryTake(): boolean;
  /** Frees it, if it is taken, and ends it. */
  release(): void;
}

export type OpenLock = (name: string) => ProcessLock;

export interface Driver {
  /**
   * Whether other connections can read while one is in a writing transaction. Embedded databases only: one in memory
   * has a single connection.
   */
  readonly canReadBeside: boolean;
  /** Embedded databases only. */
  readonly openLock?: OpenLock;
  /** Must be bounded in time by the settings of the URL. */
  open(purpose: Purpose): MaybePromise<Connection>;
  /**
   * Asks the server, over a connection of its own, at which of these connections' questions it is at work; where it can't
   * tell, it is. Bounded in time as `open` is. Undefined for databases in this process.
   */
  isAtWork?(connections: readonly Connection[]): Promise<readonly boolean[] | "unreachable">;
  /**
   * Hears what others send on a channel, on a connection of its own. Bounded in time as `open` is. Undefined where servers
   * send nothing by themselves.
   *
   * @returns what ends it; undefined where a pooler in between passes nothing on.
   */
  listen?(channel: string, heard: NoticeListener): Promise<(() => void) | undefined>;
}

export interface NoticeListener {
  readonly onNotice: () => void;
  /** The connection was lost. Not called once it was ended. */
  readonly onLost: () => void;
}
