/** Executes a prepared statement: the packet is written, and the answer read, by our own loops. */

import { executePacket } from "./execute-packet.ts";
import {
  MORE_RESULTS,
  QuickCommand,
  type DriverCommand,
  type Ended,
  type Question,
  type RowsWithMeta,
  type Settle,
  type Take,
} from "./quick-command.ts";
import { rowReader, type ReadRow, type WireColumn } from "./row-reader.ts";

/** The driver's command that executes a prepared statement, as far as it is used. */
interface Command extends DriverCommand {
  /** Absent where it is no execution of a prepared statement. */
  readonly prepare?: object;
  _columns: readonly WireColumn[];
  /** Of each result; a procedure gives several. */
  readonly _rows: (RowsWithMeta | readonly unknown[])[];
  readonly _responseIndex: number;
  readonly isOutParameter?: boolean;
  /** Is called when the columns are known, and says how rows are read. */
  setParser(): void;
  parseRow: ReadRow;
  /** Is called with the end of a result. */
  resultSetEndingPacketResult(info: { readonly status: number }): void;
  success(rows: RowsWithMeta): void;
}

type CommandClass = new (
  resolve: Settle,
  reject: Settle,
  options: object,
  parameters: Execution,
  prepared: object,
) => Command;

interface Execution {
  readonly sql: string;
  readonly values: readonly unknown[];
}

interface Prepared {
  readonly id: number;
  readonly query: string;
  readonly parameterCount: number;
  readonly columns: readonly WireColumn[];
  execute(values: readonly unknown[]): Promise<unknown>;
  readonly conn: DriverConnection;
}

/** The inside of a connection of the driver, as far as it is used. */
export interface DriverConnection {
  readonly opts: object;
  /** What waits for an answer. */
  readonly receiveQueue: { peekBack(): object | undefined };
  addCommand(command: QuickCommand, expectsAnswer: true): void;
}

type QuickClass = new (resolve: Settle, reject: Settle, statement: QuickStatement) => Command;

/** Versions whose inside is as said here; with others the driver does all of it. */
const KNOWN_VERSION = /^3\.[45]\./;

export function canBeQuick(version: unknown): boolean {
  return typeof version === "string" && KNOWN_VERSION.test(version);
}

/** By the driver's class, as a program may have several drivers. */
const quickClasses = new WeakMap<CommandClass, QuickClass>();

/** The driver exports no class of its commands; that of one which it made is known by it. */
function quickened(Execute: CommandClass): QuickClass {
  const known = quickClasses.get(Execute);
  if (known !== undefined) return known;
  class QuickExecute extends Execute {
    readonly #statement: QuickStatement;

    constructor(resolve: Settle, reject: Settle, statement: QuickStatement) {
      const { conn, query } = statement.prepared;
      super(resolve, reject, conn.opts, { sql: query, values: [] }, statement.prepared);
      this.#statement = statement;
    }

    override setParser(): void {
      const read = this.#statement.readerOf(this._columns);
      if (read === undefined) super.setParser();
      else this.parseRow = read;
    }

    /** The driver defines the columns as a hidden property, which costs as much as a small row. */
    override resultSetEndingPacketResult(info: { readonly status: number }): void {
      const [rows] = this._rows;
      const isOnly = this._responseIndex === 0 && (info.status & MORE_RESULTS) === 0;
      if (!isOnly || rows === undefined || this.isOutParameter === true) {
        super.resultSetEndingPacketResult(info);
        return;
      }
      this.success(Object.assign(rows, { meta: this._columns }));
    }
  }
  quickClasses.set(Execute, QuickExecute);
  return QuickExecute;
}

/** One prepared statement. */
export class QuickStatement implements Question {
  readonly prepared: Prepared;
  readonly conn: DriverConnection;
  readonly #id: number;
  readonly #parameterCount: number;
  #Execute: QuickClass | undefined;
  #readColumns: readonly WireColumn[] | undefined;
  #read: ReadRow | undefined;

  constructor(prepared: object) {
    this.prepared = prepared as Prepared;
    // Each of them is asked of an object behind the object.
    this.conn = this.prepared.conn;
    this.#id = this.prepared.id;
    this.#parameterCount = this.prepared.parameterCount;
  }

  execute(values: readonly unknown[], take: Take, ended: Ended): Promise<unknown> {
    if (this.#Execute === undefined) return byDriver(this.#executeFirst(values), take, ended);
    const isWhole = values.length === this.#parameterCount;
    const packet = isWhole ? executePacket(this.#id, values) : undefined;
    if (packet === undefined)
      return byDriver(this.prepared.execute(forDriver(values)), take, ended);
    return new Promise((resolve, reject) => {
      this.conn.addCommand(new QuickCommand(this, packet, take, ended, resolve, reject), true);
    });
  }

  /** By the driver's own way, which makes a command of the class that is looked for. */
  #executeFirst(values: readonly unknown[]): Promise<unknown> {
    const { prepared } = this;
    const answer = prepared.execute(forDriver(values));
    const command = this.conn.receiveQueue.peekBack() as Command | undefined;
    if (command?.prepare === prepared)
      this.#Execute = quickened(command.constructor as CommandClass);
    return answer;
  }

  /** The driver replaces them where the server tells others. */
  get columns(): readonly WireColumn[] {
    return this.prepared.columns;
  }

  /** The same columns each time, where the server leaves out what it has told. */
  readerOf(columns: readonly WireColumn[]): ReadRow | undefined {
    if (this.#readColumns !== columns) {
      this.#readColumns = columns;
      this.#read = rowReader(columns);
    }
    return this.#read;
  }

  driverCommand(resolve: Settle, reject: Settle): Command {
    return new this.#Execute!(resolve, reject, this);
  }

  driverCommandAfter(rows: readonly unknown[], resolve: Settle, reject: Settle): Command {
    const command = this.driverCommand(resolve, reject);
    command._rows.push(rows);
    command._columns = this.columns;
    return command;
  }
}

const MAX_INT32 = 2 ** 31 - 1;

/**
 * The driver takes the largest number of 32 bits for one beyond them, and binds it as a floating-point number: what is
 * computed with it is not exact then, also with other values, as the server goes on so with the statement.
 * Source: mariadb 3.5, lib/cmd/execute.js, `val < 2147483647`.
 */
export function forDriver(values: readonly unknown[]): readonly unknown[] {
  if (!values.includes(MAX_INT32)) return values;
  return values.map((value) => (value === MAX_INT32 ? BigInt(MAX_INT32) : value));
}

/** What the driver does by itself. */
export function byDriver(answer: Promise<unknown>, take: Take, ended: Ended): Promise<unknown> {
  return answer.then(
    (given) => {
      ended();
      return take(given, (given as RowsWithMeta | undefined)?.meta);
    },
    (error: unknown) => {
      ended(error);
      throw error;
    },
  );
}
