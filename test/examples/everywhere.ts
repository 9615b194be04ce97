// Interim: replaced by databaseTest.
import { afterAll, describe, test } from "vitest";
import type { Database } from "plinth";
import { createTestDatabase, testServers } from "../servers/databases.ts";
import { openDatabase } from "../../examples/didhub/src/database.ts";

const drops: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const drop of drops.splice(0)) await drop();
});

type Body = (context: { readonly db: Database }) => Promise<void>;

/** A test with a migrated database of its own, on every database that there is. */
export function everywhere(name: string, body: Body): void {
  describe.each(testServers())("$name", (server) => {
    test(name, async () => {
      const place = await createTestDatabase(server);
      drops.push(() => place.drop());
      const db = await openDatabase(place.url);
      try {
        await body({ db });
      } finally {
        await db.close();
      }
    });
  });
}
