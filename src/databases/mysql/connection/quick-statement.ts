/**
 * Executes a prepared statement by the driver's own command for it, but that the packet is written, and the rows are read,
 * by our own loops.
 */

import { executePacket } from "./execute-packet.ts";
import { rowReader, type ReadRow, type WireColumn } from "./row-reader.ts";

/** The inside of the driver, as far as it is used. */
interface Command {
  /** Absent where it is no execution of a prepared statement. */
  readonly prepare?: object;
  readonly _columns: readonly WireColumn[];
  /** Of each result; a procedure gives several. */
  readonly _rows: readonly RowsWithMeta[];
  readonly _responseIndex: number;
  readonly isOutParameter?: boolean;
  readonly readResponsePacket: unknown;
  onPacketReceive: unknown;
  resolve: Settle | null;
  reject: Settle | null;
  /** Sends it. */
  start(out: Out, options: object, info: object): void;
  /** Is called when the columns are known, and says how rows are read. */
  setParser(): void;
  parseRow: ReadRow;
  /** Is called with the end of a result. */
  resultSetEndingPacketResult(info: SessionInfo): void;
  success(rows: RowsWithMeta): void;
  /** Is called with what the promise is fulfilled with. */
  successEnd(answer: unknown): void;
  emit(event: "end" | "send_end"): void;
}

interface RowsWithMeta {
  meta?: readonly WireColumn[];
}

interface SessionInfo {
  readonly status: number;
}

interface Out {
  fastFlush(command: Command, packet: Buffer): void;
}

type Settle = (value: unknown) => void;

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
  execute(values: readonly unknown[]): Promise<unknown>;
  readonly conn: {
    readonly opts: object;
    /** What waits for an answer. */
    readonly receiveQueue: { peekBack(): Command | undefined };
    /** What waits for its turn to be sent. */
    readonly sendQueue: { isEmpty(): boolean };
    addCommand(command: Command, expectsAnswer: true): void;
  };
}

type QuickClass = new (
  resolve: Settle,
  reject: Settle,
  execution: Execution,
  statement: QuickStatement,
) => Command;

/** Another result follows. Source: MariaDB manual, "OK_Packet", "Server Status". */
const MORE_RESULTS = 8;

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
    readonly #values: readonly unknown[];

    constructor(resolve: Settle, reject: Settle, execution: Execution, statement: QuickStatement) {
      super(resolve, reject, statement.prepared.conn.opts, execution, statement.prepared);
      this.#statement = statement;
      this.#values = execution.values;
    }

    override start(out: Out, options: object, info: object): void {
      const { id, parameterCount } = this.#statement;
      const values = this.#values;
      const packet = values.length === parameterCount ? executePacket(id, values) : undefined;
      if (packet === undefined) {
        super.start(out, options, info);
        return;
      }
      this.onPacketReceive = this.readResponsePacket;
      out.fastFlush(this, packet);
      if (!this.#statement.prepared.conn.sendQueue.isEmpty()) this.emit("send_end");
    }

    override setParser(): void {
      const read = this.#statement.readerOf(this._columns);
      if (read === undefined) super.setParser();
      else this.parseRow = read;
    }

    /** The driver defines the columns as a hidden property, which costs as much as a small row. */
    override resultSetEndingPacketResult(info: SessionInfo): void {
      const [rows] = this._rows;
      const isOnly = this._responseIndex === 0 && (info.status & MORE_RESULTS) === 0;
      if (!isOnly || rows === undefined || this.isOutParameter === true) {
        super.resultSetEndingPacketResult(info);
        return;
      }
      rows.meta = this._columns;
      this.success(rows);
    }

    /** At once, as who awaits it goes on later anyway; the driver does it in a tick of its own. */
    override successEnd(answer: unknown): void {
      const { resolve } = this;
      this.onPacketReceive = null;
      this.resolve = null;
      this.reject = null;
      resolve?.(answer);
      this.emit("end");
    }
  }
  quickClasses.set(Execute, QuickExecute);
  return QuickExecute;
}

/** One prepared statement. */
export class QuickStatement {
  readonly prepared: Prepared;
  readonly id: number;
  readonly parameterCount: number;
  #Execute: QuickClass | undefined;
  #columns: readonly WireColumn[] | undefined;
  #read: ReadRow | undefined;

  constructor(prepared: object) {
    this.prepared = prepared as Prepared;
    // Each of them is asked of an object behind the object.
    this.id = this.prepared.id;
    this.parameterCount = this.prepared.parameterCount;
  }

  execute(values: readonly unknown[]): Promise<unknown> {
    const Execute = this.#Execute;
    if (Execute === undefined) return this.#executeFirst(values);
    const { conn, query } = this.prepared;
    return new Promise((resolve, reject) => {
      conn.addCommand(new Execute(resolve, reject, { sql: query, values }, this), true);
    });
  }

  /** By the driver's own way, which makes a command of the class that is looked for. */
  #executeFirst(values: readonly unknown[]): Promise<unknown> {
    const { prepared } = this;
    const answer = prepared.execute(values);
    const command = prepared.conn.receiveQueue.peekBack();
    if (command?.prepare === prepared)
      this.#Execute = quickened(command.constructor as CommandClass);
    return answer;
  }

  /** The same columns each time, where the server leaves out what it has told. */
  readerOf(columns: readonly WireColumn[]): ReadRow | undefined {
    if (this.#columns !== columns) {
      this.#columns = columns;
      this.#read = rowReader(columns);
    }
    return this.#read;
  }
}
