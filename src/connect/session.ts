import type { QueryDialect } from "../dialect/dialect.ts";
import type { Cells, Connection } from "../dialect/driver.ts";
import type { Engine, Lease } from "./source.ts";

/** What the server gave, by the names of its columns. */
export type Answer = Readonly<Record<string, unknown>>;

type Scalar = number | string | null;

let lastStatementId = 0;

/**
 * One connection, for work in which transactions are only a part: migrations, backups. It is in no transaction until a
 * script begins one.
 */
export class Session {
  readonly engine: Engine;
  readonly #lease: Lease;

  private constructor(engine: Engine, lease: Lease) {
    this.engine = engine;
    this.#lease = lease;
  }

  /** @throws {TimeoutError} `E_POOL_TIMEOUT` when no connection came free in time. */
  static async open(engine: Engine): Promise<Session> {
    try {
      const lease = await engine.source.begin("select 1", false);
      await lease.begun;
      return new Session(engine, lease);
    } catch (error) {
      throw engine.dialect.toDbError(error);
    }
  }

  get dialect(): QueryDialect {
    return this.engine.dialect;
  }

  /** For what runs transactions of its own on it. */
  get connection(): Connection {
    return this.#lease.connection;
  }

  /** Runs statements that give nothing back. */
  async script(text: string): Promise<void> {
    try {
      await this.connection.script(text);
    } catch (error) {
      throw this.dialect.toDbError(error);
    }
  }

  /** Runs one statement with its values bound: ``session.ask`select n from t where id = ${id}` ``. */
  async ask(strings: TemplateStringsArray, ...values: readonly Scalar[]): Promise<Answer[]> {
    const { placeholder } = this.dialect.spelling;
    const text = strings.reduce((before, part, at) => `${before}${placeholder(at)}${part}`);
    return this.#named(text, values);
  }

  /** The cells of a query as the driver has them: no value is refused, and none is made another one. */
  async cells(text: string, values: readonly Scalar[]): Promise<readonly Cells[]> {
    const statement = {
      id: --lastStatementId,
      text,
      isWrite: false,
      isKept: false,
      isWide: true,
      untyped: [],
    };
    try {
      return await this.connection.rows(statement, values);
    } catch (error) {
      throw this.dialect.toDbError(error);
    }
  }

  /** Runs one statement that stands as it is. */
  async askRaw(text: string): Promise<Answer[]> {
    return this.#named(text, []);
  }

  async #named(text: string, values: readonly Scalar[]): Promise<Answer[]> {
    const statement = {
      // Below those of plans, as each is run once.
      id: --lastStatementId,
      text,
      isWrite: true,
      isKept: false,
      isWide: false,
      untyped: [],
    };
    try {
      const { names, rows } = await this.connection.named(statement, values);
      return rows.map((cells) => Object.fromEntries(names.map((name, at) => [name, cells[at]])));
    } catch (error) {
      throw this.dialect.toDbError(error);
    }
  }

  /** Gives the connection back. One in an unknown state is closed instead. */
  release(isBroken = false): void {
    this.#lease.release(isBroken || !this.connection.isAlive);
  }
}
