import { createServerLocks } from "../../src/connect/transaction/named-lock.ts";
import type { ConnectionSource, Engine } from "../../src/connect/source.ts";
import { ConflictError } from "../../src/core/error.ts";
import { systemClock } from "../../src/core/clock.ts";
import { createNames } from "../../src/schema/naming.ts";
import type { MaybePromise } from "../../src/core/maybe-promise.ts";
import type {
  Cells,
  Connection,
  Driver,
  DriverStatement,
  NamedResult,
  WriteResult,
} from "../../src/dialect/driver.ts";
import { sqliteDialect } from "../../src/databases/sqlite/whole-dialect.ts";
import type { Dialect, PoolSettings } from "../../src/dialect/dialect.ts";

/**
 * A small server that keeps named numbers, with connections and transactions, behind the contract of a driver. What it
 * cannot do on a real one is its point: it fails, hangs and dies where a test says so.
 *
 * Statements: `get KEY`, `set KEY VALUE`, and scripts: `begin`, `commit`, `rollback`.
 */
export class InMemoryServer implements Driver {
  readonly canReadBeside = true;
  readonly stored = new Map<string, number>();
  readonly log: string[] = [];
  readonly connections: InMemoryConnection[] = [];
  /** Is asked before each text; what it throws or rejects with is the driver's error. */
  intercept: (text: string, connection: InMemoryConnection) => Promise<void> | void = () => {};
  openError: Error | undefined = undefined;

  async open(): Promise<InMemoryConnection> {
    await Promise.resolve();
    if (this.openError !== undefined) throw this.openError;
    return this.connect();
  }

  connect(): InMemoryConnection {
    const connection = new InMemoryConnection(this, this.connections.length + 1);
    this.connections.push(connection);
    return connection;
  }

  get openCount(): number {
    return this.connections.filter((connection) => connection.isAlive).length;
  }
}

export class InMemoryConnection implements Connection {
  isAlive = true;
  doom: unknown;
  hasRefusedWrite = false;
  waitingFor: number | undefined;
  readonly id: number;
  readonly #server: InMemoryServer;
  /** What the open transaction has written. */
  #written: Map<string, number> | undefined;
  /** Answers come in the order of the questions. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(server: InMemoryServer, id: number) {
    this.#server = server;
    this.id = id;
  }

  #run(text: string): Promise<number | undefined> {
    const answer = this.#last.then(async () => {
      if (!this.isAlive) throw new Error("The connection is closed.");
      this.#server.log.push(`${this.id}: ${text}`);
      if (text === "rollback") this.doom = undefined;
      if (this.doom !== undefined) throw this.doom;
      try {
        await this.#server.intercept(text, this);
      } catch (error) {
        if (error instanceof ConflictError) this.doom = error;
        throw error;
      }
      return this.#perform(text);
    });
    this.#last = answer.catch(() => {});
    return answer;
  }

  #perform(text: string): number | undefined {
    const { stored } = this.#server;
    const [verb, key = "", value] = text.split(" ");
    if (verb === "begin") this.#written = new Map();
    else if (verb === "rollback") this.#written = undefined;
    else if (verb === "commit") {
      for (const [name, number] of this.#written ?? []) stored.set(name, number);
      this.#written = undefined;
    } else if (verb === "set") (this.#written ?? stored).set(key, Number(value));
    return this.#written?.get(key) ?? stored.get(key);
  }

  async rows(statement: DriverStatement): Promise<readonly Cells[]> {
    return [[(await this.#run(statement.text)) ?? null]];
  }

  async row(statement: DriverStatement): Promise<Cells> {
    return [(await this.#run(statement.text)) ?? null];
  }

  async write(statement: DriverStatement): Promise<WriteResult> {
    await this.#run(statement.text);
    return { affectedRows: 1, insertId: undefined };
  }

  async named(statement: DriverStatement): Promise<NamedResult> {
    await this.#run(statement.text);
    return { names: [], rows: [], affectedRows: 0 };
  }

  async script(text: string): Promise<void> {
    await this.#run(text);
  }

  cursor(): never {
    throw new Error("This server has no cursors.");
  }

  cancel(): void {
    this.#server.log.push(`${this.id}: cancelled`);
  }

  alone<Result>(work: () => MaybePromise<Result>): MaybePromise<Result> {
    return work();
  }

  forget(): void {}

  cut(): void {
    this.close();
  }

  close(): void {
    this.isAlive = false;
    this.#server.log.push(`${this.id}: closed`);
  }
}

let lastId = 0;

export function statementOf(text: string): DriverStatement {
  return { ...plain, id: ++lastId, text, isWrite: !text.startsWith("get") };
}

const plain = { id: 0, text: "", isWrite: false, isKept: false, isWide: false } as DriverStatement;

/** A dialect that leaves errors as they are. */
export const inMemoryDialect: Dialect = {
  ...sqliteDialect({ product: "sqlite", version: [3, 50, 0] }),
  begin: () => "begin",
  toDbError: (error) => error,
  isConflict: (error) => error instanceof ConflictError,
  isInterrupted: (error) => error instanceof Error && error.message === "interrupted",
  isConnectionLost: (error) => error.code === "E_CONNECTION_LOST",
};

export const inMemorySettings: PoolSettings = {
  maxConnections: 2,
  sharedConnections: 2,
  acquireTimeoutMs: 200,
  idleTimeoutMs: 10_000,
  maxLifetimeMs: Infinity,
  reconnectTimeoutMs: 0,
  probeAfterMs: Infinity,
};

/** Time stands still, and pauses are none: they are noted. */
export function engineOf(source: ConnectionSource, pausesMs: number[] = []): Engine {
  const clock = {
    ...systemClock,
    sleep: async (durationMs: number) => void pausesMs.push(durationMs),
  };
  return {
    dialect: inMemoryDialect,
    names: createNames(),
    source,
    clock,
    random: () => 0.5,
    isTracked: true,
    cursorSecrets: [],
    withLock: createServerLocks(source, inMemoryDialect, { clock, random: () => 0.5 }),
  };
}
