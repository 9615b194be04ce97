// For the tests beside this file: MariaDB with a database of its own, also in the disguise of MySQL, and a second way in.
import * as mariadb from "mariadb";
import { connect, type ConnectOptions, type Database } from "plinth";
import { createTestDatabase, testServers, type TestServer } from "../../servers/databases.ts";
import { connectMariadb } from "../../servers/mariadb-connection.ts";

/** One server, or none where it is absent and the run has said so. */
export const mariadbServers: readonly TestServer[] = testServers().filter(
  ({ name }) => name === "mariadb",
);

export interface Connected extends AsyncDisposable {
  readonly db: Database;
  /** Of the database, with what was given behind its `?`. */
  readonly url: string;
  /** Runs SQL on a connection of its own, in the server's default session. */
  aside(text: string): Promise<Record<string, unknown>[]>;
}

/** @param options What stands behind the `?` of the URL. */
export async function connected(
  server: TestServer,
  options = "",
  settings: ConnectOptions = {},
): Promise<Connected> {
  const database = await createTestDatabase(server);
  const url = options === "" ? database.url : `${database.url}?${options}`;
  const db = await connect(url, settings);
  return {
    db,
    url,
    aside: (text) => aside(database.url, text),
    [Symbol.asyncDispose]: async () => {
      await db.close();
      await database.drop();
    },
  };
}

async function aside(url: string, text: string): Promise<Record<string, unknown>[]> {
  const connection = await connectMariadb(url);
  try {
    return (await connection.query(text)) as Record<string, unknown>[];
  } finally {
    await connection.end();
  }
}

type Client = Awaited<ReturnType<typeof mariadb.createConnection>>;

/** MySQL's collations and settings by MariaDB's names. */
function translated(text: string): string {
  return text
    .replaceAll("utf8mb4_0900_bin", "utf8mb4_nopad_bin")
    .replaceAll(
      /max_execution_time = (\d+)/g,
      (_, ms: string) => `max_statement_time = ${Number(ms) / 1000}`,
    )
    .replaceAll("utf8mb4_0900_as_cs", "utf8mb4_uca1400_nopad_as_cs");
}

/**
 * The package `mariadb`, whose servers all say that they are of this version. With `"8.4.3"` Plinth takes MariaDB for
 * MySQL: it sends what it would send to MySQL and relies on nothing that only MariaDB has. What MySQL makes of it isn't
 * proven by that.
 */
export function disguised(version: string): object {
  return {
    async createConnection(options: mariadb.ConnectionConfig): Promise<Client> {
      const client = await mariadb.createConnection(options);
      const { query, execute, prepare } = client;
      return Object.assign(client, {
        serverVersion: () => version,
        query: (text: string) => query.call(client, translated(text)),
        execute: (text: string, values: unknown) => execute.call(client, translated(text), values),
        prepare: (text: string) => prepare.call(client, translated(text)),
      });
    },
  };
}
