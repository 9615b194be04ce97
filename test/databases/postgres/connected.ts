// For the tests beside this file: each server, with a database of its own and a second way in.
import pg from "pg";
import { connect, type ConnectOptions, type Database } from "plinth";
import {
  createTestDatabase,
  testServers,
  type TestDatabase,
  type TestServer,
} from "../../servers/databases.ts";

export function postgresServers(): TestServer[] {
  return testServers().filter(({ name }) => name.startsWith("postgres"));
}

export interface Connected extends AsyncDisposable {
  readonly db: Database;
  /** Of the database, with what was given behind its `?`. */
  readonly url: string;
  /** Runs SQL on a connection of its own. */
  aside(text: string): Promise<Record<string, unknown>[]>;
}

/** @param options What stands behind the `?` of the URL. */
export async function connected(
  server: TestServer,
  options = "",
  settings: ConnectOptions = {},
): Promise<Connected> {
  const database: TestDatabase = await createTestDatabase(server);
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
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(text);
    return rows;
  } finally {
    await client.end();
  }
}
