/** Work of which only one runs at a time, in whatever process: held by a name, freed by the death of its holder. */

import type { Clock } from "../../core/clock.ts";
import {
  CancelledError,
  ConnectionError,
  DbError,
  InvalidValueError,
  TimeoutError,
} from "../../core/error.ts";
import type { QueryDialect } from "../../dialect/dialect.ts";
import type { DriverStatement, OpenLock } from "../../dialect/driver.ts";
import { createStop, unlessStopped } from "../../core/stop.ts";
import type { ConnectionSource, Lease, NamedLockOptions, WithLock } from "../source.ts";

/** Those who wait ask again after pauses that grow to this. */
const LONGEST_PAUSE_MS = 50;

const DEFAULT_TIMEOUT_MS = 30_000;

/** A lock that is to be taken. */
interface Candidate {
  tryTake(): Promise<boolean> | boolean;
  /** @throws when it was lost while it was held. */
  release(): Promise<void> | void;
}

interface Waiting {
  readonly clock: Clock;
  readonly random: () => number;
}

/** Locks of a database in this process. */
export function createProcessLocks(
  open: OpenLock,
  dialect: QueryDialect,
  waiting: Waiting,
): WithLock {
  return (name, work, options) =>
    withLock(waiting, options, work, () => {
      refuseNameless(name);
      try {
        return open(name);
      } catch (error) {
        throw dialect.toDbError(error);
      }
    });
}

/** Locks of a server. */
export function createServerLocks(
  source: ConnectionSource,
  dialect: QueryDialect,
  waiting: Waiting,
): WithLock {
  const locks = new ServerLocks(source, dialect);
  return (name, work, options) => withLock(waiting, options, work, () => locks.open(name));
}

function refuseNameless(name: unknown): void {
  if (typeof name === "string" && name !== "") return;
  throw new InvalidValueError("The name of a lock is a text that isn't empty.");
}

async function withLock<Result>(
  { clock, random }: Waiting,
  options: NamedLockOptions,
  work: () => Promise<Result>,
  open: () => Candidate | Promise<Candidate>,
): Promise<Result> {
  const { timeoutMs = DEFAULT_TIMEOUT_MS, signal } = options;
  const stop = createStop({ timeoutMs, signal }, waitedTooLong)!;
  let lock: Candidate | undefined;
  try {
    stop.signal.throwIfAborted();
    const opening = (async () => open())();
    lock = await unlessStopped(stop.signal, opening, (late) => void drop(late));
    for (
      let pauseMs = 1;
      !(await lock.tryTake());
      pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2)
    )
      await unlessStopped(stop.signal, clock.sleep(pauseMs * (0.5 + random() / 2)));
  } catch (error) {
    if (lock !== undefined) await drop(lock);
    throw error;
  } finally {
    stop.end();
  }
  let result: Result;
  try {
    result = await work();
  } catch (error) {
    await drop(lock);
    throw error;
  }
  await lock.release();
  return result;
}

/** Where another error is to be told. */
async function drop(lock: Candidate): Promise<void> {
  try {
    await lock.release();
  } catch {
    // The lock is free when its connection is gone.
  }
}

function waitedTooLong(timeoutMs?: number): DbError {
  if (timeoutMs === undefined)
    return new CancelledError(
      "The wait for the lock was cancelled by its signal; its work was not run.",
    );
  return new TimeoutError(
    "E_TIMEOUT",
    `The lock did not come free within ${timeoutMs} ms; its work was not run.`,
    {
      hint: "Whoever holds it is still at work; a lock is not free for its own holder either. Raise timeoutMs to wait longer.",
    },
  );
}

/**
 * All locks of a database in this process are held on one connection, in a transaction that does nothing else: work that
 * waits for a lock then keeps no connection from the work that it waits for. A server grants a session a lock that it has
 * already, so which are taken in this process is known here.
 */
class ServerLocks {
  readonly #source: ConnectionSource;
  readonly #dialect: QueryDialect;
  readonly #taken = new Set<string>();
  #session: LockSession | undefined;

  constructor(source: ConnectionSource, dialect: QueryDialect) {
    this.#source = source;
    this.#dialect = dialect;
  }

  async open(name: string): Promise<Candidate> {
    refuseNameless(name);
    if (this.#session?.isUsable !== true)
      this.#session = new LockSession(this.#source, this.#dialect);
    const session = this.#session;
    await session.join();
    const texts = this.#dialect.namedLock!(name);
    let isHeld = false;
    return {
      tryTake: async () => {
        if (this.#taken.has(name)) return false;
        this.#taken.add(name);
        try {
          isHeld = await session.ask(texts.take);
        } finally {
          if (!isHeld) this.#taken.delete(name);
        }
        return isHeld;
      },
      release: async () => {
        try {
          if (isHeld && !(await session.ask(texts.release))) throw lockLost();
        } finally {
          if (isHeld) this.#taken.delete(name);
          await session.leave();
        }
      },
    };
  }
}

/** The connection of those who hold a lock or wait for one; the last of them gives it back. */
class LockSession {
  isUsable = true;
  readonly #dialect: QueryDialect;
  readonly #begun: Promise<Lease>;
  #userCount = 0;

  constructor(source: ConnectionSource, dialect: QueryDialect) {
    this.#dialect = dialect;
    this.#begun = this.#begin(source);
  }

  async #begin(source: ConnectionSource): Promise<Lease> {
    const lease = await source.begin(this.#dialect.begin({}), false);
    try {
      await lease.begun;
      const { lockSession } = this.#dialect;
      if (lockSession !== undefined) await lease.connection.script(lockSession);
      return lease;
    } catch (error) {
      lease.release(true);
      throw error;
    }
  }

  async join(): Promise<void> {
    this.#userCount++;
    try {
      await this.#begun;
    } catch (error) {
      this.isUsable = false;
      throw this.#dialect.toDbError(error);
    }
  }

  async ask(text: string): Promise<boolean> {
    const { connection } = await this.#begun;
    try {
      const { rows } = await connection.named(statementOf(text), []);
      return Boolean(rows[0]?.[0]);
    } catch (error) {
      this.isUsable = false;
      const known = this.#dialect.toDbError(error);
      throw known instanceof DbError && this.#dialect.isConnectionLost(known) ? lockLost() : known;
    }
  }

  async leave(): Promise<void> {
    if (--this.#userCount > 0) return;
    const { connection, release } = await this.#begun;
    let isBroken = !this.isUsable || !connection.isAlive;
    this.isUsable = false;
    try {
      if (!isBroken) await connection.script("rollback");
    } catch {
      isBroken = true;
    }
    release(isBroken);
  }
}

function lockLost(): ConnectionError {
  return new ConnectionError(
    "E_CONNECTION_LOST",
    "The connection that held the lock was lost before its work was done, so somebody else may have held it meanwhile.",
    { hint: "Look at what the work did before it is done again." },
  );
}

/** Statements that aren't kept have no number of their own. */
function statementOf(text: string): DriverStatement {
  return { id: -1, text, isWrite: true, isKept: false, isWide: false, untyped: [] };
}
