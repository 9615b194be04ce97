import { createTables, databaseSchema, defineSchema, integer, table } from "plinth";
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
