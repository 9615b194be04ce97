import { connect, createTables, defineSchema, integer, table, type Database } from "plinth";
import { createOutbox, outboxTables } from "plinth/outbox";
import { expect, test } from "vitest";
import { createTestDatabase, testServers } from "../servers/databases.ts";
import { counted, type Counts, type Protocol } from "./counting.ts";

const orders = table("orders", { id: integer().primaryKey() });
const schema = defineSchema({ orders, ...outboxTables });
const TURNS = 9;
const protocols: readonly Protocol[] = ["sqlite", "postgres"];

const pause = (durationMs: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, durationMs));

test.each(testServers())(
  "durable work costs a statement on $name, and none is free",
  async (server) => {
    const protocol = protocols.find((name) => server.name.startsWith(name)) ?? "mysql";
    const database = await createTestDatabase(server);
    const url = new URL(database.url);
    if (protocol !== "sqlite") {
      url.searchParams.set("shared_connections", "1");
      url.searchParams.set("max_connections", "1");
    }
    const db = await connect(protocol === "sqlite" ? database.url : url.href, { schema });
    let id = 0;
    try {
      await createTables(db, schema);
      const plain = await measure(protocol, () => commit(db));
      const outbox = createOutbox(db, { handlers: { t: () => undefined }, pollMs: 60_000 });
      const attached = await measure(protocol, () => commit(db));
      const written = await measure(protocol, () => commit(db, "other"));
      outbox.start();
      await pause(50);
      const delivered = await measure(protocol, async () => {
        await commit(db, "t");
        await until(() => outbox.stats().held === 0);
      });
      expect(attached).toEqual(plain);
      const isServer = protocol !== "sqlite";
      // The insert before COMMIT; behind it the notice for others, where the server has notices, for which nobody waits.
      const noticeCount = protocol === "postgres" ? 1 : 0;
      const writtenTrips = written.roundTrips - plain.roundTrips;
      expect(writtenTrips).toBeGreaterThanOrEqual(isServer ? 1 : 0);
      expect(writtenTrips).toBeLessThanOrEqual(isServer ? 1 + noticeCount : 0);
      // The insert; behind COMMIT the delete of what was delivered, which may be on its way beside something else.
      expect(delivered.writes - plain.writes).toBeLessThanOrEqual(isServer ? 2 : 0);
      expect(delivered.roundTrips - plain.roundTrips).toBeLessThanOrEqual(isServer ? 2 : 0);
      await outbox.close();
    } finally {
      await db.close();
      await database.drop();
    }

    function commit(on: Database, topic?: string): Promise<void> {
      return on.transaction(async (tx) => {
        await tx.insert(orders).values({ id: ++id });
        if (topic !== undefined) tx.afterCommit({ durable: true, topic });
      });
    }
  },
);

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await pause(1);
}

/** The median of each, once the statements are prepared. */
async function measure(
  protocol: Protocol,
  work: () => Promise<void>,
): Promise<Pick<Counts, "promises" | "roundTrips" | "writes">> {
  await work();
  const turns: Counts[] = [];
  for (let turn = 0; turn < TURNS; turn++) turns.push(await counted(protocol, work));
  const median = (of: keyof Counts): number =>
    turns.map((counts) => counts[of]).sort((a, b) => a - b)[TURNS >> 1]!;
  return {
    promises: median("promises"),
    roundTrips: median("roundTrips"),
    writes: median("writes"),
  };
}
