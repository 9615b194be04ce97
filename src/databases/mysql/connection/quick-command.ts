/**
 * A command in the driver's queue, which reads by itself the answers that nearly all statements have: rows whose columns are
 * known, and that a write is done. Whatever else comes is for the driver's own command, which is only made then.
 */

import type { ReadRow, RowPacket, WireColumn } from "./row-reader.ts";

/** What is done with an answer: rows with their columns, or what a write did, or what else the driver gives. Never throws. */
export type Take = (answer: unknown, columns: readonly WireColumn[] | undefined) => unknown;

/** Is called once, before whoever awaits the answer goes on. @param error Undefined where there is none. */
export type Ended = (error?: unknown) => void;

export type Settle = (value: unknown) => void;

/** Rows as the driver gives them. */
export interface RowsWithMeta {
  meta?: readonly WireColumn[];
}

/** The state of a connection, as the driver keeps it. */
export interface SessionInfo {
  status: number;
  /** Whether results end with a packet of the newer kind. */
  readonly eofDeprecated: boolean;
  /** Whether columns that are known are left out. */
  readonly serverPermitSkipMeta: boolean;
  /** A server that is to be used in place of this one. */
  readonly redirectRequest: unknown;
}

/** What the driver writes by. */
export interface Out {
  fastFlush(command: object, packet: Buffer): void;
}

type Receive = (packet: RowPacket, out: Out, options: object, info: SessionInfo) => void;

/** One of the driver's, as far as it is used. */
export interface DriverCommand {
  sequenceNo: number;
  onPacketReceive: Receive | null;
  readonly readResponsePacket: Receive;
  readonly readResultSetRow: Receive;
  throwError(error: unknown, info: object): void;
  throwNewError(...parameters: unknown[]): unknown;
}

/** What is asked. */
export interface Question {
  /** That the server leaves out of its answer, as it has told of them. */
  readonly columns: readonly WireColumn[];
  readerOf(columns: readonly WireColumn[]): ReadRow | undefined;
  /** The driver's own command for it. */
  driverCommand(resolve: Settle, reject: Settle): DriverCommand;
  /** The same, which has read these rows. */
  driverCommandAfter(rows: readonly unknown[], resolve: Settle, reject: Settle): DriverCommand;
}

/** What a packet begins with. Source: MariaDB manual, "OK_Packet", "Resultset Row". */
const OK = 0;
const ROW = 0;
const END = 0xfe;

/** Bits of the server's status. Source: MariaDB manual, "OK_Packet", "Server Status". */
export const MORE_RESULTS = 8;
const STATE_CHANGED = 0x4000;

const MAX_PACKET = 0xffffff;

export class QuickCommand {
  /** Of the packet that came last; the driver tells. */
  sequenceNo = -1;
  compressSequenceNo = -1;
  /** Whether there is more to be sent of it. */
  readonly sending = false;
  onPacketReceive: Receive | null;
  readonly #question: Question;
  readonly #packet: Buffer;
  readonly #take: Take;
  readonly #ended: Ended;
  readonly #resolve: Settle;
  readonly #reject: Settle;
  #onSent: (() => void) | undefined;
  #rows: unknown[] | undefined;
  #read: ReadRow | undefined;
  #driver: DriverCommand | undefined;

  constructor(
    question: Question,
    packet: Buffer,
    take: Take,
    ended: Ended,
    resolve: Settle,
    reject: Settle,
  ) {
    this.#question = question;
    this.#packet = packet;
    this.#take = take;
    this.#ended = ended;
    this.#resolve = resolve;
    this.#reject = reject;
    this.onPacketReceive = this.#readResponse;
  }

