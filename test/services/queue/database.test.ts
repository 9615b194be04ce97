import { connect, createTables, defineSchema } from "plinth";
import { createDatabaseQueue, queueTables } from "plinth/outbox";
import { describe } from "vitest";
import { databaseBackend } from "../../../src/outbox/queue/queue.ts";
import { createTestDatabase, testServers } from "../../servers/databases.ts";
import { queueSuite } from "./suite.ts";

const schema = defineSchema({ ...queueTables });

describe.each(testServers())("$name", (server) => {
  queueSuite({
    name: server.name,
    async open() {
      const { drop, url } = await createTestDatabase(server);
      const db = await connect(url, { schema });
      await createTables(db, schema);
      return {
        queue: (options) => createDatabaseQueue(db, options),
        backend: (options) => databaseBackend(db, options),
        close: async () => {
          await db.close();
          await drop();
        },
      };
    },
  });
});
