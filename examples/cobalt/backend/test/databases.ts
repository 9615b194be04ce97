import { databaseTest, type DatabaseTestBody } from "plinth/testing";
import { migrations } from "../src/database.ts";
import { schema } from "../src/schema/schema.ts";

/** SQLite needs nothing; a server is tested on when it is named. */
export const urls = {
  SQLite: "sqlite::memory:",
  PostgreSQL: process.env["PLINTH_TEST_POSTGRES_URL"],
  MariaDB: process.env["PLINTH_TEST_MARIADB_URL"],
};

/** A test with a migrated database of its own, on every database that there is: all of them give the same answers. */
export function everywhere(name: string, body: DatabaseTestBody<typeof schema>): void {
  for (const [product, url] of Object.entries(urls)) {
    if (url === undefined) continue;
    databaseTest(`${product}: ${name}`, { url, schema, migrations }, body);
  }
}
