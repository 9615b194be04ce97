import { connect, createTables, defineSchema } from "plinth";
import { createDatabaseQueue, queueTables } from "plinth/outbox";
import { describe } from "vitest";
import { databaseBackend } from "../../../src/outbox/queue/queue.ts";
import { disguised } from "../../databases/mysql/connected.ts";
import { createTestDatabase, testServers } from "../../servers/databases.ts";
import { queueSuite } from "./suite.ts";

const schema = defineSchema({ ...queueTables });

const places = testServers().flatMap((server) => {
  const own = { name: server.name as string, server, options: { schema } };
  if (server.name !== "mariadb") return [own];
  const driver = disguised("8.4.3");
  return [own, { ...own, name: "MySQL in disguise", options: { schema, driver } }];
});

describe.each(places)("$name", { concurrent: true }, ({ name, options, server }) => {
  queueSuite({
    name,
    async open() {
      const { drop, url } = await createTestDatabase(server);
      const db = await connect(url, options);
      await createTables(db, schema);
      return {
        queue: (own) => createDatabaseQueue(db, own),
        backend: (own) => databaseBackend(db, own),
        close: async () => {
          await db.close();
          await drop();
        },
      };
    },
  });
});
