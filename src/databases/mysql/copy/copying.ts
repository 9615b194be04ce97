/**
 * Databases for tests are databases of the server. Making one costs a file for each table, so that those that a test is
 * done with are made what their template is, and used again.
 */

import {
  askCells,
  inTurns,
  type CopyServer,
  type OpenCopyServer,
} from "../../../dialect/server/copying.ts";
import { ConfigError } from "../../../core/error.ts";
import type { OpenedDatabase } from "../../../dialect/dialect.ts";
import { withDatabase } from "../../../dialect/server/scratch.ts";
import type { Connection } from "../../../dialect/driver.ts";
import {
  baseTables,
  build,
  countPrograms,
  fillText,
  quoted,
  readBlueprint,
  readSums,
  readTables,
  type Blueprint,
} from "./blueprint.ts";
import { openMysql } from "../dialect.ts";

/** Locks are of the whole server. */
const LOCK = "plinth:tests";
const LOCK_TIMEOUT_S = 60;
/** Is there once a template is complete, and in no copy. */
const MARK = "plinth_complete";

class MysqlServer implements CopyServer {
  readonly readyCount = 2;
  readonly dialect: OpenedDatabase["dialect"];
  readonly #url: string;
  readonly #module: unknown;
  readonly #maker: Connection;
  readonly #open: () => Promise<Connection>;
  readonly #inTurns = inTurns();
  readonly #inRestoreTurns = inTurns();
  #restorer: Promise<Connection> | undefined;
  readonly #blueprints = new Map<string, Promise<Blueprint>>();

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
    return openMysql({ url: this.urlOf(name), module: this.#module });
  }

  async #run<Result>(work: (connection: Connection) => Promise<Result>): Promise<Result> {
    try {
      return await this.#inTurns(() => work(this.#maker));
    } catch (error) {
      throw this.dialect.toDbError(error);
    }
  }

  async names(prefix: string): Promise<string[]> {
    const pattern = prefix.replaceAll("_", "\\_");
    const rows = await this.#run((connection) =>
      askCells(connection, `show databases like '${pattern}%'`),
    );
    return rows.map(([name]) => String(name));
  }

  async exclusively<Result>(work: () => Promise<Result>): Promise<Result> {
    const connection = await this.#open();
    try {
      const [row] = await askCells(connection, `select get_lock('${LOCK}', ${LOCK_TIMEOUT_S})`);
      if (Number(row?.[0]) !== 1) {
        throw new ConfigError(
          `Another process makes test databases for over ${LOCK_TIMEOUT_S} s.`,
          {
            hint: "See what it waits for, and end it.",
          },
        );
      }
      return await work();
    } finally {
      await connection.close();
    }
  }

  async templates(prefix: string): Promise<string[]> {
    const pattern = prefix.replaceAll("_", "\\_");
    const rows = await this.#run((connection) =>
      askCells(
        connection,
        `select table_schema from information_schema.tables
         where table_schema like '${pattern}%' and table_name = '${MARK}'`,
      ),
    );
    return rows.map(([name]) => String(name));
  }

  async create(name: string, template: string | undefined): Promise<void> {
    if (template !== undefined) return this.copy(template, name);
    await this.#run((connection) => askCells(connection, `create database ${quoted(name)}`));
  }

  /** Databases can't be renamed, but copied. */
  async publish(name: string, template: string): Promise<void> {
    await this.copy(name, template);
    await this.#run((connection) =>
      askCells(connection, `create table ${quoted(template)}.${MARK} (at int)`),
    );
    this.#blueprints.delete(name);
    await this.drop(name);
  }

  #blueprintOf(template: string): Promise<Blueprint> {
    let blueprint = this.#blueprints.get(template);
    if (blueprint === undefined) {
      blueprint = this.#run(async (connection) => {
        const read = await readBlueprint(connection, template);
        return { ...read, tables: read.tables.filter(({ name }) => name !== MARK) };
      });
      this.#blueprints.set(template, blueprint);
      blueprint.catch(() => this.#blueprints.delete(template));
    }
    return blueprint;
  }

  async copy(template: string, name: string): Promise<void> {
    const blueprint = await this.#blueprintOf(template);
    await this.#run(async (connection) => {
      await askCells(connection, `create database ${quoted(name)} ${blueprint.characters}`);
      await build(connection, blueprint, template, name);
    });
  }

  async restore(template: string, name: string): Promise<boolean> {
    const blueprint = await this.#blueprintOf(template);
    const connection = await (this.#restorer ??= this.#openRestorer());
    try {
      return await this.#inRestoreTurns(() => restore(connection, blueprint, template, name));
    } catch {
      // Somebody may hold locks in it still.
      return false;
    }
  }

  async #openRestorer(): Promise<Connection> {
    const connection = await this.#open();
    await askCells(
      connection,
      "set foreign_key_checks = 0, unique_checks = 0, innodb_lock_wait_timeout = 1, lock_wait_timeout = 1",
    );
    return connection;
  }

  async drop(name: string): Promise<void> {
    await this.#run(async (connection) => {
      // A transaction that is still open holds its tables, and the drop would wait a day for it.
      const open = await askCells(
        connection,
        `select id from information_schema.processlist where db = '${name}' and id <> connection_id()`,
      );
      for (const [id] of open) await askCells(connection, `kill ${String(id)}`).catch(() => {});
      await askCells(connection, `drop database if exists ${quoted(name)}`);
    });
  }

  async close(): Promise<void> {
    await this.#maker.close();
    await (await this.#restorer)?.close();
  }
}

/** False where anything but rows was changed. */
async function restore(
  connection: Connection,
  blueprint: Blueprint,
  template: string,
  database: string,
): Promise<boolean> {
  const { columns, routines, triggers, events } = blueprint;
  // Triggers would run, and sequences go on.
  if (routines.length + triggers.length + events.length > 0) return false;
  if (blueprint.tables.some(({ kind }) => kind !== "BASE TABLE" && kind !== "VIEW")) return false;
  const [tables, programCount] = await Promise.all([
    readTables(connection, database),
    countPrograms(connection, database),
  ]);
  const isSame =
    programCount === 0 &&
    tables.length === blueprint.tables.length &&
    tables.every(({ name, text }, at) => {
      const own = blueprint.tables[at]!;
      return own.name === name && own.text === text;
    });
  if (!isSame) return false;
  const sums = await readSums(connection, database, baseTables(tables));
  const written = tables.filter(
    ({ name, next }, at) =>
      sums.get(name) !== blueprint.sums.get(name) || next !== blueprint.tables[at]!.next,
  );
  for (const { name, next } of written) {
    if (!sums.has(name)) continue;
    const place = `${quoted(database)}.${quoted(name)}`;
    const own = blueprint.tables.find((table) => table.name === name)!;
    // Truncating takes longer than deleting, and counting begins anew.
    await askCells(
      connection,
      next === own.next ? `delete from ${place}` : `truncate table ${place}`,
    );
    if (blueprint.sums.get(name) !== "0")
      await askCells(connection, fillText(template, database, name, columns.get(name) ?? []));
    if (own.next !== undefined && next !== own.next)
      await askCells(connection, `alter table ${place} auto_increment = ${own.next}`);
  }
  return true;
}

export const openMysqlCopies: OpenCopyServer = async ({ url, module }) =>
  new MysqlServer(url, module, await openMysql({ url, module }));
