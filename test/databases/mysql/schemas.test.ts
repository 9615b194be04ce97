import {
  connect,
  createTables,
  databaseSchema,
  defineSchema,
  integer,
  table,
  type AnySchema,
} from "plinth";
import { expect, test } from "vitest";
import { connected, mariadbServers } from "./connected.ts";

// The server would look for the target in the database of the table that points.
test.each(mariadbServers)(
  "a key from another database to the connection's own is refused",
  async (server) => {
    await using own = await connected(server);
    const users = table("users", { id: integer().primaryKey() });
    const logins = databaseSchema("plinth_elsewhere").table("logins", {
      id: integer()
        .primaryKey()
        .references(() => users.id),
    });
    await expect(createTables(own.db, defineSchema({ users, logins }))).rejects.toMatchObject({
      code: "E_UNSUPPORTED",
    });
  },
);

test.each(mariadbServers)(
  "a table that is declared with and without the connection's own database is refused",
  async (server) => {
    await using own = await connected(server);
    const declare = (database: string): AnySchema => {
      const columns = { id: integer().primaryKey() };
      const named = databaseSchema(database).table("users", columns);
      return defineSchema({ users: table("users", columns), named });
    };
    const name = decodeURIComponent(new URL(own.url).pathname.slice(1));
    await expect(connect(own.url, { schema: declare(name) })).rejects.toMatchObject({
      code: "E_SCHEMA",
      message: expect.stringContaining(`"users" and "named" of the schema are one table`),
    });
    await (await connect(own.url, { schema: declare("plinth_elsewhere") })).close();
  },
);