  start(out: Out): void {
    out.fastFlush(this, this.#packet);
    this.#onSent?.();
  }

  /** The driver asks to be told when the next one may be sent, and has no other listener. */
  once(event: string, listener: () => void): void {
    if (event === "send_end") this.#onSent = listener;
  }

  /** The connection is lost. */
  throwError(error: unknown, info: object): void {
    this.onPacketReceive = null;
    if (this.#driver === undefined) this.#fail(error);
    else this.#driver.throwError(error, info);
  }

  /** The driver takes no commands any more. */
  throwNewError(...parameters: unknown[]): unknown {
    this.onPacketReceive = null;
    return this.#byDriver().throwNewError(...parameters);
  }

  #readResponse(packet: RowPacket, out: Out, options: object, info: SessionInfo): void {
    const { buf, pos, end } = packet;
    const first = buf[pos]!;
    if (first === OK) {
      const insertAt = pos + 1 + sizeAt(buf, pos + 1);
      const status = uint16(buf, insertAt + sizeAt(buf, insertAt));
      if ((status & STATE_CHANGED) === 0 && isLast(status, info)) {
        info.status = status;
        const affectedRows = numberAt(buf, pos + 1);
        this.#end({ affectedRows, insertId: bigintAt(buf, insertAt) }, undefined);
        return;
      }
    } else if (end - pos === 2 && buf[pos + 1] === 0 && this.#readsRowsOf(first, info)) return;
    this.#leave(this.#byDriver(), "readResponsePacket", packet, out, options, info);
  }

  /** Whether the rows that follow are read here. */
  #readsRowsOf(columnCount: number, info: SessionInfo): boolean {
    const { columns } = this.#question;
    if (!info.eofDeprecated || !info.serverPermitSkipMeta || columns.length !== columnCount)
      return false;
    this.#read = this.#question.readerOf(columns);
    if (this.#read === undefined) return false;
    this.#rows = [];
    this.onPacketReceive = this.#readRow;
    return true;
  }

  #readRow(packet: RowPacket, out: Out, options: object, info: SessionInfo): void {
    const { buf, pos, end } = packet;
    const rows = this.#rows!;
    if (buf[pos] === ROW) {
      rows.push(this.#read!(packet));
      return;
    }
    if (buf[pos] === END && end - pos < MAX_PACKET) {
      const insertAt = pos + 1 + sizeAt(buf, pos + 1);
      const status = uint16(buf, insertAt + sizeAt(buf, insertAt));
      if (isLast(status, info)) {
        info.status = status;
        this.#end(rows, this.#question.columns);
        return;
      }
    }
    this.#leave(this.#byDriver(), "readResultSetRow", packet, out, options, info);
  }

  #byDriver(): DriverCommand {
    const resolve = (answer: unknown): void => this.#end(answer, (answer as RowsWithMeta).meta);
    const reject = (error: unknown): void => this.#fail(error);
    const question = this.#question;
    this.#driver =
      this.#rows === undefined
        ? question.driverCommand(resolve, reject)
        : question.driverCommandAfter(this.#rows, resolve, reject);
    return this.#driver;
  }

  /** The rest of the answer is the driver's, from this packet on. */
  #leave(
    driver: DriverCommand,
    from: "readResponsePacket" | "readResultSetRow",
    packet: RowPacket,
    out: Out,
    options: object,
    info: SessionInfo,
  ): void {
    driver.onPacketReceive = driver[from];
    this.onPacketReceive = this.#forward;
    this.#forward(packet, out, options, info);
  }

  #forward(packet: RowPacket, out: Out, options: object, info: SessionInfo): void {
    const driver = this.#driver!;
    driver.sequenceNo = this.sequenceNo;
    driver.onPacketReceive!(packet, out, options, info);
    if (driver.onPacketReceive === null) this.onPacketReceive = null;
  }

  #end(answer: unknown, columns: readonly WireColumn[] | undefined): void {
    this.onPacketReceive = null;
    this.#ended();
    this.#resolve(this.#take(answer, columns));
  }

  #fail(error: unknown): void {
    this.onPacketReceive = null;
    this.#ended(error);
    this.#reject(error);
  }
}

/** Where more is to come, or to be done, the driver does it. */
function isLast(status: number, info: SessionInfo): boolean {
  return (status & MORE_RESULTS) === 0 && info.redirectRequest === null;
}

/** How many bytes a number of variable length takes. Source: MariaDB manual, "Protocol Data Types". */
function sizeAt(buf: Buffer, at: number): number {
  const first = buf[at]!;
  return first < 251 ? 1 : first === 252 ? 3 : first === 253 ? 4 : 9;
}

function numberAt(buf: Buffer, at: number): number {
  const first = buf[at]!;
  if (first < 251) return first;
  if (first === 252) return uint16(buf, at + 1);
  return first === 253 ? buf.readUIntLE(at + 1, 3) : Number(buf.readBigUInt64LE(at + 1));
}

function bigintAt(buf: Buffer, at: number): bigint {
  const first = buf[at]!;
  if (first === 0) return 0n;
  return first < 254 ? BigInt(numberAt(buf, at)) : buf.readBigUInt64LE(at + 1);
}

function uint16(buf: Buffer, at: number): number {
  return buf[at]! | (buf[at + 1]! << 8);
}
