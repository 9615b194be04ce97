// For test files: which databases there are, and a private one on each.
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { connectMariadb, type MariadbConnection } from "./mariadb-connection.ts";
import { titles, urlVariables, type ServerName } from "./names.ts";

export type TestServerName =
  | "sqlite file"
  | "sqlite memory"
  | "postgres 18"
  | "postgres 15"
  | "mariadb";

export interface TestServer {
  readonly name: TestServerName;
  /** Of the server itself; `undefined` for SQLite and where the server was not started. */
  readonly url: string | undefined;
}

export interface TestDatabase {
  readonly url: string;
  /** Ends connections that are still open to it, and removes it. Twice is the same as once. */
  drop(): Promise<void>;
}

const serverOf: Readonly<Record<TestServerName, Exclude<ServerName, "redis"> | undefined>> = {
  "sqlite file": undefined,
  "sqlite memory": undefined,
  "postgres 18": "postgres18",
  "postgres 15": "postgres15",
  mariadb: "mariadb",
};

/**
 * Every database that this run tests.
 *
 * A server that could not be started is missing, and the run has said so at its beginning. After
 * `PLINTH_TEST_SERVERS=none` none is missing: tests that need one are to fail, not to vanish.
 */
export function testServers(): TestServer[] {
  const absent = (process.env.PLINTH_TEST_ABSENT ?? "").split(",");
  return (Object.keys(serverOf) as TestServerName[])
    .filter((name) => !absent.includes(serverOf[name] ?? name))
    .map((name) => ({ name, url: urlOf(serverOf[name]) }));
}

/** False where it could not be started, and the run has said so. */
export function hasTestRedis(): boolean {
  return !(process.env.PLINTH_TEST_ABSENT ?? "").split(",").includes("redis");
}

/** @throws {Error} that says how to have one, when there is no Redis in this run. */
export function testRedisUrl(): string {
  return urlOf("redis") ?? refuse("redis");
}

/** Creates an empty database of a new name, with the server's defaults. */
export async function createTestDatabase(server: TestServer): Promise<TestDatabase> {
  if (server.name === "sqlite memory") return { url: "sqlite::memory:", drop: async () => {} };
  if (server.name === "sqlite file") return createSqliteFile();

  const url = server.url ?? refuse(serverOf[server.name]!);
  const name = `plinth_test_${process.pid}_${randomBytes(6).toString("hex")}`;
  const own = new URL(url);
  own.pathname = `/${name}`;
  const kind = server.name === "mariadb" ? mariadb : postgres;
  await kind.create(url, name);
  return { url: own.href, drop: () => kind.drop(url, name) };
}

function createSqliteFile(): TestDatabase {
  const folder = mkdtempSync(join(tmpdir(), "plinth-test-"));
  return {
    url: `sqlite:${join(folder, "test.db")}`,
    drop: async () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }),
  };
}

interface Kind {
  create(url: string, name: string): Promise<void>;
  drop(url: string, name: string): Promise<void>;
}

const postgres: Kind = {
  // Copying files takes 28 ms, writing the pages to the log 38 ms.
  create: (url, name) =>
    onPostgres(url, (client) =>
      client.query(`create database ${name} template template0 strategy file_copy`),
    ),
  drop: (url, name) =>
    onPostgres(url, (client) => client.query(`drop database if exists ${name} with (force)`)),
};

async function onPostgres(
  url: string,
  work: (client: pg.Client) => Promise<unknown>,
): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

const mariadb: Kind = {
  create: (url, name) =>
    onMariadb(url, (connection) => connection.query(`create database ${name}`)),
  drop: (url, name) =>
    onMariadb(url, async (connection) => {
      // A transaction that is still open holds its tables, and the drop would wait a day for it.
      const open = (await connection.query(
        "select id from information_schema.processlist where db = ?",
        [name],
      )) as { id: bigint | number }[];
      for (const { id } of open) await connection.query(`kill ${id}`).catch(ignoreGone);
      await connection.query(`drop database if exists ${name}`);
    }),
};

async function onMariadb(
  url: string,
  work: (connection: MariadbConnection) => Promise<unknown>,
): Promise<void> {
  const connection = await connectMariadb(url);
  try {
    await work(connection);
  } finally {
    await connection.end();
  }
}

/** 1094: no such thread; it ended by itself between the list and the kill. */
function ignoreGone(error: { readonly errno?: number }): void {
  if (error.errno !== 1094) throw error;
}

function urlOf(name: ServerName | undefined): string | undefined {
  return name === undefined ? undefined : process.env[urlVariables[name]] || undefined;
}

function refuse(name: ServerName): never {
  throw new Error(
    process.env.PLINTH_TEST_SERVERS === "none"
      ? `This test needs ${titles[name]}, and PLINTH_TEST_SERVERS=none asks for no servers. ` +
          `Unset it, or run only the tests beside the sources: \`npx vitest run src\`.`
      : `This test needs ${titles[name]} and knows no URL of it. ` +
          `Run it with \`npm test\`, or set ${urlVariables[name]}.`,
  );
}
