import {
  connect,
  createTables,
  defineSchema,
  eq,
  integer,
  table,
  text,
  type Database,
} from "plinth";
import { createOutbox, createRowCache, outboxTables } from "plinth/outbox";
import { createCache, openStore } from "plinth/services";
import { expect, test } from "vitest";
import { createTestDatabase, testServers, type TestServer } from "../servers/databases.ts";
import { counted, type Protocol } from "./counting.ts";

const items = table("items", { id: integer().primaryKey(), name: text().notNull(), n: integer() });
const schema = defineSchema({ items, ...outboxTables });

const servers = testServers().filter(({ name }) =>
  ["sqlite file", "postgres 18", "mariadb"].includes(name),
);

/** Round trips to the database: of a row that is cached, of many of which one isn't, of a query, of an update, of a read beside it. */
interface Costs {
  readonly hit: number;
  readonly many: number;
  readonly query: number;
  readonly update: number;
  readonly read: number;
}

type Kept = "durable" | "none" | "volatile";

async function costsOf(server: TestServer, kept: Kept): Promise<Costs> {
  const database = await createTestDatabase(server);
  const url = new URL(database.url);
  if (server.url !== undefined) {
    url.searchParams.set("shared_connections", "1");
    url.searchParams.set("max_connections", "1");
  }
  const db: Database = await connect(url.href, { schema });
  await createTables(db, schema);
  await db.insert(items).values([1, 2, 3].map((id) => ({ id, name: `name ${id}`, n: id })));
  const store = await openStore("memory:");
  const outbox = kept === "durable" ? createOutbox(db) : undefined;
  const cache = createCache(store, { namespace: "rows", ttlMs: 60_000 });
  const rows =
    kept === "none" ? undefined : createRowCache(db, cache, { durable: kept === "durable" });
  const protocol: Protocol = server.name.startsWith("postgres")
    ? "postgres"
    : server.name === "mariadb"
      ? "mysql"
      : "sqlite";
  const trips = async (work: () => PromiseLike<unknown>, before?: () => PromiseLike<unknown>) => {
    let most = 0;
    // The first turns prepare.
    for (let turn = 0; turn < 4; turn++) {
      await before?.();
      most = (await counted(protocol, work)).roundTrips;
    }
    return most;
  };
  const query = db.from(items).where(eq(items.n, 1));
  const update = (id: number) => db.update(items).set({ n: id }).where(eq(items.id, id));
  try {
    return {
      hit: await trips(() => (rows === undefined ? db.from(items).find(1) : rows.find(items, 1))),
      many: await trips(
        () => (rows === undefined ? query : rows.findMany(items, [1, 2, 3])),
        () => update(2),
      ),
      query: await trips(() => (rows === undefined ? query : rows.cached(query))),
      update: await trips(() => update(1)),
      read: await trips(() => db.from(items).find(1)),
    };
  } finally {
    await outbox?.close();
    await store.close();
    await db.close();
    await database.drop();
  }
}

test.each(servers)("round trips of a row cache on $name", async (server) => {
  const trip = server.url === undefined ? 0 : 1;
  const plain = { hit: trip, many: trip, query: trip, update: trip, read: trip };
  expect(await costsOf(server, "none")).toEqual(plain);
  const cached = { hit: 0, many: trip, query: 0, update: trip, read: trip };
  expect(await costsOf(server, "volatile")).toEqual(cached);
  // A transaction: its beginning, the update, the entry, the commit.
  expect(await costsOf(server, "durable")).toEqual({ ...cached, update: 4 * trip });
});
