import { databaseTest, type DatabaseTestBody } from "plinth/testing";
import { allGuildRows } from "../fixtures/guilds.ts";
import { people } from "../fixtures/users.ts";
import { migrations } from "../src/database.ts";
import { queries } from "../src/plinth.queries.ts";
import { schema } from "../src/schema/schema.ts";

/** SQLite needs nothing; a server is tested on when it is named. */
export const urls = {
  SQLite: "sqlite::memory:",
  PostgreSQL: process.env["PLINTH_TEST_POSTGRES_URL"],
  MariaDB: process.env["PLINTH_TEST_MARIADB_URL"],
};

/** For tests only. */
const encryption = {
  current: "test",
  keys: { test: Buffer.alloc(32, 7).toString("base64") },
};

const guildTest = databaseTest.extend({
  schema,
  migrations,
  encryption,
  queries,
  fixtures: { users: people, guilds: allGuildRows },
});

type Fixtures = readonly ("guilds" | "users")[];

/**
 * A test with a migrated database of its own, and its fixtures in it, on every database that there is: all of them give the
 * same answers.
 */
export function everywhere(
  name: string,
  fixtures: Fixtures,
  body: DatabaseTestBody<typeof schema>,
): void {
  for (const [product, url] of Object.entries(urls))
    if (url !== undefined) guildTest(`${product}: ${name}`, { url, fixtures }, body);
}

/** A key that no row has. */
export const nobody = "01890a5d-ac96-774b-bcce-b302099a8057";
