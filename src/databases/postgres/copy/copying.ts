/** Databases for tests are databases of the server, which copies the files of another one. */

import { QueryError } from "../../../core/error.ts";
import {
  askCells,
  inTurns,
  type CopyServer,
  type OpenCopyServer,
} from "../../../dialect/server/copying.ts";
import type { OpenedDatabase } from "../../../dialect/dialect.ts";
import { withDatabase } from "../../../dialect/server/scratch.ts";
import type { Connection } from "../../../dialect/driver.ts";
import { openPostgres } from "../dialect.ts";
import { toDbError } from "../errors.ts";

/** Any number that others are unlikely to lock by. Advisory locks are of one database, so all lock in the same. */
const LOCK = "hashtextextended('plinth_tests', 0)";
/** Somebody is connected to it: 55006. Source: PostgreSQL manual, "CREATE DATABASE" and "PostgreSQL Error Codes". */
const IN_USE = "55006";
const PAUSE_MS = 20;

type Open = () => Promise<Connection>;

class PostgresServer implements CopyServer {
  readonly readyCount = 2;
  readonly dialect: OpenedDatabase["dialect"];
  readonly #url: string;
  readonly #module: unknown;
  readonly #maker: Connection;
  readonly #open: Open;
  readonly #inTurns = inTurns();
  readonly #inDropTurns = inTurns();
  #dropper: Promise<Connection> | undefined;

  constructor(url: string, module: unknown, { dialect, driver, first }: OpenedDatabase) {
    this.#url = url;
    this.#module = module;
    this.dialect = dialect;
    this.#maker = first;
    this.#open = async () => driver.open("write");
  }

  urlOf(name: string): string {
    return withDatabase(this.#url, name);
  }

  async open(name: string): Promise<OpenedDatabase> {
    return openPostgres({ url: this.urlOf(name), module: this.#module });
  }

  async names(prefix: string): Promise<string[]> {
    // In a pattern _ is any character.
    const pattern = prefix.replaceAll("_", "\\_");
    const text = `select datname from pg_database where datname like '${pattern}%'`;
    return (await this.#ask(text)).map(([name]) => String(name));
  }

  async #ask(text: string): Promise<readonly (readonly unknown[])[]> {
    try {
      return await this.#inTurns(() => askCells(this.#maker, text));
    } catch (error) {
      throw toDbError(error);
    }
  }

  async exclusively<Result>(work: () => Promise<Result>): Promise<Result> {
    // Its own connection: what waits for the lock must not keep others from working. Its end frees the lock.
    const connection = await this.#open();
    try {
      await askCells(connection, `select pg_advisory_lock(${LOCK})::text`);
      return await work();
    } finally {
      await connection.close();
    }
  }

  templates(prefix: string): Promise<string[]> {
    return this.names(prefix);
  }

  async create(name: string, template: string | undefined): Promise<void> {
    if (template !== undefined) return this.copy(template, name);
    await this.#make(`create database "${name}"`);
  }

  async publish(name: string, template: string): Promise<void> {
    await this.#make(`alter database "${name}" rename to "${template}"`);
  }

  async copy(template: string, name: string): Promise<void> {
    // By the log, as is usual: the other strategy, file_copy, takes as long and has the whole server write a checkpoint.
    await this.#make(`create database "${name}" template "${template}"`);
  }

  /** Whoever has just closed a connection may still be there for a moment. */
  async #make(text: string): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#inTurns(async () => this.#maker.script(text));
      } catch (cause) {
        const error = toDbError(cause);
        const isInUse = error instanceof QueryError && error.serverCode === IN_USE;
        if (!isInUse || attempt > 100) throw error;
        await new Promise((next) => setTimeout(next, PAUSE_MS));
      }
    }
  }

  async restore(): Promise<boolean> {
    return false;
  }

  async drop(name: string): Promise<void> {
    const dropper = await (this.#dropper ??= this.#open());
    try {
      await this.#inDropTurns(async () =>
        dropper.script(`drop database if exists "${name}" with (force)`),
      );
    } catch (error) {
      throw toDbError(error);
    }
  }

  async close(): Promise<void> {
    await this.#maker.close();
    await (await this.#dropper)?.close();
  }
}

export const openPostgresCopies: OpenCopyServer = async ({ url, module }) =>
  new PostgresServer(url, module, await openPostgres({ url, module }));
