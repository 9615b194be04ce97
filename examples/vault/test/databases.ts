import { randomUUID } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { databaseTest } from "plinth/testing";
import { openVault, type Vault } from "../server/src/vault.ts";

const redis = process.env["PLINTH_TEST_REDIS_URL"];

/** SQLite and a store in memory need nothing; a server is tested on when it is named. */
const places = [
  { name: "SQLite", database: `sqlite:${join(tmpdir(), "vault.sqlite")}`, store: "memory:" },
  { name: "PostgreSQL", database: process.env["PLINTH_TEST_POSTGRES_URL"], store: "memory:" },
  { name: "MariaDB", database: process.env["PLINTH_TEST_MARIADB_URL"], store: "memory:" },
  { name: "SQLite, Redis", database: `sqlite:${join(tmpdir(), "vault.sqlite")}`, store: redis },
];

/** A test with a migrated database and a store of its own, in every place that there is: all of them give the same answers. */
export function everywhere(name: string, body: (vault: Vault) => Promise<void>): void {
  for (const place of places) {
    const { database, store } = place;
    if (database === undefined || store === undefined) continue;
    databaseTest(`${place.name}: ${name}`, { url: database }, async ({ url }) => {
      const prefix = `vault-test-${randomUUID()}`;
      await using vault = await openVault({ database: url, store: `${store}?prefix=${prefix}` });
      try {
        await body(vault);
      } finally {
        await vault.messages.purge({ state: "waiting" });
        await vault.cache.clear();
        await vault.store.clear("session");
      }
    });
  }
}
