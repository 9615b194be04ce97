/** What work costs, in numbers that are the same on every machine and in every run. */
import { createHook } from "node:async_hooks";
import { Socket } from "node:net";
import { DatabaseSync } from "node:sqlite";
import { nextStatementId } from "../../src/dialect/driver.ts";

export interface Counts {
  /** Texts made of queries. */
  readonly plans: number;
  /** `prepare` of SQLite, Parse of PostgreSQL, COM_STMT_PREPARE of MySQL. */
  readonly prepared: number;
  /** How often a socket is written to. */
  readonly writes: number;
  /** How often something is sent after an answer: as often as the way to a distant server is waited for. */
  readonly roundTrips: number;
  readonly promises: number;
}

type Chunk = Buffer | string;

/** The parts of Node's socket in which all that is sent and read comes by. */
interface SocketParts {
  _write(chunk: Chunk, encoding: BufferEncoding, done: () => void): void;
  _writev(chunks: { chunk: Chunk; encoding: BufferEncoding }[], done: () => void): void;
  push(chunk: unknown): boolean;
}

const PREPARES = {
  sqlite: () => 0,
  /** A letter, and the length of the rest: source PostgreSQL manual, "Message Formats". */
  postgres(sent: Buffer): number {
    let found = 0;
    for (let at = 0; at + 5 <= sent.length; at += 1 + sent.readUInt32BE(at + 1)) {
      if (sent[at] === 0x50) found += 1;
    }
    return found;
  },
  /** The length of the rest in three bytes, a number, the command: source MySQL internals, "Protocol Basics". */
  mysql(sent: Buffer): number {
    let found = 0;
    for (let at = 0; at + 5 <= sent.length; at += 4 + sent.readUIntLE(at, 3)) {
      if (sent[at + 4] === 0x16) found += 1;
    }
    return found;
  },
} as const;

export type Protocol = keyof typeof PREPARES;

const bufferOf = (chunk: Chunk, encoding: BufferEncoding): Buffer =>
  typeof chunk === "string" ? Buffer.from(chunk, encoding) : chunk;

/** Counts what is done in this process while `work` runs, which nothing else may do anything in. */
export async function counted(
  protocol: Protocol,
  work: () => PromiseLike<unknown>,
): Promise<Counts> {
  let [prepared, writes, roundTrips, promises] = [0, 0, 0, 0];
  const waiting = new WeakSet<object>();
  const sends = (socket: object, sent: Buffer): void => {
    writes += 1;
    if (!waiting.has(socket)) roundTrips += 1;
    waiting.add(socket);
    prepared += PREPARES[protocol](sent);
  };
  const parts = Socket.prototype as unknown as SocketParts;
  const { _write, _writev, push } = parts;
  parts._write = function (chunk, encoding, done) {
    sends(this, bufferOf(chunk, encoding));
    _write.call(this, chunk, encoding, done);
  };
  parts._writev = function (chunks, done) {
    sends(this, Buffer.concat(chunks.map((part) => bufferOf(part.chunk, part.encoding))));
    _writev.call(this, chunks, done);
  };
  parts.push = function (chunk) {
    waiting.delete(this);
    return push.call(this, chunk);
  };
  const { prepare } = DatabaseSync.prototype;
  DatabaseSync.prototype.prepare = function (...given) {
    prepared += 1;
    return prepare.apply(this, given);
  };
  const hook = createHook({
    init: (_id, type) => {
      if (type === "PROMISE") promises += 1;
    },
  });

  const firstId = nextStatementId();
  hook.enable();
  try {
    await work();
  } finally {
    hook.disable();
    DatabaseSync.prototype.prepare = prepare;
    Object.assign(parts, { _write, _writev });
    // Inherited before: nothing of ours is left.
    delete (parts as Partial<SocketParts>).push;
  }
  return { plans: nextStatementId() - firstId - 1, prepared, writes, roundTrips, promises };
}
