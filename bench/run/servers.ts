/** Private servers for the length of a run, with the data set in them. */
import { closeSync, copyFileSync, existsSync, fsyncSync, openSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { startServers } from "../../test/servers/start.ts";
import { loadMariadb, loadPostgres, loadSqlite } from "../data/load.ts";
import { sizes } from "../data/rows.ts";
import type { Database } from "../data/tables.ts";
import { targetFromUrl, type ServerTarget, type Targets } from "./targets.ts";

const dataFolder = new URL("../.data/", import.meta.url);
/** The data set, kept between runs; the number changes when the data does. */
const sqliteMaster = fileURLToPath(new URL("northwind-1.sqlite", dataFolder));
const databaseName = "plinth_bench";

/** Databases of one's own, used as they are instead of private servers. Their tables are replaced. */
const urlVariables = { postgres: "BENCH_POSTGRES_URL", mariadb: "BENCH_MARIADB_URL" } as const;
const serverNames = { postgres: "postgres18", mariadb: "mariadb" } as const;

type ServerDatabase = keyof typeof urlVariables;

const flushLimitMs = 30_000;
const fewPages = 100;

/**
 * Runs the work with all the databases ready, and ends afterwards what was started for it.
 *
 * @throws {Error} that says how to mend it, when a server cannot be had.
 */
export async function withServers<Result>(
  databases: readonly Database[],
  work: (targets: Targets) => Promise<Result>,
): Promise<Result> {
  const wanted = databases.filter((database) => database !== "sqlite");
  const own = wanted.filter((database) => !process.env[urlVariables[database]]);
  const started = await startServers({
    only: own.map((database) => serverNames[database]),
    report: say,
  });
  try {
    for (const [name, problem] of Object.entries(started.problems))
      throw new Error(`${name} is not up. ${problem}`);
    const targets: { -readonly [Key in keyof Targets]: Targets[Key] } = { poolSize: 8 };
    if (databases.includes("sqlite")) targets.sqlite = await prepareSqlite();
    for (const database of wanted) {
      const url =
        process.env[urlVariables[database]] || started.servers[serverNames[database]]!.url;
      targets[database] = await preparations[database](targetFromUrl(url), own.includes(database));
    }
    return await work(targets);
  } finally {
    await started.stop();
  }
}

async function prepareSqlite(): Promise<{ file: string }> {
  if (!existsSync(sqliteMaster)) {
    say("Making the data set for SQLite, which is kept.");
    await loadSqlite(sqliteMaster);
  }
  return { file: fileURLToPath(new URL("run.sqlite", dataFolder)) };
}

const preparations: Record<
  ServerDatabase,
  (target: ServerTarget, isPrivate: boolean) => Promise<ServerTarget>
> = {
  async postgres(server, isPrivate) {
    const target = isPrivate ? { ...server, database: databaseName } : server;
    if (isPrivate) await onPostgres(server, (query) => query(`create database ${databaseName}`));
    const loaded = await onPostgres(target, (query) =>
      query(`select to_regclass('audit') is not null as is_there`),
    );
    if (
      !loaded[0]!.is_there ||
      !isComplete(await onPostgres(target, (query) => query(countText)))
    ) {
      say("Loading the data set into PostgreSQL.");
      await loadPostgres(target);
    }
    return target;
  },

  async mariadb(server, isPrivate) {
    const target = isPrivate ? { ...server, database: databaseName } : server;
    if (isPrivate) {
      await onMariadb(server, async (query) => {
        await query(`create database ${databaseName}`);
        // So that all of the data stays in memory: clients are compared, not disks.
        return await query("set global innodb_buffer_pool_size = 536870912");
      });
    }
    const loaded = await onMariadb(target, (query) => query("show tables like 'audit'"));
    if (loaded.length === 0 || !isComplete(await onMariadb(target, (query) => query(countText)))) {
      say("Loading the data set into MariaDB.");
      await loadMariadb(target);
      if (isPrivate) await onMariadb(target, writeDirtyPages);
    }
    return target;
  },
};

const countText = "select count(*) as n from accounts";

// Accounts are loaded last.
function isComplete(rows: Row[]): boolean {
  return Number(rows[0]!.n) === sizes.accounts;
}

/** Every contender begins with the same tables. */
export async function reset(database: Database, targets: Targets): Promise<void> {
  if (database === "sqlite") {
    const { file } = targets.sqlite!;
    for (const suffix of ["", "-wal", "-shm"]) rmSync(file + suffix, { force: true });
    copyFileSync(sqliteMaster, file);
    onDisk(file);
  } else if (database === "postgres") {
    await onPostgres(targets.postgres!, async (query) => {
      await query("truncate audit restart identity");
      await query("vacuum accounts");
      return await query("checkpoint");
    });
  } else {
    await onMariadb(targets.mariadb!, (query) => query("truncate audit"));
  }
}

/** What the system would write while it is measured takes up to half of what a small transaction does. */
function onDisk(file: string): void {
  const descriptor = openSync(file, "r+");
  fsyncSync(descriptor);
  closeSync(descriptor);
}

/** The same of what was loaded. */
async function writeDirtyPages(query: RunQuery): Promise<void> {
  const variable = "innodb_max_dirty_pages_pct";
  const [before] = await query(`select @@${variable} as percent`);
  await query(`set global ${variable} = 0`);
  const untilMs = performance.now() + flushLimitMs;
  while (performance.now() < untilMs) {
    const [status] = await query("show global status like 'Innodb_buffer_pool_pages_dirty'");
    if (Number(status!.Value) < fewPages) break;
    await sleep(200);
  }
  await query(`set global ${variable} = ${Number(before!.percent)}`);
}

/** The versions that a table of figures has to name. */
export async function versionOf(database: Database, targets: Targets): Promise<string> {
  if (database === "sqlite") return `SQLite ${process.versions.sqlite}`;
  if (database === "postgres") {
    const rows = await onPostgres(targets.postgres!, (query) => query("show server_version"));
    return `PostgreSQL ${String(rows[0]!.server_version)}`;
  }
  const rows = await onMariadb(targets.mariadb!, (query) => query("select version() as version"));
  return `MariaDB ${String(rows[0]!.version)}`;
}

type Row = Record<string, unknown>;
type RunQuery = (text: string) => Promise<Row[]>;

async function onPostgres(
  target: ServerTarget,
  work: (query: RunQuery) => Promise<Row[]>,
): Promise<Row[]> {
  const { default: pg } = await import("pg");
  const client = new pg.Client(target);
  await client.connect();
  try {
    return await work(async (text) => (await client.query(text)).rows as Row[]);
  } finally {
    await client.end();
  }
}

async function onMariadb<Result>(
  target: ServerTarget,
  work: (query: RunQuery) => Promise<Result>,
): Promise<Result> {
  const { default: mysql } = await import("mysql2/promise");
  const connection = await mysql.createConnection(target);
  try {
    return await work(async (text) => (await connection.query(text))[0] as Row[]);
  } finally {
    await connection.end();
  }
}

function say(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
}
